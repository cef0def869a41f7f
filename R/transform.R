# The transforms of an indicator, each told once: what it does to a value, its
# slope there, where it exists, its formula in a cell of a sheet, and its words.
# Only "logit" looks at the unit: its values are shares of 1 or of 100.

transforms_known <- c("none", "log", "log1p", "sqrt", "logit")

# `low` and `high` bound the values it takes; `closed`: `low` itself is one.
# `bare`: its result has no unit, whatever the indicator's.
transform_of <- function(kind, unit = NA) {
  top <- share_top(unit)
  switch(
    kind,
    none = list(
      word = "", low = -Inf, high = Inf, closed = TRUE, bare = FALSE,
      forward = \(x) x, slope = \(x) x * 0 + 1,
      cell = \(x) x
    ),
    log = list(
      word = "log", low = 0, high = Inf, closed = FALSE, bare = TRUE,
      forward = log, slope = \(x) 1 / x,
      cell = \(x) paste0("LN(", x, ")")
    ),
    log1p = list(
      word = "log1p", low = -1, high = Inf, closed = FALSE, bare = FALSE,
      forward = log1p, slope = \(x) 1 / (1 + x),
      cell = \(x) paste0("LN(1+", x, ")")
    ),
    sqrt = list(
      word = "square root", low = 0, high = Inf, closed = TRUE, bare = FALSE,
      forward = sqrt,
      # Vertical at 0: no derivative.
      slope = \(x) ifelse(x > 0, 0.5 / sqrt(x), NA),
      cell = \(x) paste0("SQRT(", x, ")")
    ),
    logit = list(
      word = "logit", low = 0, high = top, closed = FALSE, bare = TRUE,
      forward = \(x) log(x / (top - x)),
      slope = \(x) top / (x * (top - x)),
      cell = \(x) paste0("LN(", x, "/(", top, "-", x, "))")
    )
  )
}

# Percent run to 100, other shares to 1.
share_top <- function(unit) {
  if (unit %in% "percent" || startsWith(as.character(unit), "%") %in% TRUE) {
    100
  } else {
    1
  }
}

# The transform of one indicator of a scheme, by its name.
indicator_transform <- function(scheme, name) {
  k <- match(name, scheme[["indicator"]])
  transform_of(scheme[["transform"]][k], scheme[["unit"]][k])
}

# Those of all indicators, in the scheme's order.
scheme_transforms <- function(scheme) {
  Map(transform_of, scheme[["transform"]], scheme[["unit"]])
}

outside_domain <- function(x, transform) {
  which(x < transform$low | x > transform$high |
          (x == transform$low & !transform$closed) |
          (x == transform$high & is.finite(transform$high)))
}

# "above 0", "of 0 or more", "above 0 and below 100".
domain_text <- function(transform) {
  if (is.infinite(transform$low)) {
    return("")
  }
  paste0(if (transform$closed) {
    paste("of", transform$low, "or more")
  } else {
    paste("above", transform$low)
  }, if (is.finite(transform$high)) paste(" and below", transform$high))
}

# What stands before a unit: "log of RUB".
transform_words <- function(scheme) {
  vapply(scheme_transforms(scheme), `[[`, "", "word", USE.NAMES = FALSE)
}

# "log of RUB", "RUB", "log", or "" where nothing is known.
transformed_unit <- function(scheme) {
  word <- transform_words(scheme)
  unit <- ifelse(is.na(scheme[["unit"]]), "", scheme[["unit"]])
  paste0(word, ifelse(nzchar(word) & nzchar(unit), " of ", ""), unit)
}

# Whether all values lost their units in the same way: their codes can be added.
is_bare <- function(scheme) {
  kind <- unique(scheme[["transform"]])
  length(kind) == 1L && transform_of(kind)$bare
}

# Values after the transform. Untouched columns are not copied.
transform_values <- function(panel) {
  x <- panel$x
  scheme <- panel$scheme
  for (name in scheme[["indicator"]][scheme[["transform"]] != "none"]) {
    x[[name]] <- indicator_transform(scheme, name)$forward(x[[name]])
  }
  x
}

# What takes these values: never a transform that would refuse them too.
domain_hint <- function(panel, bad) {
  scheme <- panel$scheme
  kinds <- scheme[["transform"]][match(names(bad), scheme[["indicator"]])]
  takes <- function(kind, unit = NA) {
    all(vapply(names(bad), \(name) {
      length(outside_domain(panel$x[[name]], transform_of(kind, unit))) == 0L
    }, NA))
  }
  if (all(kinds == "logit") && takes("logit", "percent")) {
    return(paste0("Are they percent? Then give them unit = \"percent\"; or ",
                  "use transform = \"none\"."))
  }
  other <- c(if (takes("log1p")) "log1p", "none")
  paste0("Use transform = ", paste0("\"", other, "\"", collapse = " or "),
         ", or leave those regions out.")
}
