# Weights, strata and clusters of respondents. NULL means equal chances and
# independent respondents: then counts are all there is to know.

read_design <- function(data, weights, strata, ids, call) {
  if (is.null(weights) && is.null(strata) && is.null(ids)) {
    return(NULL)
  }
  n <- nrow(data)
  weights <- design_column(data, weights, "weights", call)
  weights <- if (is.null(weights)) rep(1, n) else
    if (inherits(weights, "integer64")) {
      integer64_to_double(weights, "weights", call)
    } else {
      weights
    }
  check_respondent_weights(weights, call)
  strata <- design_column(data, strata, "strata", call)
  ids <- design_column(data, ids, "ids", call)
  stratum <- if (is.null(strata)) rep(1L, n) else number_of(strata)
  unit <- if (is.null(ids)) seq_len(n) else number_of(ids)
  check_lonely(new_design(weights, stratum, unit), strata, call)
}

# A column's name, or the values themselves (one, or one per respondent).
design_column <- function(data, x, arg, call) {
  if (is.null(x)) {
    return(NULL)
  }
  n <- nrow(data)
  if (is_one(x) && is.character(x) && (n != 1L || x %in% names(data))) {
    check_columns(data, x, arg, call = call)
    x <- drop_declared(data[[x]], x)
  }
  if (!is.atomic(x) || is.complex(x) || is.raw(x) || NCOL(x) != 1L) {
    stop_argument(arg, "a column of texts or numbers", x, call)
  }
  if (length(x) != n && length(x) != 1L) {
    stop_nid("weights",
             c(paste0("`", arg, "` must be a column, or ", n,
                      " values, one for each respondent."),
               x = paste0("There are ", length(x), ".")),
             n = length(x), call = call)
  }
  x <- rep_len(x, n)
  if (arg != "weights" && anyNA(x)) {
    stop_nid("weights",
             paste0("`", arg, "` is missing for ", count_of(
               sum(is.na(x)), "respondent"), "."),
             columns = arg, n = sum(is.na(x)), call = call)
  }
  x
}

check_respondent_weights <- function(x, call) {
  if (!is.numeric(x)) {
    stop_nid("weights", "`weights` must be numbers.", values = x, call = call)
  }
  bad <- which(!is.finite(x) | x < 0)
  if (length(bad) > 0L) {
    stop_nid(
      "weights",
      c("`weights` must be finite and not negative.",
        x = paste0("Respondent ", some_of(bad), " has ",
                   some_of(format(x[utils::head(bad, 5L)])), ".")),
      values = x[bad], n = bad, call = call
    )
  }
  if (length(x) > 0L && all(x == 0)) {
    stop_nid("weights", "All `weights` are zero.", call = call)
  }
}

number_of <- function(x) match(x, unique(x))

# Units are numbered stratum by stratum; ids count within their stratum, as
# survey's `nest = TRUE`. All numbers from 0, for C++.
new_design <- function(weight, stratum, unit, remains = NULL) {
  strata <- max(0L, stratum)
  key <- stratum * (max(0, unit) + 1) + unit
  if (is.unsorted(key)) {
    first <- which(!duplicated(key))
    first <- first[order(key[first])]
    psu <- match(key, key[first])
  } else {
    new <- c(TRUE, diff(key) > 0)[seq_along(key)]
    first <- which(new)
    psu <- cumsum(new)
  }
  list(
    weight = scaled_weights(as.double(weight)),
    psu = psu - 1L,
    stratum = as.integer(stratum[first] - 1L),
    remains = if (is.null(remains)) rep(1, strata) else remains
  )
}

# Shares do not depend on the scale of weights, but the squares of large or
# small ones leave the range of numbers. A power of two changes no digit.
scaled_weights <- function(w) {
  largest <- max(w, 0)
  if (!(largest > 0)) {
    return(w)
  }
  out <- w / 2^floor(log2(largest))
  # Whoever counts little still is a respondent.
  ifelse(w > 0, pmax(out, .Machine$double.xmin), out)
}

# One unit in a stratum has no variance. If it is the only unit of all, the
# errors are NA; among others it would spoil them, so it is refused.
check_lonely <- function(design, strata, call) {
  units <- tabulate(design$stratum + 1L, length(design$remains))
  if (length(units) > 1L && any(units == 1L & design$remains > 0)) {
    lonely <- as.character(unique(strata)[units == 1L])
    stop_nid(
      "weights",
      c(paste0("Stratum ", some_of(lonely), " has one sampling unit only, ",
               "so its variance is unknown."),
        i = paste0("Join it with a similar stratum, or hand in a survey ",
                   "design with `options(survey.lonely.psu = )`.")),
      values = lonely, call = call
    )
  }
  design
}

# A survey or srvyr design. Plain strata, clusters and a one-stage population
# correction go through our own kernel; all else (several stages,
# calibration, replicates, lonely units) through the survey package itself.
read_survey_design <- function(design, call) {
  rlang::check_installed("survey", "to read a survey design.", call = call)
  if (inherits(design, "svyrep.design")) {
    return(list(weight = as.double(stats::weights(design, "sampling")),
                outside = design))
  }
  if (!inherits(design, "survey.design2")) {
    stop_argument("data", paste0("a data frame, a survey.design or a ",
                                 "svyrep.design"), design, call)
  }
  weight <- as.double(1 / design$prob)
  stratum <- number_of(design$strata[[1L]])
  unit <- number_of(design$cluster[[1L]])
  sampled <- design$fpc$sampsize[, 1L][!duplicated(stratum)]
  population <- design$fpc$popsize[, 1L][!duplicated(stratum)]
  remains <- if (is.null(design$fpc$popsize)) {
    rep(1, length(sampled))
  } else {
    ifelse(is.infinite(population), 1, (population - sampled) / population)
  }
  remains[remains < 1e-7] <- 0
  out <- new_design(weight, stratum, unit, remains)
  units <- tabulate(out$stratum + 1L, length(sampled))
  plain <- all(units == sampled) && all(units > 1L | remains == 0) &&
    is.null(design$postStrata) &&
    (is.null(design$fpc$popsize) || ncol(design$cluster) == 1L)
  if (!plain) {
    out$outside <- design
  }
  out
}
