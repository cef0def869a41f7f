#' Is a region speeding up or slowing down, and how sure is that
#'
#' A slowdown is still growth. The rate V and its own rate A have four pairs of
#' signs, the phases: advance (V > 0, A > 0: growth at a rising pace), slowdown
#' (V > 0, A <= 0: growth at a falling pace), recovery (V <= 0, A > 0: a fall
#' that slows) and decline (V <= 0, A <= 0: a fall that quickens).
#'
#' @section How it is made:
#' (V, A) is taken as bivariate Student's t of r degrees of freedom with the
#' estimates, standard errors and correlation `cor` of one posterior, so that
#' both margins are the package's `prob.positive`. With x = V/se(V),
#' y = A/se(A),
#' \deqn{P(V>0, A>0) = \int_{F_r(-x)}^{1} F_{r+1}\left((y + \rho t_u)
#'   \sqrt{\frac{r+1}{(1-\rho^2)(r+t_u^2)}}\right) du, \quad
#'   t_u = F_r^{-1}(u)}{P(V>0, A>0) = int_(F_r(-x))^1 F_(r+1)((y + rho t_u)
#'   sqrt((r+1)/((1-rho^2)(r+t_u^2)))) du, t_u = F_r^(-1)(u)}
#' which is worked out by 48 Gauss-Legendre nodes in the form of Plackett (1954),
#' an integral over the correlation from rho to the nearer of -1 and 1: within
#' 1e-5, also where rho is nearly 1. The other three follow from the margins.
#' Where A is over a step, 2 h Cov(V_i, A_i) = Var V_i + h^2 Var A_i -
#' Var V_(i-1), h the step. The r of a sum of codes is that of V in
#' [industrial_code()].
#'
#' The code that leads (`dominant`) has the largest weighted rate where Code ID
#' is above 0, the lowest where it is below. How likely it is truly that one
#' comes from the t of every code, for independent errors by quadrature, else
#' from the 4,000 draws of [industrial_code()]. `prob.defect` is P(ID > 0) less
#' P(all V_c > 0), not below 0.
#'
#' @section Do not read into it:
#' A slowdown is growth, not a decline. Phases of smoothed rates last by
#' construction, so that a long one is no evidence of inertia. The last two
#' years are the least sure: V and A go together there. The correlation makes
#' the four probabilities agree with [simulate()] and with the ellipse drawn by
#' `autoplot(model, "phases")`; it does not make them sharper. Of claims of
#' probability .9 or more 96 to 100 % were right on six kinds of curves; on a
#' once-integrated walk, which is rougher than m = 3 assumes, 79 %, under m = 2
#' 93 % (`inst/studies/phases`).
#'
#' @param x,object <nid_model> or <nid_rates>.
#' @param of <chr> "industrial": phases of Code ID; "codes": of every code.
#' @param conf_level <num> Between 0 and 1: how probable a phase must be to be
#'   `sure`.
#' @param ... Empty.
#' @return `nid_phases`: region and time columns, `code` (of codes), `phase`, an
#'   ordered factor decline < recovery < slowdown < advance (`NA` where V or A
#'   is missing, or both are exactly 0: still), `prob` of that phase,
#'   `prob.advance`, `prob.slowdown`, `prob.recovery`, `prob.decline`, `cor` of
#'   the errors of V and A, and, of Code ID, `dominant` <chr>, `prob.dominant`,
#'   `defect` <chr> the codes that fall while Code ID grows, "" for none,
#'   `prob.defect`; `sure` <lgl> whether prob >= conf_level. Rates without error
#'   have the signs alone, their probabilities are `NA`. `summary()`: `shares`
#'   of regions in each phase by time, `recessions`, runs of Code ID below 0
#'   with their length, depth (the lowest Code ID), loss (step times Code ID,
#'   summed) and `prob` that all of the run is below 0 (1,000 draws of
#'   independent codes, the same each time), and `transitions` from one time to
#'   the next.
#' @section Errors: `nidcode_error_argument`, `_order_undefined` (the rate has
#'   no A).
#' @source "Defect-free combination of defining codes", "speed and acceleration"
#'   of codes: Economy of Region, 2017, vol. 13 (see [nidcode-package]);
#'   Plackett (1954), Biometrika 41, 351-360.
#' @concept growth cycle
#' @concept business cycle
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' phases <- code_phases(dynamic_codes(panel))
#' phases
#' in_words(phases)
#' summary(phases)
#' @export
code_phases <- function(x, of = "industrial", conf_level = 0.95) {
  call <- rlang::current_env()
  check_choice(of, c("industrial", "codes"), call = call)
  rates <- rates_to_read(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  fit <- as_fit(rates, NULL, call)
  if (fit$rate$facts$top_order < 2L) {
    stop_order(fit$rate, 2L, call, "Phases need one. ")
  }
  cor <- if (inherits(x, "nid_model")) x$args$cor else "auto"
  moves <- if (of == "codes") code_moves(fit) else {
    industrial_moves(fit, check_cor(cor, fit, call))
  }
  phases_table(fit, moves, of, conf_level)
}

phase_names <- c("decline", "recovery", "slowdown", "advance")

phases_table <- function(fit, moves, of, level) {
  p <- phase_probabilities(moves)
  phase <- phase_of_signs(moves$v, moves$a)
  prob <- p[cbind(seq_along(phase), phase)]
  out <- new_nid_table(
    c(index_columns(fit$def$panel, moves$rows),
      if (of == "codes") list(code = moves$code),
      list(phase = factor(phase_names[phase], phase_names, ordered = TRUE),
           prob = prob, prob.advance = p[, 4L], prob.slowdown = p[, 3L],
           prob.recovery = p[, 2L], prob.decline = p[, 1L], cor = moves$cor),
      moves$codes, list(sure = prob >= level)),
    "phases",
    fit_facts(fit, if (of == "codes") "Phases of the codes" else
      "Phases of Code ID", c("region", "time", if (of == "codes") "code"),
      cor = moves$told$text, sure = level_text(level),
      notes = few_regions_note(moves$told)),
    fit = c(fit, list(moves = moves[c("rows", "v", "a",
                                           "std.error", "df", "cor")]))
  )
  attr(out, "codes") <- code_field(fit, "code")
  out
}

# Of a phase plane: 1 to 4, as in phase_names, NA where all is still.
phase_of_signs <- function(v, a) {
  out <- 1L + 2L * (v > 0) + (a > 0)
  as.integer(replace(out, v == 0 & a == 0, NA))
}

# Rates of every code: V, A, their errors, df and correlation.
code_moves <- function(fit) {
  est <- estimate_codes(fit, rates = TRUE)$rates
  k <- length(fit$codes)
  in_turns <- \(x) as.vector(t(x))
  keep <- which(in_turns(est$observed))
  cor <- rates_correlation(fit, rates = est)
  of_order <- function(x, order) {
    if (is.null(x)) rep(NA_real_, length(keep)) else in_turns(x[[order]])[keep]
  }
  list(rows = (keep - 1L) %/% k + 1L,
       code = code_field(fit, "code")[(keep - 1L) %% k + 1L],
       v = of_order(est$estimate, 1L), a = of_order(est$estimate, 2L),
       std.error = cbind(of_order(est$std.error, 1L),
                         of_order(est$std.error, 2L)),
       df = in_turns(est$df)[keep], cor = as.vector(cor)[keep])
}

# Those of Code ID, and what its codes have to say of it.
industrial_moves <- function(fit, cor) {
  plan <- rate_plan(fit, 2L)
  est <- estimate_codes(fit, rates = TRUE, list(plan), cor, plan$times)
  id <- industrial_law(fit, est)
  a <- sums_law(fit, plan, est$sums[[1L]], est$rho)
  at <- match(id$rows, plan_rows(fit, plan))
  out <- list(rows = id$rows, v = id$law$estimate, a = a$estimate[at],
              std.error = cbind(known_or_na(id$law$std.error, length(at)),
                                known_or_na(a$std.error, length(a$estimate))[at]),
              df = known_or_na(id$law$df, length(at)), told = est$cor)
  out$cor <- if (fit$rate$facts$steps) {
    time <- row_time(fit$def$panel)[id$rows]
    h <- c(NA, diff(time))[seq_along(time)]
    h[!duplicated(id$a$region[id$rows])] <- NA
    step_correlation(out$std.error[, 1L], out$std.error[, 2L], h)
  } else {
    sum_correlation(fit, est, id, out$std.error)
  }
  out$codes <- codes_that_lead(fit, id)
  out
}

# The row of the panel of every sum of a plan that has one at each time.
plan_rows <- function(fit, plan) {
  at <- sum_rows(plan)
  panel <- fit$def$panel
  time <- row_time(panel)
  times <- unique(time)
  region <- row_region(panel)
  key <- function(region, time) {
    region * (length(times) + 1) + match(time, times)
  }
  match(key(at$region, at$time), key(region, time))
}

# ---- How likely each phase is ------------------------------------------------

# A column for each of phase_names.
phase_probabilities <- function(moves) {
  x <- moves$v / moves$std.error[, 1L]
  y <- moves$a / moves$std.error[, 2L]
  v <- probability_positive(moves$v, moves$std.error[, 1L], moves$df)
  a <- probability_positive(moves$a, moves$std.error[, 2L], moves$df)
  both <- both_positive(x, y, v, a, moves$cor, moves$df)
  cbind(1 - v - a + both, a - both, v - both, both, deparse.level = 0L)
}

# P(V > 0, A > 0) of a bivariate t at x and y in units of the errors, from its
# margins v and a: what it is at a correlation of 1 or -1, less or more the
# integral of its derivative to the correlation rho = cos(angle).
both_positive <- function(x, y, v, a, rho, df) {
  near <- ifelse(rho < 0, pmax(v + a - 1, 0), pmin(v, a))
  side <- ifelse(rho < 0, -1, 1)
  reach <- acos(pmin(abs(rho), 1))
  df <- rep_len(pmin(df, 1e9), length(x))
  between <- numeric(length(x))
  # In parts that stay in the processor's cache.
  part <- (seq_along(x) - 1L) %/% 4096L
  for (at in split(seq_along(x), part)) {
    between[at] <- under_angle(x[at], side[at] * y[at], reach[at], df[at])
  }
  out <- near - side * ifelse(reach > 0, between, 0)
  pmin(pmax(out, v + a - 1, 0), v, a)
}

under_angle <- function(x, y, reach, df) {
  nodes <- gauss_legendre(48L)
  sum <- 0
  for (i in seq_along(nodes$at)) {
    # Squares of nodes: the derivative may rise steeply at the end.
    sine <- sin(reach * nodes$at[i]^2)
    q <- y^2 + ((x - y * sqrt(1 - sine^2)) / sine)^2
    sum <- sum + nodes$weight[i] * nodes$at[i] * exp(-df / 2 * log1p(q / df))
  }
  reach * sum / pi
}

# Nodes and weights on (0, 1): eigenvalues of the recurrence of polynomials.
gauss_legendre <- function(n) {
  k <- seq_len(n - 1L)
  m <- matrix(0, n, n)
  m[cbind(k, k + 1L)] <- m[cbind(k + 1L, k)] <- k / sqrt(4 * k^2 - 1)
  e <- eigen(m, symmetric = TRUE)
  list(at = (e$values + 1) / 2, weight = e$vectors[1L, ]^2)
}

# ---- Codes that lead, codes that fall ----------------------------------------

codes_that_lead <- function(fit, id) {
  code <- code_field(fit, "code")
  weight <- code_field(fit, "weight")
  pick <- function(x) if (!is.null(x)) x[id$rows, , drop = FALSE]
  a <- lapply(id$a[c("estimate", "std.error", "df", "absent")], pick)
  by <- rep(weight, each = length(id$rows))
  side <- sign(id$law$estimate)
  m <- a$estimate * by * side
  m[a$absent] <- -Inf
  lead <- max.col(replace(m, is.na(m), -Inf), "first")
  lead[side == 0] <- NA
  falls <- !a$absent & a$estimate < 0 & id$law$estimate > 0
  defect <- rep("", length(lead))
  for (c in seq_along(code)) {
    more <- which(falls[, c])
    defect[more] <- paste0(defect[more], ifelse(nzchar(defect[more]), ", ", ""),
                           code[c])
  }
  positive <- if (is.null(a$std.error)) NA_real_ else
    probability_positive(id$law$estimate, id$law$std.error, id$law$df)
  list(dominant = code[lead],
       prob.dominant = if (is.null(a$std.error)) rep(NA_real_, length(lead))
         else lead_probability(m, a$std.error * abs(by), a$df, lead,
                               pick(id$rho)),
       defect = defect,
       prob.defect = pmax(positive - id$prob.condition, 0))
}

# How likely the largest of estimates `m` (rows x codes, -Inf: absent) is truly
# that of the code `lead`.
lead_probability <- function(m, se, df, lead, rho) {
  out <- rep(NA_real_, nrow(m))
  for (c in seq_len(ncol(m))) {
    rows <- which(lead == c)
    if (length(rows) == 0L) next
    cut <- function(x) if (!is.null(x)) x[rows, , drop = FALSE]
    out[rows] <- if (is.null(rho)) {
      lead_alone(cut(m), cut(se), cut(df), c)
    } else {
      lead_together(cut(m), cut(se), cut(df), c, cut(rho))
    }
  }
  out
}

# Independent errors: over the values of that code, how likely all others are
# below.
lead_alone <- function(m, se, df, c) {
  nodes <- gauss_legendre(48L)
  kinds <- unique(df[, c])
  kind <- match(df[, c], kinds)
  out <- 0
  for (i in seq_along(nodes$at)) {
    value <- m[, c] + se[, c] * stats::qt(nodes$at[i], kinds)[kind]
    below <- nodes$weight[i]
    for (k in seq_len(ncol(m))[-c]) {
      p <- probability_positive(value - m[, k], se[, k], df[, k])
      below <- below * ifelse(m[, k] == -Inf, 1, p)
    }
    out <- out + below
  }
  pmin(out, 1)
}

# Errors that go together: the signs of the differences from the others.
lead_together <- function(m, se, df, c, rho) {
  n <- ncol(m)
  others <- seq_len(n)[-c]
  if (length(others) == 0L) {
    return(rep(1, nrow(m)))
  }
  cov <- pair_covariance(se, rho)
  differ <- lapply(others, \(k) {
    gone <- m[, k] == -Inf
    both <- c(c, k)
    law <- combine_codes(se[, both, drop = FALSE], df[, both, drop = FALSE],
                         c(1, -1), matrix(pair_rho(rho, n, c, k)))
    list(se = law$se, p = ifelse(gone, 1, probability_positive(
      m[, c] - ifelse(gone, 0, m[, k]), law$se, law$df)))
  })
  p <- vapply(differ, `[[`, numeric(nrow(m)), "p")
  dim(p) <- c(nrow(m), length(others))
  if (length(others) == 1L) {
    return(p[, 1L])
  }
  pairs <- pairs_of(length(others))
  together <- vapply(seq_len(nrow(pairs)), \(j) {
    a <- others[pairs[j, 1L]]
    b <- others[pairs[j, 2L]]
    r <- (cov(c, c) - cov(c, a) - cov(c, b) + cov(a, b)) /
      (differ[[pairs[j, 1L]]]$se * differ[[pairs[j, 2L]]]$se)
    r <- pmin(pmax(r, -1), 1)
    replace(r, !is.finite(r), 0)
  }, numeric(nrow(m)))
  dim(together) <- c(nrow(m), nrow(pairs))
  known <- which(!is.na(rowSums(p)))
  out <- rep(NA_real_, nrow(m))
  out[known] <- joint_probability(p[known, , drop = FALSE],
                                  together[known, , drop = FALSE])
  out
}

# The column of `rho` that is of codes a and b.
pair_rho <- function(rho, n, a, b) {
  pairs <- pairs_of(n)
  rho[, which(pairs[, 1L] == min(a, b) & pairs[, 2L] == max(a, b))]
}

pair_covariance <- function(se, rho) {
  \(a, b) {
    if (a == b) se[, a]^2 else
      pair_rho(rho, ncol(se), a, b) * se[, a] * se[, b]
  }
}

# ---- What is made of them ----------------------------------------------------

#' @rdname code_phases
#' @export
summary.nid_phases <- function(object, ...) {
  rlang::check_dots_empty()
  spec <- get_spec(object)
  time <- key_column(spec, "time")
  region <- phase_series(object)
  phase <- factor(object[["phase"]], rev(phase_names))
  count <- table(if (is.na(time)) rep(1L, nrow(object)) else object[[time]],
                 phase)
  by <- order(region)
  same <- which(diff(region[by]) == 0L)
  structure(list(
    spec = spec, shares = count / pmax(rowSums(count), 1),
    recessions = if (is.null(object[["code"]])) recessions(object),
    transitions = table(from = phase[by[same]], to = phase[by[same + 1L]])
  ), class = "summary_nid_phases")
}

#' @export
print.summary_nid_phases <- function(x, ...) {
  print(x$spec)
  cat("\nShare of regions in each phase\n")
  print(utils::head(round(unclass(x$shares), 2), 10L))
  if (!is.null(x$recessions)) {
    cat("\nRuns of Code ID below 0\n")
    print(x$recessions)
  }
  cat("\nFrom one time (rows) to the next; smoothed rates change phase slowly ",
      "by construction\n", sep = "")
  print(unclass(x$transitions))
  invisible(x)
}

# A number for each series of phases: a region, or a region's code.
phase_series <- function(x) {
  key <- key_column(get_spec(x), "region")
  of <- list(if (is.na(key)) rep(1L, nrow(x)) else x[[key]], x[["code"]])
  of <- lapply(Filter(Negate(is.null), of), \(v) match(v, unique(v)))
  if (length(of) == 1L) of[[1L]] else of[[1L]] * (max(of[[2L]], 0L) + 1L) +
    of[[2L]]
}

# Runs of Code ID below 0.
recessions <- function(x) {
  fit <- get_fit(x)
  v <- fit$moves$v
  region <- phase_series(x)
  n <- length(v)
  if (n == 0L || !any(v < 0)) {
    return(NULL)
  }
  starts <- c(TRUE, region[-1L] != region[-n] | (v[-1L] < 0) != (v[-n] < 0))
  run <- cumsum(starts)
  first <- which(starts & v < 0)
  last <- c(which(starts)[-1L] - 1L, n)[run[first]]
  time <- row_time(fit$def$panel)[phase_rows(x)]
  h <- c(NA, diff(time))
  h[!duplicated(region)] <- NA
  loss <- rowsum_by(ifelse(is.na(h), 0, h * v), run, max(run))
  key <- get_spec(x)$keys
  plain_table(c(
    as.list(x[first, key[names(key) == "region"]]),
    if ("time" %in% names(key)) list(from = x[[key[["time"]]]][first],
                                     to = x[[key[["time"]]]][last]),
    list(length = last - first + 1L,
         depth = as.vector(tapply(v, run, min))[run[first]],
         loss = loss[run[first]],
         prob = probability_of_runs(fit, phase_rows(x), run, run[first]))
  ), length(first))
}

# Rows of the panel behind those of the table.
phase_rows <- function(x) get_fit(x)$moves$rows

phase_draws <- 1000L

# How likely the sum of codes is below 0 at every time of each run.
probability_of_runs <- function(fit, rows, run, runs) {
  if (!fit_has_errors(fit)) {
    return(rep(NA_real_, length(runs)))
  }
  drawn <- suppressMessages(with_own_stream(1L, drawn_arrays(
    fit, phase_draws, 1L)))$draws
  weight <- code_field(fit, "weight")
  id <- matrix(0, length(rows), phase_draws)
  region <- row_region(fit$def$panel)
  for (i in seq_along(weight)) {
    one <- matrix(drawn[1L, i, rows, ], length(rows))
    one[fit$codes[[i]]$of[region[rows]] == 0L, ] <- 0
    id <- id + weight[i] * one
  }
  above <- rowsum(1 * (id >= 0), run)
  nan_to_na(rowMeans(above[runs, , drop = FALSE] == 0))
}

#' @rdname in_words
#' @export
in_words.nid_phases <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  series <- phase_series(x)
  last <- which(!duplicated(series, fromLast = TRUE))
  if (length(last) == 0L) {
    return(say("No time has a phase."))
  }
  sure <- x[["sure"]][last] %in% TRUE
  # Those that are sure come first.
  told <- utils::head(c(last[sure], last[!sure]), 20L)
  c(words_about_phases(x, last, sure), vapply(told, \(i) {
    phase_sentence(x, which(series == series[i]))
  }, ""))
}

words_about_phases <- function(x, last, sure) {
  if (all(is.na(x[["prob"]][last]))) {
    return(say("The rate has no error: how sure the numbers are is unknown."))
  }
  level <- get_spec(x)$sure
  if (!any(sure)) {
    return(say("No phase is sure at the last time (%s).", level))
  }
  of <- vapply(rev(phase_names), \(phase) {
    n <- sum(x[["phase"]][last[sure]] == phase)
    if (n > 0L) paste(say_label(phase), n) else ""
  }, "")
  say("At the last time %s of %s phases are sure (%s): %s.", sum(sure),
      length(last), level, paste(of[nzchar(of)], collapse = ", "),
      n = sum(sure))
}

# "Sverdlovsk: advance since 2011 (surely since 2013), led by innovation;
# information falls (defect, probability .82)."
phase_sentence <- function(x, at) {
  i <- at[length(at)]
  time <- key_column(get_spec(x), "time")
  phase <- as.character(x[["phase"]][at])
  since <- function(yes) {
    first <- length(at) - utils::tail(rle(yes %in% TRUE)$lengths, 1L) + 1L
    if (!is.na(time)) stamp_words(x[[time]][at[first]])
  }
  now <- phase == phase[length(at)]
  surely <- now & x[["sure"]][at]
  who <- c(who_words(x, i), say_label(x[["code"]][i]))
  paste0(
    if (length(who) > 0L) paste0(paste(who, collapse = ", "), ": "),
    if (is.na(phase[length(at)])) say("no phase") else {
      phase_words(phase[length(at)], since(now),
                  if (isTRUE(surely[length(at)])) since(surely))
    },
    codes_in_words(x, i), "."
  )
}

phase_words <- function(phase, since, surely) {
  phase <- say_label(phase)
  if (is.null(since)) phase else if (is.null(surely)) {
    say("%s since %s", phase, since)
  } else {
    say("%s since %s (surely since %s)", phase, since, surely)
  }
}

codes_in_words <- function(x, i) {
  if (is.null(x[["dominant"]]) || is.na(x[["dominant"]][i]) ||
      is.na(x[["phase"]][i])) {
    return(NULL)
  }
  lead <- say_label(x[["dominant"]][i])
  prob <- x[["prob.defect"]][i]
  # A name may hold a comma: the codes are looked for, not cut out.
  codes <- attr(x, "codes")
  fall <- codes[vapply(codes, \(code) {
    grepl(paste0(", ", code, ", "), paste0(", ", x[["defect"]][i], ", "),
          fixed = TRUE)
  }, NA)]
  paste0(
    if (x[["phase"]][i] %in% c("advance", "slowdown")) {
      say(", led by %s", lead)
    } else {
      say(", the fall led by %s", lead)
    },
    if (length(fall) > 0L) {
      say("; %s falls (a defect", paste(say_label(fall), collapse = ", "),
          n = length(fall))
    },
    if (length(fall) > 0L && !is.na(prob)) {
      say(", probability %s", probability_words(prob))
    },
    if (length(fall) > 0L) ")"
  )
}
