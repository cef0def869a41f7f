# Tables of a report: pipe tables whose every cell is escaped.

# `keys` are shown in full; the numbers of columns in `joint`, of one unit,
# share their decimals; `heads`: what columns are called, by name.
markdown_table <- function(x, max_rows = NULL, keys = character(),
                           joint = character(), heads = NULL) {
  x <- as.data.frame(as_plain_tibble(x), optional = TRUE)
  if (ncol(x) == 0L || nrow(x) == 0L) {
    return(say("(no rows)"))
  }
  max_rows <- max_rows %||% 100L
  shown <- utils::head(x, max_rows)
  text <- table_text(shown, keys, joint)
  head <- column_labels(names(x), heads)
  right <- vapply(shown, is.numeric, TRUE)
  line <- function(parts) {
    paste0("| ", do.call(paste, c(parts, sep = " | ")), " |")
  }
  dashes <- strrep("-", column_shares(text, head, right))
  c("::: {.table role=\"group\" tabindex=\"0\"}",
    line(as.list(inert_markdown(head))),
    line(as.list(paste0(ifelse(right, "", ":"), dashes,
                        ifelse(right, ":", "")))),
    line(lapply(text, inert_markdown)), ":::",
    if (nrow(x) > max_rows) {
      more <- nrow(x) - max_rows
      c("", say("%s further rows: the call gives them all.", more, n = more))
    })
}

table_text <- function(shown, keys, joint) {
  joint <- which(names(shown) %in% joint)
  text <- lapply(seq_along(shown), \(j) {
    if (grepl("^(prob|p)[.]", names(shown)[j])) {
      probability_text(shown[[j]])
    } else {
      shown_text(shown[[j]], names(shown)[j] %in% keys)
    }
  })
  text[joint] <- lapply(shown[joint], number_text, joint_decimals(shown[joint]))
  # Word and LaTeX would break the line after a hyphen.
  if (!is_html(list())) {
    right <- vapply(shown, is.numeric, TRUE)
    text[right] <- lapply(text[right], sub, pattern = "^-",
                          replacement = "\u2212")
  }
  text
}

# Two digits of the error of the middle row, or three of its estimate.
joint_decimals <- function(shown) {
  error <- shown[["std.error"]] %||%
    ((shown[["conf.high"]] - shown[["conf.low"]]) / 4)
  if (any(is.finite(error))) column_decimals(error) else
    column_decimals(unlist(shown), 3)
}

# Where Word must wrap cells, pandoc shares the width out by the dashes: as much
# as the longest word needs, more for texts as far as a line of a page goes.
column_shares <- function(text, head, right) {
  longest <- function(x, by) {
    max(0L, nchar(unlist(strsplit(x, by)), "width"))
  }
  word <- vapply(text, longest, 1, " ")
  # Heads are bold.
  least <- pmax(word, 1.15 * vapply(head, longest, 1, " ")) + 1.5
  more <- ifelse(right, 0, pmax(vapply(text, longest, 1, "\n") - word, 0))
  room <- max(100 - sum(least), 0)
  round(least + more * min(1, room / max(sum(more), 1)))
}

# What the columns of our verbs are called where people read them; those of the
# user keep their names.
column_labels <- function(x, heads = NULL) {
  known <- c(
    estimate = say("Estimate"), std.error = say("Std. error"),
    conf.low = say("Low"), conf.high = say("High"),
    prob.positive = say("P(above 0)"), rank = say("Rank"),
    rank.low = say("Best rank"), rank.high = say("Worst rank"),
    n.terms = say("Terms"), time.first = say("First term"),
    time.last = say("Last term"), n.lost = say("Rows lost"),
    condition = say("All positive"), prob.condition = say("P(all positive)"),
    n.codes = say("Codes"), indicator = say("Indicator"),
    label = say("Label"), code = say("Code"), term = say("Dynamic code"),
    direction = say("Direction"), weight = say("Weight"),
    transform = say("Transform"), unit = say("Unit"),
    regions = say("Regions"), times = say("Times"), missing = say("Missing"),
    breaks = say("Breaks"), status = say("Status"),
    between = say("Sd between"), within = say("Sd within"),
    parent = say("Part of"), node = say("Node"),
    predicted = say("Share predicted"), setting = say("Setting"),
    value = say("In force")
  )
  out <- ifelse(x %in% names(known), known[x], say_label(x))
  own <- x %in% names(heads)
  out[own] <- unlist(heads[x[own]])
  unname(out)
}

# The columns that tell the rows of a result apart have the user's names.
key_heads <- function(keys) {
  region <- names(keys) %in% "region"
  year <- names(keys) %in% "time" & small_letters(keys) %in% "year"
  c(stats::setNames(rep(list(say("Region")), sum(region)), keys[region]),
    stats::setNames(rep(list(say("Year")), sum(year)), keys[year]))
}

shown_text <- function(v, key = FALSE) {
  if (is.logical(v)) {
    return(ifelse(is.na(v), "", ifelse(v, say("yes"), say("no"))))
  }
  if (is.integer(v) && !is.object(v)) {
    return(ifelse(is.na(v), "", sprintf("%d", v)))
  }
  if (is.double(v) && !is.object(v)) {
    return(if (key) ifelse(is.na(v), "", format_time(v)) else number_text(v))
  }
  if (is.expression(v)) v <- vapply(v, deparse1, "")
  if (is.list(v)) v <- vapply(v, list_cell, "")
  # format() would not leave letters alone that the locale does not know.
  plain <- is.factor(v) || is.character(v)
  text <- if (plain) as.character(v) else format(v, trim = TRUE)
  ifelse(is.na(v), "", text)
}

# What is no vector of values is named by its class, as tibbles do.
list_cell <- function(e) {
  if (is.language(e)) {
    return(deparse1(e))
  }
  if (is.list(e) && !is.object(e)) e <- vapply(e, list_cell, "")
  if (is.atomic(e)) paste(e, collapse = ", ") else paste0("<", class(e)[1L], ">")
}

# Numbers as people compare them, whatever options(OutDec, scipen, digits) say:
# those of a column have the same decimals.
number_text <- function(v, decimals = column_decimals(v)) {
  v <- as.double(v)
  text <- if (is.na(decimals)) sprintf("%.2e", v) else
    sub("^-(0([.]0*)?)$", "\\1", sprintf("%.*f", decimals, v))
  text[is.na(v)] <- ""
  text
}

# As many as give the middle number these digits; none where all are whole, NA
# where they are too large or too small to be written out.
column_decimals <- function(v, digits = 2) {
  size <- abs(v[is.finite(v) & v != 0])
  if (length(size) == 0L) {
    return(0L)
  }
  if (max(size) >= 1e9 || max(size) < 1e-4) {
    return(NA_integer_)
  }
  if (all(size == round(size))) {
    return(0L)
  }
  middle <- signif(stats::median(size), digits)
  as.integer(min(max(digits - 1 - floor(log10(middle)), 0), 6))
}

probability_text <- function(p) {
  text <- sprintf("%.3f", p)
  text[p < 0.0005] <- "<0.001"
  text[p > 0.9995] <- ">0.999"
  text[is.na(p)] <- ""
  text
}

# A row a region or time, a column a code: easier on the eye than a long table.
# Rows and columns in the order in which they come.
wide_table <- function(rows, columns, value) {
  key <- do.call(paste, c(lapply(rows, as.character), sep = "\r"))
  first <- !duplicated(key)
  names <- unique(as.character(columns))
  cells <- matrix(NA_real_, sum(first), length(names))
  cells[cbind(match(key, key[first]),
              match(as.character(columns), names))] <- value
  out <- lapply(rows, \(v) v[first])
  out <- c(out, stats::setNames(lapply(seq_along(names), \(j) {
    cells[, j]
  }), names))
  tibble::new_tibble(out, nrow = sum(first))
}
