# Which row of a map is which region, and where a map in degrees is cut: for
# pictures and for pages alike. Needs no package.

# For each row of the map the number of its region, NA of none. Regions without
# a row are told.
match_map <- function(map, by, regions, call) {
  names <- clean_text(map[[map_key(map, by, regions, call)]])
  at <- match(names, clean_text(regions))
  lost <- regions[!seq_along(regions) %in% at]
  if (length(lost) > 0L) {
    spare <- unique(names[is.na(at)])
    warn_nid("map",
             c(paste0(count_of(length(lost), "region"),
                      " without an outline on the map: ", some_of(lost), "."),
               i = if (length(spare) > 0L) {
                 paste0("Names of the map without a region: ",
                        some_of(spare), ".")
               }),
             regions = lost, values = spare)
  }
  at
}

# The column that `by` names, or the one that knows most of the regions.
map_key <- function(map, by, regions, call) {
  columns <- Filter(\(name) is.atomic(map[[name]]), names(map))
  if (!is.null(by) &&
      !(is.character(by) && length(by) == 1L && unname(by) %in% columns)) {
    stop_nid("argument",
             c(paste0("`by` must name a column of the map: ",
                      "`by = c(region = \"name\")`."),
               x = paste0("You gave ", describe(by), "."),
               i = paste0("Its columns are ", some_of(columns), ".")),
             argument = "by", call = call)
  }
  columns <- unname(by) %||% columns
  known <- vapply(columns, \(name) {
    sum(clean_text(regions) %in% clean_text(map[[name]]))
  }, 1L)
  if (max(known, 0L) == 0L) {
    stop_nid("argument",
             c(if (is.null(by)) "No column of `map` names the regions." else
               paste0("Column `", columns, "` of `map` names no region."),
               i = paste0("They are ", some_of(regions), "."),
               i = "Rename those of the map, or say by = , its column."),
             argument = "map", call = call)
  }
  columns[which.max(known)]
}

# The meridian at which a map in degrees is cut: in the middle of its widest
# strip without land; -180 where that strip lies around the 180th. `rings`: the
# longitudes of each; one wider than half the earth is on both sides of the 180th.
map_cut <- function(rings) {
  ends <- lapply(rings, \(lon) {
    side <- if (diff(range(lon)) > 180) lon < 0 else rep(FALSE, length(lon))
    tapply(lon, side, range)
  })
  ends <- matrix(unlist(ends), 2L)
  order <- order(ends[1L, ])
  low <- ends[1L, order]
  high <- cummax(ends[2L, order])
  n <- length(low)
  gap <- low[-1L] - high[-n]
  k <- which.max(gap)
  if (n < 2L || gap[k] <= low[1L] + 360 - high[n]) -180 else
    high[k] + gap[k] / 2
}

# Longitudes of a map that is cut there.
beyond_cut <- function(lon, cut) lon + 360 * (lon < cut)
