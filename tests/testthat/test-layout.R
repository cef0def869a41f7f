# Every class of picture on pages of four sizes, of 1, 4, 12 and 72 regions,
# with 1, 3 and 5 codes, in short, Cyrillic and long names: no text leaves its
# panel or the page, none covers another. All of it by `make layout`
# (NIDCODE_LAYOUT=all); here each class once and the commonest at every size,
# the rest taking turns.
skip_if_not_installed("ggplot2")
skip_if_not(capabilities("cairo"))
skip_if_not(cyrillic)
skip_on_cran()

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

layout_sizes <- list(c(4, 3), c(7, 4), c(7, 5), c(10, 7))
layout_regions <- c(1L, 4L, 12L, 72L)
layout_codes <- c(1L, 3L, 5L)
layout_names <- c("short", "cyrillic", "long")

# `n` names of a kind; long ones have 60 characters.
some_names <- function(n, kind) {
  number <- formatC(seq_len(n), width = 2L, flag = "0")
  stem <- switch(kind, short = "R", cyrillic = paste0(
    "\u0421\u0432\u0435\u0440\u0434\u043b\u043e\u0432\u0441\u043a\u0430\u044f ",
    "\u043e\u0431\u043b\u0430\u0441\u0442\u044c "),
    long = paste(rep("a name of many words for", 3), collapse = " "))
  if (kind == "long") paste0(substr(stem, 1, 57), " ", number) else
    paste0(stem, number)
}

layout_models <- new.env()

layout_model <- function(regions, codes, kind) {
  key <- paste(regions, codes, kind)
  if (is.null(layout_models[[key]])) {
    own <- some_names(5L, kind)
    table <- rbind(nid_codes(), data.frame(
      code = own[1:2], carrier = own[3:4], dynamic = paste(own[1:2], "rate"),
      weight = 1))[seq_len(codes), ]
    item <- paste0("x", seq_len(2L * codes))
    scheme <- code_scheme(item, rep(table$code, each = 2L), codes = table,
                          label = some_names(length(item), kind),
                          unit = "a unit of many words")
    d <- expand.grid(year = 2005:2013, region = some_names(regions, kind),
                     stringsAsFactors = FALSE)
    with_stream(11, for (name in item) {
      d[[name]] <- 10 + stats::ave(stats::rnorm(nrow(d)), d$region,
                                   FUN = cumsum)
    })
    layout_models[[key]] <- suppressWarnings(suppressMessages(
      code_model(d, scheme, index = c("region", "year"))))
  }
  layout_models[[key]]
}

# One function a class, of a model.
layout_pictures <- c(
  lapply(stats::setNames(nm = c(
    "overview", "scheme", "panel", "codes", "rates", "residuals",
    "industrial", "strip", "basic", "ranks", "bump", "path", "contributions",
    "waterfall", "cells", "phases")), \(what) \(m) autoplot(m, what)),
  list(
    correlation = \(m) autoplot(m, "correlation"),
    items = \(m) autoplot(m, "contributions", by = "indicator"),
    item_times = \(m) autoplot(m, "contributions", by = c("indicator",
                                                          "time")),
    prediction = \(m) autoplot(predict(m, at = c(2010, 2013, 2016))),
    simulation = \(m) autoplot(stats::simulate(m, nsim = 3, seed = 1)),
    contrasts = \(m) autoplot(region_contrasts(m, benchmark = 0)),
    phase_strip = \(m) autoplot(code_phases(m)),
    record = \(m) autoplot(code_record(m)),
    influence = \(m) autoplot(influence_half_life(5))
  ))

often <- c("overview", "basic")

layout_case <- function(name, size, regions, codes, kind, language = "en") {
  withr::local_options(nidcode.language = language)
  model <- layout_model(regions, codes, kind)
  p <- tryCatch(suppressWarnings(suppressMessages(layout_pictures[[name]](
    model))), nidcode_error = \(e) NULL)
  # One code has no correlation with another.
  if (is.null(p)) {
    return(expect_true(name == "correlation" && codes == 1L, label = name))
  }
  found <- suppressMessages(page_layout(p, size[1L], size[2L]))
  label <- paste(name, paste(size, collapse = " x "), regions, codes, kind)
  expect_identical(paste(found$faults$what, found$faults$text), character(),
                   label = label)
  if (language == "ru") {
    texts <- gsub("\n", " ", c(found$texts, ggplot2::get_alt_text(p)))
    expect_identical(latin_left(texts, c(
      model$panel$scheme$label, as.character(model$basic$region),
      "a unit of many words", "year")), character(), label = label)
  }
}

test_that("no text is cut or covered, and Russian pictures are Russian", {
  all <- identical(Sys.getenv("NIDCODE_LAYOUT"), "all")
  names <- names(layout_pictures)
  if (all) {
    cases <- expand.grid(name = names, size = 1:4, regions = layout_regions,
                         codes = layout_codes, kind = layout_names,
                         stringsAsFactors = FALSE)
  } else {
    k <- seq_along(names)
    turns <- data.frame(name = c(names, rep(often, each = 3L)),
                        turn = c(k, rep(match(often, names), each = 3L) + 1:3))
    cases <- data.frame(
      name = turns$name, size = turns$turn %% 4L + 1L,
      regions = layout_regions[(turns$turn %/% 4L + turns$turn) %% 4L + 1L],
      codes = layout_codes[turns$turn %% 3L + 1L],
      kind = layout_names[(turns$turn %/% 3L + turns$turn) %% 3L + 1L])
  }
  for (i in seq_len(nrow(cases))) {
    one <- cases[i, ]
    # Names in Latin letters would hide what is left of English.
    layout_case(one$name, layout_sizes[[one$size]], one$regions, one$codes,
                one$kind, if (one$kind == "cyrillic") "ru" else "en")
  }
})
