# Tables of a report: pipe tables whose every cell is escaped.

# `keys` are shown in full; the numbers of columns in `joint`, of one unit,
# share their decimals; `own`: the columns are named by the data.
markdown_table <- function(x, max_rows = NULL, keys = character(),
                           joint = character(), own = FALSE) {
  x <- as.data.frame(as_plain_tibble(x), optional = TRUE)
  if (ncol(x) == 0L || nrow(x) == 0L) {
    return("(no rows)")
  }
  max_rows <- max_rows %||% 100L
  shown <- utils::head(x, max_rows)
  joint <- which(names(x) %in% joint)
  text <- lapply(seq_along(shown), \(j) {
    if (grepl("^prob[.]", names(shown)[j])) {
      probability_text(shown[[j]])
    } else {
      shown_text(shown[[j]], names(shown)[j] %in% keys)
    }
  })
  text[joint] <- split(number_text(unlist(shown[joint])),
                       rep(seq_along(joint), each = nrow(shown)))
  right <- vapply(shown, is.numeric, TRUE)
  # LaTeX would break the line after a hyphen.
  if (is_latex(list())) text[right] <- lapply(text[right], sub,
                                              pattern = "^-",
                                              replacement = "\u2212")
  head <- if (own) names(x) else column_labels(names(x))
  line <- function(parts) {
    paste0("| ", do.call(paste, c(parts, sep = " | ")), " |")
  }
  # Where pandoc must wrap cells, it shares the width out by the dashes.
  dashes <- strrep("-", 2L + pmax(4L, vapply(text, \(v) {
    max(nchar(v, "width"))
  }, 1L), pmin(nchar(head, "width"), 9L)))
  c(line(as.list(inert_markdown(head))),
    line(as.list(paste0(ifelse(right, "", ":"), dashes,
                        ifelse(right, ":", "")))),
    line(lapply(text, inert_markdown)),
    if (nrow(x) > max_rows) {
      c("", paste0(count_of(nrow(x) - max_rows, "further row"),
                   ": the call gives them all."))
    })
}

# What the columns of our verbs are called where people read them; those of the
# user keep their names.
column_labels <- function(x) {
  known <- c(
    estimate = "Estimate", std.error = "Std. error", conf.low = "Low",
    conf.high = "High", prob.positive = "P(above 0)", rank = "Rank",
    rank.low = "Best rank", rank.high = "Worst rank", n.terms = "Terms",
    time.first = "First term", time.last = "Last term",
    n.lost = "Rows lost", condition = "All positive",
    prob.condition = "P(all positive)", n.codes = "Codes",
    indicator = "Indicator", label = "Label", code = "Code",
    term = "Dynamic code",
    direction = "Direction", weight = "Weight", transform = "Transform",
    unit = "Unit", regions = "Regions", times = "Times", missing = "Missing",
    breaks = "Breaks", status = "Status", between = "Sd between",
    within = "Sd within", parent = "Part of", node = "Node",
    predicted = "Share predicted", setting = "Setting"
  )
  unname(ifelse(x %in% names(known), known[x], x))
}

shown_text <- function(v, key = FALSE) {
  if (is.logical(v)) {
    return(ifelse(is.na(v), "", ifelse(v, "yes", "no")))
  }
  if (is.integer(v) && !is.object(v)) {
    return(ifelse(is.na(v), "", sprintf("%d", v)))
  }
  if (is.double(v) && !is.object(v)) {
    return(if (key) ifelse(is.na(v), "", format_time(v)) else number_text(v))
  }
  if (is.expression(v)) v <- vapply(v, deparse1, "")
  if (is.list(v)) v <- vapply(v, \(e) paste(e, collapse = ", "), "")
  # format() would not leave letters alone that the locale does not know.
  plain <- is.factor(v) || is.character(v)
  text <- if (plain) as.character(v) else format(v, trim = TRUE)
  ifelse(is.na(v), "", text)
}

# Numbers as people compare them, whatever options(OutDec, scipen, digits) say:
# a column shares the decimals that give its largest number three digits; what
# would be left with fewer than two has three of its own.
number_text <- function(v) {
  v <- as.double(v)
  known <- v[is.finite(v)]
  whole <- all(known == round(known))
  largest <- max(abs(known), 0)
  places <- if (whole || largest == 0) 0 else {
    max(2 - floor(log10(largest)), 0)
  }
  vapply(v, \(x) {
    if (is.na(x)) {
      return("")
    }
    if (!is.finite(x)) {
      return(if (x > 0) "Inf" else "-Inf")
    }
    if (x != 0 && (abs(x) >= 1e9 || abs(x) < 1e-4)) {
      return(sprintf("%.2e", x))
    }
    few <- !whole && x != 0 && abs(x) < 10^(1 - places)
    digits <- if (few) max(2 - floor(log10(abs(x))), 0) else places
    sprintf("%.*f", as.integer(digits), x)
  }, "")
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
