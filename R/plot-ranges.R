# Intervals as lines that end in an arrow at the edge of the panel where they
# go on, so that a wide one does not eat the axis.

# As ggplot2::geom_linerange() of xmin and xmax.
page_range <- function(mapping = NULL, data = NULL, ..., position = "identity") {
  # Made at the call: ggplot2 is suggested only.
  geom <- ggplot2::ggproto(
    "GeomPageRange", ggplot2::GeomLinerange,
    draw_panel = \(data, panel_params, coord, lineend = "butt",
                   flipped_aes = FALSE, na.rm = FALSE) {
      range_lines(coord$transform(data, panel_params))
    })
  ggplot2::layer(data = data, mapping = mapping, stat = "identity",
                 geom = geom, position = position,
                 params = list(na.rm = FALSE, ...))
}

range_lines <- function(at) {
  at <- at[at$xmax >= 0 & at$xmin <= 1, , drop = FALSE]
  if (nrow(at) == 0L) {
    return(grid::nullGrob())
  }
  from <- pmax(at$xmin, 0)
  to <- pmin(at$xmax, 1)
  gp <- \(rows) grid::gpar(col = at$colour[rows], fill = at$colour[rows],
                           lwd = at$linewidth[rows] * ggplot2::.pt,
                           lty = at$linetype[rows], lineend = "butt")
  heads <- function(rows, x0, x1) {
    if (!any(rows)) return(NULL)
    grid::segmentsGrob(x0[rows], at$y[rows], x1[rows], at$y[rows],
                       gp = gp(rows), arrow = grid::arrow(
                         length = grid::unit(0.06, "inches"), type = "closed"))
  }
  grid::gTree(children = grid::gList(
    grid::segmentsGrob(from, at$y, to, at$y, gp = gp(TRUE)),
    heads(at$xmin < 0, to, from), heads(at$xmax > 1, from, to)))
}

# Limits that hold every estimate and zero, and every interval but what reaches
# more than four times as far as the median one; NULL where none does.
usual_limits <- function(rows) {
  reach <- pmax(rows$estimate - rows$conf.low, rows$conf.high - rows$estimate)
  far <- 4 * stats::median(reach, na.rm = TRUE)
  if (!any(reach > far, na.rm = TRUE)) {
    return(NULL)
  }
  range(0, rows$estimate, pmax(rows$conf.low, rows$estimate - far),
        pmin(rows$conf.high, rows$estimate + far), na.rm = TRUE)
}

beyond_words <- function(rows) {
  if (is.null(usual_limits(rows))) "" else
    say("Arrow: the interval goes on.")
}

value_axis <- function(rows, ...) {
  ggplot2::scale_x_continuous(limits = usual_limits(rows), oob = keep_all,
                              guide = free_marks(), ...)
}
