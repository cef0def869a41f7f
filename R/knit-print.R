# Results in a page that is knit: tables, not lines of a console.

# Rows that a page shows.
knitted_rows <- 20L

#' @exportS3Method knitr::knit_print
knit_print.nid_table <- function(x, ...) {
  if (!is_intact(x)) {
    return(knitr::knit_print(as_plain_tibble(x), ...))
  }
  spec <- get_spec(x)
  plain <- as_plain_tibble(x)
  same <- constant_columns(plain)
  shown <- plain[!names(plain) %in% c(names(same), "sentence")]
  about <- c(spec$meaning, capital(sub("^.*?: ", "", format(spec),
                                       perl = TRUE)),
             same_words(same), spec$notes)
  knit_text(
    paste0("**", inert_markdown(spec$title), "**"),
    markdown_table(shown, knitted_rows, keys = unname(spec$keys),
                   joint = always_shown[1:4]),
    inert_markdown(paste(about, collapse = " "))
  )
}

#' @exportS3Method knitr::knit_print
knit_print.nid_panel <- function(x, ...) {
  knit_text(inert_markdown(paste(format(x), collapse = " ")),
            markdown_table(summary(x), knitted_rows))
}

#' @exportS3Method knitr::knit_print
knit_print.nid_model <- function(x, ...) {
  first <- inert_markdown(format(x)[1L])
  out <- knit_print.nid_table(x$basic)
  out[1L] <- paste0("\n", first, "\n", out[1L])
  out
}

# Paragraphs, of one line or of several.
knit_text <- function(...) {
  lines <- unlist(lapply(list(...), c, ""))
  knitr::asis_output(paste(c("", lines), collapse = "\n"))
}
