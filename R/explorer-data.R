# What a page knows of a model: everything that its engine
# (inst/explorer/engine.js) needs to compute the model anew, and what R answers.
# Regions, times, indicators and codes go by their place, from 0, so that no
# name can be taken for anything else.

page_data <- function(model, page, call) {
  fit <- get_fit(model$rates)
  def <- fit$def
  panel <- def$panel
  grids <- page_grids(fit, call)
  n <- n_regions(panel) * length(fit$codes)
  c(
    list(title = page$title, language = said_in(), strings = page$strings,
         regions = I(page_regions(panel)), regionColumn = page_column(panel),
         times = I(time_words(panel, page_times(panel))),
         timeValues = I(page_times(panel)),
         timeColumn = panel$index[["time"]],
         codes = page_codes(fit), indicators = page_indicators(fit),
         rows = page_rows(panel),
         settings = page_settings(model), model = page_model(model, fit),
         keys = I(grids$keys), grids = grids$pieces,
         locked = page_locks(fit, grids$known),
         normaliseChoices = I(normalise_choices(def)),
         influenceChoices = I(influence_choices(model)),
         presets = page_presets(model, page$choices),
         map = page$map, seriesCount = n, live = n <= series_live,
         answer = page_answer(model, fit)),
    page_words(model, def)
  )
}

# Up to so many series a page computes while a slider moves.
series_live <- 3000L
series_most <- 20000L

page_regions <- function(panel) {
  if (is.na(panel$index[["region"]])) rep("", n_regions(panel)) else
    as.character(panel$regions)
}

page_column <- function(panel) {
  if (is.na(panel$index[["region"]])) NULL else panel$index[["region"]]
}

page_rows <- function(panel) {
  list(offset = I(panel$offset),
       time = I(match(row_time(panel), page_times(panel)) - 1L))
}

# The row of the user's data, from 1, in which a cell of an indicator stands, of
# each row of the panel.
source_rows <- function(panel, name) {
  long <- panel$long$names_from
  if (is.null(long)) {
    return(panel$source %||% seq_len(n_rows(panel)))
  }
  own <- which(as.character(panel$plain[[long]]) == name)
  own[match(seq_len(n_rows(panel)), user_rows(panel)[own])]
}

page_codes <- function(fit) {
  codes <- scheme_codes(fit$def$panel$scheme)
  used <- code_field(fit, "code")
  letters <- code_letters(used)
  lapply(seq_along(used), \(i) {
    one <- fit$codes[[i]]
    list(code = one$code, dynamic = one$dynamic, label = say_label(one$code),
         dynamicLabel = say_label(one$dynamic), letter = letters[i],
         colour = look_of(one$code, codes)$colour, weight = one$weight,
         place = match(one$code, codes$code),
         kind = page_kind(fit, i))
  })
}

page_indicators <- function(fit) {
  panel <- fit$def$panel
  scheme <- panel$scheme
  names <- scheme[["indicator"]]
  used <- match(scheme[["code"]], code_field(fit, "code")) - 1L
  label <- said_names(scheme, names)
  paths <- tree_paths(scheme)
  lapply(seq_along(names), \(k) {
    transform <- indicator_transform(scheme, names[k])
    status <- panel$status[[names[k]]]
    c(list(name = names[k], label = label[k],
           unit = say_label(scheme[["unit"]][k]),
           code = used[k], weight = scheme[["weight"]][k],
           direction = scheme[["direction"]][k],
           transform = scheme[["transform"]][k],
           low = finite_or_na(transform$low),
           high = finite_or_na(transform$high), closed = transform$closed,
           goalLow = scheme[["low"]][k], goalHigh = scheme[["high"]][k],
           sd = scheme[["sd"]][k],
           path = I(utils::head(paths[[k]][-1L], -1L)),
           x = I(panel$x[[names[k]]]),
           source = I(source_rows(panel, names[k])),
           breaks = I(panel$breaks[[names[k]]] - 1L),
           soft = I(which(if (is.null(status)) FALSE else is_soft(status)) -
                      1L)))
  })
}

finite_or_na <- function(x) if (is.finite(x)) x else NA_real_

# ---- Settings ----------------------------------------------------------------

# What a reader may move, as the model has it.
page_settings <- function(model) {
  fit <- get_fit(model$rates)
  scheme <- model$panel$scheme
  k <- nrow(scheme)
  list(normalise = fit$def$normalise, weights = I(scheme[["weight"]]),
       out = I(rep(FALSE, k)), flip = I(rep(FALSE, k)),
       codeWeights = I(code_field(fit, "weight")),
       influence = page_influence(model$args$influence,
                                  model$panel$reading),
       measure = model$args$measure, ends = model$args$ends,
       level = model$args$conf_level, edits = list())
}

page_influence <- function(influence, reading) {
  own <- influence$form == "custom"
  args <- influence$args
  list(kind = if (own) "own" else influence$form,
       value = args$half_life %||% args$span %||% args$power,
       scale = args$scale, at = influence_at(influence, reading),
       normalise = influence$normalise)
}

influence_choices <- function(model) {
  own <- page_influence(model$args$influence, model$panel$reading)$kind
  unique(c(own, "equal", "half_life", "linear", "power", "hyperbolic"))
}

# Normalisations that these data and this reference allow.
normalise_choices <- function(def) {
  own <- def$normalise
  frozen <- inherits(def$reference, "nid_reference")
  if (frozen || !is.null(def$predicted) || def$aggregate != "mean") {
    return(own)
  }
  other <- setdiff(c("zscore", "minmax", "none"), own)
  can <- vapply(other, \(kind) {
    !is.null(tryCatch(suppressWarnings(suppressMessages(define(
      def$panel, kind, def$reference, def$aggregate, def$missing, NULL))),
      nidcode_error = \(cnd) NULL))
  }, NA)
  c(own, other[can])
}

# Why something cannot be moved.
page_reasons <- c(
  frozen = "The tuning of this model is frozen.",
  reference = "Centre and scale of this model are frozen.",
  predicted = "Predicted cells of this model were made in R.",
  alone = "A code needs an indicator.",
  times = "Leaving it out gives the code other times, which R has not prepared."
)

# Of each control the reason, null where it can be moved; `known`: see
# page_grids().
page_locks <- function(fit, known) {
  def <- fit$def
  why <- function(name, holds) if (holds) page_reasons[[name]]
  frozen <- why("frozen", !is.null(fit$tuning))
  fixed <- why("reference", inherits(def$reference, "nid_reference"))
  predicted <- why("predicted", !is.null(def$predicted))
  list(weights = frozen, flip = frozen, codeWeights = frozen,
       normalise = frozen %||% fixed %||% predicted,
       edits = predicted, influence = NULL, measure = NULL, ends = NULL,
       out = I(out_locks(fit, known, frozen)))
}

out_locks <- function(fit, known, frozen) {
  code <- fit$def$panel$scheme[["code"]]
  out <- rep(NA_character_, length(code))
  for (i in seq_along(known)) {
    own <- which(code == fit$codes[[i]]$code)
    out[own][!known[[i]]] <- page_reasons[["times"]]
    if (length(own) == 1L) out[own] <- page_reasons[["alone"]]
  }
  if (is.null(frozen)) out else rep(frozen, length(out))
}

# ---- How it is computed ------------------------------------------------------

page_model <- function(model, fit) {
  def <- fit$def
  rate <- fit$rate
  facts <- rate$facts
  list(
    aggregate = def$aggregate, missing = def$missing, breaks = fit$breaks,
    reference = page_reference(def),
    rate = list(curve = facts$curve, steps = facts$steps, top = facts$top_order,
                errors = facts$errors, backward = facts$backward,
                centred = !facts$own, mode = page_mode(rate),
                value = asked_smoothing(rate)$value, sd = page_sd(fit)),
    rateCall = page_rate_call(fit), dataCall = page_data_call(model$panel),
    cor = page_cor(model$args$cor, fit), frozen = page_frozen(fit),
    predicted = page_predicted(def), weightError = page_weight_error(def),
    influence = page_influence_table(model),
    nodes = I(gauss_legendre(48L)$at), nodeWeights = I(
      gauss_legendre(48L)$weight)
  )
}

page_reference <- function(def) {
  reference <- def$reference
  if (inherits(reference, "nid_reference")) {
    own <- in_data_units(def)
    return(list(kind = "fixed", centre = unname(lapply(own$centre, I)),
                scale = unname(lapply(own$scale, I))))
  }
  if (is.numeric(reference)) {
    return(list(kind = "time",
                time = match(reference, page_times(def$panel)) - 1L))
  }
  list(kind = reference)
}

page_mode <- function(rate) {
  if (rate$facts$curve) asked_smoothing(rate)$mode else "linear"
}

# The given sd of every code, if any; NA: that of its indicators.
page_sd <- function(fit) {
  I(vapply(fit$codes, \(one) {
    c(if (gives_sd(fit$rate)) rate_sd(fit$rate, one$code), NA_real_)[1L]
  }, 1))
}

# The call that makes the rate again, with the orders that were chosen.
page_rate_call <- function(fit) {
  rate <- fit$rate
  if (!rate$facts$curve) {
    return(NULL)
  }
  m <- vapply(fit$codes, \(one) smoothness_order(code_rate(rate, one$code)),
              1L)
  names(m) <- code_field(fit, "code")
  paste(deparse(spline_call(rate, m), width.cutoff = 500L), collapse = " ")
}

# What update() must be told of data that were read another way.
page_data_call <- function(panel) {
  index <- unname(panel$index[!is.na(panel$index)])
  list(column = if (!is.null(panel$long$names_from)) {
    "model$panel$long$values_from"
  }, index = paste(deparse(index, width.cutoff = 500L), collapse = " "))
}

page_cor <- function(cor, fit) {
  cor <- check_cor(cor, fit, NULL)
  if (is.matrix(cor)) {
    return(list(kind = "matrix", pairs = I(as.vector(matrix_pairs(cor)))))
  }
  kept <- frozen_rho(fit$def$reference, code_field(fit, "code"))
  list(kind = cor, panel = if (length(kept) > 0L) I(kept))
}

# What a frozen model keeps: weights over lambda of every series (segment) and
# the correlation of the noise.
page_frozen <- function(fit) {
  if (is.null(fit$tuning)) {
    return(NULL)
  }
  rho <- if (!is.null(fit$noise)) noise_of_fit(fit)$rho
  list(codes = lapply(seq_along(fit$codes), \(i) {
    one <- fit$tuning$weights[[i]]
    list(points = nrow(one$weight), weight = I(as.vector(one$weight)),
         lambda = if (!is.null(one$lambda)) I(as.vector(one$lambda)))
  }), rho = if (!is.null(rho)) flat(rho))
}

page_predicted <- function(def) {
  if (is.null(def$predicted)) {
    return(NULL)
  }
  cells <- def$predicted$cells
  loads <- def$predicted$loads
  own <- match(cells$indicator, def$panel$scheme[["indicator"]]) - 1L
  list(indicator = I(own), row = I(cells$row - 1L), value = I(cells$value),
       cell = I(loads$cell - 1L), error = I(loads$error - 1L),
       load = I(loads$load))
}

# Loadings of the weights of indicators on independent errors.
page_weight_error <- function(def) {
  scheme <- def$panel$scheme
  vcov <- attr(scheme, "vcov", exact = TRUE)
  if (is.null(vcov) || def$aggregate != "mean" ||
        !is.null(unlist(def$factors))) {
    return(NULL)
  }
  list(indicator = I(match(colnames(vcov), scheme[["indicator"]]) - 1L),
       root = flat(matrix_root(vcov)), errors = ncol(vcov))
}

# An influence of the user's own, at all times (columns) as seen from every last
# time (rows), or from the one time it is seen from.
page_influence_table <- function(model) {
  influence <- model$args$influence
  if (influence$form != "custom") {
    return(NULL)
  }
  times <- page_times(model$panel)
  at <- influence_at(influence, model$panel$reading) %||% times
  span <- diff(range(times))
  rows <- lapply(at, \(now) {
    tryCatch(influence_weights(influence, times, now, span),
             error = \(cnd) influence_known(influence, times, now, span))
  })
  list(rows = lapply(rows, I), fixed = !is.null(influence$at))
}

# Where it fails at some times, those that it has.
influence_known <- function(influence, times, now, span) {
  vapply(times, \(time) {
    tryCatch(influence_weights(influence, time, now, span),
             error = \(cnd) NA_real_)
  }, 1)
}

# ---- What R answers ----------------------------------------------------------

page_answer <- function(model, fit) {
  law <- function(x) {
    list(estimate = I(x[["estimate"]]), se = I(x[["std.error"]]),
         df = I(x[["df"]]))
  }
  rates <- model$rates
  sums <- lapply(code_field(fit, "code"), \(code) {
    lapply(1:2, \(order) {
      mine <- rates[["code"]] == code & rates[["order"]] == order
      c(sum(abs(rates[["estimate"]][mine]), na.rm = TRUE),
        sum(rates[["std.error"]][mine], na.rm = TRUE))
    })
  })
  list(basic = law(model$basic), industrial = law(model$industrial),
       rates = sums)
}

# ---- Words -------------------------------------------------------------------

page_words <- function(model, def) {
  list(
    spec = page_spec(get_spec(model$basic)),
    notes = I(page_notes(model)),
    reference = say(
      "Economy of Region, 2017, vol. 13, formulas (1) and (2)."),
    exact = I(page_exact()), notExact = I(page_not_exact(model, def)),
    versions = I(c(paste("nidcode", utils::packageVersion("nidcode")),
                   R.version.string)),
    citation = page_citation()
  )
}

# What Code NID is and how it was computed, as print() says it, in the language
# of the page.
page_spec <- function(spec) {
  facts <- vapply(said_facts(spec), paste, "", collapse = ", ")
  names(facts)[names(facts) == "second"] <- "second order"
  words <- c(paste0(say_fact(names(facts)), ": ", say_fact(facts)),
             say_fact(paste(level_text(spec[["level"]]), "intervals")))
  paste0(say("Code NID, formula (2)"), ". ",
         in_marks(capital(paste(words, collapse = "; "))), ".")
}

# The notes below its print; that on predicted cells has names in it.
page_notes <- function(model) {
  own <- get_spec(model$basic)$notes
  predicted <- function(language) {
    local_language(language)
    predicted_note(model$basic[["predicted"]], model$panel$regions)
  }
  made <- unlist(lapply(languages, predicted))
  as.character(in_marks(c(say_fact(setdiff(own, made)), predicted(said_in()))))
}

# Decimal commas, and spaces before thousands, in Russian.
in_marks <- function(x) {
  if (said_in() == "en") {
    return(x)
  }
  x <- gsub("(?<=[0-9]),(?=[0-9]{3})", "\u00a0", x, perl = TRUE)
  gsub("(?<=[0-9])[.](?=[0-9])", ",", x, perl = TRUE)
}

# citation() finds no version where the sources themselves are loaded.
page_citation <- function() {
  part <- \(name) system.file(name, package = "nidcode", mustWork = TRUE)
  meta <- as.list(read.dcf(part("DESCRIPTION"))[1L, ])
  I(unlist(utils::readCitationFile(part("CITATION"), meta)$textVersion))
}

page_exact <- function() {
  c(say("Every number is computed anew in this page, as R does it."),
    say("Moved weights, directions and edited cells are exact refits."),
    say("So are left-out indicators, influence and normalisation."))
}

page_not_exact <- function(model, def) {
  c(say("Orders of smoothness stay those of the model."),
    say("Ranks take the errors of regions as independent."),
    if (model$args$interval == "simultaneous") {
      say("Intervals in this page are pointwise.")
    })
}
