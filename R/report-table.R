# Tables of a report: pipe tables whose every cell is escaped.

markdown_table <- function(x, max_rows = 100L, keys = character()) {
  x <- as.data.frame(as_plain_tibble(x), optional = TRUE)
  if (ncol(x) == 0L || nrow(x) == 0L) {
    return("\\(no rows)")
  }
  shown <- utils::head(x, max_rows)
  cells <- lapply(seq_along(shown), function(j) {
    escape_markdown(cell_text(shown[[j]], names(shown)[j] %in% keys))
  })
  right <- vapply(shown, is.numeric, TRUE)
  line <- function(parts) {
    paste0("| ", do.call(paste, c(parts, sep = " | ")), " |")
  }
  c(line(as.list(escape_markdown(column_labels(names(shown))))),
    line(as.list(ifelse(right, "---:", ":---"))),
    line(cells),
    if (nrow(x) > max_rows) {
      c("", paste0(count_of(nrow(x) - max_rows, "further row"),
                   ": the call gives them all."))
    })
}

# The columns that tell which row it is: those before the numbers. Times among
# them are no measurements, so no digit of them is rounded away.
key_columns <- function(x) {
  own <- c("code", "term", "indicator", "estimate")
  first <- min(match(own, names(x)), na.rm = TRUE)
  c(names(x)[seq_len(first - 1L)], "time.first", "time.last", "time")
}

# What the columns of our verbs are called where people read them.
column_labels <- function(x) {
  known <- c(
    estimate = "Estimate", std.error = "Std. error", conf.low = "Low",
    conf.high = "High", prob.positive = "P(above 0)", rank = "Rank",
    rank.low = "Best rank", rank.high = "Worst rank", n.terms = "Terms",
    time.first = "First term", time.last = "Last term",
    n.lost = "Rows lost", condition = "All positive",
    prob.condition = "P(all positive)", n.codes = "Codes",
    n.regions = "Regions", n.times = "Times", nobs = "Values",
    n.indicators = "Indicators", effective.df = "Effective df"
  )
  words <- ifelse(x %in% names(known), known[x], x)
  capital <- grepl("^[a-z]+$", words)
  substr(words[capital], 1L, 1L) <- toupper(substr(words[capital], 1L, 1L))
  unname(words)
}

cell_text <- function(v, key = FALSE) {
  if (is.logical(v)) {
    return(ifelse(is.na(v), "", ifelse(v, "yes", "no")))
  }
  if (is.integer(v) && !is.object(v)) {
    return(ifelse(is.na(v), "", sprintf("%d", v)))
  }
  if (is.double(v) && !is.object(v)) {
    return(if (key) ifelse(is.na(v), "", format_time(v)) else number_text(v))
  }
  if (is.list(v)) v <- vapply(v, function(e) paste(e, collapse = ", "), "")
  text <- if (is.factor(v)) as.character(v) else format(v, trim = TRUE)
  ifelse(is.na(v), "", text)
}

# Three significant digits whatever options(OutDec, scipen, digits) say; whole
# numbers and what stands before the point in full.
number_text <- function(v) {
  vapply(as.double(v), function(x) {
    if (is.na(x)) {
      return("")
    }
    if (!is.finite(x)) {
      return(if (x > 0) "Inf" else "-Inf")
    }
    if (x == round(x) && abs(x) < 1e7) {
      return(sprintf("%.0f", x))
    }
    digits <- 2 - floor(log10(abs(x)))
    if (digits > 6 || digits < -4) sprintf("%.2e", x) else {
      sprintf("%.*f", as.integer(max(digits, 0)), x)
    }
  }, "")
}
