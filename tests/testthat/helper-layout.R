# What is wrong with the layout of a picture on a page: text that leaves the
# page or its panel, or lies over other text. Read from what grid draws.

# c(what, text): one row a fault, none where all is well.
layout_faults <- function(p, width, height) {
  page_layout(p, width, height)$faults
}

# list(faults, texts): what is wrong, and all that is written on the page.
page_layout <- function(p, width, height) {
  file <- tempfile(fileext = ".png")
  grDevices::png(file, width, height, units = "in", res = 72, type = "cairo")
  drawn <- grDevices::dev.cur()
  on.exit({
    grDevices::dev.off(drawn)
    unlink(file)
  })
  # Laid out once, as print() does, and drawn as it was laid out.
  grob <- if (inherits(p, "nid_picture")) {
    nidcode:::page_grob(p, nidcode:::page_now())
  } else {
    ggplot2::ggplotGrob(p)
  }
  grid::grid.draw(grid::grid.force(grob))
  boxes <- text_boxes()
  page <- c(0, width, 0, height)
  slack <- 0.02
  out <- boxes$x0 < -slack | boxes$x1 > width + slack | boxes$y0 < -slack |
    boxes$y1 > height + slack
  left <- boxes$panel & (boxes$x0 < boxes$vx0 - slack |
                           boxes$x1 > boxes$vx1 + slack |
                           boxes$y0 < boxes$vy0 - slack |
                           boxes$y1 > boxes$vy1 + slack)
  list(faults = rbind(fault_rows("off the page", boxes$text[out]),
                      fault_rows("out of its panel", boxes$text[left & !out]),
                      overlaps(boxes)), texts = boxes$text)
}

fault_rows <- function(what, text) {
  data.frame(what = rep(what, length(text)), text = text)
}

# Pairs of texts that share more than a hair of paper.
overlaps <- function(boxes) {
  n <- nrow(boxes)
  if (n < 2L) {
    return(fault_rows("overlap", character()))
  }
  slack <- 0.01
  found <- lapply(seq_len(n - 1L), \(i) {
    j <- (i + 1L):n
    hit <- boxes$x0[i] < boxes$x1[j] - slack &
      boxes$x1[i] > boxes$x0[j] + slack & boxes$y0[i] < boxes$y1[j] - slack &
      boxes$y1[i] > boxes$y0[j] + slack &
      !(boxes$turned[i] & boxes$turned[j])
    fault_rows("overlap", sprintf("%s | %s", boxes$text[i],
                                  boxes$text[j[hit]]))
  })
  do.call(rbind, found)
}

# Every text on the page in inches, with the viewport it stands in.
text_boxes <- function() {
  listed <- grid::grid.ls(viewports = TRUE, print = FALSE)
  rows <- lapply(which(listed$type == "grobListing"), \(i) {
    grob <- grid::grid.get(grid::gPath(
      strsplit(paste0(listed$gPath[i], "::", listed$name[i]), "::",
               fixed = TRUE)[[1L]]), strict = TRUE)
    if (!inherits(grob, "text") || length(grob$label) == 0L) return(NULL)
    grid::upViewport(0L)
    path <- sub("^ROOT(::)?", "", listed$vpPath[i])
    if (nzchar(path)) grid::downViewport(path)
    boxes_of(grob, grepl("panel", path))
  })
  grid::upViewport(0L)
  do.call(rbind, rows)
}

# The corners of each label of a text, on the page; what check.overlap leaves
# out is left out.
boxes_of <- function(grob, panel) {
  move <- grid::current.transform()
  place <- function(x, y) {
    t(cbind(x, y, 1) %*% move)[1:2, , drop = FALSE]
  }
  inches <- function(of, convert) convert(of, "in", TRUE)
  n <- length(grob$label)
  pick <- function(x, i) x[(i - 1L) %% length(x) + 1L]
  gp <- function(i) do.call(grid::gpar, lapply(unclass(grob$gp), pick, i))
  x <- inches(grob$x, grid::convertX)
  y <- inches(grob$y, grid::convertY)
  turn <- pick(grob$rot, seq_len(n)) * pi / 180
  rows <- lapply(seq_len(n), \(i) {
    one <- grid::textGrob(grob$label[i], gp = gp(i))
    w <- inches(grid::grobWidth(one), grid::convertWidth)
    h <- inches(grid::grobHeight(one), grid::convertHeight)
    just <- c(pick(grid::resolveHJust(grob$just, grob$hjust), i),
              pick(grid::resolveVJust(grob$just, grob$vjust), i))
    dx <- c(0, w, w, 0) - just[1L] * w
    dy <- c(0, 0, h, h) - just[2L] * h
    a <- turn[i]
    at <- place(pick(x, i) + dx * cos(a) - dy * sin(a),
                pick(y, i) + dx * sin(a) + dy * cos(a))
    data.frame(text = as.character(grob$label[i]), x0 = min(at[1L, ]),
               x1 = max(at[1L, ]), y0 = min(at[2L, ]), y1 = max(at[2L, ]),
               turned = abs(sin(2 * a)) > 1e-6)
  })
  out <- do.call(rbind, rows)
  ends <- place(c(0, inches(grid::unit(1, "npc"), grid::convertX)),
                c(0, inches(grid::unit(1, "npc"), grid::convertY)))
  out <- cbind(out, panel = panel, vx0 = ends[1L, 1L], vx1 = ends[1L, 2L],
               vy0 = ends[2L, 1L], vy1 = ends[2L, 2L])
  out <- out[!is.na(out$text) & nzchar(trimws(out$text)), , drop = FALSE]
  if (isTRUE(grob$check.overlap)) without_overlap(out) else out
}

without_overlap <- function(boxes) {
  keep <- integer()
  for (i in seq_len(nrow(boxes))) {
    j <- keep
    hit <- any(boxes$x0[i] < boxes$x1[j] & boxes$x1[i] > boxes$x0[j] &
                 boxes$y0[i] < boxes$y1[j] & boxes$y1[i] > boxes$y0[j])
    if (!hit) keep <- c(keep, i)
  }
  boxes[keep, , drop = FALSE]
}
