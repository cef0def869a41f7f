# Sets of settings that a page offers by name.

page_settable <- c("weights", "code_weights", "normalise", "influence",
                   "measure", "ends")

# A named list of lists, from one or from code_choices().
read_page_choices <- function(choices, model, call) {
  if (inherits(choices, "nid_choices")) {
    return(levels_as_choices(choices$factors))
  }
  scheme <- model$panel$scheme
  ok <- is.null(choices) || (is.list(choices) && !is.null(names(choices)) &&
                               all(vapply(choices, is_page_choice, NA, scheme)))
  if (!ok) {
    stop_nid("argument",
             c(paste0("`choices` must be made by code_choices(), or a named ",
                      "list of lists with any of ", some_of(page_settable, 6L),
                      "."),
               i = paste0("For example `list(\"First\" = list(weights = c(",
                          scheme[["indicator"]][1L], " = 1)))`.")),
             argument = "choices", call = call)
  }
  choices
}

is_page_choice <- function(x, scheme) {
  named <- function(w, names) {
    is.null(w) || (is.numeric(w) && all(names(w) %in% names) &&
                     length(names(w)) == length(w) && all(w %in% abs(w)))
  }
  is.list(x) && length(names(x)) > 0L && all(names(x) %in% page_settable) &&
    named(x$weights, scheme[["indicator"]]) &&
    named(x$code_weights, scheme_codes(scheme)$code) &&
    (is.null(x$influence) || inherits(x$influence, "nid_influence"))
}

# Each level of a factor alone. What a page cannot move is told.
levels_as_choices <- function(factors) {
  can <- vapply(factors, \(one) {
    one$name %in% page_settable && one$kind == "levels"
  }, NA)
  lost <- vapply(factors[!can], `[[`, "", "name")
  if (length(lost) > 0L) {
    inform_nid("choices",
               paste0("A page has no choice of ", some_of(lost), "."),
               values = unname(lost))
  }
  unlist(unname(lapply(factors[can], \(one) {
    levels <- lapply(one$levels, \(level) {
      structure(list(level), names = one$name)
    })
    stats::setNames(levels, one$labels)
  })), recursive = FALSE)
}

page_presets <- function(model, choices) {
  fit <- get_fit(model$rates)
  scheme <- model$panel$scheme
  own <- list(name = say("As in the model"),
              settings = structure(list(), names = character()))
  equal <- list(name = say("Equal weights"), settings = list(
    weights = I(rep(1, nrow(scheme)))))
  c(list(own), if (is.null(fit$tuning)) list(equal),
    lapply(seq_along(choices), \(i) {
      list(name = names(choices)[i],
           settings = choice_as_settings(choices[[i]], fit))
    }))
}

# Weights that are not named stay.
choice_as_settings <- function(choice, fit) {
  scheme <- fit$def$panel$scheme
  out <- choice[intersect(names(choice), c("normalise", "measure", "ends"))]
  out$weights <- replaced(scheme[["weight"]], scheme[["indicator"]],
                          choice$weights)
  out$codeWeights <- replaced(code_field(fit, "weight"),
                              code_field(fit, "code"), choice$code_weights)
  if (!is.null(choice$influence)) {
    out$influence <- page_influence(choice$influence, fit$def$panel$reading)
  }
  out
}

replaced <- function(own, names, new) {
  if (is.null(new)) return(NULL)
  at <- match(names, names(new))
  I(ifelse(is.na(at), own, as.double(new)[at]))
}
