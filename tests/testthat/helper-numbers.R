# Columns of a table that hold NaN, or are infinite where only degrees of
# freedom may be.
odd_columns <- function(table) {
  table <- as.list(as.data.frame(table))
  odd <- vapply(names(table), function(name) {
    x <- table[[name]]
    is.numeric(x) && (any(is.nan(x)) ||
                        !name %in% c("df", "df2") && any(is.infinite(x)))
  }, NA)
  names(table)[odd]
}

# Every table that can be made of one panel under one rate.
tables_of <- function(panel, rate, ..., influence = influence_equal(),
                      measure = "sum") {
  codes <- defining_codes(panel, ...)
  rates <- dynamic_codes(codes, rate)
  model <- code_model(panel, rate = rate, influence = influence,
                      measure = measure, ...)
  fitted <- rate$facts$errors != "known"
  linear <- get_fit(codes)$normalise != "rank"
  known <- fitted || !is.null(rate$sd)
  out <- list(
    panel = summary(panel), codes = codes, rates = rates,
    bands = dynamic_codes(codes, rate, interval = "simultaneous"),
    predicted = predict(rates),
    simulated = if (known) simulate(rates, 2, seed = 1),
    residuals = if (fitted) residuals(rates), glance = glance(rates),
    industrial = industrial_code(rates),
    related = if (fitted) industrial_code(rates, cor = "residual"),
    basic = basic_code(rates, influence, measure),
    related_basic = if (fitted) {
      basic_code(rates, influence, measure, cor = "residual")
    },
    path = code_path(rates, influence, measure),
    partial = code_path(rates, influence, measure, kind = "partial"),
    contributions = contributions(rates, influence, measure,
                                  by = if (linear) c("code", "indicator") else
                                    c("code", "time")),
    cells = if (linear) cell_weights(model),
    scaled = if (linear) cell_weights(model, "transformed"),
    tidy = tidy(model), wide = tidy(model, conf.level = 0.5),
    model = glance(model), augmented = augment(model),
    ranks = region_ranks(model), coef = data.frame(estimate = coef(model)),
    confint = confint(model), vcov = vcov(model)
  )
  Filter(Negate(is.null), out)
}

silently <- function(code) suppressWarnings(suppressMessages(code))
