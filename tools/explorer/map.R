# Outlines like those of a large country: cells of points that are dense in the
# west, cut to a coast and bent into its bays, with islands. In degrees; what
# lies beyond the 180th meridian is west of Greenwich, as in real maps.

coast <- matrix(c(
  28, 56, 28, 60, 30, 62, 29, 69, 33, 69, 41, 67, 34, 67, 38, 64, 44, 66,
  47, 68, 54, 69, 60, 69, 68, 69, 67, 73, 73, 73, 73, 68, 80, 73, 88, 75,
  104, 78, 113, 74, 128, 73, 140, 73, 160, 70, 178, 69, 190, 66, 178, 63,
  170, 60, 163, 58, 157, 51, 156, 57, 163, 62, 155, 59, 143, 59, 136, 55,
  141, 52, 139, 47, 131, 43, 131, 48, 127, 50, 120, 53, 117, 49, 107, 50,
  98, 51, 87, 49, 80, 51, 70, 55, 61, 54, 56, 51, 48, 50, 47, 46, 48, 42,
  40, 43, 38, 47, 40, 50, 35, 51, 31, 53, 28, 56
), ncol = 2L, byrow = TRUE)

# Where a place goes: the same for all borders through it.
bend <- function(xy) {
  wave <- function(x, y, size, turn) {
    size * sin(turn + x * 2.3 / size + 1.7 * sin(y * 1.9 / size + turn))
  }
  for (size in c(0.6, 0.3, 0.15)) {
    xy <- cbind(xy[, 1L] + wave(xy[, 1L], xy[, 2L], size, 1) / 2,
                xy[, 2L] + wave(xy[, 2L], xy[, 1L], size, 2) / 3)
  }
  xy
}

# Low-discrepancy points inside the coast.
seats <- function(land, n) {
  halton <- function(i, base) {
    out <- 0
    part <- 1 / base
    while (any(i > 0)) {
      out <- out + part * (i %% base)
      i <- i %/% base
      part <- part / base
    }
    out
  }
  i <- seq_len(20L * n)
  points <- sf::st_as_sf(
    data.frame(x = 28 + 160 * halton(i, 2)^1.7, y = 42 + 34 * halton(i, 3)),
    coords = c("x", "y"))
  points[lengths(sf::st_within(points, land)) > 0L, ][seq_len(n), ]
}

# Squares off the coast, each of the cell that is nearest.
islands <- matrix(c(55, 72, 58, 75, 96, 80, 142, 75, 142, 50, 143, 53, 181, 71,
                    20.5, 54.5), ncol = 2L, byrow = TRUE)

country_map <- function(names, step = 0.05) {
  rings <- function(m) sf::st_sfc(sf::st_polygon(list(m)))
  land <- rings(coast)
  points <- seats(land, length(names))
  cells <- sf::st_collection_extract(
    sf::st_voronoi(sf::st_union(points), sf::st_as_sfc(sf::st_bbox(
      c(xmin = 0, ymin = 20, xmax = 220, ymax = 100)))))
  cells <- sf::st_intersection(cells, land)
  for (k in seq_len(nrow(islands))) {
    island <- rings(sweep(coast_square, 2L, islands[k, ], "+"))
    own <- which.min(sf::st_distance(cells, island))
    cells[own] <- sf::st_union(cells[own], island)
  }
  cells <- sf::st_segmentize(cells, step)
  halves <- lapply(cells, function(cell) across(bent(cell)))
  sf::st_sf(name = names, geometry = sf::st_sfc(halves))
}

coast_square <- 1.2 * cbind(c(0, 1, 1, 0, 0), c(0, 0, 1, 1, 0))

bent <- function(cell) {
  parts <- if (inherits(cell, "MULTIPOLYGON")) unclass(cell) else
    list(unclass(cell))
  sf::st_multipolygon(lapply(parts, lapply, bend))
}

# What is east of the meridian becomes a part of its own.
across <- function(cell) {
  side <- function(from, to) {
    box <- sf::st_as_sfc(sf::st_bbox(c(xmin = from, ymin = 0, xmax = to,
                                       ymax = 90)))
    sf::st_intersection(sf::st_make_valid(sf::st_sfc(cell)), box)
  }
  far <- side(180, 220)
  if (length(far) == 0L) return(cell)
  sf::st_cast(sf::st_union(side(0, 180), far - c(360, 0)), "MULTIPOLYGON")[[1L]]
}
