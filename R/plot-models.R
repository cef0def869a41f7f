# Ranks under several models side by side: a line a region, the largest moves
# coloured and named.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_comparison_of_models <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  need_ggplot()
  fit <- need_fit(object, "made by compare_models()", call)
  title <- say("Ranks of regions under %s", say(
    "%s models", ncol(fit$rank), n = ncol(fit$rank)))
  rows <- compared_rows(fit)
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  n <- nlevels(rows$region)
  shown <- named_movers(fit, rows, regions, call)
  finish_picture(
    compared_plot(rows, shown), title,
    alt = paste(say("Bump chart: a line a region, its rank under each model."),
                in_words(object)[1L]),
    x = NULL, y = say("Rank, 1 is the largest"),
    caption = if (nlevels(shown$region) < n) {
      say("Coloured and named: the regions that move most.")
    },
    width = 7, height = 2 + 0.09 * n + 0.2 * min(n, 12)
  )
}

compared_rows <- function(fit) {
  at <- which(!is.na(fit$rank), arr.ind = TRUE)
  name <- fit$region$name
  data.frame(region = factor(name[at[, 1L]], name), model = at[, 2L],
             label = colnames(fit$rank)[at[, 2L]], rank = fit$rank[at])
}

# Those that are asked for, else the six that move most.
named_movers <- function(fit, rows, regions, call) {
  name <- fit$region$name
  if (is.null(regions)) {
    move <- apply(fit$rank, 1L, \(r) if (anyNA(r)) 0 else diff(range(r)))
    order <- order(-move)
    regions <- name[utils::head(order[length(name) <= 6L |
                                        move[order] > 0], 6L)]
  }
  unknown <- setdiff(regions, name)
  if (length(unknown) > 0L) {
    stop_argument("regions", "regions of the table", unknown, call)
  }
  out <- rows[rows$region %in% regions, , drop = FALSE]
  out$region <- factor(out$region, regions)
  out
}

compared_plot <- function(rows, shown) {
  last <- max(rows$model)
  ends <- shown[shown$model == last, , drop = FALSE]
  names <- rows$label[!duplicated(rows$model)][order(unique(rows$model))]
  room <- c(0.06 * (last - 1), 0.45 * max(last - 1, 1))
  # Columns of names stand also over the room for regions.
  free <- rep("", ceiling(room[2L]))
  words <- words_on_page("columns")
  rank_lines(rows, shown, ends, "model", room, 0.3) +
    ggplot2::scale_x_continuous(
      breaks = sort(unique(rows$model)), minor_breaks = NULL,
      labels = \(at) words(c(names, free))[seq_along(names)],
      expand = ggplot2::expansion(mult = c(0, 0.05), add = c(0.35, 0))) +
    ggplot2::scale_y_reverse(breaks = \(limits) whole_breaks(range(rows$rank)))
}
