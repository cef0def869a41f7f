# Lists to choose from, marks and notes of a template.

setting_choices <- function() {
  list(time.type = c("number", "Date", "text"),
       normalise = c("zscore", "minmax", "index", "goalposts", "rank", "none"),
       aggregate = c("mean", "geometric", "harmonic"),
       missing = missing_choices,
       rate = c("difference", "central", "local", "spline"),
       breaks = c("auto", "split", "shift", "ignore"),
       influence = c("equal", "half_life", "linear", "power", "hyperbolic"),
       measure = c("sum", "integral"),
       cor = c("auto", "independent", "residual"),
       ends = c("all", "interior"),
       interval = c("pointwise", "simultaneous"),
       influence.normalise = c("TRUE", "FALSE"))
}

check_settings_cells <- function(wb, sheet) {
  names <- names(template_settings())
  for (name in names(setting_choices())) {
    row <- sheet$settings + match(name, names)
    check_list_cells(wb, "Read me", book_dims(row, 2L),
                     setting_choices()[[name]], name,
                     unname(setting_meanings()[name]))
  }
  wb
}

check_template_scheme <- function(wb, places) {
  from <- places$rows[1L]
  to <- places$rows[2L]
  check_scheme_cells(wb, c(from, to), c(from, to))
  check_list_cells(wb, "Scheme", book_dims(from, 2L, to),
                   paste0("=", fixed_range("Scheme", from, codes_column,
                                           from + 99L)),
                   say("code"),
                   say("One of the codes in the table to the right."))
  check_list_cells(wb, "Scheme", book_dims(from, 5L, to),
                   transforms_known, say("transform"),
                   paste0(paste(transforms_known, collapse = ", "), "."))
  add_notes(wb, "Scheme", scheme_notes())
}

scheme_notes <- function() {
  c(say("Name of the indicator, as in the heading of its column of data."),
    say("The defining code it belongs to."),
    say("1: more is better; -1: less is better."),
    say("Weight within the code, not negative."),
    paste(say("none, or what is taken of it first: log, log1p, sqrt, logit."),
          say("log1p: log of 1 + x; logit: of shares, or of percent by unit.")),
    say("Unit, for titles."),
    say("sd of the measurement error, in the unit after transform."),
    say("Low goalpost, for normalise = goalposts."),
    say("High goalpost, for normalise = goalposts."),
    say("What it is called in words, in any language."),
    say("Pillars above it, the outermost first: Trade > Services."))
}

add_notes <- function(wb, name, notes) {
  for (k in seq_along(notes)) {
    wb$add_comment(sheet = sheet_title(name),
                   dims = paste0(book_letters(k), book_head),
                   comment = openxlsx2::wb_comment(
                     text = notes[[k]], author = "", visible = FALSE,
                     width = 3, height = 4))
  }
  wb
}

check_template_data <- function(wb, scheme, places) {
  from <- places$rows[1L]
  to <- places$rows[2L]
  transforms <- if (is.null(scheme)) {
    rep(list(transform_of("none")), length(places$x))
  } else {
    scheme_transforms(scheme)
  }
  check_value_cells(wb, places$x, transforms, from, to)
  if (!is.null(places$status)) {
    check_status_cells(wb, places$status, from, to)
  } else {
    check_list_cells(wb, "Data", book_dims(book_head, min(places$x), book_head,
                                           max(places$x)),
                     paste0("=", fixed_range("Scheme", from, 1L, from + 999L)),
                     say("indicator"), say("An indicator of the scheme."))
  }
  mark_template_cells(wb, places, from, to)
  add_notes(wb, "Data", c(
    say("Name of the region. Names are compared letter by letter."),
    say("Time: a year or any number that grows; or dates, time.type Date."),
    vapply(seq_along(places$names), \(k) value_note(scheme, k), "")))
}

value_note <- function(scheme, k) {
  unit <- scheme[["unit"]][k]
  transform <- transform_of(scheme[["transform"]][k], unit)
  paste(c(
    if (is.na(unit)) say("Code %s.", scheme[["code"]][k]) else {
      say("Code %s, in %s.", scheme[["code"]][k], unit)
    },
    if (is.finite(transform$low)) value_domain(transform),
    if (scheme[["direction"]][k] < 0) say("Less is better.")), collapse = " ")
}

mark_template_cells <- function(wb, places, from, to) {
  wb$add_dxfs_style("nid_wrong", bg_fill = book_colour("F4B6B0"))
  wb$add_dxfs_style("nid_empty", bg_fill = book_colour("FFE699"))
  mark <- function(dims, rule, style) {
    wb$add_conditional_formatting(sheet = sheet_title("Data"), dims = dims,
                                  rule = rule, style = style)
  }
  # COUNTIFS() is quick however many rows there are.
  mark(book_dims(from, 1L, from, 2L), paste0(
    "AND($B", from, "<>\"\",COUNTIFS(", fixed_range(NULL, from, 1L, to),
    ",\"=\"&$A", from, ",", fixed_range(NULL, from, 2L, to), ",\"=\"&$B", from,
    ")>1)"), "nid_wrong")
  x <- paste0(book_letters(min(places$x)), from)
  dims <- book_dims(from, min(places$x), from, max(places$x))
  head <- paste0(book_letters(min(places$x)), "$", book_head)
  mark(dims, paste0("AND(", x, "<>\"\",NOT(ISNUMBER(", x, ")))"), "nid_wrong")
  mark(dims, paste0("AND($B", from, "<>\"\",", head, "<>\"\",", x, "=\"\")"),
       "nid_empty")
  draw_out_marks(wb, from, to)
}

# openxlsx2 takes the ranges of marks apart cell by cell, so they are given one
# row and drawn out to the last.
draw_out_marks <- function(wb, from, to) {
  at <- match(sheet_title("Data"), wb$get_sheet_names())
  marks <- wb$worksheets[[at]]$conditionalFormatting
  long <- function(x) {
    sub(paste0(":([A-Z]+)", from, "$"), paste0(":\\1", row_digits(to)), x)
  }
  if (is.data.frame(marks)) marks$sqref <- long(marks$sqref) else {
    names(marks) <- long(names(marks))
  }
  wb$worksheets[[at]]$conditionalFormatting <- marks
  wb
}
