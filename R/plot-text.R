# Text within panels: when it is drawn it moves inwards at the edges, breaks
# where it is wider than its room, and gives way to what stands there already.

# As ggplot2::geom_text(). `tile`: width and height of what the text belongs to,
# in units of the axes; a text that is larger is left out. Aesthetics xmin,
# xmax, ymin, ymax are the box of each text: it is set smaller until it fits.
# `share`: of the panel's width, where lines break. `back`: on white. `spread`:
# texts move up and down until none covers another. `clear`: none covers a point
# of the data either, those without text among them.
page_text <- function(mapping = NULL, data = NULL, ..., tile = NULL,
                      share = 0.45, back = FALSE, spread = FALSE,
                      clear = FALSE, inherit.aes = TRUE) {
  # Made at the call: ggplot2 is suggested only.
  geom <- ggplot2::ggproto(
    "GeomPageText", ggplot2::GeomText,
    optional_aes = c("xmin", "xmax", "ymin", "ymax"),
    draw_panel = \(data, panel_params, coord, na.rm = FALSE) {
      grid::gTree(labels = page_labels(data, panel_params, coord, tile, share),
                  boxed = !is.null(data$xmin), tiled = !is.null(tile),
                  points = if (clear) coord$transform(data, panel_params),
                  back = back, spread = spread, cl = "nid_labels")
    })
  ggplot2::layer(
    data = data, mapping = mapping, stat = "identity", geom = geom,
    position = "identity", show.legend = FALSE, inherit.aes = inherit.aes,
    params = list(na.rm = FALSE, ...))
}

page_labels <- function(data, panel_params, coord, tile, share) {
  place <- function(d) coord$transform(d, panel_params)
  at <- place(data)
  if (!is.null(data$xmin)) {
    at$room.w <- abs(at$xmax - at$xmin)
    at$room.h <- abs(at$ymax - at$ymin)
  } else if (!is.null(tile)) {
    half <- function(sign) {
      d <- data[c("x", "y", "PANEL")]
      d$x <- d$x + sign * tile[1L] / 2
      d$y <- d$y + sign * tile[2L] / 2
      place(d)
    }
    low <- half(-1)
    high <- half(1)
    at$room.w <- abs(high$x - low$x)
    at$room.h <- abs(high$y - low$y)
  } else {
    at$room.w <- share
    at$room.h <- 1
  }
  at$label <- as.character(at$label)
  at[nzchar(at$label) & !is.na(at$label), , drop = FALSE]
}

#' @exportS3Method grid::makeContent
makeContent.nid_labels <- function(x) {
  at <- placed_labels(x, page_now())
  if (nrow(at) == 0L) {
    return(x)
  }
  grid::setChildren(x, grid::gList(if (x$back) white_behind(at), grid::textGrob(
    at$text, grid::unit(at$left + at$hjust * at$w, "in"),
    grid::unit(at$bottom + at$vjust * at$h, "in"), hjust = at$hjust,
    vjust = at$vjust, rot = at$angle, gp = grid::gpar(
      col = ggplot2::alpha(at$colour, at$alpha), fontsize = at$points,
      fontfamily = at$family, fontface = at$fontface, lineheight = 0.95))))
}

# The texts that are drawn, and where.
placed_labels <- function(x, panel) {
  at <- x$labels
  if (nrow(at) == 0L) {
    return(at)
  }
  free <- !x$boxed && !x$tiled
  at$points <- at$size * ggplot2::.pt
  at$text <- at$label
  at <- if (x$boxed) fit_boxes(at, panel) else
    if (x$spread) fit_column(at, panel) else
      if (free) broken_labels(at, panel) else at
  at <- measured_labels(at)
  # What its tile, or the whole panel, cannot hold is left out.
  room <- if (x$tiled) {
    cbind(at$room.w * panel[[1L]], at$room.h * panel[[2L]])
  } else matrix(panel, nrow(at), 2L, byrow = TRUE)
  at <- at[x$boxed | (at$w <= room[, 1L] & at$h <= room[, 2L]), , drop = FALSE]
  if (nrow(at) == 0L) {
    return(at)
  }
  at <- inwards(at, panel)
  if (x$spread) at <- spread_out(at, panel[[2L]])
  if (free) {
    at$colour <- read_on_white(at$colour)
    at <- if (is.null(x$points)) apart(at) else off_points(at, x$points, panel)
  }
  at
}

white_behind <- function(at) {
  grid::rectGrob(grid::unit(at$left - 0.04, "in"),
                 grid::unit(at$bottom - 0.05, "in"),
                 grid::unit(at$w + 0.08, "in"), grid::unit(at$h + 0.1, "in"),
                 just = c(0, 0), gp = grid::gpar(fill = "white",
                                                 col = "grey40"))
}

measured_labels <- function(at) {
  kind <- paste(at$points, at$fontface, at$family)
  at$w <- at$h <- 0
  for (one in unique(kind)) {
    mine <- which(kind == one)
    size <- text_inches(at$text[mine], label_type(at[mine[1L], ]))
    at$w[mine] <- size$width
    at$h[mine] <- size$height
  }
  at
}

label_type <- function(row) {
  list(size = row$points, face = row$fontface, family = row$family)
}

broken_labels <- function(at, panel) {
  known <- !duplicated(at[c("text", "points", "fontface", "room.w")])
  key <- do.call(paste, at[c("text", "points", "fontface", "room.w")])
  done <- vapply(which(known), \(i) {
    laid_out(at$text[i], with_width(label_type(at[i, ]),
                                    at$room.w[i] * panel[[1L]]))
  }, "")
  at$text <- done[match(key, key[known])]
  at
}

# Texts of boxes: broken by the width of their box, all smaller until each fits.
fit_boxes <- function(at, panel) {
  type <- label_type(at[1L, ])
  room <- cbind(at$room.w * panel[[1L]], at$room.h * panel[[2L]])
  for (size in type$size * 0.94^(0:24)) {
    type$size <- size
    text <- vapply(seq_len(nrow(at)), \(i) {
      laid_out(at$text[i], with_width(type, room[i, 1L]))
    }, "")
    need <- text_inches(text, type)
    if (all(need$width <= room[, 1L] & need$height <= room[, 2L])) break
  }
  at$points <- size
  at$text <- text
  at
}

# The lower left corner of each text, within the panel.
inwards <- function(at, panel) {
  number <- function(x, words) {
    if (is.character(x)) words[x] else as.numeric(x)
  }
  at$hjust <- unname(number(at$hjust, c(left = 0, center = 0.5, middle = 0.5,
                                        right = 1)))
  at$vjust <- unname(number(at$vjust, c(bottom = 0, center = 0.5, middle = 0.5,
                                        top = 1)))
  left <- at$x * panel[[1L]] - at$hjust * at$w
  bottom <- at$y * panel[[2L]] - at$vjust * at$h
  at$left <- pmax(0.02, pmin(left, panel[[1L]] - at$w - 0.02))
  at$bottom <- pmax(0.02, pmin(bottom, panel[[2L]] - at$h - 0.02))
  at$hjust <- pmin(pmax(at$hjust, 0), 1)
  at$vjust <- pmin(pmax(at$vjust, 0), 1)
  at
}

# Inches between texts one above the other.
text_gap <- 0.04

# Texts one above the other: smaller until all of them have room.
fit_column <- function(at, panel) {
  for (size in type_steps(at$points[1L])) {
    at$points <- size
    out <- measured_labels(broken_labels(at, panel))
    if (sum(out$h + text_gap) <= panel[[2L]]) break
  }
  out
}

spread_out <- function(at, height) {
  gap <- text_gap
  low <- 0
  for (i in order(at$bottom)) {
    at$bottom[i] <- max(at$bottom[i], low)
    low <- at$bottom[i] + at$h[i] + gap
  }
  high <- height
  for (i in order(-at$bottom)) {
    at$bottom[i] <- min(at$bottom[i], high - at$h[i])
    high <- at$bottom[i] - gap
  }
  at$bottom <- pmax(at$bottom, 0.02)
  at
}

# Those that stand free of those before them.
apart <- function(at) {
  keep <- rep(TRUE, nrow(at))
  for (i in seq_len(nrow(at))[-1L]) {
    before <- at[which(keep[seq_len(i - 1L)]), ]
    keep[i] <- !any(covers(at$left[i], at$bottom[i], at[i, ], before))
  }
  at[keep, , drop = FALSE]
}

# Whether a text with its corner there covers any of the boxes.
covers <- function(left, bottom, text, boxes, margin = 0) {
  left < boxes$left + boxes$w + margin &
    left + text$w > boxes$left - margin &
    bottom < boxes$bottom + boxes$h + margin &
    bottom + text$h > boxes$bottom - margin
}

# Each text where it was meant to stand or else around its point, whichever is
# the first place that covers neither a point nor a text; none, where there is
# no such place.
off_points <- function(at, points, panel) {
  points <- data.frame(left = points$x * panel[[1L]], w = 0,
                       bottom = points$y * panel[[2L]], h = 0)
  at <- at[!duplicated(at[c("x", "y", "label")]), , drop = FALSE]
  keep <- integer()
  for (i in seq_len(nrow(at))) {
    one <- at[i, ]
    places <- rbind(c(one$left, one$bottom), around(one, panel))
    free <- apply(places, 1L, \(p) {
      all(p >= 0.02 & p + c(one$w, one$h) <= panel - 0.02) &&
        !any(covers(p[1L], p[2L], one, points, 0.03)) &&
        !any(covers(p[1L], p[2L], one, at[keep, ], 0.02))
    })
    if (!any(free)) next
    at[i, c("left", "bottom")] <- places[which(free)[1L], ]
    keep <- c(keep, i)
  }
  at[keep, , drop = FALSE]
}

# Corners of a text above, below, right and left of its point, then aslant.
around <- function(text, panel) {
  gap <- 0.06
  x <- text$x * panel[[1L]] + c(-text$w / 2, gap, -gap - text$w)
  y <- text$y * panel[[2L]] + c(-text$h / 2, gap, -gap - text$h)
  cbind(x[c(1, 1, 2, 3, 2, 3, 2, 3)], y[c(2, 3, 1, 1, 2, 2, 3, 3)])
}

# Darker where letters of that colour would be pale on white: a contrast of 4.5
# at least, as WCAG 2 counts it.
read_on_white <- function(colour) {
  known <- unique(colour[!is.na(colour)])
  dark <- vapply(known, \(one) {
    rgb <- grDevices::col2rgb(one)[, 1L]
    while (contrast_to_white(rgb / 255) < 4.5) rgb <- round(0.97 * rgb)
    grDevices::rgb(rgb[1L], rgb[2L], rgb[3L], maxColorValue = 255)
  }, "")
  unname(dark[match(colour, known)])
}

contrast_to_white <- function(rgb) {
  linear <- ifelse(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055)^2.4)
  1.05 / (sum(c(0.2126, 0.7152, 0.0722) * linear) + 0.05)
}
