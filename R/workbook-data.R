# Sheets Scheme and Data: what the user may edit, and z as a formula of x.

scheme_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Scheme",
    say("Scheme: which indicator forms which code"),
    frame$banner,
    paste(
      say("Directions and weights may be edited: formulas follow."),
      say("Centre and scale are those R used; transform is part of formulas."))
  )
  sheet <- put_row(sheet, book_head, 1L, scheme_columns)
  map <- common_map(frame)
  columns <- c(scheme_cells(frame$scheme), map)
  sheet <- put_columns(sheet, book_head + 1L, 1L, columns)
  sheet <- put_row(sheet, book_head, codes_column, names(frame$codes)[1:4])
  sheet <- put_columns(sheet, book_head + 1L, codes_column,
                       as.list(frame$codes[c("code", "carrier", "dynamic",
                                             "weight")]))
  sheet <- put_reference(sheet, frame)
  dress_scheme(put_kept(sheet, frame), frame)
}

# What R gave and what it keeps is not for editing.
dress_scheme <- function(sheet, frame) {
  rows <- book_head + seq_len(nrow(frame$scheme))
  codes <- book_head + seq_len(nrow(frame$codes))
  last <- kept_column + 3L
  sheet <- dress_table(sheet, last, c(28, rep(14, last - 1L)), 1L)
  sheet$hidden <- kept_column + 0:3
  sheet$protect <- TRUE
  sheet <- dress(sheet, rows, seq_along(given_columns), "open")
  sheet <- dress(sheet, rows, 3:4, "input")
  sheet <- dress(sheet, codes, codes_column + 0:2, "open")
  sheet <- dress(sheet, codes, codes_column + 3L, "input")
  sheet <- dress(sheet, rows, length(given_columns) + 1:2, "told")
  on_paper(sheet, landscape = TRUE, book_dims(
    1L, 1L, max(rows, codes), codes_column + 3L))
}

# The columns of a scheme, empty those that it does not have.
scheme_cells <- function(scheme) {
  columns <- as.list(unclass_scheme(scheme))
  none <- rep(NA_character_, length(columns$indicator))
  lapply(stats::setNames(nm = given_columns), \(name) {
    columns[[name]] %||% none
  })
}

# Centre and scale of every indicator where all regions share them, else NA.
common_map <- function(frame) {
  def <- in_data_units(frame$def)
  one <- function(x) {
    vapply(frame$scheme[["indicator"]], \(name) {
      if (length(x[[name]]) == 1L) as.double(x[[name]]) else NA_real_
    }, 1, USE.NAMES = FALSE)
  }
  list(centre = one(def$centre), scale = one(def$scale))
}

own_by_region <- function(frame) {
  names <- frame$scheme[["indicator"]]
  names[lengths(frame$def$centre[names]) > 1L]
}

# Centre and scale of each region, where regions have their own.
put_reference <- function(sheet, frame) {
  own <- own_by_region(frame)
  if (length(own) == 0L) {
    return(sheet)
  }
  def <- in_data_units(frame$def)
  n <- n_regions(frame$panel)
  sheet <- put_row(sheet, book_head, reference_column,
                   c("reference of", "indicator", "centre", "scale"))
  put_columns(sheet, book_head + 1L, reference_column, list(
    rep(as.character(frame$panel$regions), length(own)),
    rep(own, each = n),
    unlist(def$centre[own], FALSE, FALSE),
    unlist(def$scale[own], FALSE, FALSE)
  ))
}

# Cell of centre (or scale) of an indicator at each panel row.
map_cells <- function(frame, name, what) {
  own <- own_by_region(frame)
  if (!name %in% own) {
    return(rep(scheme_cell(frame, name, what), frame$n))
  }
  first <- (match(name, own) - 1L) * n_regions(frame$panel)
  fixed_cell("Scheme", book_head + first + frame$region,
             reference_column + match(what, c("centre", "scale")) + 1L)
}

# Sheet Data -----------------------------------------------------------------

data_sheet <- function(frame) {
  at <- frame$at
  names <- frame$scheme[["indicator"]]
  sheet <- headed_sheet(
    "Data",
    say("Data: values x, labels, and z, live"),
    frame$banner,
    paste(
      say("Edit the blue numbers of x."),
      say("A cell that was empty stays out until R computes anew."),
      say("Emptying a cell makes its region #N/A."),
      say("Region and time are part of the operators: add no rows here."))
  )
  sheet <- put_row(sheet, 4L, min(at$x), say("x, in the unit of the indicator"))
  sheet <- put_row(sheet, 4L, min(at$z), say(
    "z, normalised: more counts for the code; the weight is above it"))
  sheet <- put_row(sheet, book_head, 1L, names(frame$keys))
  sheet <- put_columns(sheet, book_head + 1L, 1L, unname(frame$keys))
  sheet <- put_row(sheet, book_head - 1L, min(at$x), data_units(frame$scheme))
  for (name in names) {
    sheet <- put_row(sheet, book_head, at$x[[name]], name)
    sheet <- put_column(sheet, book_head + 1L, at$x[[name]],
                        frame$panel$x[[name]], empty = TRUE)
    sheet <- put_row(sheet, book_head, at$z[[name]], paste0("z: ", name))
    sheet <- put_row(sheet, book_head - 1L, at$z[[name]], book_formula(
      scheme_cell(frame, name, "weight"),
      frame$scheme[["weight"]][match(name, names)]
    ))
    sheet <- put_column(sheet, book_head + 1L, at$z[[name]],
                        z_formulas(frame, name))
  }
  sheet <- put_status(sheet, frame)
  dress_data(put_other(sheet, frame), frame)
}

dress_data <- function(sheet, frame) {
  at <- frame$at
  other <- vapply(other_columns(frame), key_type, "")
  last <- at$other - 1L + length(other)
  widths <- rep(12, last)
  widths[seq_len(frame$width)] <- key_widths(frame)
  widths[c(at$status, at$z)] <- 9
  sheet <- dress_table(sheet, last, widths, frame$width)
  sheet$protect <- TRUE
  sheet$heights[as.character(book_head)] <- 48
  sheet <- dress_keys(sheet, frame$types, frame$rows)
  sheet <- dress(sheet, frame$rows, at$x, "input")
  open <- c(at$status, at$other - 1L + seq_along(other))
  sheet <- dress(sheet, frame$rows, open, "open")
  sheet <- dress(sheet, frame$rows, at$z, "number")
  sheet <- dress(sheet, 4L, seq_len(last), "note")
  sheet <- dress(sheet, book_head - 1L, seq_len(last), c("unit", "right"))
  sheet$heights[as.character(book_head - 1L)] <- 38
  for (k in seq_along(other)) {
    format <- key_format(other[[k]])
    if (!is.null(format)) {
      sheet <- dress(sheet, frame$rows, at$other - 1L + k, format = format)
    }
  }
  on_paper(sheet, book_dims(1L, 1L, max(frame$rows), max(at$z)))
}

# Regions are wide, times are not.
key_widths <- function(frame) c(28, 10)[c(if (frame$width == 2L) 1L, 2L)]

# What stands above the names, by which the columns are read: labels and units.
data_units <- function(scheme) {
  names <- scheme[["indicator"]]
  label <- shown_names(scheme, names)
  unit <- scheme[["unit"]] %||% NA
  text <- ifelse(label == names, "", label)
  paste0(text, ifelse(nzchar(text) & !is.na(unit), ", ", ""),
         ifelse(is.na(unit), "", unit))
}

put_status <- function(sheet, frame) {
  suffix <- book_status_suffix(frame$model)
  for (name in names(frame$at$status)) {
    col <- frame$at$status[[name]]
    sheet <- put_row(sheet, book_head, col, paste0(name, suffix))
    sheet <- put_column(sheet, book_head + 1L, col,
                        as.character(frame$panel$status[[name]]), empty = TRUE)
  }
  sheet
}

# Columns of the user's that nothing is computed from, for augment(). Long
# data has other rows than the panel.
other_columns <- function(frame) {
  panel <- frame$panel
  if (!is.null(panel$long$names_from)) {
    return(list())
  }
  labels <- paste0(names(panel$status), book_status_suffix(frame$model))
  names <- setdiff(names(panel$plain), c(panel$index, names(panel$x), labels,
                                         paste0("z: ", names(panel$x)), ""))
  columns <- lapply(names, \(name) panel_column(panel, name))
  names(columns) <- names
  Filter(\(x) is.atomic(x) && is.null(dim(x)) && !is.complex(x) &&
           !is.raw(x), columns)
}

put_other <- function(sheet, frame) {
  columns <- other_columns(frame)
  if (length(columns) == 0L) {
    return(sheet)
  }
  sheet <- put_row(sheet, 4L, frame$at$other,
                   say("Other columns of the data, never computed on"))
  sheet <- put_row(sheet, book_head, frame$at$other, names(columns))
  put_columns(sheet, book_head + 1L, frame$at$other,
              unname(lapply(columns, key_cells)))
}

# z of one indicator at every row. Empty cells are #N/A, never 0.
z_formulas <- function(frame, name) {
  x <- moving_cell(NULL, frame$rows, frame$at$x[[name]])
  value <- z_values(frame, name)
  sign <- scheme_cell(frame, name, "direction")
  z <- if (frame$def$normalise == "rank") rank_formulas(frame, name, x) else {
    affine_formulas(frame, name, x)
  }
  turned <- if (frame$def$normalise %in% bounded_kinds) {
    paste0("(1-", sign, ")/2+", sign, "*", z)
  } else {
    paste0(sign, "*", z)
  }
  # A predicted cell has its number, until x is typed.
  else_z <- rep("NA()", length(x))
  cells <- frame$def$predicted$cells
  told <- cells$row[cells$indicator == name]
  else_z[told] <- number_key(value[told])
  formula <- paste0("IF(ISNUMBER(", x, "),", turned, ",", else_z, ")")
  scale <- rep_len(frame$def$scale[[name]], n_regions(frame$panel))
  none <- frame$def$normalise == "index" & is.na(scale)[frame$region]
  formula[none] <- "NA()"
  book_formula(formula, value)
}

affine_formulas <- function(frame, name, x) {
  treated <- indicator_transform(frame$scheme, name)$cell(x)
  scale <- map_cells(frame, name, "scale")
  flat <- is.na(frame$def$scale[[name]]) | frame$def$scale[[name]] == 0
  flat <- rep_len(flat, n_regions(frame$panel))[frame$region]
  z <- paste0("(", treated, "-", map_cells(frame, name, "centre"), ")/", scale)
  # Without spread z is 0, as in R.
  z[flat] <- "0"
  z
}

# (rank - 1) / (n - 1) over the panel, or over the region's own rows.
rank_formulas <- function(frame, name, x) {
  from <- 1L
  to <- frame$n
  if (identical(frame$def$reference, "region")) {
    from <- frame$panel$offset[frame$region] + 1L
    to <- frame$panel$offset[frame$region + 1L]
  }
  col <- frame$at$x[[name]]
  all <- fixed_range(NULL, book_head + from, col, book_head + to)
  paste0("IF(COUNT(", all, ")>1,(RANK(", x, ",", all, ",1)-1+(COUNTIF(", all,
         ",", x, ")-1)/2)/(COUNT(", all, ")-1),0)")
}

# The same from R: each indicator as a code of its own.
z_values <- function(frame, name) {
  def <- frame$def
  scheme <- def$panel$scheme
  k <- match(name, scheme[["indicator"]])
  part <- list(
    x = unname(def$values[name]),
    centre = unname(def$centre[name]),
    inverse = unname(lapply(def$scale[name], inverse_index, def = def)),
    sign = scheme[["direction"]][k], weight = 1,
    reflect = def$normalise %in% bounded_kinds, missing = "available",
    aggregate = "mean", names = name, whole = FALSE
  )
  define_code_cpp(part, def$panel$offset, 0L, n_regions(def$panel), FALSE,
                  FALSE, numeric())$value
}
