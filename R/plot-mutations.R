# Mutations as a lattice: a tile a region and code, the year where one is found.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_mutations <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  .data <- rlang::.data
  title <- say("Mutations of the codes")
  # A mutation has a time only where there is one.
  timeless <- object
  spec <- get_spec(object)
  time <- key_column(spec, "time")
  spec$keys <- spec$keys[names(spec$keys) != "time"]
  attr(timeless, "spec") <- spec
  frame <- plot_frame(timeless, regions, rlang::current_env())
  rows <- frame$rows
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(list())))
  }
  rows <- mutation_tiles(rows, object, time)
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["code"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["fill"]]), colour = "white") +
    page_text(ggplot2::aes(label = .data[["text"]]), size = 3,
              tile = c(1, 1)) + row_names() + column_names() +
    ggplot2::scale_fill_manual(
      values = c("its level" = "#E69F00", "its rate" = "#7FA8CC",
                 none = "grey93"), breaks = c("its level", "its rate"),
      labels = say_label, name = NULL)
  n <- nlevels(droplevels(rows$region))
  finish_picture(
    p, title,
    alt = say("A tile a region and code; %s of %s have a mutation.",
              sum(rows$found), nrow(rows)),
    subtitle = if (!any(rows$found)) {
      no_mutation_words(sum(!is.na(rows$p.value)))
    },
    x = NULL, y = NULL,
    caption = paste0(
      say("Year of the new regime; arrow: a jump up or down, slanted: a bend."),
      " ",
      capital(say_fact(frame$spec$found)), "."),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank()),
    height = 1.5 + 0.3 * n
  )
}

# A tile a region and code, with the time and the sign of what was found; of
# several in one series the last stands below the first.
mutation_tiles <- function(rows, object, time) {
  rows$found <- rows$found %in% TRUE
  year <- stamp_words(object[[time]][rows$row])
  # Upright of a level, slanted of a rate: colour alone tells nothing.
  up <- ifelse(rows$kind == "rate", "\u2197", "\u2191")
  down <- ifelse(rows$kind == "rate", "\u2198", "\u2193")
  sign <- ifelse(rows$size < 0, down, up)
  rows$text <- ifelse(rows$found, paste(sign, year), "")
  cell <- paste(as.integer(rows$region), rows$code)
  rows$text <- stats::ave(rows$text, cell, FUN = \(x) {
    paste(x[nzchar(x)], collapse = "\n")
  })
  rows$fill <- ifelse(!rows$found, "none", paste("its", rows$kind))
  rows <- rows[order(!rows$found), ]
  rows <- rows[!duplicated(paste(as.integer(rows$region), rows$code)), ]
  rows$code <- factor(rows$code, unique(object[["code"]]))
  rows$label <- factor(rows$region, rev(levels(rows$region)))
  rows
}
