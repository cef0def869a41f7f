# Text within panels: when it is drawn it moves inwards at the edges, breaks
# where it is wider than its room, and gives way to what stands there already.

# As ggplot2::geom_text(). `tile`: width and height of what the text belongs to,
# in units of the axes; a text that is larger is left out. Aesthetics xmin,
# xmax, ymin, ymax are the box of each text: it is set smaller until it fits.
# `share`: of the panel's width, where lines break. `back`: on white. `spread`:
# texts move up and down until none covers another.
page_text <- function(mapping = NULL, data = NULL, ..., tile = NULL,
                      share = 0.45, back = FALSE, spread = FALSE,
                      inherit.aes = TRUE) {
  # Made at the call: ggplot2 is suggested only.
  geom <- ggplot2::ggproto(
    "GeomPageText", ggplot2::GeomText,
    optional_aes = c("xmin", "xmax", "ymin", "ymax"),
    draw_panel = \(data, panel_params, coord, na.rm = FALSE) {
      grid::gTree(labels = page_labels(data, panel_params, coord, tile, share),
                  boxed = !is.null(data$xmin), tiled = !is.null(tile),
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
  at <- x$labels
  if (nrow(at) == 0L) {
    return(x)
  }
  panel <- page_now()
  at$points <- at$size * ggplot2::.pt
  at$text <- at$label
  at <- if (x$boxed) fit_boxes(at, panel) else
    if (!x$tiled) broken_labels(at, panel) else at
  at <- measured_labels(at)
  # What its tile, or the whole panel, cannot hold is left out.
  room <- if (x$tiled) {
    cbind(at$room.w * panel[[1L]], at$room.h * panel[[2L]])
  } else matrix(panel, nrow(at), 2L, byrow = TRUE)
  at <- at[x$boxed | (at$w <= room[, 1L] & at$h <= room[, 2L]), , drop = FALSE]
  if (nrow(at) == 0L) {
    return(x)
  }
  keep <- rep(TRUE, nrow(at))
  at <- inwards(at, panel)
  if (x$spread) at <- spread_out(at, panel[[2L]])
  if (!x$boxed && !x$tiled) keep <- apart(at)
  at <- at[keep, , drop = FALSE]
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

spread_out <- function(at, height) {
  gap <- 0.04
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

# Which texts stand free of those before them.
apart <- function(at) {
  keep <- rep(TRUE, nrow(at))
  right <- at$left + at$w
  top <- at$bottom + at$h
  for (i in seq_len(nrow(at))[-1L]) {
    before <- which(keep[seq_len(i - 1L)])
    keep[i] <- !any(at$left[i] < right[before] & right[i] > at$left[before] &
                      at$bottom[i] < top[before] & top[i] > at$bottom[before])
  }
  keep
}
