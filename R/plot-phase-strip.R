# Phases as a strip: a tile a region and time.

# A letter of each phase on its tiles, and in the legend.
phase_letters <- function() {
  c(decline = say("D"), recovery = say("R"), slowdown = say("S"),
    advance = say("A"))
}

phase_colours <- c(advance = "#0B4F8A", slowdown = "#7FB3DC",
                   recovery = "#F2C879", decline = "#C4510A")

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_phases <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  title <- say_label(get_spec(object)$title)
  frame <- plot_frame(object, regions, rlang::current_env())
  tiles <- phase_tiles(frame, object)
  if (nrow(tiles$rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  n <- nlevels(tiles$frame$rows$region)
  p <- strip_plot(tiles$rows, tiles$frame, phase_colours, n <= 2 * max_panels,
                  \(phase) paste(phase_letters()[phase], say_label(phase)))
  finish_picture(
    p, title,
    alt = paste(say("A row a region, by its phase at the last time."),
                say("A tile a time: advance, slowdown, recovery, decline."),
                say("%s, %s.", regions_in_words(frame$rows$region),
                    times_in_words(frame$rows$time))),
    x = NULL, y = NULL,
    caption = caption_of(
      frame$spec, say("A slowdown is growth at a falling pace."),
      if (!all(is.na(tiles$rows$prob))) {
        say("The paler, the less sure; full colour at %s.", frame$spec$sure)
      }),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank()),
    height = 1.6 + n * 0.28
  )
}

# Regions by their last phase, then by Code ID (or V of a code); a row a code
# where phases are of codes.
phase_tiles <- function(frame, object) {
  rows <- frame$rows
  rows$v <- get_fit(object)$moves$v[rows$row]
  rows$region <- droplevels(rows$region)
  if (!is.null(rows$code)) {
    name <- paste0(rows$region, ifelse(nzchar(as.character(rows$region)), ", ",
                                       ""), say_label(rows$code))
    rows$region <- factor(name, unique(name))
  }
  last <- rows[!duplicated(rows$region, fromLast = TRUE), , drop = FALSE]
  by <- order(-as.integer(last$phase), -last$v)
  rows$region <- factor(as.character(rows$region),
                        as.character(last$region)[by])
  frame$rows <- rows
  rows <- rows[!is.na(rows$phase), , drop = FALSE]
  rows$fill <- as.character(rows$phase)
  rows$sign <- phase_letters()[rows$fill]
  rows$at <- -as.integer(rows$region)
  rows$high <- rep(0.86, nrow(rows))
  level <- as.numeric(sub("%", "", frame$spec$sure)) / 100
  # A phase is one of four; what is known without error is sure.
  share <- (rows$prob - 0.25) / (level - 0.25)
  rows$pale <- 1 - ifelse(is.na(share), 1, pmin(pmax(share, 0), 1))
  list(rows = rows, frame = frame)
}
