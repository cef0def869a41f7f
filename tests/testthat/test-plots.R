skip_on_cran()

skip_if_not_installed("ggplot2")
# pdf() has no Cyrillic letters.
skip_if_not(capabilities("cairo"))
grDevices::png(withr::local_tempfile(.local_envir = teardown_env()),
               type = "cairo")
withr::defer(grDevices::dev.off(), teardown_env())

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

# ---- What is drawn is what the table says ----------------------------------

test_that("Code NID: points and intervals in descending order", {
  m <- picture_model(8)
  b <- m$basic[order(-m$basic$estimate), ]
  p <- picture(m, "basic")
  points <- layer_of(p, "GeomPoint")
  lines <- layer_of(p, "GeomLinerange")
  expect_equal(points$x, b$estimate)
  expect_equal(as.integer(points$y), 8:1)
  expect_equal(lines$xmin, b$conf.low)
  expect_equal(lines$xmax, b$conf.high)
  clear <- b$conf.low > 0 | b$conf.high < 0
  expect_identical(points$shape == 16L, clear)
  expect_match(ggplot2::get_alt_text(p), paste0("zero in ", sum(clear)),
               fixed = TRUE)
  r <- region_ranks(m)
  p <- picture(r)
  expect_equal(layer_of(p, "GeomPoint")$x, r$rank)
  expect_equal(layer_of(p, "GeomLinerange")$xmax, r$rank.high)
})

test_that("rates: lines, points and bands of the order asked for", {
  m <- picture_model(1)
  for (order in 1:2) {
    p <- picture(m, "rates", order = order)
    v <- m$rates[m$rates$order == order, ]
    points <- points_of(p)
    expect_equal(sort(points$y), sort(v$estimate))
    band <- layer_of(p, "GeomRibbon")
    expect_equal(sort(band$ymin), sort(v$conf.low))
    expect_equal(sort(band$ymax), sort(v$conf.high))
    # Provisional values of 2012 stand behind the innovation code alone.
    soft <- points[points$alpha %in% 0.4, ]
    expect_equal(soft$y, v$estimate[v$term == "innovation" &
                                        v[[year_name]] == 2012])
  }
  expect_equal(layer_of(p, "GeomVline")$xintercept, 2009)
})

test_that("codes: the values, and the smooth level of the same fit", {
  m <- picture_model(1)
  p <- picture(m, "codes")
  level <- predict(m, order = 0)
  expect_equal(sort(points_of(p)$y), sort(m$defining$estimate))
  expect_equal(sort(layer_of(p, "GeomLine")$y), sort(level$estimate))
  expect_equal(sort(layer_of(p, "GeomRibbon")$ymax), sort(level$conf.high))
  # Of the table alone there is no curve: the line joins the points.
  line <- layer_of(picture(m$defining), "GeomLine")
  expect_equal(sort(line$y), sort(m$defining$estimate))
})

test_that("Code ID: a triangle wherever a dynamic code is not positive", {
  m <- picture_model(8)
  p <- picture(m, "industrial")
  points <- points_of(p)
  expect_equal(sort(points$y), sort(m$industrial$estimate))
  expect_equal(sort(points$y[points$shape == 25L]),
               sort(m$industrial$estimate[!m$industrial$condition]))
  expect_gt(sum(points$shape == 25L), 0L)
  expect_match(p$labels$caption, "Triangle")
})

test_that("path, cell weights, predictions: their own numbers", {
  m <- picture_model(8)
  expect_equal(sort(layer_of(picture(m, "path"), "GeomLine")$y),
               sort(m$path$estimate))
  w <- cell_weights(m)
  expect_equal(sort(layer_of(picture(w), "GeomLine")$y), sort(w$weight))
  at <- predict(m, at = c(2008, 2015))
  p <- picture(at)
  expect_equal(sort(layer_of(p, "GeomLine")$y),
               sort(at$estimate[at$order == 0L]))
  at <- predict(m, at = c(2008, 2010))
  p <- picture(at, order = 2)
  # Below it the bands of four fifths and of a half.
  expect_equal(sort(layer_of(p, "GeomRibbon", 3L)$ymin),
               sort(at$conf.low[at$order == 2L]))
  # Of one region all orders, each in a row with its unit.
  one <- picture(predict(picture_model(1), at = c(2008, 2015)))
  expect_identical(nrow(attr(one, "built")$layout$layout), 9L)
})

test_that("contributions: bars add up to Code NID, which the diamond marks", {
  m <- picture_model(8)
  for (by in list("code", c("code", "time"))) {
    p <- picture(m, "contributions", by = by)
    long <- contributions(m, by = by)
    bars <- layer_of(p, "GeomCol")
    if ("time" %in% by) {
      expect_equal(sum(bars$ymax - bars$ymin), sum(abs(long$estimate)))
      diamonds <- layer_of(p, "GeomPoint")$y
      expect_equal(sum(diamonds), sum(m$basic$estimate))
    } else {
      expect_equal(sum(bars$xmax - bars$xmin), sum(abs(long$estimate)))
      diamonds <- layer_of(p, "GeomPoint")
      expect_equal(sort(diamonds$x), sort(m$basic$estimate))
      # The largest on top.
      expect_equal(diamonds$x[order(-as.integer(diamonds$y))],
                   sort(m$basic$estimate, decreasing = TRUE))
    }
  }
  long <- contributions(m, by = c("indicator", "time"))
  p <- picture(long)
  expect_identical(nrow(points_of(p)), nrow(long))
  expect_identical(nrow(layer_of(p, "GeomPoint", 2L)),
                   sum(long$estimate < 0))
  # Of many regions over time, lines: their median is that of the table.
  big <- picture_model(85)
  long <- contributions(big, by = "time")
  p <- picture(long)
  middle <- tapply(long$estimate, long[[year_name]], stats::median)
  lines <- layer_of(p, "GeomLine", 3L)
  expect_equal(lines$y, as.double(middle))
})

test_that("many regions: a line each, the median, the ends named", {
  m <- picture_model(85)
  p <- picture(m, "path")
  thin <- layer_of(p, "GeomLine", 1L)
  expect_identical(length(unique(thin$group)), 85L)
  expect_equal(sort(thin$y), sort(m$path$estimate))
  middle <- tapply(m$path$estimate, m$path[[year_name]], stats::median)
  expect_equal(layer_of(p, "GeomLine", 3L)$y, as.double(middle))
  last <- m$path[m$path[[year_name]] == 2012, ]
  ends <- last$region[c(which.min(last$estimate), which.max(last$estimate))]
  named <- gsub("\n", " ", layer_of(p, "GeomText")$label)
  expect_identical(named, as.character(ends))
  # Named regions only, and in the order asked for.
  p <- picture(m, "path", regions = c("Region 05", long_names[2L]))
  expect_identical(levels(p$data$region), c("Region 05", long_names[2L]))
  expect_equal(sort(layer_of(p, "GeomLine")$y), sort(
    m$path$estimate[m$path$region %in% c("Region 05", long_names[2L])]))
})

test_that("phase plane: the smooth level and its rate", {
  m <- picture_model(1)
  p <- picture(m, "phases")
  path <- layer_of(p, "GeomPath")
  expect_equal(sort(path$x), sort(predict(m, order = 0)$estimate))
  expect_equal(sort(path$y), sort(predict(m, order = 1)$estimate))
  # The points without text are those to keep off.
  text <- layer_of(p, "GeomText")$label
  expect_identical(sum(text == ""), nrow(path))
  text <- text[text != ""]
  expect_identical(sum(text == "2005"), 3L)
  expect_setequal(text[text != "2005"],
                  c("climbing: advance; sinking: slowdown",
                    "climbing: recovery; sinking: decline"))
})

test_that("draws: every path thin, their median thick", {
  s <- simulate(picture_model(1), nsim = 5, seed = 4)
  p <- picture(s)
  expect_equal(sort(layer_of(p, "GeomLine", 1L)$y), sort(s$estimate))
  middle <- tapply(s$estimate, paste(s[[year_name]], s$code), stats::median)
  expect_equal(sort(layer_of(p, "GeomLine", 2L)$y), sort(as.double(middle)))
  expect_match(p$labels$caption, "5 draws")
})

test_that("correlation: that of the residuals, against its chance range", {
  d <- subset(picture_data(4), !region %in% "Region 02")
  m <- suppressMessages(code_model(d, picture_scheme(),
                                   index = c("region", year_name),
                                   rate = rate_local(5)))
  p <- picture(m, "correlation")
  e <- residuals(m$rates)
  wide <- lapply(split(e$.resid, e$code), \(x) x)
  region <- e$region[e$code == "social"]
  r <- function(a, b) {
    unlist(lapply(unique(region), \(k) {
      x <- wide[[a]][region == k]
      y <- wide[[b]][region == k]
      sum(x * y) / sqrt(sum(x^2) * sum(y^2))
    }))
  }
  want <- c(r("production", "institutional"), r("production", "social"),
            r("institutional", "social"))
  expect_equal(sort(layer_of(p, "GeomPoint")$x), sort(want))
  expect_error(autoplot(picture_model(8, rate = rate_central()),
                        "correlation"), class = "nidcode_error_needs_fit")
})

test_that("the limits of chance correlations hold 95 of 100", {
  d <- 6L
  limit <- correlation_limit(d)
  r <- with_stream(8, replicate(4000, {
    x <- stats::rnorm(d)
    y <- stats::rnorm(d)
    sum(x * y) / sqrt(sum(x^2) * sum(y^2))
  }))
  # Three standard errors of a share of 4,000.
  expect_lt(abs(mean(abs(r) > limit) - 0.05), 0.0104)
})

test_that("panel: a mark for every cell, a bar at every break", {
  m <- picture_model(8)
  p <- picture(m, "panel")
  state <- table(p$data$state)
  expect_identical(sum(state), 3L * nrow(picture_data(8)))
  expect_identical(state[["missing"]], sum(is.na(picture_data(8)$b)))
  expect_identical(state[["derived or estimated"]], 8L)
  bars <- layer_of(p, "GeomSegment")
  expect_identical(nrow(bars), 8L)
  expect_true(all(bars$x == 2008.5))
  # Many regions: the share that has a value.
  text <- layer_of(picture(picture_model(85), "panel"), "GeomText")
  d <- picture_data(85)
  early <- sum(d[[year_name]] == 2005 & !is.na(d$a))
  expect_identical(text$label[text$x == 2005][1L],
                   as.character(round(100 * early / 85)))
})

test_that("the scheme in use: each indicator, sign, unit, weight and rate", {
  codes <- rbind(nid_codes(), data.frame(
    code = "ecological", carrier = "nature", dynamic = "clean", weight = 2))
  s <- code_scheme(c("a", "b", "c", "d"), c(nid_codes()$code, "ecological"),
                   direction = c(1, -1, 1, 1),
                   transform = c("log", "none", "none", "none"),
                   unit = c("RUB", "%", NA, NA), codes = codes)
  p <- picture(s)
  text <- paste(p$data$head, p$data$body, collapse = " ")
  for (word in c("+ a (log of RUB)", "- b (%)", "+ c", "ecological", "nature",
                 "clean \u00d7 2", "formula (1)", "formula (2)",
                 nid_codes()$dynamic, nid_codes()$carrier)) {
    expect_true(grepl(word, text, fixed = TRUE), label = word)
  }
  # Codes without an indicator are not drawn; boxes do not overlap.
  two <- autoplot(code_scheme(c("a", "b"), nid_codes()$code[1:2]))
  expect_false("social" %in% two$data$head)
  boxes <- p$data[p$data$column == "defining", ]
  expect_true(all(boxes$ymax[-1L] < boxes$ymin[-nrow(boxes)]))
})

test_that("vectors: rates and sums as computed", {
  e <- estimate_rates(hand$x, hand$year, rate = rate_difference())
  p <- picture(e, order = 1)
  expect_equal(layer_of(p, "GeomLine")$y, c(1, 2, 3, 5, 2))
  path <- accumulate_path(c(1, 1, 2, -3), 2003:2006)
  expect_equal(layer_of(picture(path), "GeomLine")$y, c(1, 2, 4, 1))
  sums <- accumulate_rates(c(1, 2, 5), 2001:2003, c("a", "b", "b"))
  expect_equal(layer_of(picture(sums), "GeomPoint")$x, c(7, 1))
  half <- layer_of(picture(influence_half_life(5)), "GeomLine")
  expect_equal(half$y, 2^(-half$x / 5))
})

test_that("an influence of the time is drawn over time", {
  literal <- influence_custom(\(t) t - 2004, of = "time")
  cnd <- expect_warning(p <- picture(literal),
                        class = "nidcode_warning_no_times")
  expect_match(conditionMessage(cnd), "time = ", fixed = TRUE)
  expect_identical(p$labels$x, "Time")
  expect_length(Filter(\(l) inherits(l$geom, "GeomLine"), p$layers), 0L)
  p <- picture(literal, time = 2005:2016)
  expect_equal(layer_of(p, "GeomLine")$y, 1:12)
  expect_equal(layer_of(p, "GeomLine")$x, 2005:2016)
  expect_identical(p$labels$x, "Time")
  # A table has times of its own, in any order.
  table <- influence_custom(data.frame(time = c(2007, 2005, 2010),
                                       weight = c(2, 1, 5)))
  p <- picture(table)
  expect_equal(layer_of(p, "GeomPoint")$x, c(2005, 2007, 2010))
  expect_equal(layer_of(p, "GeomPoint")$y, c(1, 2, 5))
  expect_identical(p$labels$x, "Time")
  # What is after `at` counts nothing.
  p <- picture(influence_custom(data.frame(time = 1:3, weight = 1:3), at = 2))
  expect_equal(layer_of(p, "GeomPoint")$y, c(1, 2, 0))
  # Of the lag as before.
  lag <- layer_of(picture(influence_custom(\(l) 1 / (1 + l))), "GeomLine")
  expect_equal(lag$y, 1 / (1 + lag$x))
})

test_that("predictions show the data and where they end, within their limits", {
  m <- picture_model(8)
  r <- levels(factor(m$basic$region))[1L]
  p <- picture(predict(m, at = 2000:2060), order = 0L, regions = r)
  codes <- as.data.frame(m$defining)
  codes <- codes[codes$region == r, ]
  crosses <- Filter(\(l) inherits(l$geom, "GeomPoint") &&
                      identical(l$aes_params$shape, 4L), p$layers)[[1L]]
  expect_setequal(crosses$data$estimate, codes$estimate)
  expect_setequal(layer_of(p, "GeomVline")$xintercept, max(codes[[year_name]]))
  expect_match(p$labels$caption, "95% pointwise intervals of the curve")
  expect_match(p$labels$caption, "Cut where far beyond the data")
  # Limits: what is known within the data's times, and as much again.
  inside <- as.data.frame(predict(m, at = unique(codes[[year_name]]),
                                  order = 0L))
  inside <- inside[inside$region == r, ]
  known <- range(codes$estimate, inside$conf.low, inside$conf.high)
  limits <- known + c(-1, 1) * diff(known)
  expect_equal(range(layer_of(p, "GeomRibbon", 3L)[c("ymin", "ymax")]), limits)
  line <- layer_of(p, "GeomLine")
  expect_true(all(line$y >= limits[1L] & line$y <= limits[2L]))
  # Rates are not observed; nothing is cut within the data.
  p <- picture(predict(m), order = 1L, regions = r)
  expect_no_match(p$labels$caption, "Crosses|Cut|observation")
  p <- picture(predict(m, band = "observation"))
  expect_match(p$labels$caption, "pointwise intervals of an observation")
})

test_that("captions name simultaneous bands", {
  codes <- hand_codes()
  caption <- function(interval) {
    picture(dynamic_codes(codes, rate_central(sd = 0.1),
                          interval = interval))$labels$caption
  }
  expect_match(caption("pointwise"), "95% pointwise intervals", fixed = TRUE)
  expect_match(caption("simultaneous"), "95% simultaneous intervals",
               fixed = TRUE)
  model <- code_model(hand, code_scheme("x", "production", codes = alone),
                      rate = rate_central(sd = 0.1),
                      interval = "simultaneous")
  expect_match(ggplot2::autoplot(model, "rates")$labels$caption,
               "simultaneous", fixed = TRUE)
  expect_no_match(ggplot2::autoplot(model, "industrial")$labels$caption,
                  "simultaneous", fixed = TRUE)
})

test_that("survey: shares, ends of many groups, differences, weights", {
  d <- make_respondents()
  x <- relevance(d, letters[1:4])
  p <- picture(x)
  expect_equal(sort(layer_of(p, "GeomPoint")$x), sort(x$estimate))
  expect_equal(sort(layer_of(p, "GeomLinerange")$xmin), sort(x$conf.low))
  d$region <- rep(sprintf("R%02d", 1:20), length.out = nrow(d))
  x <- relevance(d, letters[1:4], by = "region")
  p <- picture(x)
  expect_equal(sort(layer_of(p, "GeomPoint", 1L)$x), sort(x$estimate))
  expect_equal(sort(layer_of(p, "GeomPoint", 2L)$x),
               sort(as.double(tapply(x$estimate, x$item, stats::median))))
  a <- x[x$item == "a", ]
  expect_true(a$region[which.max(a$estimate)] %in%
                layer_of(p, "GeomText")$label)
  pairs <- compare_relevance(relevance(d, letters[1:4]))
  p <- picture(pairs, max = 4)
  expect_equal(layer_of(p, "GeomPoint")$x,
               sort(abs(pairs$difference), decreasing = TRUE)[1:4])
  expect_match(p$labels$caption, "2 smaller differences")
})

test_that("dependence: verdicts beside their correlations", {
  dep <- code_dependence(dependence_series(), y + w ~ x)
  v <- verdict(dep)
  p <- picture(v)
  drawn <- layer_of(p, "GeomPoint")
  expect_equal(sort(drawn$x), sort(c(v$r.levels, v$r.rates)))
  expect_equal(layer_of(p, "GeomLinerange")$xmax, v$critical)
  panels <- levels(attr(picture(dep), "built")$layout$layout$panel)
  expect_match(panels, "verdict: ", all = TRUE)
  # More than twelve groups: a curve each, and the count of verdicts.
  many <- do.call(rbind, lapply(1:14, \(k) {
    out <- dependence_series()
    out$y <- out$y + k
    cbind(region = paste0("R", k), out)
  }))
  dep <- code_dependence(many, y + w ~ x, index = c("region", "year"),
                         by = "region")
  v <- verdict(dep)
  p <- picture(dep)
  expect_identical(length(unique(layer_of(p, "GeomLine")$group)), 28L)
  panels <- levels(attr(p, "built")$layout$layout$panel)
  for (y in c("y", "w")) {
    count <- table(v$verdict[v$y == y])
    expect_match(panels[c(y = 1, w = 2)[[y]]],
                 paste(names(count), count, collapse = ", "), fixed = TRUE)
  }
  f <- dependence_forms(abs(dependence_series()) + 1, y ~ x)
  expect_identical(layer_of(picture(f), "GeomText")$label,
                   as.character(round(100 * f$weight)))
})

# ---- Looks, units, words ----------------------------------------------------

test_that("a code looks the same wherever and however it is drawn", {
  m <- picture_model(1)
  colour <- function(p, geom) unique(layer_of(p, geom)$colour)
  blue <- "#0B4F8A"
  only <- m$rates[m$rates$code == "social" & m$rates$order == 1L, ]
  p <- ggplot2::ggplot(only, ggplot2::aes(estimate, std.error, colour = code)) +
    ggplot2::geom_point() + scale_colour_code()
  expect_identical(unique(ggplot2::layer_data(p)$colour), "#009E73")
  expect_true(blue %in% colour(picture(m, "rates"), "GeomLine"))
  expect_true(blue %in% colour(picture(m, "codes"), "GeomLine"))
  looks <- code_looks()
  pairs <- look_of(c(nid_codes()$code, nid_codes()$dynamic))
  expect_identical(pairs$colour[1:3], pairs$colour[4:6])
  expect_identical(pairs$shape, looks$shape[c(1:3, 1:3)])
  # An own code keeps its look whatever else is drawn.
  own <- rbind(nid_codes(), data.frame(code = "e", carrier = "f",
                                       dynamic = "g", weight = 1))
  expect_identical(look_of(c("g", "social"), own)$colour,
                   looks$colour[c(4L, 3L)])
})

test_that("the first codes differ in grey and to colour-blind eyes", {
  rgb <- grDevices::col2rgb(code_looks()$colour[1:3]) / 255
  linear <- ifelse(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055)^2.4)
  light <- function(x) {
    y <- colSums(c(0.2126, 0.7152, 0.0722) * x)
    ifelse(y > 0.008856, 116 * y^(1 / 3) - 16, 903.3 * y)
  }
  expect_gt(min(dist(light(linear))), 12)
  # Vienot, Brettel and Mollon (1999): red-blind, green-blind.
  blind <- list(
    protan = rbind(c(0.11238, 0.88762, 0), c(0.11238, 0.88762, 0),
                   c(0.00401, -0.00401, 1)),
    deutan = rbind(c(0.29275, 0.70725, 0), c(0.29275, 0.70725, 0),
                   c(-0.02234, 0.02234, 1)))
  for (eye in blind) expect_gt(min(dist(t(eye %*% linear))), 0.1)
  expect_identical(anyDuplicated(code_looks()[1:5, c("shape", "linetype")]),
                   0L)
})

test_that("axes carry the unit of what they show", {
  m <- picture_model(8)
  y <- function(p) gsub("\n", " ", p$labels$y)
  expect_match(y(autoplot(m, "rates")), "sd of the panel per year$")
  expect_match(y(autoplot(m, "rates", order = 2)), "per year\u00b2$")
  expect_match(y(autoplot(m, "codes")), "sd of the panel$")
  expect_match(gsub("\n", " ", autoplot(m, "basic")$labels$x),
               "per year\u00b2$")
  integral <- suppressMessages(update(m, measure = "integral"))
  expect_match(autoplot(integral, "basic")$labels$x, "per year$")
  expect_identical(autoplot(m, "rates")$labels$x, year_name)
  index <- suppressMessages(update(m, normalise = "minmax"))
  expect_match(y(autoplot(index, "codes")), "share of the range")
  expect_identical(time_unit(list(dated = FALSE, time = "quarter")),
                   "unit of quarter")
})

test_that("long names are broken, never cut, and stay apart", {
  name <- long_names[1L]
  expect_identical(gsub("\n", " ", wrapped(name, 20L)), name)
  expect_lte(max(nchar(strsplit(wrapped(name, 20L), "\n")[[1L]])), 20L)
  expect_identical(wrapped("consumer_spending_pc_real", 12L),
                   "consumer_\nspending_pc_\nreal")
  expect_identical(wrapped("a\nb c", 10L), "a\nb c")
  p <- picture(picture_model(8), "basic")
  expect_true(long_names[1L] %in%
                gsub("\n", " ", levels(p$data$label)))
})

test_that("axes name whole times, and Dates as dates", {
  expect_identical(whole_breaks(c(2005, 2019), 3), c(2005, 2010, 2015))
  expect_identical(whole_breaks(c(2005, 2006)), c(2005, 2006))
  expect_identical(whole_breaks(c(2006, 2006)), 2006)
  expect_identical(plain_number(c(1e6, NA)), c("1 000 000", NA))
  d <- data.frame(day = as.Date("2010-01-01") + 91 * 0:9,
                  x = c(1, 3, 2, 5, 4, 6, 5, 8, 9, 8))
  codes <- defining_codes(code_panel(d, code_scheme("x", "social"),
                                     index = "day"))
  v <- suppressMessages(suppressWarnings(dynamic_codes(codes)))
  for (x in list(codes, v, residuals(v), get_defining(codes)$panel)) {
    expect_picture(autoplot(x))
  }
  expect_identical(time_unit(plot_frame(v)), "year")
})

test_that("names from the data are text, in marks and in alt texts", {
  skip_on_cran()
  d <- hand_regions
  d$region <- rep(c("<b>{x}</b> %d", "=1+1 `y` \\alpha"), each = 6)
  names(d)[1:2] <- c("look", "row")
  names(d)[3:5] <- c("estimate of", "time", "panel")
  s <- code_scheme(names(d)[3:5], nid_codes()$code)
  m <- suppressMessages(suppressWarnings(code_model(d, s,
                                                    index = c("look", "row"))))
  for (what in model_pictures) {
    expect_picture(autoplot(m, what), what, draw = what == "codes")
  }
  p <- picture(m, "basic")
  expect_setequal(levels(p$data$label), unique(d$look))
  expect_match(ggplot2::get_alt_text(p), "<b>{x}</b> %d", fixed = TRUE)
})

test_that("bad requests are refused, and nothing is left behind", {
  m <- picture_model(8)
  expect_error(autoplot(m, "nothing"), class = "nidcode_error_argument")
  expect_error(autoplot(m, "path", regions = "Atlantis"), "Atlantis",
               class = "nidcode_error_argument")
  expect_error(autoplot(m, "path", regions = character()),
               class = "nidcode_error_argument")
  expect_error(autoplot(m$rates, order = 3), class = "nidcode_error_argument")
  expect_error(autoplot(predict(m, at = 2014), order = 0:1), "several regions",
               class = "nidcode_error_argument")
  expect_error(autoplot(m, "basic", colour = "red"))
  before <- dev.list()
  set.seed(1)
  seed <- .Random.seed
  old <- options()
  for (what in model_pictures) p <- autoplot(m, what)
  expect_identical(.Random.seed, seed)
  expect_identical(options()[names(old)], old)
  expect_identical(dev.list(), before)
})

test_that("where nothing is known the picture says so", {
  none <- suppressMessages(suppressWarnings(code_model(
    hand_regions[0, ], hand_scheme())))
  for (what in setdiff(model_pictures, "scheme")) {
    p <- picture(none, what)
    expect_picture(p, what, draw = what == "codes")
    expect_match(ggplot2::get_alt_text(p), "no value to draw", label = what)
  }
  # Differences without an sd: no band is drawn or told of.
  m <- picture_model(1, rate = rate_difference())
  p <- picture(m, "rates")
  expect_false("GeomRibbon" %in% geoms(p))
  expect_no_match(ggplot2::get_alt_text(p), "band")
  expect_no_match(p$labels$caption, "interval")
})

# ---- Whole pictures ---------------------------------------------------------

# Drawn from whole numbers, so that no rounding moves a point. Other versions
# of ggplot2 place things otherwise.
test_that("pictures look as they did", {
  skip_on_cran()
  skip_if_not_installed("vdiffr")
  skip_if_not(l10n_info()[["UTF-8"]])
  version <- utils::packageVersion("ggplot2")
  skip_if(version < "3.4.0" || version >= "3.5.0", "another ggplot2")
  draw <- function(title, p) vdiffr::expect_doppelganger(title, p)
  d <- hand_regions
  d$region <- rep(long_names, each = 6)
  m <- code_model(d, hand_scheme(sd = 1), normalise = "none",
                  rate = rate_difference())
  draw("scheme", autoplot(m, "scheme"))
  draw("rates", autoplot(m, "rates"))
  draw("basic", autoplot(m, "basic"))
  draw("contributions", autoplot(m, "contributions", by = c("code", "time")))
  draw("panel", autoplot(m, "panel"))
  few <- data.frame(year = 2001:2007, y = c(2, 4, 3, 7, 8, 7, 11),
                    x = c(1, 2, 4, 5, 5, 7, 9))
  draw("dependence", autoplot(code_dependence(few, y ~ x, index = "year")))
  items <- data.frame(item = c("lending", "taxation", "fairs"),
                      code = c("institutional", "institutional",
                               "information"), count = c(60, 50, 20))
  draw("relevance", autoplot(relevance_counts(items, n = 100)))
})

test_that("the curve of a fit leaves out columns that stand for nothing", {
  # Two values of x: the square is a line of x.
  d <- data.frame(region = rep(c("A", "B", "C"), each = 4),
                  year = rep(2001:2004, 3), x = rep(0:1, 6),
                  y = c(1, 3, 2, 5, 4, 6, 8, 7, 2, 9, 1, 4))
  fit <- suppressWarnings(code_dependence(
    d, y ~ x, c("region", "year"), form = "quadratic", scale = "levels",
    effects = "region"
  ))
  expect_true(any(fits(fit)[[1L]]$aliased))
  expect_s3_class(ggplot2::autoplot(fit), "ggplot")
})

test_that("the theme and the scales check what they are given", {
  expect_error(theme_nid("big"), class = "nidcode_error_argument")
  expect_error(theme_nid(base_family = 1), class = "nidcode_error_argument")
  expect_error(scale_colour_code(codes = "production"),
               class = "nidcode_error_argument")
})
