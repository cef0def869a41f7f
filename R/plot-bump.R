# Ranks of regions over time: a line each, the interval of its last rank beside
# its name, since bars that all overlap tell nothing.

# `of`: "path", Code NID as of each time, or "industrial", Code ID.
plot_bump <- function(object, ..., of = "path", regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  check_choice(of, c("path", "industrial"), "of", call = call)
  frame <- plot_frame(if (of == "path") object$path else object$industrial,
                      NULL, call)
  what <- if (of == "path") "Code NID" else "Code ID"
  title <- say("Ranks of regions by %s over time", what)
  rows <- ranks_over_time(frame$rows)
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  frame$rows <- rows
  shown <- bump_shown(choose_regions(frame, NULL, regions, call)$rows, regions)
  n <- nlevels(rows$region)
  finish_picture(
    bump_plot(rows, shown, n) + scale_time(rows$time), title,
    alt = bump_alt(rows, what), x = frame$time,
    y = say("Rank, 1 is the largest"),
    caption = caption_of(
      utils::modifyList(frame$spec, list(interval = NULL)),
      if (any(is.finite(shown$rank.low))) {
        say("Behind a name: the interval of its rank at the last time.")
      },
      if (nlevels(shown$region) < n) {
        say("Grey: the other regions; coloured: the first and the last ranks.")
      }),
    width = 8, height = 2 + 0.09 * n + 0.2 * min(n, 12)
  )
}

ranks_over_time <- function(rows) {
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  parts <- lapply(split(rows, as.numeric(rows$time)), \(d) {
    r <- region_ranks(data.frame(region = as.character(d$region),
                                 estimate = d$estimate,
                                 std.error = d$std.error, df = d$df))
    at <- match(as.character(d$region), r[["region"]])
    d$rank <- r[["rank"]][at]
    d$rank.low <- r[["rank.low"]][at]
    d$rank.high <- r[["rank.high"]][at]
    d
  })
  out <- do.call(rbind, unname(parts))
  if (!is.null(out)) out$region <- droplevels(out$region)
  out %||% rows
}

# Of many regions, the three first and the three last at the end.
bump_shown <- function(rows, regions) {
  if (is.null(regions) && nlevels(rows$region) > max_panels) {
    last <- rows[rows$time == max(rows$time), , drop = FALSE]
    last <- last[order(last$rank), , drop = FALSE]
    keep <- last$region[unique(c(1:3, nrow(last) - 2:0))]
    rows <- rows[rows$region %in% keep, , drop = FALSE]
  }
  rows$region <- droplevels(rows$region)
  rows
}

bump_plot <- function(rows, shown, n) {
  ends <- shown[!duplicated(shown$region, fromLast = TRUE), , drop = FALSE]
  step <- time_step(rows$time)
  room <- 0.4 * step + 0.32 * (diff(range(as.numeric(rows$time))) + step)
  rank_lines(rows, shown, ends, "time", c(0.4 * step, room), 0.24) +
    ggplot2::scale_y_reverse(breaks = \(limits) whole_breaks(range(rows$rank)))
}

# With the interval of the rank, where it has one.
ranked_name <- function(ends) {
  known <- is.finite(ends$rank.low + ends$rank.high)
  name <- as.character(ends$region)
  name[known] <- sprintf("%s (%d\u2013%d)", name[known],
                         as.integer(ends$rank.low[known]),
                         as.integer(ends$rank.high[known]))
  name
}

# A line a region over column `at`: all in grey, those shown in colour, and
# named where they end; `room`: behind it, to a name and to the edge; `share`: of
# the width, that names may take.
rank_lines <- function(rows, shown, ends, at, room, share) {
  .data <- rlang::.data
  ends$name <- ranked_name(ends)
  looks <- code_looks()[rep_len(seq_len(8L), nlevels(shown$region)), ]
  edge <- data.frame(max(rows[[at]]) + room[2L], rank = 1,
                     region = shown$region[1L])
  names(edge)[1L] <- at
  ggplot2::ggplot(shown, ggplot2::aes(
    .data[[at]], .data[["rank"]], group = .data[["region"]],
    colour = .data[["region"]])) +
    ggplot2::geom_line(data = rows[!rows$region %in% shown$region, ,
                                   drop = FALSE], colour = "grey82",
                       linewidth = 0.3) +
    ggplot2::geom_line(ggplot2::aes(linetype = .data[["region"]]),
                       linewidth = 0.7) +
    ggplot2::geom_point(size = 1.4) +
    page_text(ggplot2::aes(.data[[at]] + room[1L], label = .data[["name"]]),
              ends, hjust = 0, size = 2.7, share = share, spread = TRUE) +
    ggplot2::geom_blank(data = edge) +
    ggplot2::scale_colour_manual(values = looks$colour, guide = "none") +
    ggplot2::scale_linetype_manual(values = looks$linetype, guide = "none")
}

bump_alt <- function(rows, what) {
  last <- rows[rows$time == max(rows$time), , drop = FALSE]
  last <- last[order(last$rank), , drop = FALSE]
  paste(say("Bump chart: a line a region, its rank by %s over time.", what),
        say("%s, %s.", regions_in_words(rows$region),
            times_in_words(rows$time)),
        say("At the end first: %s; last: %s.", last$region[1L],
            last$region[nrow(last)]))
}
