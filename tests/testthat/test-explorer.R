# The page that computes: what R writes into it, and its engine beside R.

skip_on_cran()

ural_model <- function(..., scheme = ural_scheme) {
  quiet_answer(code_model(subset(ural, level == "region"), scheme,
                          status = "_status", ...))
}

expect_agrees <- function(answer, view, data) {
  gaps <- answer_gaps(answer, view)
  expect_lt(max(gaps[, "estimate"]), 1e-9)
  expect_lt(max(gaps[, "error"]), 1e-8)
  expect_lt(max(reading_gaps(answer, view, data)), 1e-8)
}

# ---- JSON ------------------------------------------------------------------

test_that("numbers are read back as the doubles they were", {
  x <- c(0.1, 1 / 3, pi * 1e-300, -2^53, 12.3, 1e308, .Machine$double.xmin)
  expect_identical(as.double(json_numbers(x)), x)
  expect_identical(json_numbers(c(12.3, 5)), c("12.3", "5"))
  expect_identical(json_numbers(c(NA, NaN, Inf, -Inf)),
                   c("null", "null", "1e999", "-1e999"))
})

test_that("lists are objects and arrays, one value stands alone", {
  expect_identical(as_json(list(a = 1, b = I(1), c = list(), d = NULL)),
                   "{\"a\":1,\"b\":[1],\"c\":[],\"d\":null}")
  expect_identical(as_json(structure(list(), names = character())), "{}")
  expect_identical(as_json(I(c(TRUE, NA))), "[true,null]")
})

test_that("no text ends the script it stands in", {
  expect_identical(as_json("</script>\\\"\n\u0416"),
                   "\"\\u003c/script>\\\\\\\" \u0416\"")
  expect_identical(as_json(NA_character_), "null")
})

# ---- The file --------------------------------------------------------------

test_that("a page is one file with all of its parts", {
  file <- withr::local_tempfile(fileext = ".html")
  expect_identical(write_explorer(ural_model(), file, title = "A & <b>"), file)
  text <- paste(readLines(file, encoding = "UTF-8"), collapse = "\n")
  expect_match(text, "<title>A &amp; &lt;b&gt;</title>", fixed = TRUE)
  expect_match(text, "var NidEngine", fixed = TRUE)
  expect_match(text, "id=\"nid-data\"", fixed = TRUE)
  expect_no_match(text, "[{][{][a-z]+[}][}]")
  expect_no_match(text, "https?://(?!www.w3.org)", perl = TRUE)
  expect_lt(file.size(file), 0.7e6)
})

test_that("what stands in a slot is not looked at again", {
  expect_identical(
    fill_slots("<{{a}}|{{b}}>", list(a = "{{b}}", b = "\\1")),
    "<{{b}}|\\1>"
  )
})

test_that("the page speaks the language that is asked for", {
  file <- withr::local_tempfile(fileext = ".html")
  write_explorer(ural_model(), file, language = "ru")
  text <- paste(readLines(file, encoding = "UTF-8"), collapse = "\n")
  expect_match(text, "<html lang=\"ru\">", fixed = TRUE)
  expect_match(text, "\u0420\u0430\u0432\u043d\u044b\u0435 \u0432\u0435\u0441",
               fixed = TRUE)
})

test_that("what was computed is said in the language of the page", {
  models <- quiet_answer(list(
    ural_model(),
    ural_model(rate = rate_local(), influence = influence_half_life(4),
               ends = "interior", missing = "available"),
    code_model(subset(russia, year > 2010 & region < "L"), russia_scheme,
               status = "_status", missing = "provisional",
               rate = rate_spline(m = c(production = 2, social = 3)))
  ))
  for (model in models) {
    spec <- get_spec(model$basic)
    expect_identical(page_notes(model), as.character(spec$notes))
    expect_match(page_spec(spec), "^Code NID, formula [(]2[)][.] Rate: ")
    withr::with_options(list(nidcode.language = "ru"), {
      own <- c(as.character(model$panel$regions), "n.lost", "ends", "interior")
      units <- lapply(page_indicators(get_fit(model$rates)), `[[`, "unit")
      said <- c(page_spec(spec), page_notes(model), unlist(units))
      expect_identical(latin_left(said, own), character())
      expect_no_match(said, "[0-9][.][0-9]")
    })
  }
})

test_that("a page says how to cite the paper and the package", {
  cite <- page_citation()
  expect_match(cite[1L], "Economy of Region, 2017", fixed = TRUE)
  expect_match(cite[2L], "^The nidcode authors, 20[0-9]{2}[.] nidcode: ")
  expect_match(cite[2L], paste("version", utils::packageVersion("nidcode")),
               fixed = TRUE)
})

test_that("a page takes along the strings that it says, with their quotes", {
  local_ours(
    page_script = \(name) "T(\"Level\") + T(\"say \\\"a\\\"\"); // Rate",
    strings_of = \(...) list(Level = "a", "say \"a\"" = "b", Rate = "c"))
  expect_identical(lapply(page_strings(), unclass),
                   list(Level = "a", "say \"a\"" = "b"))
})

# ---- What is refused -------------------------------------------------------

test_that("a page refuses what it cannot hold", {
  model <- ural_model()
  file <- withr::local_tempfile(fileext = ".html")
  expect_error(write_explorer(1, file), class = "nidcode_error_argument")
  expect_error(write_explorer(model, file, language = "fr"),
               class = "nidcode_error_argument")
  expect_error(write_explorer(model, file, choices = list(a = list(rate = 1))),
               class = "nidcode_error_argument")
  expect_error(write_explorer(model, file, map = 1),
               class = "nidcode_error_argument")
  expect_identical(expect_error(write_explorer(model, file, by = "name"),
                                class = "nidcode_error_argument")$argument,
                   "by")
  local_ours(series_most = 11L)
  cnd <- expect_error(write_explorer(model, file), class = "nidcode_error_size")
  expect_identical(cnd[c("n", "limit")], list(n = 12L, limit = 11L))
  expect_false(file.exists(file))
})

test_that("a page has room for so many grids, ways to leave out come after", {
  model <- random_model(3)
  own <- length(page_of(model)$keys)
  local_ours(page_grids_most = own - 1L)
  cnd <- tryCatch(page_of(model), nidcode_error_size = identity)
  few <- if (inherits(cnd, "nidcode_error_size")) cnd$n else
    length(cnd$keys)
  expect_lte(few, own)
  local_ours(page_grids_most = 1L)
  cnd <- expect_error(page_of(model), class = "nidcode_error_size")
  expect_identical(cnd$limit, 1L)
})

# ---- The map ---------------------------------------------------------------

square <- function(x, y) {
  list(cbind(x + c(0, 1, 1, 0, 0), y + c(0, 0, 1, 1, 0)))
}

squares <- function(names) {
  out <- data.frame(name = names)
  out$geometry <- structure(
    Map(square, seq_along(names) - 1, 0), class = c("sfc_POLYGON", "sfc"))
  out
}

test_that("outlines become whole numbers, the north above", {
  panel <- ural_model()$panel
  map <- page_map(squares(rev(as.character(panel$regions))), NULL, panel, NULL)
  expect_identical(c(map$width, map$height), c(1000, 250))
  expect_identical(unclass(map$rings[[4L]][[1L]]),
                   c(0, 250, 250, 250, 250, 0, 0, 0, 0, 250))
})

test_that("a region across the 180th meridian stays whole", {
  panel <- ural_model()$panel
  map <- squares(as.character(panel$regions))
  map$geometry <- structure(list(
    list(list(square(179, 65)[[1L]]), list(square(-180, 65)[[1L]])),
    square(170, 65), square(20, 54), square(90, 65)),
    class = c("sfc_MULTIPOLYGON", "sfc"))
  rings <- page_map(map, NULL, panel, NULL)$rings
  across <- unlist(lapply(rings[[1L]], \(x) x[c(TRUE, FALSE)]))
  expect_identical(range(across), c(988, 1000))
  expect_identical(as.vector(rings[[3L]][[1L]])[1L], 0)
  # Rows of one region are one region.
  map$name[2L] <- map$name[1L]
  rings <- suppressWarnings(page_map(map, NULL, panel, NULL)$rings)
  expect_identical(lengths(rings), c(3L, 0L, 1L, 1L))
  # A map that knows no region is no map.
  map$name <- letters[1:4]
  expect_error(page_map(map, NULL, panel, NULL),
               class = "nidcode_error_argument")
})

test_that("regions without an outline are named", {
  model <- ural_model()
  names <- as.character(model$panel$regions)
  names[2L] <- "Elsewhere"
  file <- withr::local_tempfile(fileext = ".html")
  cnd <- expect_warning(write_explorer(model, file, squares(names),
                                       c(region = "name")),
                        class = "nidcode_warning_map")
  expect_identical(cnd$regions, "Kurgan Oblast")
  expect_identical(cnd$values, "Elsewhere")
  expect_error(write_explorer(model, file, squares(names), by = "no",
                              overwrite = TRUE),
               class = "nidcode_error_argument")
})

test_that("outlines that are too fine are refused", {
  panel <- ural_model()$panel
  map <- squares(as.character(panel$regions))
  map$geometry[[1L]] <- list(cbind(cos(1:1e5), sin(1:1e5) * 4))
  cnd <- expect_error(page_map(map, NULL, panel, NULL),
                      class = "nidcode_error_size")
  expect_gt(cnd$n, cnd$limit)
})

test_that("choices become sets of settings by name", {
  model <- ural_model()
  file <- withr::local_tempfile(fileext = ".html")
  made <- code_choices(normalise = c("zscore", "minmax"), half_life = c(2, 9),
                       weights = list(first = c(apt_used = 3)))
  cnd <- expect_message(write_explorer(model, file, choices = made),
                        class = "nidcode_message_choices")
  expect_identical(cnd$values, "half_life")
  own <- suppressMessages(read_page_choices(made, model, NULL))
  presets <- page_of(model, choices = own)$presets
  expect_identical(vapply(presets[-(1:2)], `[[`, "", "name"),
                   c("zscore", "minmax", "first"))
  expect_identical(unclass(presets[[5L]]$settings$weights),
                   c(3, 1, 1, 1, 1, 1))
  by_hand <- list(A = list(code_weights = c(social = 2), measure = "integral"))
  one <- page_of(model, choices = by_hand)$presets[[3L]]$settings
  expect_identical(unclass(one$codeWeights), c(1, 1, 2))
  expect_identical(one$measure, "integral")
  expect_error(write_explorer(model, file, overwrite = TRUE, choices = list(
    A = list(weights = c(nothing = 1)))), class = "nidcode_error_argument")
})

# ---- The engine ------------------------------------------------------------

test_that("t probabilities and quantiles are R's", {
  skip_without_node()
  df <- c(0.5, 1, 1.5, 2, 2.5, 3.7, 5, 9, 12.25, 30, 99, 250, 500, 1e5, Inf)
  x <- c(-1e6, -40, -8, -3, -1, -0.2, 0.01, 0.5, 2, 4, 25)
  level <- c(0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 2 * 10^-(4:10))
  grid <- expand.grid(x = x, df = df)
  wide <- expand.grid(level = level, df = df)
  engine <- system.file("explorer", "engine.js", package = "nidcode")
  script <- paste0(
    "const E=require(process.argv[1]),a=JSON.parse(process.argv[2]);",
    "for(const [k,v,df] of a)console.log(k?E.pt(v,df):E.tQuantile(v,df))")
  asks <- as_json(c(
    lapply(seq_len(nrow(grid)), \(i) I(c(1, grid$x[i], grid$df[i]))),
    lapply(seq_len(nrow(wide)), \(i) I(c(0, wide$level[i], wide$df[i])))))
  got <- as.double(system2("node", c("-e", shQuote(c(script,
                                                     normalizePath(engine),
                                                     asks))), stdout = TRUE))
  far <- \(ours, theirs) max(abs(ours / theirs - 1))
  p <- got[seq_len(nrow(grid))]
  want <- stats::pt(grid$x, grid$df)
  seen <- want > 1e-300
  expect_lt(far(p[seen], want[seen]), 1e-12)
  expect_lt(max(p[!seen]), 1e-299)
  # Below df 1 R's qt() is not where its pt() has the probability.
  q <- got[-seq_len(nrow(grid))]
  tail <- (1 - wide$level) / 2
  expect_lt(far(stats::pt(q, wide$df, lower.tail = FALSE), tail), 1e-12)
  one <- wide$df >= 1
  expect_lt(far(q[one], stats::qt(tail, wide$df, lower.tail = FALSE)[one]),
            1e-12)
})

test_that("the engine agrees with R under every rate", {
  skip_on_cran()
  skip_without_node()
  rates <- list(
    rate_spline(), rate_spline(m = c(production = 2, social = 3)),
    rate_spline(second = "point"), rate_spline("reml"), rate_spline("gcv"),
    rate_spline(50), rate_spline(df = 6, m = 2), rate_local(),
    rate_local(width = 6, second = "step"), rate_central(sd = 0.1),
    rate_difference()
  )
  for (rate in rates) {
    model <- ural_model(rate = rate, breaks = if (rate$name == "local")
      "split" else "auto")
    answers <- engine_answers(model, list(list(measure = "integral")))
    expect_identical(answers$self$ok, "true")
    expect_agrees(answers$asks[[1L]], view_of(model, answers$asks[[1L]]$code),
                  answers$data)
  }
})

test_that("gaps, breaks, trees, odd names: the engine agrees with R", {
  skip_without_node()
  for (seed in c(1L, 2L, 9L)) {
    model <- random_model(seed)
    answers <- engine_answers(model, list(list(), random_ask(seed, model)))
    expect_identical(answers$self$ok, "true")
    for (one in answers$asks[lengths(lapply(answers$asks, `[[`, "code")) > 0]) {
      expect_agrees(one, view_of(model, one$code), answers$data)
    }
  }
})

test_that("kept references, surveyed weights, other means: all as in R", {
  skip_without_node()
  names <- ural_scheme$indicator
  moved <- list(weights = I(c(1, 3, 1, 1, 2, 1)))
  turned <- list(flip = I(c(TRUE, rep(FALSE, 5L))))
  vcov <- diag(0.01, 6L) + 0.002
  dimnames(vcov) <- list(names, names)
  surveyed <- code_scheme(names, ural_scheme$code, weight = structure(
    stats::setNames(c(1, 2, 1, 1.5, 1, 1), names), vcov = vcov))
  goals <- code_scheme(names, ural_scheme$code, low = 0, high = 1e6)
  cases <- list(
    list(ural_model(reference = code_reference(ural_model())), moved),
    list(ural_model(scheme = surveyed), turned),
    list(ural_model(scheme = goals, normalise = "goalposts",
                    aggregate = "geometric"), moved),
    list(ural_model(normalise = "index", reference = 2007), turned)
  )
  for (case in cases) {
    answers <- engine_answers(case[[1L]], case[2L])
    expect_identical(answers$self$ok, "true")
    one <- answers$asks[[1L]]
    expect_agrees(one, view_of(case[[1L]], one$code), answers$data)
  }
})

test_that("a model of frozen tuning moves in the page as in R", {
  skip_without_node()
  model <- quiet_answer(update(ural_model(), freeze = TRUE))
  asks <- list(list(), list(
    influence = list(kind = "half_life", value = 3, scale = NA, at = NA,
                     normalise = FALSE),
    weights = I(c(5, 1, 1, 1, 1, 1)),
    edits = list(list(region = 1L, indicator = 2L, time = 4L, value = 77))))
  answers <- engine_answers(model, asks)
  expect_identical(answers$self$ok, "true")
  expect_identical(answers$data$locked$weights, page_reasons[["frozen"]])
  one <- answers$asks[[2L]]
  expect_no_match(one$hash, "w=")
  expect_agrees(one, view_of(model, one$code), answers$data)
})

test_that("cells of long data, and of years in columns, are edited too", {
  skip_without_node()
  wide <- subset(ural, level == "region")[c("region", "year",
                                            ural_scheme$indicator)]
  long <- stats::reshape(as.data.frame(wide), direction = "long",
                         varying = list(ural_scheme$indicator),
                         v.names = "value", times = ural_scheme$indicator,
                         timevar = "what", idvar = c("region", "year"))
  long <- long[order(long$value), ]
  names(long)[1:2] <- c("an \"area\"", "when")
  model <- quiet_answer(code_model(long, ural_scheme,
                                   c("an \"area\"", "when"), "what", "value"))
  edits <- list(list(region = 1L, indicator = 2L, time = 4L, value = 70.5),
                list(region = 3L, indicator = 0L, time = 11L, value = 300))
  answers <- engine_answers(model, list(list(edits = edits)))
  one <- answers$asks[[1L]]
  expect_match(one$hash, "x=1,2,4,70.5;3,0,11,300", fixed = TRUE)
  view <- view_of(model, one$code)
  expect_identical(view$panel$x$orgs_with_internet[12L + 5L], 70.5)
  expect_agrees(one, view, answers$data)
})

# ---- Links -----------------------------------------------------------------

test_that("a link is read back, and one of another's making does no harm", {
  skip_without_node()
  links <- c(
    "w=1,2,1,1,1,1&o=010000&f=100000&c=1,1,2&i=half_life,5,,,0&m=integral",
    "w=1,2&o=0000&i=half_life,-5,,,0&l=7&m=<script>&e=__proto__&n=eval",
    "w=NaN,Infinity,1,1,1,1&x=0,0,0,1;99,0,0,1;0,0,-1,1;0,0,1.5,1;0,0,0,-1",
    "%%%&&&===&__proto__=1&constructor=2", strrep("w=1,", 1e5), "")
  asks <- engine_answers(ural_model(), as.list(links))$asks
  hash <- vapply(asks, `[[`, "", "hash")
  expect_identical(hash[1L], links[1L])
  expect_identical(hash[-1L], c("", "x=0,0,0,1", "", "", ""))
  expect_identical(vapply(asks, `[[`, "", "again"), hash)
})

test_that("what R has not prepared is told, not computed", {
  skip_without_node()
  out <- I(c(TRUE, TRUE, FALSE, FALSE, FALSE, FALSE))
  one <- engine_answers(ural_model(), list(list(out = out)))$asks[[1L]]
  expect_identical(one$problems, page_reasons[["alone"]])
  expect_null(one$code)
})
