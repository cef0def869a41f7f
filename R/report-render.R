#' Put results into an R Markdown page
#'
#' The chunk option `render` of knitr, as the report template sets it:
#' `knitr::opts_chunk$set(render = nidcode::report_render)`. A chunk then holds
#' nothing but the call, and its value is shown as people read it: a picture in
#' the size it asks for with its alt text, a table with its description,
#' sentences as a list, a call as code. Names from the data come out as text in
#' HTML, Word and PDF alike, whatever they contain.
#'
#' @param x The value of an expression of a chunk.
#' @param options <list> The chunk's options. `picture_dpi` (192) is the
#'   resolution of pictures, `max_rows` (100) the most rows of a table.
#' @param ... Not used.
#' @return Markdown of class `knit_asis`.
#' @family present
#' @examplesIf requireNamespace("knitr", quietly = TRUE)
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' cat(report_render(region_ranks(model), list()))
#' @export
report_render <- function(x, options = list(), ...) {
  rlang::check_installed("knitr", "to render a report.")
  knitr::asis_output(paste0(
    "\n\n", paste(report_block(x, options), collapse = "\n"), "\n\n"))
}

# How many pictures the chunk at hand has drawn, for the names of their files.
report_state <- new.env(parent = emptyenv())

report_block <- function(x, options) UseMethod("report_block")

#' @export
report_block.default <- function(x, options) {
  text <- utils::capture.output(print(x))
  code_block(text)
}

#' @export
report_block.character <- function(x, options) {
  text <- inert_markdown(x)
  if (!is.null(names(x))) text <- paste0(inert_markdown(names(x)), " ", text)
  if (length(text) == 1L) {
    return(text)
  }
  # In Word the items of a list without empty lines have the style of a table.
  text <- paste("-", text)
  if (is_html(options)) text else c(rbind(text, ""))
}

#' @export
report_block.numeric <- function(x, options) {
  report_block.character(stats::setNames(shown_text(x), names(x)), options)
}

#' @export
report_block.data.frame <- function(x, options) {
  markdown_table(in_language(x), options$max_rows)
}

# Names that the shipped schemes and our own facts have in both languages.
in_language <- function(x) {
  for (name in intersect(c("indicator", "code", "term", "unit", "label"),
                         names(x))) {
    if (is.character(x[[name]])) x[[name]] <- say_label(x[[name]])
  }
  if (is.character(x[["status"]])) x[["status"]] <- say_fact(x[["status"]])
  if (is.character(x[["transform"]])) {
    x[["transform"]] <- ifelse(x[["transform"]] == "none", "",
                               say_label(x[["transform"]]))
  }
  x
}

#' @export
report_block.nid_table <- function(x, options) {
  spec <- get_spec(x)
  told <- same_columns(x)
  # A rate without error leaves columns of NA, which say nothing.
  empty <- vapply(x, \(v) is.double(v) && all(is.na(v)), TRUE)
  left <- c(names(x)[empty], names(told), "df", "start.share", "end.share")
  shown <- as_plain_tibble(x)[setdiff(names(x), setdiff(left, "estimate"))]
  # Times are no measurements: no digit of them is rounded away.
  c(described(x, told),
    markdown_table(in_language(shown), options$max_rows,
                   c(spec$keys, "time.first", "time.last"),
                   c("estimate", "std.error", "conf.low", "conf.high",
                     spec$joint), report_heads(x)))
}

# "Estimate" is too little where a report says of what.
report_heads <- function(x) {
  spec <- get_spec(x)
  c(key_heads(spec$keys),
    if (inherits(x, c("nid_regions", "nid_basic", "nid_ranks"))) {
      list(estimate = say("Code NID"))
    },
    if (inherits(x, "nid_industrial")) list(estimate = say("Code ID")))
}

# What is the same in every row is told above the table.
same_columns <- function(x) {
  once <- \(v) length(v) > 1L && length(unique(v)) == 1L
  columns <- intersect(c("n.terms", "time.first", "time.last", "n.lost"),
                       names(x))
  Filter(once, as.list(as_plain_tibble(x))[columns])
}

# What the intervals are, what is the same in all rows, what was lost on the
# way. How the numbers came about stands in the settings in force.
described <- function(x, told = list()) {
  spec <- get_spec(x)
  labels <- column_labels(names(told))
  words <- c(
    if (!is.null(spec[["level"]])) {
      say("Low and high: %s intervals.", level_text(spec[["level"]]))
    },
    if (length(told) > 0L) {
      paste0(paste0(labels, ": ", vapply(told, \(v) shown_text(v[1L], TRUE), ""),
                    collapse = "; "), ".")
    },
    say_fact(spec$notes))
  if (length(words) > 0L) {
    c("::: spec", paste(inert_markdown(words), collapse = " "), ":::", "")
  }
}

#' @export
report_block.nid_contributions <- function(x, options) {
  spec <- get_spec(x)
  if (utils::tail(spec$by, 1L) != "code") {
    return(report_block.nid_table(x, options))
  }
  rows <- as.list(as_plain_tibble(x))[setdiff(spec$keys, "code")]
  if (length(rows) == 0L) rows <- list(" " = rep("Code NID", nrow(x)))
  c(described(x), wide_markdown(rows, x[["code"]], x[["estimate"]],
                                key_heads(spec$keys), options))
}

wide_markdown <- function(rows, columns, value, heads, options) {
  wide <- wide_table(rows, columns, value)
  own <- setdiff(names(wide), names(heads))
  heads <- c(heads, stats::setNames(as.list(say_label(own)), own))
  markdown_table(wide, options$max_rows, names(rows),
                 setdiff(names(wide), names(rows)), heads)
}

#' @export
report_block.summary_nid_industrial <- function(x, options) {
  if (!is.finite(x$condition)) {
    return(say("No time has all dynamic codes."))
  }
  d <- x$dissemination
  c(say("All dynamic codes are positive in %s %% of regions and times.",
        number_text(round(100 * x$condition, 1))), "",
    if (!is.null(d)) {
      c(say("Dissemination: in how many of 100 regions a code grows."), "",
        wide_markdown(list(time = d$time), d$code, round(100 * d$share),
                      list(time = say("Time")), options))
    })
}

#' @export
report_block.nid_scheme <- function(x, options) {
  x <- as.data.frame(x, optional = TRUE)
  empty <- vapply(x, \(v) all(is.na(v)), TRUE)
  markdown_table(in_language(x[!empty]), options$max_rows)
}

#' @export
report_block.nid_spec <- function(x, options) {
  words <- c(said_facts(x),
             if (!is.null(x[["level"]])) {
               list(intervals = level_text(x[["level"]]))
             })
  markdown_table(data.frame(
    setting = say_fact(names(words)),
    value = say_fact(vapply(words, paste, "", collapse = ", "))
  ), options$max_rows)
}

#' @export
report_block.nid_panel <- function(x, options) {
  report_block.character(panel_words(x), options)
}

# What there is of data, as format() says it to the console.
panel_words <- function(x) {
  n <- n_regions(x)
  if (n_rows(x) == 0L) {
    return(say("There are no data."))
  }
  count <- table(factor(x$scheme[["code"]], scheme_codes(x$scheme)$code))
  worst <- shown_names(x$scheme, names(which.max(x$missing)))
  c(paste0(say("%s regions", n, n = n), ", ", said_span(x), "."),
    say("Indicators: %s.", paste(say_label(names(count)), count,
                                 collapse = ", ")),
    if (sum(x$missing) > 0L) {
      say("Missing values: %s, most of them of %s (%s).", sum(x$missing),
          say_label(worst), max(x$missing))
    },
    if (length(x$breaks) > 0L) {
      say("Breaks of method: %s.", paste(say_label(names(x$breaks)),
                                         lengths(x$breaks), collapse = ", "))
    })
}

#' @export
report_block.nid_chapter <- function(x, options) {
  parts <- mapply(\(call, value) {
    c(if (!isFALSE(options$calls)) report_block(call, options), "",
      if (!rlang::is_call(call, "<-")) report_block(value, options), "")
  }, x$calls, x$values, SIMPLIFY = FALSE)
  c(paste("#", inert_markdown(x$title)), "", unlist(parts))
}

#' @export
report_block.call <- function(x, options) code_block(call_text(x))

#' @export
report_block.ggplot <- function(x, options) {
  file <- draw_report_picture(x, options)
  alt <- ggplot2::get_alt_text(x)
  # The comment keeps pandoc from printing the alt text as a caption.
  picture <- paste0("![", inert_markdown(alt), "](<", file, ">){width=",
                    sprintf("%.2f", shown_width(picture_size(x), options)),
                    "in}<!-- -->")
  # What stands before a picture stays on its page, what follows need not.
  if (is_word(options)) {
    picture <- c("::: {custom-style=\"Picture\"}", picture, ":::")
  }
  picture
}

# Inches: a page has less room than a screen, in height too.
shown_width <- function(size, options) {
  if (is_html(options)) {
    return(min(size[["width"]], 9.5))
  }
  min(size[["width"]], 6.5, 8.5 * size[["width"]] / size[["height"]])
}

report_format <- function(options) {
  options$report_format %||% knitr::opts_knit$get("rmarkdown.pandoc.to") %||%
    "html"
}

is_html <- function(options) grepl("^html|slidy|s5", report_format(options))

is_word <- function(options) report_format(options) == "docx"

is_latex <- function(options) report_format(options) %in% c("latex", "beamer")

# Drawn at once to its own file: knitr would draw it twice, the first time to
# record it, and in one size for all.
draw_report_picture <- function(x, options) {
  vector <- is_latex(options) && capabilities("cairo")
  file <- picture_file(options, if (vector) "pdf" else "png")
  size <- picture_size(x)
  before <- grDevices::dev.cur()
  if (vector) {
    grDevices::cairo_pdf(file, size[["width"]], size[["height"]])
  } else {
    grDevices::png(file, size[["width"]], size[["height"]], units = "in",
                   res = options$picture_dpi %||% 192, type = png_type())
  }
  drawn <- grDevices::dev.cur()
  on.exit({
    grDevices::dev.off(drawn)
    if (before > 1L) grDevices::dev.set(before)
  })
  print(x)
  file
}

# Cairo knows all alphabets and needs no screen.
png_type <- function() {
  if (capabilities("cairo")) "cairo" else getOption("bitmapType")
}

# `after`: numbers that knitr may give to other pictures of the chunk.
picture_file <- function(options, ext, after = 0L) {
  label <- options$label %||% "picture"
  same <- identical(report_state$label, label)
  report_state$count <- if (same) report_state$count + 1L else 1L
  report_state$label <- label
  file <- if (is.null(options$fig.path)) tempfile(fileext = paste0(".", ext))
          else knitr::fig_path(ext, options, report_state$count + after)
  dir.create(dirname(file), showWarnings = FALSE, recursive = TRUE)
  file
}

# Code from outside. In HTML it is not left to markdown: some tools look for
# their own marks in the whole page, code blocks included.
code_block <- function(text) {
  text <- vapply(strsplit(text, "\n", fixed = TRUE), \(lines) {
    paste(drop_controls(lines), collapse = "\n")
  }, "")
  if (is_html(list())) {
    html <- paste(escape_markup(text), collapse = "\n")
    # No empty line: it would end the block of raw HTML.
    return(c("```{=html}",
             paste0("<pre class=\"r\"><code>", gsub("`", "&#96;", html,
                                                    fixed = TRUE),
                    "</code></pre>"), "```"))
  }
  ticks <- strrep("`", max(3L, longest_run(text) + 1L))
  c(paste0(ticks, "r"), text, ticks)
}

longest_run <- function(text) {
  runs <- unlist(regmatches(text, gregexpr("`+", text)))
  max(0L, nchar(runs))
}

# A call as its author wrote it; objects that do.call() put into it are named
# by their class.
call_text <- function(call) {
  text <- deparse(shorten_call(call), width.cutoff = 70L)
  if (length(text) > 20L) c(text[1:20], "...") else text
}

shorten_call <- function(call) {
  for (i in seq_along(call)) {
    # The empty argument of x[i, ] cannot be handed on, and NULL would delete.
    if (identical(call[[i]], quote(expr = )) || is.null(call[[i]])) next
    call[[i]] <- shorten_part(call[[i]])
  }
  call
}

shorten_part <- function(part) {
  if (is.call(part)) {
    return(shorten_call(part))
  }
  if (identical(part, code_model)) {
    return(quote(code_model))
  }
  plain <- is.symbol(part) ||
    (is.atomic(part) && !is.object(part) && length(part) <= 20L)
  if (plain) part else as.name(paste0("<", class(part)[1L], ">"))
}
