# A model on one page: the strip of Code ID over time, beside it Code NID of the
# same regions with intervals, and above them what the data settle and what not.

plot_overview <- function(object, ..., regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  title <- say("Code ID over time and Code NID")
  strip <- strip_frame(object, "industrial", regions, call)
  tiles <- strip$rows[!is.na(strip$rows$estimate), , drop = FALSE]
  rank <- plot_frame(object$basic, regions, call)$rows
  rank <- rank[!is.na(rank$estimate), , drop = FALSE]
  if (nrow(tiles) == 0L || nrow(rank) == 0L) {
    return(empty_picture(title, caption = caption_of(strip$spec)))
  }
  parts <- overview_rows(tiles, rank)
  scheme <- object$panel$scheme
  unit <- basic_unit(get_spec(object$basic), strip, scheme,
                     model_time_unit(object))
  n <- nlevels(parts$tiles$label)
  finish_picture(
    overview_plot(parts), title,
    alt = paste(strip_alt(tiles, "Code ID", rate_unit(
      code_unit(strip$spec, scheme), time_unit(strip))),
      ranked_alt(rank[order(-rank$estimate), , drop = FALSE], unit,
                 any(is.finite(rank$conf.low)))),
    subtitle = paste(settled_words(object), collapse = "\n"), x = NULL,
    y = NULL, caption = caption_of(
      get_spec(object$basic), say("Left: Code ID, %s.", rate_unit(
        code_unit(strip$spec, scheme), time_unit(strip))),
      unclear_words(tiles), say("Right: Code NID, %s.", unit),
      filled_words(rank)),
    theme = heat_theme(), width = 8, height = ranked_height(n) + 1
  )
}

# The two sentences; of many regions without their names, which stand beside
# the dots.
settled_words <- function(object) {
  said <- utils::head(in_words(object), 2L)
  long <- nchar(said) > 160L
  said[long] <- sub("(: .*|[.])$", ".", said[long])
  said
}

overview_rows <- function(tiles, rank) {
  panels <- c(say("Code ID over time"), "Code NID")
  order <- rev(levels(droplevels(tiles$region)))
  place <- function(rows, which) {
    rows$label <- factor(as.character(rows$region), order)
    rows$panel <- factor(panels[which], panels)
    rows[!is.na(rows$label), , drop = FALSE]
  }
  tiles$time <- as.numeric(tiles$time)
  list(tiles = place(tiles, 1L), rank = place(rank, 2L),
       dates = class(tiles$time))
}

overview_plot <- function(parts) {
  .data <- rlang::.data
  tiles <- parts$tiles
  rank <- point_kinds(parts$rank)
  step <- time_step(tiles$time)
  ends <- range(tiles$time) + c(-1, 1) * step / 2
  ggplot2::ggplot(tiles, ggplot2::aes(.data[["time"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["estimate"]]), width = step,
                       height = 0.92) +
    heat_marks(tiles) +
    ggplot2::geom_vline(ggplot2::aes(xintercept = 0), rank[1L, , drop = FALSE],
                        colour = "grey40", linewidth = 0.3) +
    interval_lines(rank) +
    ggplot2::geom_point(ggplot2::aes(.data[["estimate"]],
                                     shape = .data[["kind"]]), rank,
                        size = if (nrow(rank) > 30L) 1.3 else 2) +
    kind_shapes() + heat_scale(tiles$estimate) + row_names() +
    ggplot2::facet_wrap(ggplot2::vars(.data[["panel"]]), nrow = 1L,
                        scales = "free_x", labeller = strip_words()) +
    ggplot2::scale_x_continuous(
      expand = ggplot2::expansion(0.03), breaks = \(limits) {
        if (holds_times(limits, ends)) whole_breaks(range(tiles$time), 3) else
          pretty(limits, 4)
      }, guide = free_marks())
}

# Whether limits are those of the panel of times.
holds_times <- function(limits, ends) {
  all(abs(limits - ends) < 0.2 * max(diff(ends), 1))
}
