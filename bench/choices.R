# Rebuilds of a model under other choices: 85 regions, 12 times, 12 indicators
# in 3 codes, 3,000 draws. COINr rebuilds an index of its own example (51
# countries, 49 indicators) one by one.

choices_data <- function() {
  d <- expand.grid(year = 2010:2021, region = sprintf("r%02d", 1:85))
  for (k in 1:12) {
    walk <- apply(matrix(stats::rnorm(85 * 12), 12), 2, cumsum)
    d[[paste0("x", k)]] <- as.vector(walk) + stats::rnorm(85 * 12) / 2 + 10
  }
  d
}

choices_model <- function(rate) {
  scheme <- code_scheme(paste0("x", 1:12), rep(nid_codes()$code, each = 4),
                        weight = stats::runif(12, 0.5, 2))
  suppressMessages(code_model(choices_data(), scheme,
                              index = c("region", "year"), rate = rate))
}

some_choices <- function(...) {
  code_choices(normalise = c("zscore", "minmax"),
               weights = weights_noisy(0.25), leave_out = TRUE,
               influence = list(equal = influence_equal(),
                                h3 = influence_half_life(3),
                                h5 = influence_half_life(5),
                                h8 = influence_half_life(8)), ...)
}

# Of the processor: all here runs in one thread.
seconds_of <- function(code) sum(system.time(code)[c("user.self", "sys.self")])

# Seconds of a rebuild, beside those of one from the data on, as a loop would
# make it.
choices_row <- function(name, model, choices, seconds, method = "draws") {
  draw <- function() suppressMessages(code_sensitivity(
    model, choices, n = if (method == "draws") 3000 else 1000,
    method = method))
  s <- draw()
  spent <- stats::median(replicate(3L, seconds_of(draw())))
  n <- generics::glance(s)$evaluations
  loop <- seconds_of(for (i in 1:10) {
    suppressMessages(suppressWarnings(stats::update(s, draw = i)))
  }) / 10
  cat(sprintf("# %s: %.2f s of %g\n", name, spent, seconds))
  row_of(paste0("a rebuild, ", name), "update()", spent / n, loop,
         seconds / n / loop)
}

bench_choices <- function() {
  local <- choices_model(rate_local(5))
  spline <- choices_model(rate_spline())
  rows <- rbind(
    choices_row("3,000 by one product", local, some_choices(), 0.5),
    choices_row("3,000 averaged splines with errors", spline, some_choices(),
                2.5),
    choices_row("the same, errors of Code NID drawn", spline,
                some_choices(posterior = TRUE), 2.5),
    choices_row("shares of 6 factors", local,
                some_choices(rate = list(rate_local(5), rate_difference()),
                             measure = c("sum", "integral")), 10, "sample"))
  if (!requireNamespace("COINr", quietly = TRUE)) return(rows)
  rbind(rows, coinr_rows())
}

# COINr's own example of 51 countries, 49 indicators in 8 pillars of 2 halves and
# one year: the index by other weights, ours as the level of the codes, with
# the same weights in the same run, scores beside scores.
coinr_rows <- function() {
  coin <- hush(COINr::build_example_coin(quietly = TRUE))
  scheme <- as_code_scheme(coin$Meta$Ind)
  model <- hush(code_model(
    cbind(COINr::get_dset(coin, "Treated"), year = 2018L), scheme,
    index = c("uCode", "year"), normalise = "minmax"))
  choices <- code_choices(weights = weights_noisy(0.25),
                          code_weights = weights_noisy(0.25))
  draw <- function() hush(code_sensitivity(model, choices, n = 3000,
                                           method = "draws", of = "defining"))
  s <- draw()
  ours <- stats::median(replicate(3L, seconds_of(draw()))) / 3000
  sets <- lapply(1:10, coinr_weights, generics::tidy(s, what = "design"), coin)
  lean <- lapply(c(Normalise = "Normalise", Aggregate = "Aggregate"), \(from) {
    seconds_of(made <<- lapply(sets, \(w) {
      coin$Log$Aggregate$w <- w
      hush(COINr::Regen(coin, from = from, quietly = TRUE))
    })) / 10
  })
  cat(sprintf("# COINr %s, scores differ by at most %.1e of their size\n",
              utils::packageVersion("COINr"), scores_apart(s, made, model)))
  specs <- list(w = list(Address = "$Log$Aggregate$w", Distribution = sets,
                         Type = "discrete"))
  whole <- seconds_of(hush(COINr::get_sensitivity(
    coin, SA_specs = specs, N = 10, SA_type = "UA", dset = "Aggregated",
    iCode = "Index", quietly = TRUE, check_addresses = FALSE))) / 10
  one <- function(peer, seconds, bar) {
    row_of("a rebuild of ASEM", paste0("COINr::", peer), ours, seconds, bar)
  }
  rbind(one("Regen(from = \"Aggregate\")", lean$Aggregate, 0.01),
        one("Regen(from = \"Normalise\")", lean$Normalise, 0.01),
        one("get_sensitivity()", whole, 0.001))
}

hush <- function(code) suppressWarnings(suppressMessages(code))

# The weights of one draw as COINr takes them: of indicators, of pillars and of
# what holds those, level by level.
coinr_weights <- function(i, design, coin) {
  w <- coin$Meta$Weights$Original
  drawn <- unlist(design[i, -1L])
  names(drawn) <- sub("^(code_)?weights\\.", "", names(drawn))
  mine <- w$iCode %in% names(drawn)
  w$Weight[mine] <- drawn[w$iCode[mine]]
  up <- stats::setNames(coin$Meta$Lineage[[3L]], coin$Meta$Lineage[[2L]])
  up <- up[!duplicated(names(up))]
  halves <- tapply(drawn[names(up)], up, sum)
  at <- match(names(halves), w$iCode)
  w$Weight[at] <- halves
  w
}

# The largest difference of ours and COINr's index, over the largest score.
scores_apart <- function(s, made, model) {
  all <- generics::tidy(s, what = "draws")
  max(vapply(seq_along(made), \(i) {
    theirs <- COINr::get_dset(made[[i]], "Aggregated")
    own <- all[all$draw == i, ]
    index <- theirs$Index[match(own$uCode, theirs$uCode)] / 100
    max(abs(own$estimate - index)) / max(abs(index))
  }, 1))
}
