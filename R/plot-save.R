#' Save a picture in the size it needs
#'
#' Draws a picture into a file at its [picture_size()], or at another size: its
#' text is laid out for whichever it is. The file is written beside its place
#' and renamed, so that an old file is whole until the new one is.
#'
#' @param x A picture made by `autoplot()`, or anything that has one.
#' @param file <chr> Where to: .png, .jpg, .tiff (300 dots an inch), .pdf or
#'   .svg.
#' @param width,height <num> Inches; `NULL`: those of [picture_size()].
#' @param overwrite <lgl> Replace a file that exists.
#' @return `file`, invisibly.
#' @section Errors:
#' `nidcode_error_overwrite` where the file exists, `_path` and `_file` where it
#' cannot be written, `_argument` where `x` is no picture. The message
#' `nidcode_message_picture_size` (fields `width`, `height`) says that the
#' picture cannot be read at the size asked for; a sentence stands in its place.
#' @concept export a figure
#' @concept ggsave
#' @family present
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' file <- tempfile(fileext = ".png")
#' save_picture(ggplot2::autoplot(model, "basic"), file)
#' @export
save_picture <- function(x, file, width = NULL, height = NULL,
                         overwrite = FALSE) {
  call <- rlang::current_env()
  need_ggplot()
  check_out_file(file, names(picture_devices()), overwrite, call)
  if (!inherits(x, "ggplot")) {
    if (!any(startsWith(class(x), "nid_"))) {
      stop_argument("x", "a picture, or a result that has one", x, call)
    }
    x <- ggplot2::autoplot(x)
  }
  size <- picture_size(x)
  width <- width %||% size[["width"]]
  height <- height %||% size[["height"]]
  check_number(width, min = 0, open = TRUE)
  check_number(height, min = 0, open = TRUE)
  write_aside(file, \(draft) {
    ggplot2::ggsave(draft, x, picture_devices()[[file_ending(file)]],
                    width = width, height = height, units = "in", dpi = 300,
                    limitsize = FALSE, bg = "white")
  }, call)
  invisible(file)
}

# Those of Cairo know all alphabets.
picture_devices <- function() {
  cairo <- capabilities("cairo")
  list(png = "png", jpg = "jpeg", jpeg = "jpeg", tif = "tiff", tiff = "tiff",
       pdf = if (cairo) grDevices::cairo_pdf else "pdf",
       svg = if (cairo) grDevices::svg else "svg")
}

# In a page of knitr: a file of its own size, unless the chunk asks for one.
#' @exportS3Method knitr::knit_print
knit_print.nid_picture <- function(x, options, ...) {
  sides <- c("fig.width", "fig.height")
  if (!identical(options[sides], knitr::opts_chunk$get(sides))) {
    return(knitr::normal_print(x))
  }
  ending <- c(svg = "svg", pdf = "pdf", cairo_pdf = "pdf", jpeg = "jpeg")
  ending <- unname(ending[options$dev[1L]])
  file <- picture_file(options, if (is.na(ending)) "png" else ending, 100L)
  size <- picture_size(x)
  ggplot2::ggsave(file, x, picture_devices()[[file_ending(file)]],
                  width = size[["width"]], height = size[["height"]],
                  units = "in", dpi = options$dpi %||% 96, limitsize = FALSE)
  options$fig.alt <- options$fig.alt %||% ggplot2::get_alt_text(x)
  if (knitr::is_html_output()) options$out.width <- shown_pixels(options, size)
  options$fig.num <- options$fig.cur <- 1L
  knitr::asis_output(knitr::knit_hooks$get("plot")(file, options))
}

# As wide as the chunk asks; what knitr has put there for a sharp screen is the
# width of its own pictures.
shown_pixels <- function(options, size) {
  asked <- options$out.width
  retina <- options$fig.width * (options$dpi %||% 96) /
    (options$fig.retina %||% 1)
  if (is.null(asked) || isTRUE(all.equal(asked, retina))) {
    paste0(round(96 * size[["width"]]), "px")
  } else {
    asked
  }
}
