# The engine of a page beside R: node runs inst/explorer/engine.js on what
# write_explorer() would give it.

skip_without_node <- function() {
  testthat::skip_if(!nzchar(Sys.which("node")), "node is not installed")
}

page_of <- function(model, choices = NULL, map = NULL) {
  nidcode:::page_data(model, list(title = "Page", choices = choices, map = map,
                                  strings = list()), NULL)
}

# list(self, asks): what the page's own test says, and for each ask (a list of
# settings laid over the model's own, or the text of a link) its answers.
engine_answers <- function(model, asks = list(list())) {
  data <- page_of(model)
  folder <- tempfile("page-")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  file <- function(...) file.path(folder, paste0(...))
  nidcode:::write_text(nidcode:::as_json(data), file("data.json"))
  asks <- lapply(asks, function(ask) {
    if (is.character(ask)) return(ask)
    out <- data$settings
    for (name in names(ask)) out[name] <- list(ask[[name]])
    out
  })
  nidcode:::write_text(nidcode:::as_json(unname(asks)), file("asks.json"))
  engine <- system.file("explorer", "engine.js", package = "nidcode")
  said <- suppressWarnings(system2(
    "node", shQuote(c(testthat::test_path("explorer-run.js"),
                      normalizePath(engine), file("data.json"),
                      file("asks.json"), folder)),
    stdout = TRUE, stderr = TRUE))
  if (!file.exists(file("self.tsv"))) stop(paste(said, collapse = "\n"))
  self <- utils::read.delim(file("self.tsv"), header = FALSE)
  list(self = list(ok = self$V1, worst = self$V2, n = self$V3),
       data = data, said = said,
       asks = lapply(seq_along(asks), function(i) one_answer(file, i)))
}

one_answer <- function(file, i) {
  text <- function(name) {
    place <- file(i, "-", name)
    if (!file.exists(place)) return(NULL)
    readLines(place, encoding = "UTF-8", warn = FALSE)
  }
  table <- function(name, sep, names = NULL) {
    lines <- text(name)
    if (length(lines) == 0L) return(NULL)
    out <- utils::read.table(text = lines, sep = sep, header = is.null(names),
                             quote = if (sep == ",") "\"" else "",
                             comment.char = "", check.names = FALSE,
                             na.strings = c("", "NA"), fill = TRUE,
                             encoding = "UTF-8")
    if (!is.null(names)) names(out) <- names
    out
  }
  list(
    hash = paste(text("hash.txt"), collapse = ""),
    again = paste(text("again.txt"), collapse = ""),
    problems = text("problems.txt"), code = text("code.R"),
    basic = table("basic.csv", ","), industrial = table("industrial.csv", ","),
    dynamic = table("dynamic.csv", ","),
    level = table("level.tsv", "\t", c("region", "code", "time", "value",
                                       "estimate", "std.error")),
    parts = table("parts.tsv", "\t", c("region", "code", "indicator", "time",
                                       "estimate")),
    phases = table("phases.tsv", "\t", c("region", "code", "time", "phase",
                                         "prob", "cor", "v", "a", "ase")),
    record = table("record.tsv", "\t", c("region", "time", "record", "sure")),
    ranks = table("ranks.tsv", "\t", c("region", "rank", "low", "high"))
  )
}

# What the R code of an answer gives.
view_of <- function(model, code) {
  env <- list2env(list(model = model), parent = globalenv())
  suppressWarnings(suppressMessages(eval(parse(text = code), env)))
  env$view
}

# Largest differences of tables of estimates: of the estimates relative to them
# or their errors (of the largest, where there is none), and of the errors. What
# is 0 but for rounding is beside the largest.
law_gaps <- function(ours, theirs) {
  known <- function(x) as.double(x)
  e <- known(theirs[["estimate"]])
  se <- known(theirs[["std.error"]])
  least <- max(abs(e), 0, na.rm = TRUE)
  size <- pmax(abs(e), ifelse(is.na(se), least, se), 1e-6 * least)
  gap <- function(a, b, size) {
    if (!identical(is.na(a), is.na(b))) return(Inf)
    out <- ifelse(a == b, 0, abs(a - b) / size)
    max(0, out, na.rm = TRUE)
  }
  if (length(e) != nrow(ours)) return(c(estimate = Inf, error = Inf))
  c(estimate = gap(known(ours[["estimate"]]), e, size),
    error = gap(known(ours[["std.error"]]), se, pmax(se, 1e-6 * least)))
}

# Those of everything in an answer beside a model.
answer_gaps <- function(answer, view) {
  one <- rbind(
    basic = law_gaps(answer$basic, view$basic),
    industrial = law_gaps(answer$industrial, view$industrial),
    dynamic = law_gaps(answer$dynamic, view$rates)
  )
  # Errors that are 0 but for rounding have no limits to compare.
  se <- view$basic[["std.error"]]
  keep <- which(se > 1e-6 * max(abs(view$basic[["estimate"]]), 0, na.rm = TRUE))
  limits <- vapply(c("conf.low", "conf.high", "prob.positive"), \(name) {
    gap <- abs(as.double(answer$basic[[name]]) - view$basic[[name]])
    max(0, (gap / if (name == "prob.positive") 1 else se)[keep])
  }, 1)
  rbind(one, limits = c(max(limits), 0))
}

# The same of what is read off the fit: levels, contributions, phases, records,
# ranks. `data`: of the page, whose places stand for names.
reading_gaps <- function(answer, view, data) {
  time <- function(x) match(x, data$timeValues) - 1L
  codes <- vapply(data$codes, `[[`, "", "code")
  region <- function(x) {
    if (is.null(x)) return(0L)
    match(as.character(x), as.character(view$panel$regions)) - 1L
  }
  keyed <- function(...) paste(..., sep = ",")
  column <- data$regionColumn
  c(
    level = level_gap(answer$level, view, region, time, codes, keyed, column),
    parts = parts_gap(answer$parts, view, region, time, codes, keyed, column),
    phases = phases_gap(answer$phases, view, region, time, codes, keyed,
                        column),
    record = record_gap(answer$record, view, region, time, keyed, column),
    ranks = ranks_gap(answer$ranks, view, region, column)
  )
}

# Differences of two columns at the same keys, relative to `size`.
matched_gap <- function(keys, ours, theirs_keys, theirs, size) {
  at <- match(theirs_keys, keys)
  if (anyNA(at) || length(keys) != length(theirs_keys)) return(Inf)
  ours <- as.double(ours)[at]
  if (!identical(is.na(ours), is.na(theirs))) return(Inf)
  max(0, ifelse(ours == theirs, 0, abs(ours - theirs) / size), na.rm = TRUE)
}

level_gap <- function(level, view, region, time, codes, keyed, column) {
  p <- quiet_answer(stats::predict(view, order = 0))
  their <- keyed(region(regions_in(p, column)), match(p$code, codes) - 1L,
                 time(time_numbers(view, p)))
  our <- keyed(level$region, level$code, level$time)
  size <- pmax(abs(p$estimate), p$std.error, na.rm = TRUE)
  least <- 1e-6 * max(size, 0, na.rm = TRUE)
  size <- pmax(size, least)
  error <- pmax(p$std.error, least)
  max(matched_gap(our, level$estimate, their, p$estimate, size),
      matched_gap(our, level$std.error, their, p$std.error, error))
}

parts_gap <- function(parts, view, region, time, codes, keyed, column) {
  linear <- nidcode:::get_defining(view)$affine
  by <- c("code", if (linear) "indicator", "time")
  p <- quiet_answer(contributions(view, by = by))
  indicator <- if (linear) {
    match(p$indicator, view$panel$scheme$indicator) - 1L
  }
  their <- keyed(region(regions_in(p, column)), match(p$code, codes) - 1L,
                 time(time_numbers(view, p)), if (linear) indicator else "")
  our <- keyed(parts$region, parts$code, parts$time,
               if (linear) parts$indicator else rep("", length(parts$code)))
  matched_gap(our, parts$estimate, their, p$estimate,
              max(abs(p$estimate), 1e-6 * rate_size(view, 2), 1e-300,
                  na.rm = TRUE))
}

# What rates of an order are made of: their operator, of the size of one over a
# step to that power, times the data. A rate that is 0 by construction, as the
# acceleration of a line is, is 0 but for the rounding of these.
rate_size <- function(view, order) {
  p <- quiet_answer(stats::predict(view, order = 0))
  step <- min(diff(sort(unique(time_numbers(view, p)))), Inf)
  max(abs(p$estimate), 0, na.rm = TRUE) / step^order
}

# Where a rate is 0 but for rounding its phase is not told.
phases_gap <- function(phases, view, region, time, codes, keyed, column) {
  gaps <- vapply(c("industrial", "codes"), function(of) {
    p <- quiet_answer(code_phases(view, of))
    ours <- phases[is.na(phases$code) == (of == "industrial"), ]
    code <- if (of == "codes") ours$code else rep("", nrow(ours))
    our <- keyed(ours$region, code, ours$time)
    their <- keyed(region(regions_in(p, column)),
                   if (of == "codes") match(p$code, codes) - 1L else "",
                   time(time_numbers(view, p)))
    at <- match(their, our)
    if (anyNA(at) || length(our) != length(their)) return(Inf)
    told <- \(x, order) is.na(x) | abs(x) > 1e-9 *
      max(abs(x), 1e-6 * rate_size(view, order), na.rm = TRUE)
    keep <- told(ours$v[at], 1) & told(ours$a[at], 2) & told(ours$ase[at], 2)
    p <- p[which(keep), ]
    ours <- ours[at[keep], ]
    own <- keyed(seq_len(nrow(p)))
    max(matched_gap(own, ours$phase, own, as.integer(p$phase) - 1L, 1),
        matched_gap(own, ours$prob, own, p$prob, 1),
        matched_gap(own, ours$cor, own, p$cor, 1))
  }, 1)
  max(gaps)
}

record_gap <- function(record, view, region, time, keyed, column) {
  p <- quiet_answer(code_record(view))
  their <- keyed(region(regions_in(p, column)), time(time_numbers(view, p)))
  at <- match(their, keyed(record$region, record$time))
  same <- !anyNA(at) && identical(record$record[at], p$record) &&
    (all(is.na(p$record.sure)) || identical(record$sure[at], p$record.sure))
  if (same) 0 else Inf
}

ranks_gap <- function(ranks, view, region, column) {
  p <- quiet_answer(region_ranks(view, pairs = "independent"))
  at <- region(regions_in(p, column)) + 1L
  same <- identical(as.integer(ranks$rank[at]), p$rank) &&
    identical(as.integer(ranks$low[at]), p$rank.low) &&
    identical(as.integer(ranks$high[at]), p$rank.high)
  if (same) 0 else Inf
}

# NULL where a panel is one region without a name.
regions_in <- function(table, column) if (!is.null(column)) table[[column]]

time_numbers <- function(view, table) {
  as.double(table[[view$panel$index[["time"]]]])
}

quiet_answer <- function(x) suppressWarnings(suppressMessages(x))

# ---- Random models -----------------------------------------------------------

# Names that would be more than text where text is not kept text.
odd_names <- c("</script><b>", "__proto__", "constructor", "a\"b", "it's",
               "=1+1", "a,b", "\\u0041", "\u0416\u043a", "{{engine}}", "-3", "%s",
               "<!--", "&lt;", "toString", "$&")

random_rate <- function() {
  sample(list(
    rate_spline(), rate_spline(m = 2), rate_spline(m = 3, second = "point"),
    rate_spline(m = c(production = 2, social = 3)),
    rate_spline("reml"), rate_spline("gcv", m = 2), rate_spline(3),
    rate_spline(df = 5), rate_local(), rate_local(degree = 1, second = "step"),
    rate_local(width = 7, kernel = "tricube"), rate_central(),
    rate_central(sd = 0.2), rate_difference(sd = c(production = 0.1,
                                                   institutional = 0.2,
                                                   social = 0.1)),
    rate_difference(),
    rate_custom(function(time) {
      n <- length(time)
      one <- two <- matrix(NA_real_, n, n)
      for (i in seq_len(n)[-1L]) {
        one[i, ] <- 0
        one[i, i - 1:0] <- c(-1, 1) / (time[i] - time[i - 1L])
      }
      for (i in seq_len(n)[-(1:2)]) {
        two[i, ] <- (one[i, ] - one[i - 1L, ]) / (time[i] - time[i - 1L])
      }
      list(R1 = one, R2 = two)
    }, "backward")
  ), 1L, prob = c(rep(2, 6), rep(1, 10)))[[1L]]
}

random_influence <- function() {
  sample(list(
    influence_equal(), influence_half_life(3), influence_linear(),
    influence_linear(8, normalise = TRUE), influence_power(0.5, 2),
    influence_hyperbolic(2), influence_half_life(4, at = 2020),
    influence_custom(function(lag) exp(-lag / 5))
  ), 1L)[[1L]]
}

random_model <- function(seed) {
  few <- with_stream(seed, list(
    regions = sample(3:6, 1L), times = sample(7:14, 1L),
    steps = sample(c("uneven", "equal"), 1L), gaps = stats::runif(1L) < 0.4,
    holes = stats::runif(1L) < 0.5, breaks = stats::runif(1L) < 0.5,
    odd = stats::runif(1L) < 0.5
  ))
  made <- random_panel(seed, few$regions, few$times, steps = few$steps,
                       gaps = few$gaps, holes = few$holes, breaks = few$breaks)
  with_stream(seed + 1e6, {
    scheme <- made$scheme
    k <- length(scheme$indicator)
    scheme$transform <- sample(c("none", "log", "log1p", "sqrt"), k, TRUE,
                               c(5, 1, 1, 1))
    data <- made$data
    data[scheme$indicator] <- lapply(data[scheme$indicator], function(x) {
      if (stats::runif(1L) < 0.3) round(x, sample(0:2, 1L)) else x
    })
    if (few$odd) {
      names(data) <- with_odd_names(names(data), scheme$indicator)
      scheme$indicator <- odd_names[seq_len(k)]
      data$region <- odd_names[as.integer(sub("R", "", data$region)) + 8L]
    }
    tree <- if (stats::runif(1L) < 0.25) c("one", "one", NA, "two", "two > in",
                                           NA)
    normalise <- sample(c("zscore", "minmax", "none", "rank"), 1L,
                        prob = c(5, 2, 1, 1))
    suppressWarnings(suppressMessages(code_model(
      data, do.call(code_scheme, c(scheme, list(parent = tree))),
      status = "_status", normalise = normalise,
      reference = if (stats::runif(1L) < 0.2) "region" else "panel",
      missing = sample(c("constant", "available", if (normalise != "rank")
        "provisional"), 1L),
      rate = random_rate(), influence = random_influence(),
      breaks = sample(c("auto", "split", "ignore"), 1L, prob = c(3, 1, 1)),
      measure = sample(c("sum", "integral"), 1L),
      cor = list("auto", "independent", 0.3 + diag(0.7, 3L))[[
        sample(3L, 1L, prob = c(3, 1, 1))]],
      ends = sample(c("all", "interior"), 1L, prob = c(4, 1)))))
  })
}

with_odd_names <- function(names, indicators) {
  for (k in seq_along(indicators)) {
    names[names == indicators[k]] <- odd_names[k]
    names[names == paste0(indicators[k], "_status")] <-
      paste0(odd_names[k], "_status")
  }
  names
}

# Settings that a reader might leave behind.
random_ask <- function(seed, model) {
  data <- page_of(model)
  own <- data$settings
  k <- length(own$weights)
  with_stream(seed, {
    moved <- stats::runif(7L) < 0.5
    locked <- data$locked
    c(
      if (moved[1L] && is.null(locked$weights)) list(weights = I(round(
        own$weights * stats::runif(k, 0.3, 2), 2))),
      if (moved[2L]) list(out = I(stats::runif(k) < 0.25 &
                                    is.na(locked$out))),
      if (moved[3L] && is.null(locked$flip)) list(
        flip = I(stats::runif(k) < 0.3)),
      if (moved[4L]) list(influence = list(
        kind = "half_life", value = round(stats::runif(1L, 1, 9), 2),
        scale = NA, at = NA, normalise = FALSE)),
      if (moved[5L]) list(measure = "integral", level = 0.9),
      if (moved[6L]) list(codeWeights = I(c(1, 2, 0.5))),
      if (moved[7L]) list(normalise = sample(data$normaliseChoices, 1L)),
      if (is.null(locked$edits)) list(edits = random_edits(data))
    )
  })
}

random_edits <- function(data) {
  rows <- sample(length(data$rows$time), 2L)
  edits <- lapply(rows, function(row) {
    i <- sample(length(data$indicators), 1L)
    x <- data$indicators[[i]]$x[row]
    list(region = findInterval(row - 1L, data$rows$offset) - 1L,
         indicator = i - 1L, time = data$rows$time[row],
         value = signif(x * 1.1, 3))
  })
  Filter(function(one) !is.na(one$value), edits)
}
