skip_if_not_installed("ggplot2")
skip_if_not(capabilities("cairo"))
skip_on_cran()

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

test_that("a model alone is drawn as strip, ranking and two sentences", {
  m <- picture_model(8)
  p <- picture(m)
  expect_identical(p$labels$title, "Code ID over time and Code NID")
  expect_identical(p$labels$subtitle, paste(in_words(m)[1:2], collapse = "\n"))
  # Both halves have the same rows, the largest Code NID on top.
  order <- m$basic$region[order(-m$basic$estimate)]
  expect_identical(rev(levels(p$data$label)), as.character(order))
  tiles <- layer_of(p, "GeomTile")
  dots <- layer_of(p, "GeomPoint", 3L)
  expect_identical(nrow(tiles), nrow(m$industrial))
  expect_equal(dots$x[order(-as.integer(dots$y))],
               sort(m$basic$estimate, decreasing = TRUE))
  clear <- clear_side(m$basic$conf.low, m$basic$conf.high) != 0
  expect_identical(sum(dots$shape == 16L), sum(clear))
  # Of many regions the sentences leave out the names.
  expect_lt(nchar(autoplot(picture_model(85))$labels$subtitle), 330L)
})

test_that("the strip has a tile a value and a dot where the sign is not clear", {
  m <- picture_model(8)
  p <- picture(m, "strip")
  expect_identical(nrow(layer_of(p, "GeomTile")), nrow(m$industrial))
  unclear <- m$industrial$conf.low < 0 & m$industrial$conf.high > 0
  expect_identical(nrow(layer_of(p, "GeomPoint")), sum(unclear))
  expect_identical(nrow(layer_of(p, "GeomPoint", 2L)),
                   sum(m$industrial$conf.high < 0))
  of <- picture(m, "strip", of = "social")
  rates <- m$rates[m$rates$code == "social" & m$rates$order == 1L, ]
  expect_identical(nrow(layer_of(of, "GeomTile")), nrow(rates))
  expect_identical(nrow(layer_of(of, "GeomPoint")),
                   sum(rates$conf.low < 0 & rates$conf.high > 0))
  expect_error(autoplot(m, "strip", of = "nothing"),
               class = "nidcode_error_argument")
})

test_that("the bump chart has the rank at every time, and its interval", {
  m <- picture_model(8)
  p <- picture(m, "bump")
  path <- m$path
  time <- path[[year_name]]
  want <- stats::ave(-path$estimate, time, FUN = \(x) {
    rank(x, ties.method = "min")
  })
  points <- layer_of(p, "GeomPoint")
  expect_equal(sort(paste(points$x, -points$y)), sort(paste(time, want)))
  last <- path[time == max(time), ]
  r <- region_ranks(as.data.frame(last)[c("region", "estimate", "std.error",
                                          "df")])
  expect_setequal(layer_of(p, "GeomText")$label,
                  sprintf("%s (%d\u2013%d)", r$region, r$rank.low, r$rank.high))
  expect_error(autoplot(m, "bump", of = "nothing"),
               class = "nidcode_error_argument")
})

test_that("a waterfall ends at Code NID, by code, indicator and year", {
  m <- picture_model(8)
  p <- picture(m, "waterfall", regions = "Region 05")
  total <- m$basic$estimate[m$basic$region == "Region 05"]
  bars <- layer_of(p, "GeomLinerange")
  by <- contributions(m)
  own <- by$estimate[by$region == "Region 05"]
  codes <- bars[bars$PANEL == 1L, ]
  expect_equal(sort(abs(codes$xmax - codes$xmin)), sort(abs(own)))
  rows <- p$data
  for (panel in levels(rows$panel)) {
    mine <- rows[rows$panel == panel, ]
    expect_equal(mine$from, c(0, mine$to[-nrow(mine)]))
    expect_equal(mine$to[nrow(mine)], total)
  }
  expect_error(autoplot(m, "waterfall", regions = c("Region 05", "Region 06")),
               class = "nidcode_error_argument")
})

test_that("predictions are fans: bands of a half and of four fifths", {
  m <- picture_model(1)
  at <- predict(m, at = 2005:2014, order = 0)
  p <- picture(at)
  half <- at_level(as.list(at)[c("estimate", "std.error", "df")], 0.5)
  width <- function(k) {
    d <- layer_of(p, "GeomRibbon", k)
    sort((d$ymax - d$ymin)[d$x <= 2012])
  }
  # Within the limits of the picture nothing is cut.
  near <- at[[year_name]] <= 2012
  want <- sort((half$conf.high - half$conf.low)[near])
  expect_equal(width(2L), want)
  expect_true(all(width(2L) <= width(1L) + 1e-12))
  shade <- layer_of(p, "GeomRect")
  expect_true(all(shade$xmin == 2012 & shade$xmax == 2014))
})

test_that("a map has a class for what is not clear, and closes the seam", {
  skip_if_not_installed("sf")
  m <- picture_model(8)
  name <- as.character(m$basic$region)
  square <- function(x) {
    corner <- \(a, b) sf::st_polygon(list(cbind(
      c(a, b, b, a, a), c(60, 60, 65, 65, 60))))
    if (x + 10 <= 180) return(corner(x, x + 10))
    sf::st_multipolygon(list(corner(x, 180)[], corner(-180, x - 350)[]))
  }
  map <- sf::st_sf(id = seq_along(name), land = c(name[-1], "Elsewhere"),
                   geometry = sf::st_sfc(lapply(c(105 + 10 * 0:6, 175), square),
                                         crs = 4326))
  told <- NULL
  p <- withCallingHandlers(ggplot2::autoplot(m, "map", map = map),
                           nidcode_warning_map = \(c) {
    told <<- c
    tryInvokeRestart("muffleWarning")
  })
  expect_identical(told$regions, name[1L])
  expect_identical(told$values, "Elsewhere")
  expect_match(p$labels$caption, paste0("Not on the map: ", name[1L], "."),
               fixed = TRUE)
  class <- as.character(p$data$class)
  clear <- clear_side(m$basic$conf.low, m$basic$conf.high) != 0
  expect_identical(class == "not clear", c(!clear[-1L], FALSE))
  expect_identical(class[8L], "no value")
  # The last square is one piece again, no wider than the others.
  pieces <- lengths(lapply(sf::st_geometry(p$data), sf::st_cast,
                           to = "MULTIPOLYGON"))
  expect_true(all(pieces == 1L))
  wide <- vapply(sf::st_geometry(p$data), \(g) {
    box <- sf::st_bbox(g)
    sqrt((box[["xmax"]] - box[["xmin"]])^2 + (box[["ymax"]] - box[["ymin"]])^2)
  }, 1)
  expect_lt(max(wide) / min(wide), 1.4)
  expect_identical(as.character(suppressWarnings(ggplot2::autoplot(
    m, "map", map = map, by = "land"))$data$class), class)
  expect_error(autoplot(m, "map"), class = "nidcode_error_argument")
  expect_error(autoplot(m, "map", map = map["id"]),
               class = "nidcode_error_argument")
})

test_that("a map is cut where its widest strip without land lies", {
  # Russia: the strip is the Atlantic's side, also where the ring across the
  # meridian is in one piece. A country that it does not touch is cut there.
  expect_identical(map_cut(list(c(20, 60), c(60, 175), c(170, 180),
                                c(-180, -170))), -75)
  expect_identical(map_cut(list(c(20, 60), c(60, 175, -170, 170))), -75)
  expect_identical(map_cut(list(c(6, 10), c(9, 15))), -180)
  expect_identical(map_cut(list(c(6, 10))), -180)
  # The United States: Alaska on both sides, Hawaii, the mainland.
  expect_identical(map_cut(list(c(-180, -130), c(-125, -67), c(-160, -155),
                                c(172, 180))), 52.5)
  expect_identical(beyond_cut(c(-170, 30), -75), c(190, 30))
  expect_identical(beyond_cut(c(-170, 30), -180), c(-170, 30))
})

test_that("a wide interval does not eat the axis", {
  rows <- data.frame(estimate = 1:5, conf.low = c(0, 1, 2, 3, -95),
                     conf.high = c(2, 3, 4, 5, 105))
  # The median reach is 1: no interval is drawn beyond four of it.
  expect_identical(usual_limits(rows), c(0, 9))
  expect_null(usual_limits(rows[-5L, ]))
  rows$region <- factor(letters[1:5])
  p <- ranked_plot(rows) + value_axis(rows)
  b <- ggplot2::ggplot_build(p)
  expect_equal(range(b$data[[1L]]$xmin), c(-95, 3))
  expect_equal(b$layout$panel_params[[1L]]$x$limits, c(0, 9))
  grob <- ggplot2::layer_grob(p, 1L)[[1L]]
  heads <- Filter(\(x) !is.null(x$arrow), as.list(grob$children))
  expect_length(heads, 2L)
  expect_length(heads[[1L]]$x0, 1L)
})
