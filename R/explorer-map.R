# The map of a page: outlines of the regions in the plane of their own
# projection, as whole numbers of a thousandth of the picture's width.

map_width <- 1000L
# A page is sent by mail; a finer outline is not seen on it.
map_bytes_most <- 400e3

# list(width, height, rings: of each region flat x, y, x, y, ...), NULL without
# a map.
page_map <- function(map, by, panel, call) {
  if (is.null(map)) {
    if (!is.null(by)) stop_argument("by", "NULL without a `map`", by, call)
    return(NULL)
  }
  shape <- on_one_side(map_shapes(map, call))
  regions <- page_regions(panel)
  at <- match_map(map, by, regions, call)
  rings <- lapply(seq_along(regions), \(r) {
    unlist(shape[at %in% r], recursive = FALSE)
  })
  x <- unlist(lapply(unlist(rings, FALSE), \(m) range(m[, 1L])))
  y <- unlist(lapply(unlist(rings, FALSE), \(m) range(m[, 2L])))
  if (length(x) == 0L) {
    return(NULL)
  }
  frame <- list(left = min(x), top = max(y),
                unit = map_width / max(diff(range(x)),
                                       .Machine$double.xmin))
  out <- list(width = map_width,
              height = max(1, ceiling(diff(range(y)) * frame$unit)),
              rings = lapply(rings, \(own) whole_rings(own, frame)))
  check_map_size(out, call)
  out
}

# Rings of every row, each a matrix of x and y.
map_shapes <- function(map, call) {
  geometry <- map_geometry(map, call)
  lapply(seq_along(geometry), \(i) polygon_rings(unclass(geometry[[i]])))
}

# In degrees, what lies west of where the map is cut goes east.
on_one_side <- function(shape) {
  rings <- unlist(shape, recursive = FALSE)
  column <- function(k) lapply(rings, \(m) m[, k])
  if (any(abs(unlist(column(1L))) > 180) || any(abs(unlist(column(2L))) > 90)) {
    return(shape)
  }
  cut <- map_cut(column(1L))
  lapply(shape, lapply, \(m) {
    m[, 1L] <- beyond_cut(m[, 1L], cut)
    m
  })
}

map_geometry <- function(map, call) {
  own <- if (is.data.frame(map)) {
    map[[c(attr(map, "sf_column"), intersect("geometry", names(map)))[1L]]]
  }
  if (!is.list(own) || !inherits(own, "sfc")) {
    stop_argument("map", "an sf object, or a data frame with its geometry",
                  map, call)
  }
  own
}

# Of a polygon or of several, however deep its lists are.
polygon_rings <- function(x) {
  if (is.matrix(x) && is.numeric(x) && nrow(x) > 2L) {
    return(list(x[, 1:2, drop = FALSE]))
  }
  if (is.list(x)) unlist(lapply(x, polygon_rings), recursive = FALSE)
}

# In whole units from the upper left corner; points that fall together are one.
whole_rings <- function(rings, frame) {
  out <- lapply(rings, \(m) {
    x <- round((m[, 1L] - frame$left) * frame$unit)
    y <- round((frame$top - m[, 2L]) * frame$unit)
    n <- length(x)
    keep <- c(TRUE, x[-1L] != x[-n] | y[-1L] != y[-n])
    I(as.vector(rbind(x[keep], y[keep])))
  })
  # An island smaller than a point is drawn as one.
  lapply(out, \(one) if (length(one) < 6L) I(rep_len(unclass(one), 6L)) else
    one)
}

check_map_size <- function(map, call) {
  size <- nchar(as_json(map), type = "bytes")
  if (size > map_bytes_most) {
    stop_nid("size",
             c(paste0("The outlines take ", round(size / 1000), " kB of a ",
                      "page; ", map_bytes_most / 1000, " at most."),
               i = paste0("Simplify them: sf::st_simplify(map, ",
                          "dTolerance = ...).")),
             n = size, limit = map_bytes_most, call = call)
  }
}
