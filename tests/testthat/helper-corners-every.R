# Every corner: data of which there is nothing, one, or only one kind, through
# every exported function and every method of ours. Whatever a corner gives must
# be a value that prints and has no NaN and no infinity in its tables, or one of
# our errors; no warning of base R, no error without a class.
#
# A world is a list of data; a script is an expression() of calls that is
# evaluated in every world of its kind, in order: a named call is kept under its
# name for the calls after it, which are passed over where it gave an error.

# Evaluates; gives list(value, failed, said), `said` what should not have been.
try_corner <- function(code) {
  said <- character()
  stray <- function(cnd, what) {
    if (!inherits(cnd, paste0("nidcode_", what))) {
      said <<- c(said, paste0(what, " without a class: ",
                              conditionMessage(cnd)))
    }
  }
  failed <- FALSE
  value <- tryCatch(
    withCallingHandlers(
      code,
      warning = \(cnd) {
        stray(cnd, "warning")
        invokeRestart("muffleWarning")
      },
      message = \(cnd) {
        stray(cnd, "message")
        invokeRestart("muffleMessage")
      }
    ),
    error = \(cnd) {
      stray(cnd, "error")
      failed <<- TRUE
      NULL
    }
  )
  list(value = value, failed = failed, said = said)
}

# Columns of a value that hold NaN or an infinity. Degrees of freedom are
# infinite by promise where no error was estimated.
not_numbers <- function(x, name = "value") {
  if (is.data.frame(x) || is.list(x) && !is.object(x)) {
    x <- unclass(x)
    x <- x[!names(x) %in% unbounded_columns]
    keys <- if (is.null(names(x))) rep(name, length(x)) else names(x)
    return(unlist(Map(not_numbers, x, keys), use.names = FALSE))
  }
  if (is.numeric(x) && any(is.nan(x) | is.infinite(x))) {
    paste0("NaN or an infinity in ", name)
  }
}

# What is done with a value of ours: by generic. Methods that only undo a class
# are called like the rest.
corner_views <- list(
  print = \(x) utils::capture.output(print(x)),
  # What print() writes, where it is ours.
  format = \(x) if (!inherits(x, c("nid_table", "nid_fit"))) format(x),
  summary = \(x) {
    out <- summary(x)
    utils::capture.output(print(out))
    out
  },
  as.data.frame = \(x) as.data.frame(x),
  as_tibble = \(x) tibble::as_tibble(x),
  tidy = \(x) tidy(x),
  glance = \(x) glance(x),
  augment = \(x) augment(x),
  coef = \(x) stats::coef(x),
  confint = \(x) stats::confint(x),
  vcov = \(x) stats::vcov(x),
  nobs = \(x) stats::nobs(x),
  dim = \(x) dim(x),
  predict = \(x) list(
    stats::predict(x),
    if (inherits(x, "nid_fit")) stats::predict(x, interval = "prediction")
  ),
  simulate = \(x) stats::simulate(x, nsim = 2, seed = 1),
  residuals = \(x) stats::residuals(x),
  fitted = \(x) stats::fitted(x),
  update = \(x) {
    stats::update(x, influence = influence_half_life(3))
    stats::update(x, freeze = TRUE)
  },
  deviance = \(x) stats::deviance(x),
  df.residual = \(x) stats::df.residual(x),
  hatvalues = \(x) stats::hatvalues(x),
  logLik = \(x) utils::capture.output(print(stats::logLik(x))),
  formula = \(x) format(stats::formula(x)),
  model.frame = \(x) stats::model.frame(x),
  model.matrix = \(x) stats::model.matrix(x),
  in_words = \(x) in_words(x),
  autoplot = \(x) draw_corner(x),
  plot = \(x) {
    utils::capture.output(plot(x))
    NULL
  },
  knit_print = \(x) knitr::knit_print(x),
  report_block = \(x) report_block(x, list()),
  as_code_scheme = \(x) as_code_scheme(x),
  c = \(x) c(x, x),
  "[" = \(x) if (length(dim(x)) == 2L) x[0L, ] else x[0L],
  "[<-" = \(x) {
    x[seq_len(nrow(x)), ] <- x
    x
  },
  "[[<-" = \(x) {
    x[["corner"]] <- rep(1, nrow(x))
    x
  },
  "$<-" = \(x) {
    x$corner <- rep(1, nrow(x))
    x
  },
  "names<-" = \(x) {
    names(x) <- names(x)
    x
  },
  rbind = \(x) rbind(x, x),
  cbind = \(x) cbind(x, x),
  subset = \(x) subset(x, TRUE),
  filter = \(x) dplyr::filter(x, TRUE),
  mutate = \(x) dplyr::mutate(x, corner = 1),
  group_by = \(x) dplyr::group_by(x),
  rowwise = \(x) dplyr::rowwise(x),
  dplyr_reconstruct = \(x) dplyr::dplyr_reconstruct(as.data.frame(x), x)
)

draw_corner <- function(x) {
  whats <- if (inherits(x, "nid_model")) model_pictures
  pictures <- if (is.null(whats)) list(ggplot2::autoplot(x)) else
    lapply(some_of(whats), \(what) {
      tryCatch(ggplot2::autoplot(x, what), nidcode_error = \(cnd) NULL)
    })
  # Drawn on a page each by test-layout.R.
  draw <- if (all_cases()) ggplot2::ggplotGrob else ggplot2::ggplot_build
  for (one in Filter(Negate(is.null), pictures)) draw(one)
  NULL
}

# generic.class of every method of ours.
registered_methods <- function() {
  all <- getNamespaceInfo("nidcode", "S3methods")
  data.frame(generic = sub("^.*::", "", all[, 1L]), class = all[, 2L])
}

# Which columns of a table, or numbers of a fit, are unknown: all, some, none.
holes_in <- function(x) {
  if (inherits(x, "nid_model")) {
    return(paste(vapply(Filter(is.data.frame, unclass(x)), holes_in, ""),
                 collapse = " "))
  }
  parts <- if (is.list(x)) unclass(x) else list(x)
  paste(vapply(parts, \(v) {
    if (!is.numeric(v) || length(v) == 0L) "" else
      as.character(1 + all(is.na(v)) + anyNA(v))
  }, ""), collapse = "")
}

# Views that only carry a value over, and long prints of what the others give:
# once for each class and 0, 1 or more rows, as are pictures and prints of
# tables, in a run of all cases for each pattern of unknown numbers too.
carrying <- c("as.data.frame", "as_tibble", "[", "[<-", "[[<-", "$<-",
              "names<-", "rbind", "cbind", "subset", "filter", "mutate",
              "group_by", "rowwise", "dplyr_reconstruct", "c", "plot",
              "as_code_scheme")
long_prints <- paste0("summary.nid_", c("table", "dependence", "fit"))

# Every view of a value whose class has a method; gives what should not be.
view_corner <- function(x, seen, views = names(corner_views)) {
  methods <- registered_methods()
  methods <- methods[methods$class %in% class(x) & methods$generic %in% views, ]
  own <- not_numbers(x)
  said <- own
  for (generic in unique(methods$generic)) {
    classes <- methods$class[methods$generic == generic]
    # The first class that has a method is the one whose method runs.
    method <- paste(generic, intersect(class(x), classes)[1L], sep = ".")
    picture <- generic == "autoplot" ||
      method %in% c("print.nid_table", "report_block.nid_table")
    if (picture || generic %in% carrying || method %in% long_prints) {
      size <- min(2L, if (is.data.frame(x)) nrow(x) else length(x))
      key <- paste(method, if (generic != "plot") paste(class(x)[1L], size),
                   if (picture && all_cases()) holes_in(x))
      if (!is.null(seen[[key]])) next
      seen[[key]] <- TRUE
    }
    seen[[method]] <- TRUE
    out <- try_corner(corner_views[[generic]](x))
    if (generic == "summary" && !out$failed) {
      seen[[paste0("print.", class(out$value)[1L])]] <- TRUE
    }
    bad <- c(out$said, setdiff(not_numbers(out$value), own))
    if (length(bad) > 0L) said <- c(said, paste0(generic, "(): ", bad))
  }
  said
}

# A script in one world. `seen` (an environment) keeps the methods that ran.
run_corner <- function(script, world, label, seen,
                       views = names(corner_views)) {
  env <- list2env(world, parent = environment(run_corner))
  names <- if (is.null(names(script))) rep("", length(script)) else
    names(script)
  lost <- character()
  said <- character()
  for (k in seq_along(script)) {
    one <- script[[k]]
    if (length(intersect(all.vars(one), lost)) > 0L) {
      lost <- union(lost, names[k])
      next
    }
    out <- try_corner(eval(one, env))
    bad <- out$said
    if (out$failed) {
      lost <- union(lost, names[k])
    } else {
      if (nzchar(names[k])) assign(names[k], out$value, env)
      # Of the many values of one call only what they print.
      many <- is.list(out$value) && !is.object(out$value)
      bad <- c(bad, unlist(lapply(
        if (many) out$value else list(out$value), view_corner, seen,
        if (many) intersect(views, "print") else views)))
    }
    if (length(bad) > 0L) {
      said <- c(said, paste0(label, ": ", paste(deparse(one), collapse = ""),
                             ": ", bad))
    }
  }
  said
}

# NULL beyond the end.
nth <- function(x, k) if (k <= length(x)) x[[k]]

# Functions that a script calls.
called_in <- function(...) unique(unlist(lapply(list(...), all.names)))

# ---- Answers of respondents --------------------------------------------------

corner_answers <- function() {
  d <- data.frame(
    a = c(1, 0, 1, 1, 0, 1), b = c(0, 0, 1, 0, 1, NA),
    e = c(1, 1, 0, 0, 1, 0), g = rep(c("u", "v"), each = 3),
    w = c(1, 2, 1, 3, 1, 2), s = rep(c("x", "y"), 3), k = c(1, 1, 2, 2, 3, 3)
  )
  put <- \(...) {
    new <- list(...)
    d[names(new)] <- lapply(new, rep_len, nrow(d))
    d
  }
  world <- \(d, items = c("a", "b", "e")) list(d = d, items = items)
  holed <- d
  holed[4:6, c("a", "b", "e")] <- NA
  list(
    "answers" = world(d),
    "no row" = world(d[0L, ]),
    "no row of logical" = world(transform(d[0L, ], a = logical(),
                                          b = logical(), e = logical())),
    "one row" = world(d[1L, ]),
    "two rows" = world(d[2:3, ]),
    "one item" = world(d, "a"),
    "one item of one row" = world(d[1L, ], "a"),
    "nobody ticks" = world(put(a = 0, b = 0, e = 0)),
    "everybody ticks" = world(put(a = 1, b = 1, e = 1)),
    "all tick one, none the other" = world(put(a = 1, b = 0)),
    "nobody answers" = world(put(a = NA, b = NA, e = NA)),
    "nobody answers one item" = world(put(b = NA)),
    "no two answered together" = world(put(a = c(1, NA), b = c(NA, 1),
                                           e = c(0, NA))),
    "a group without answers" = world(holed),
    "an item without answers in a group" = world(put(b = c(1, 0, 1,
                                                           NA, NA, NA))),
    "one group" = world(put(g = "u")),
    "a group each" = world(put(g = letters[1:6])),
    "groups unknown" = world(put(g = NA_character_)),
    "weights of zero but one" = world(put(w = c(1, 0, 0, 0, 0, 0))),
    "a group of weight zero" = world(put(w = c(1, 2, 1, 0, 0, 0))),
    "all weights zero" = world(put(w = 0)),
    "one stratum" = world(put(s = "x")),
    "one unit" = world(put(k = 1)),
    "one row a stratum" = world(put(s = letters[1:6])),
    "items alike" = world(put(b = d$a))
  )
}

survey_calls <- expression(
  plain = relevance(d, items),
  grouped = relevance(d, items, by = "g"),
  one_code = relevance(d, items, item_codes = c(a = "I", b = "I", e = "I")),
  codes = relevance(d, items, by = "g",
                    item_codes = c(a = "I", b = "I", e = "II")),
  weighted = relevance(d, items, weights = "w"),
  by_weight = relevance(d, items, by = "g", weights = "w",
                        item_codes = c(a = "I", b = "I", e = "II")),
  one_weight = relevance(d, items, weights = 1),
  strata = relevance(d, items, strata = "s", by = "g"),
  clusters = relevance(d, items, ids = "k", weights = "w", by = "g",
                       simultaneous = "sidak"),
  lapply(interval_methods, \(m) relevance(d, items, method = m,
                                          simultaneous = "bonferroni")),
  lapply(interval_methods[1:5], \(m) relevance(d, items, method = m,
                                               weights = "w")),
  relevance_by_code(one_code),
  relevance_by_code(codes),
  relevance_by_code(by_weight),
  compare_relevance(plain),
  compare_relevance(grouped),
  compare_relevance(weighted),
  compare_relevance(by_weight),
  compare_relevance(one_weight),
  compare_relevance(strata),
  compare_relevance(clusters),
  compare_groups(grouped),
  compare_groups(by_weight),
  compare_groups(strata),
  compare_groups(clusters),
  relevance_table(plain),
  relevance_table(codes),
  relevance_table(by_weight, sort = FALSE),
  map <- data.frame(item = items, indicator = paste0("i", seq_along(items))),
  relevance_weights(plain, map),
  relevance_weights(weighted, map),
  relevance_weights(one_weight, map),
  relevance_weights(one_code, map[1L, ]),
  relevance_weights(plain, map[0L, ]),
  {
    said <- d
    said[items] <- lapply(d[items], \(v) c("no", "yes")[v + 1])
    NULL
  },
  likert_shares(said, items, c("no", "yes")),
  likert_shares(said, items, c("no", "so so", "yes"), by = "g"),
  likert_shares(said, items, c("no", "so so", "yes"), by = "g",
                weights = "w"),
  likert_shares(said, items, c("no", "yes"), weights = 1)
)

# One column of answers, as lists, text or factors.
corner_options <- function() {
  one <- function(a, sep = NULL) {
    d <- data.frame(g = rep_len(c("u", "v"), length(a)),
                    w = rep_len(c(1, 2), length(a)))
    d$a <- a
    list(d = d, sep = sep)
  }
  list(
    "no list" = one(list()),
    "lists of nothing" = one(list(character(), character())),
    "lists of NULL and NA" = one(list(NULL, NA, NULL)),
    "one option" = one(list("x", character(), NULL)),
    "one list" = one(list(c("x", "y"))),
    "an option twice" = one(list(c("x", "x"), "y")),
    "lists of numbers" = one(list(1, c(1, 2), NULL)),
    "lists of empty text" = one(list("", c("", "x"))),
    "lists of factors without a level" = one(list(factor(), factor())),
    "no text" = one(character(), ";"),
    "empty texts" = one(c("", ""), ";"),
    "missing texts" = one(c(NA_character_, NA_character_), ";"),
    "only separators" = one(c(";", "; ;"), ";"),
    "one option of text" = one(c("x", "x", ""), ";"),
    "a separator of a pattern" = one(c("x|y", "y", "x.y"), "|"),
    "a point as separator" = one(c("x.y", "y"), "."),
    "no separator" = one(c("x;y", "x"), ""),
    "a factor without a level" = one(factor(c(NA, NA))),
    "a factor of one level" = one(factor(c("x", "x"))),
    "a factor of nobody" = one(factor(character(), c("x", "y"))),
    "unused levels" = one(factor(c("x", NA), c("x", "y", "z"))),
    "one answer each" = one(c("x", "y", "x", NA)),
    "one text" = one("x"),
    "texts all missing" = one(c(NA_character_, NA_character_))
  )
}

option_calls <- expression(
  plain = relevance(d, "a", sep = sep),
  grouped = relevance(d, "a", by = "g", sep = sep),
  weighted = relevance(d, "a", weights = "w", sep = sep, by = "g"),
  coded = relevance(d, "a", sep = sep,
                    item_codes = c(x = "I", y = "I", z = "II")),
  compare_relevance(plain),
  compare_relevance(grouped),
  compare_relevance(weighted),
  compare_groups(grouped),
  compare_groups(weighted),
  relevance_by_code(coded),
  relevance_table(plain),
  relevance_table(coded),
  relevance_weights(plain, data.frame(item = "x", indicator = "i"))
)

corner_counts <- function() {
  d <- data.frame(item = c("p", "q", "r"), count = c(4, 2, 0), n = 10,
                  code = c("I", "I", "II"))
  two <- rbind(transform(d, g = "u"), transform(d, g = "v", count = 0:2))
  put <- \(...) {
    new <- list(...)
    two[names(new)] <- lapply(new, rep_len, nrow(two))
    two
  }
  list(
    "counts" = list(d = two),
    "no row" = list(d = two[0L, ]),
    "one row" = list(d = two[1L, ]),
    "one item" = list(d = two[two$item == "p", ]),
    "one group" = list(d = two[1:3, ]),
    "a group lacks items" = list(d = two[-(2:3), ]),
    "nobody asked" = list(d = put(count = 0, n = 0)),
    "nobody asked in a group" = list(d = put(count = c(1, 1, 1, 0, 0, 0),
                                             n = c(3, 3, 3, 0, 0, 0))),
    "nobody ticks" = list(d = put(count = 0)),
    "everybody ticks" = list(d = put(count = 10)),
    "base of one" = list(d = put(count = c(1, 0, 0), n = 1)),
    "bases differ" = list(d = put(count = 1, n = 1:3)),
    "counts unknown" = list(d = put(count = NA)),
    "a count of NaN" = list(d = put(count = c(NaN, 5, NA, 1, 2, NaN))),
    "bases unknown" = list(d = put(n = NA_real_)),
    "bases of NaN" = list(d = put(n = c(NaN, 10))),
    "beyond integers" = list(d = put(count = c(2^31, 5, 0),
                                     n = 2^31 + 10)),
    "far beyond integers" = list(d = put(count = c(2^52, 5, 2^40), n = 2^53)),
    "an infinite base" = list(d = put(n = Inf))
  )
}

count_calls <- expression(
  plain = relevance_counts(d[!duplicated(d$item), ]),
  exclusive = relevance_counts(d[!duplicated(d$item), ], exclusive = TRUE),
  grouped = relevance_counts(d, by = "g"),
  each = relevance_counts(d, by = "g", exclusive = TRUE,
                          simultaneous = "bonferroni"),
  lapply(interval_methods,
         \(m) relevance_counts(d, by = "g", method = m)),
  compare_relevance(plain),
  compare_relevance(exclusive),
  compare_relevance(grouped),
  compare_relevance(each),
  compare_groups(grouped),
  compare_groups(each),
  relevance_by_code(plain),
  relevance_by_code(grouped),
  relevance_table(plain),
  relevance_table(grouped),
  relevance_weights(plain, data.frame(item = "p", indicator = "i")),
  relevance_weights(exclusive, data.frame(item = c("p", "q", "r"),
                                          indicator = c("i", "j", "j")))
)

corner_percents <- function() {
  list(
    "three" = list(p = c(60.3, 27, 12.7)),
    "none" = list(p = numeric()),
    "one" = list(p = 50),
    "zero" = list(p = 0),
    "all" = list(p = 100),
    "zeros" = list(p = c(0, 0)),
    "unknown" = list(p = NA_real_)
  )
}

percent_calls <- expression(
  audit_percentages(p),
  audit_percentages(p, n = 1),
  audit_percentages(p, n = c(7, 63)),
  audit_percentages(p, n_max = 1),
  audit_percentages(p, digits = 0, n_max = 3)
)

# ---- Series that may depend on each other ------------------------------------

corner_pairs <- function() {
  d <- data.frame(region = rep(c("A", "B"), each = 8),
                  year = rep(2001:2008, 2),
                  x = c(1, 3, 2, 5, 4, 6, 8, 7, 2, 4, 4, 5, 7, 6, 9, 9),
                  z = c(5, 4, 6, 5, 7, 5, 6, 8, 1, 3, 1, 4, 1, 5, 9, 2),
                  y = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3))
  put <- \(...) {
    new <- list(...)
    d[names(new)] <- lapply(new, rep_len, nrow(d))
    d
  }
  one <- d[d$region == "A", ]
  first <- \(k) one[seq_len(k), ]
  at <- \(d) list(d = d)
  list(
    "two regions" = at(d),
    "no row" = at(d[0L, ]),
    "one row" = at(first(1L)),
    "two rows" = at(first(2L)),
    "three rows" = at(first(3L)),
    "four rows" = at(first(4L)),
    "five rows" = at(first(5L)),
    "one region" = at(one),
    "one time" = at(d[d$year == 2001, ]),
    "two times" = at(d[d$year <= 2002, ]),
    "a region of one time" = at(d[1:9, ]),
    "a region without values" = at(put(y = c(d$y[1:8], rep(NA, 8)))),
    "left side unknown" = at(put(y = NA_real_)),
    "right side unknown" = at(put(x = NA_real_)),
    "left side constant" = at(put(y = 3)),
    "left side zero" = at(put(y = 0)),
    "right side constant" = at(put(x = 3)),
    "both constant" = at(put(x = 3, y = 3)),
    "constant in a region" = at(put(y = c(d$y[1:8], rep(3, 8)))),
    "a line" = at(put(y = 2 + 3 * d$x)),
    "a line in time" = at(put(y = d$year, x = 2 * d$year)),
    "terms alike" = at(put(z = d$x)),
    "one value each" = at(put(y = c(5, rep(NA, 7)))),
    "never both" = at(put(y = c(1, NA), x = c(NA, 1))),
    "every other year" = at(d[d$year %% 2 == 1, ]),
    "uneven steps" = at(d[d$year %in% c(2001, 2002, 2008), ])
  )
}

pair_calls <- c(
  expression(
    plain = code_dependence(d, y ~ x),
    two = code_dependence(d, y + z ~ x, c("region", "year"),
                          scale = dependence_scales),
    several = code_dependence(d, y ~ x + z, c("region", "year"),
                              scale = dependence_scales),
    grouped = code_dependence(d, y ~ x, c("region", "year"), by = "region",
                              form = c("linear", "quadratic")),
    logs = code_dependence(d, y ~ x, c("region", "year"),
                           form = c("log", "power", "exponential")),
    only_mean = code_dependence(d, y ~ 1, c("region", "year")),
    no_mean = code_dependence(d, y ~ 0 + x, c("region", "year")),
    own_past = code_dependence(d, y ~ y, c("region", "year"), lag = 1),
    curve = code_dependence(d, y ~ x + I(x^2) + I(x^3), c("region", "year"))
  ),
  Map(\(v, e) bquote(code_dependence(d, y ~ x, c("region", "year"),
                                     vcov = .(v), effects = .(e))),
      c(vcov_types, "HC3", "HAC", "cluster", "cluster", "iid", "iid", "iid"),
      c(rep("none", 7L), "twoway", "region", "region", "twoway", "region",
        "time", "twoway"), USE.NAMES = FALSE),
  expression(
    code_dependence(d, y ~ x + z, c("region", "year"), vcov = "HAC"),
    code_dependence(d, y ~ x + z, "year", vcov = "HAC", by = "region"),
    verdict(plain),
    verdict(two),
    verdict(several),
    verdict(grouped),
    verdict(logs),
    verdict(only_mean),
    verdict(no_mean),
    verdict(own_past),
    verdict(curve),
    nth(fits(two), 1L),
    nth(fits(two), 2L),
    nth(fits(several), 4L),
    unname(fits(logs)),
    lapply(fits(several), as_lm),
    as_lm(plain),
    lapply(fits(only_mean), as_lm),
    dependence_forms(d, y + z ~ x),
    dependence_forms(d, y ~ x, c("region", "year"), by = "region"),
    dependence_forms(d, y ~ x + z, c("region", "year"), vcov = "HC3"),
    fit_groups(d$y, d$x, d$region),
    fit_groups(d$y, d[c("x", "z")], d$year),
    fit_groups(d$y, d$x),
    fit_groups(d$y, d$x, intercept = FALSE),
    fit_groups(d$y, d["x"][0L])
  )
)

# ---- Panels, rates, formulas -------------------------------------------------

# A file in a folder of its own, and what gives a table once.
new_part <- function() {
  folder <- tempfile()
  dir.create(folder)
  file.path(folder, "part.csv")
}

once <- function(d) {
  \(n) {
    out <- d
    d <<- d[0L, , drop = FALSE]
    out
  }
}

# The worlds are corner_panels().
panel_world <- function(corner) {
  d <- corner[[1L]]
  list(d = d, s = corner[[2L]], index = c("region", "year"),
       status = if ("x_status" %in% names(d)) "_status")
}

panel_calls <- c(
  expression(
    s,
    as_code_scheme(as.data.frame(s)),
    panel = code_panel(d, s, index, status = status),
    defining = defining_codes(panel),
    frozen = code_reference(defining),
    defining_codes(panel, reference = frozen),
    as_code_reference(as.data.frame(frozen)),
    code_part(d, new_part(), scheme = s, index = index, status = status,
              rate = rate_central(), reference = frozen),
    code_parts(once(d), tempfile(), scheme = s, index = index, status = status,
               rate = rate_spline(m = 3), cor = "independent",
               reference = frozen),
    code_operators(panel, rate = rate_central()),
    code_query(d, s, index, reference = frozen, rate = rate_central())
  ),
  lapply(c("none", "minmax", "rank", "index", "goalposts"), \(n) {
    bquote(defining_codes(panel, .(n)))
  }),
  expression(
    defining_codes(panel, reference = "region"),
    defining_codes(panel, reference = 2002),
    defining_codes(panel, "none", aggregate = "geometric"),
    defining_codes(panel, missing = "available"),
    defining_codes(panel, missing = "error"),
    rates = dynamic_codes(defining),
    together = dynamic_codes(defining, interval = "simultaneous"),
    local = dynamic_codes(defining, rate_local(), breaks = "split"),
    literal = dynamic_codes(defining, rate_difference(sd = 0.1)),
    get_spec(rates),
    smoothness(panel),
    smoothness(rates),
    predict(rates),
    predict(local, at = c(2001.5, 2003)),
    predict(rates, band = "observation"),
    residuals(rates),
    simulate(rates, nsim = 2, seed = 1),
    industrial_code(rates),
    summary(industrial_code(rates)),
    industrial_code(literal, cor = "residual"),
    industrial_code(local, cor = "residual"),
    basic = basic_code(rates),
    basic_code(literal, influence_half_life(2), "integral"),
    basic_code(local, influence_linear(), cor = "residual"),
    code_path(rates),
    code_path(literal, influence_power(1), kind = "partial"),
    contributions(rates),
    contributions(literal, by = c("indicator", "time")),
    cell_weights(rates),
    cell_weights(local, "transformed"),
    region_ranks(basic),
    model = code_model(panel),
    code_model(panel, rate = rate_central(), influence = influence_hyperbolic(),
               measure = "integral", normalise = "minmax"),
    basic_code(model),
    region_ranks(model),
    report_part(model, "changes"), report_part(model, "reading"),
    report_part(model, "regions"), report_part(model, "choices"),
    region_ranks(model, simultaneous = TRUE, pairs = "independent"),
    region_contrasts(model),
    compare_models(a = model, b = model),
    compare_models(list(a = model)),
    effective_weights(model),
    effective_weights(rates, "defining"),
    region_contrasts(model, "mean", adjust = "holm"),
    region_contrasts(model, 0, what = "industrial"),
    region_contrasts(model, "mean", what = "dynamic"),
    region_contrasts(rates, "mean", what = "defining"),
    smoothness(model),
    summary(code_record(rates)), code_record(model),
    code_core(model), glance(code_core(local)), in_words(code_core(literal)),
    summary(code_phases(model)), code_phases(local), in_words(code_phases(rates)),
    code_phases(rates, "codes"), summary(code_phases(literal, "codes")),
    chosen = code_sensitivity(model, code_choices(
      measure = c("sum", "integral"), leave_out = TRUE)),
    tidy(chosen), tidy(chosen, what = "pairs"), tidy(chosen, what = "design"),
    augment(chosen, model), update(chosen, draw = 1),
    drawn = code_sensitivity(model, code_choices(
      weights = weights_noisy(), half_life = c(2, 5)), n = 50,
      method = "draws"),
    tidy(drawn, what = "draws"),
    code_sensitivity(model, code_choices(
      normalise = c("zscore", "none"), leave_out = TRUE), of = "defining"),
    above = code_dominance(model, code_choices(
      weights = weights_simplex()), tuning = "frozen"),
    summary(above), code_dominance(model, code_choices(leave_out = TRUE)),
    code_gaps(rates, "mean"), code_gaps(local, 0), in_words(code_gaps(
      literal, "best")),
    code_connections(model), code_connections(rates, within = TRUE),
    code_connections(rates, "levels", lag = 1, partial = TRUE),
    code_connections(rates, method = "spearman"),
    code_connections(rates, "regions"),
    summary(code_mutations(rates)), code_mutations(local, max = 2, nsim = 199),
    verdict(code_dependence(model, .innovation ~ .production)),
    code_dependence(model, .production ~ .innovation + .industrial),
    deflate(d, "x", "y", base = 2001, index = index),
    denominate(d, "x", "y", index, "z"),
    region_crosswalk(d, data.frame(from = c("A", "B"), to = "C", year = 2003),
                     index),
    time_periods(d$year),
    panel_long(stats::setNames(d[c("region", "x", "y")],
                               c("region", "2001", "2002"))),
    read_sheet_table({
      file <- tempfile(fileext = ".csv")
      utils::write.csv(d, file, row.names = FALSE)
      file
    }),
    as_code_panel(transform(d, time = year, indicator = "x", value = x), s),
    dependence_forms(d, y ~ x, index),
    estimated = estimate_rates(d$x, d$year, d$region),
    estimate_rates(d$x, d$year, d$region, rate_difference(), at = 2002.5),
    estimate_rates(d$x, d$year, d$region, rate_local(), at = 2002.5),
    accumulate_rates(estimated, measure = "integral"),
    accumulate_rates(estimated$estimate, estimated$time, estimated$group),
    accumulate_path(estimated$estimate, estimated$time, estimated$group,
                    influence_custom(\(lag) exp(-lag)), kind = "partial"),
    accumulate_rates(d$x, d$year, d$region, influence_equal(normalise = TRUE))
  )
)

# Descriptions need no data.
plain_calls <- expression(
  nid_codes(), nid_status(),
  influence_equal(at = 2000), influence_half_life(1), influence_linear(1),
  influence_power(0), influence_hyperbolic(1),
  influence_custom(\(lag) 0 * lag),
  rate_central(), rate_custom(\(time) NULL, "nothing"), rate_difference(),
  rate_local(span = 3, degree = 1), rate_spline(),
  weights_noisy(0), weights_dirichlet(1e-9), weights_simplex(1, 1),
  weights_relevance(1), code_choices(),
  code_choices(leave_out = 1e9, half_life = c(1, 1)),
  code_scheme("x", "production"),
  code_scheme(character(), character()),
  code_scheme("x", "production", weight = 0),
  as_code_scheme(data.frame()),
  as_code_scheme(data.frame(indicator = "x", code = "social")),
  scale_colour_code(), scale_fill_code(codes = nid_codes()[1L, ]),
  scale_linetype_code(codes = nid_codes()[0L, ]), scale_shape_code(),
  theme_nid(base_size = 1),
  picture_size(ggplot2::ggplot()),
  picture_size(ggplot2::autoplot(influence_equal())),
  save_picture(influence_equal(), tempfile(fileext = ".png")),
  new_nid_table(list(a = 1), "strange", list(title = "Of no known kind")),
  # Values of others that a report shows.
  "a", character(), numeric(), quote(quote(f(x))),
  structure(list(title = "a", calls = list(quote(f(x))), values = list(1)),
            class = "nid_chapter"),
  data.frame(), ggplot2::ggplot(), report_render(NULL), report_render("a"),
  in_words(NULL), fits(NULL), as_lm(NULL), as_code_scheme(NULL)
)

# Files: dear, so in few worlds.
file_calls <- expression(
  model = code_model(d, s, index, status = status),
  book = tempfile(fileext = ".xlsx"),
  write_workbook(model, book),
  again = read_workbook(book),
  form = tempfile(fileext = ".xlsx"),
  workbook_template(form, s),
  read_workbook(form),
  write_report(model, tempfile(fileext = ".html")),
  write_explorer(model, tempfile(fileext = ".html")),
  write_profile(model, tempfile(fileext = ".html")),
  region_profiles(model, region_names(model$panel)),
  class(run_explorer(d))
)
