# Text is laid out for the page it is drawn on. What a picture says (titles,
# caption, strips, names of rows and columns, keys) stands in it unbroken; when
# it becomes a gtable, and again when that is drawn at another size, it is
# built with the room there is: words are wrapped by their measured width, and
# names of rows shrink down to the smallest type that can be read. What still
# has no room says which size it needs.

# Points; smaller type is not read.
least_type <- 5.5

# Inches.
least_panel <- c(width = 0.55, height = 0.32)

# `now`: the room of the picture that is being built; `seen`: the words that
# asked for it, by kind.
page <- new.env(parent = emptyenv())

new_picture <- function(p, size, least = 0) {
  attr(p, "nid_size") <- size
  attr(p, "nid_least") <- least * size
  class(p) <- c("nid_picture", class(p))
  p
}

plain_picture <- function(p) {
  class(p) <- setdiff(class(p), "nid_picture")
  p
}

# A labeller of strips ("strip", "side"), or labels of a scale ("rows",
# "columns", "slanted", "keys").
words_on_page <- function(kind) {
  function(x) {
    x <- say_label(as.character(x))
    page$seen[[kind]] <- c(page$seen[[kind]], list(x[!is.na(x)]))
    room <- page$now[[kind]]
    if (is.null(room)) x else laid_out(x, room)
  }
}

strip_words <- function(kind = "strip") {
  ggplot2::as_labeller(words_on_page(kind))
}

# Of a grid: strips beside its rows, and above its columns.
grid_words <- function(rows, columns) {
  do.call(ggplot2::labeller, stats::setNames(
    list(words_on_page("side"), words_on_page("strip")), c(rows, columns)))
}

row_names <- function(...) {
  ggplot2::scale_y_discrete(..., labels = words_on_page("rows"))
}

column_names <- function(...) {
  ggplot2::scale_x_discrete(..., labels = words_on_page("columns"))
}

# ---- What ggplot2 and grid ask ----------------------------------------------

#' @exportS3Method ggplot2::ggplot_build
ggplot_build.nid_picture <- function(plot, ...) {
  out <- ggplot2::ggplot_build(zoomed(plain_picture(plot)))
  attr(out, "nid_picture") <- plot
  class(out) <- c("nid_built", class(out))
  out
}

#' @exportS3Method ggplot2::ggplot_gtable
ggplot_gtable.nid_built <- function(data) {
  page_grob(attr(data, "nid_picture"), page_now())
}

# Printed at once: ggplot2 would build it twice.
#' @export
print.nid_picture <- function(x, newpage = is.null(vp), vp = NULL, ...) {
  ggplot2::set_last_plot(x)
  if (newpage) grid::grid.newpage()
  if (is.null(vp)) {
    grid::grid.draw(page_grob(x, page_now()))
  } else {
    if (is.character(vp)) grid::seekViewport(vp) else grid::pushViewport(vp)
    grid::grid.draw(page_grob(x, page_now()))
    grid::upViewport()
  }
  invisible(x)
}

#' @export
plot.nid_picture <- function(x, ...) print(x, ...)

#' @exportS3Method grid::grid.draw
grid.draw.nid_picture <- function(x, recording = TRUE) print(x)

# A gtable that is laid out anew where the page has another size, unless it
# was changed meanwhile. grid asks this at every drawing, also when a window is
# resized.
#' @exportS3Method grid::makeContext
makeContext.nid_page <- function(x) {
  fitted <- x$nid
  x$nid <- NULL
  class(x) <- setdiff(class(x), "nid_page")
  size <- page_now(x$vp)
  if (same_table(x, fitted) && any(abs(size - fitted$size) > 0.02)) {
    fresh <- page_gtable(fitted$picture, size, fitted$told)$gtable
    fresh$vp <- x$vp
    fresh$name <- x$name
    x <- fresh
  }
  grid::makeContext(x)
}

same_table <- function(x, fitted) {
  identical(x$widths, fitted$widths) && identical(x$heights, fitted$heights) &&
    length(x$grobs) == fitted$n
}

page_grob <- function(p, size) {
  made <- page_gtable(p, size)
  g <- made$gtable
  g$nid <- list(picture = p, size = size, widths = g$widths,
                heights = g$heights, n = length(g$grobs), told = made$told)
  class(g) <- c("nid_page", class(g))
  g
}

# Inches of the viewport at hand, or of one below it.
page_now <- function(vp = NULL) {
  if (!is.null(vp)) {
    grid::pushViewport(vp, recording = FALSE)
    on.exit(grid::popViewport(grid::depth(vp), recording = FALSE))
  }
  whole <- grid::unit(1, "npc")
  c(width = grid::convertWidth(whole, "in", TRUE),
    height = grid::convertHeight(whole, "in", TRUE))
}

# ---- Fitting ----------------------------------------------------------------

# list(gtable, told): the picture on a page of this size, or the sentence that
# says which size it needs.
page_gtable <- function(p, size, told = FALSE) {
  before <- as.list(page)
  on.exit(list2env(before, page))
  base <- zoomed(plain_picture(p))
  type <- page_type(base, size)
  if (any(size < attr(p, "nid_least"))) return(too_small(p, size, type, told))
  room <- first_room(size, type)
  # Building is what takes time: most pictures are right at once.
  for (pass in 1:5) {
    page$now <- room
    page$seen <- list()
    g <- ggplot2::ggplotGrob(on_page(base, room, type))
    seen <- page$seen
    wanted <- room_of(g, base, room, type, seen)
    if (is.null(wanted) || alike_on_page(wanted, room, base, type, seen)) break
    room <- wanted
  }
  page$now <- NULL
  if (is.null(wanted)) too_small(p, size, type, told) else {
    list(gtable = g, told = FALSE)
  }
}

# Whether two rooms make the same of the words: then a picture built in the one
# is right in the other.
alike_on_page <- function(a, b, p, type, seen) {
  made <- function(room) {
    kinds <- lapply(names(seen), \(kind) {
      own <- room[[if (kind == "slanted") "columns" else kind]]
      list(own$size, lapply(seen[[kind]], laid_out, room[[kind]]))
    })
    list(kinds, said_around(p, room, type), room$key_rows)
  }
  identical(made(a), made(b))
}

# The user's limits are a look at part of the picture: nothing is deleted.
zoomed <- function(p) {
  for (name in c("x", "y")) {
    scale <- p$scales$get_scales(name)
    if (is.null(scale) || is.null(scale$limits) || scale$is_discrete()) next
    p <- suppressMessages(p + ggplot2::ggproto(NULL, scale, oob = keep_all))
  }
  p
}

keep_all <- function(x, ...) x

# Sizes in points of each kind of text; on a small page all are smaller.
page_type <- function(p, size) {
  scale <- min(1, max(0.72, min(size[["width"]] / 6, size[["height"]] / 3.6)))
  kinds <- c(title = "plot.title", subtitle = "plot.subtitle",
             caption = "plot.caption", x = "axis.title.x", y = "axis.title.y",
             strip = "strip.text.x", side = "strip.text.y",
             rows = "axis.text.y", columns = "axis.text.x",
             keys = "legend.text")
  out <- lapply(kinds, \(kind) {
    element <- ggplot2::calc_element(kind, p$theme)
    if (inherits(element, "element_blank")) return(NULL)
    list(size = element$size * scale, face = element$face,
         family = element$family)
  })
  c(out, list(scale = scale,
              text = ggplot2::calc_element("text", p$theme)$size * scale))
}

# As if all words had room but names of rows and strips beside panels.
first_room <- function(size, type) {
  wide <- size[["width"]]
  list(size = size, line = wide - 0.25, x = wide - 0.25, y = NULL,
       rows = with_width(type$rows, 0.42 * wide),
       columns = with_width(type$columns, Inf),
       slanted = with_width(type$columns, 0.3 * size[["height"]]),
       strip = with_width(type$strip, Inf),
       side = with_width(type$side, 0.16 * wide),
       keys = with_width(type$keys, wide - 1), key_rows = NULL)
}

with_width <- function(type, width) c(type, list(width = width))

# What the picture says around its panels, in lines.
said_around <- function(p, room, type) {
  text <- lapply(c(title = "title", subtitle = "subtitle",
                   caption = "caption", x = "x", y = "y"),
                 \(name) p$labels[[name]])
  if (!is.null(room$y) && is.character(text$y)) {
    text$subtitle <- paste(c(text$subtitle, text$y), collapse = "\n")
    text$y <- sub(",.*", "", text$y)
  }
  width <- c(title = room$line, subtitle = room$line, caption = room$line,
             x = room$x, y = room$y %||% Inf)
  for (name in names(text)) {
    if (is.character(text[[name]]) && !is.null(type[[name]])) {
      text[[name]] <- laid_out(text[[name]],
                               with_width(type[[name]], width[[name]]))
    }
  }
  text
}

# The picture with its texts wrapped and its type set.
on_page <- function(p, room, type) {
  set <- function(kind, ...) {
    if (!is.null(room[[kind]]$size)) {
      size <- ggplot2::element_text(size = room[[kind]]$size)
      do.call(ggplot2::theme, stats::setNames(rep(list(size), ...length()),
                                              c(...)))
    }
  }
  p + do.call(ggplot2::labs, said_around(p, room, type)) +
    ggplot2::theme(text = ggplot2::element_text(size = type$text)) +
    set("rows", "axis.text.y") + set("columns", "axis.text.x") +
    set("strip", "strip.text.x") +
    set("side", "strip.text.y", "strip.text.y.left") +
    (if (!is.null(room$key_rows)) narrow_keys(p, room))
}

# Legends that are wider than the panels: names in more rows, a bar of colours
# narrower; what has no legend gets none.
narrow_keys <- function(p, room) {
  each <- lapply(c(colour = "colour", fill = "fill", shape = "shape",
                   linetype = "linetype"), \(name) {
    scale <- p$scales$get_scales(name)
    if (identical(scale$guide, "none")) NULL else
      if (is.null(scale) || scale$is_discrete()) {
        ggplot2::guide_legend(nrow = room$key_rows, byrow = TRUE)
      } else {
        ggplot2::guide_colourbar(
          title = NULL, barwidth = ggplot2::unit(room$keys$width, "in"))
      }
  })
  do.call(ggplot2::guides, Filter(Negate(is.null), each))
}

# The room that the built picture leaves to its words; NULL where they have
# none that can be read.
room_of <- function(g, p, room, type, seen) {
  at <- panel_inches(g, room$size)
  if (any(at$width < least_panel[["width"]]) ||
      any(at$height < least_panel[["height"]])) {
    return(NULL)
  }
  out <- room
  # A panel of fixed shape leaves paper beside it.
  out$line <- min(room$line, at$whole - 0.25)
  out$x <- 0.97 * at$across
  if (is.null(room$y) && is.character(p$labels$y) && !is.null(type$y) &&
      text_width(p$labels$y, type$y) > at$down) {
    out$y <- 0.97 * at$down
  }
  kinds <- list(
    rows = \() row_room(seen$rows, max(at$height), 0.42 * room$size[["width"]],
                        type$rows),
    columns = \() column_room(seen$columns, max(at$width), type$columns),
    slanted = \() slanted_room(seen$slanted, at, room$size, type$columns),
    strip = \() strip_room(seen$strip, min(at$width), type$strip),
    side = \() side_room(seen$side, min(at$height), room$size[["width"]],
                         type$side)
  )
  for (kind in intersect(names(kinds), names(seen))) {
    fit <- kinds[[kind]]()
    if (is.null(fit)) return(NULL)
    out[[if (kind == "slanted") "columns" else kind]] <- fit
    if (kind == "slanted") out$slanted <- fit
  }
  key_room(g, out, at$across)
}

# Inches of panels, one by one, and of all of them across and down.
panel_inches <- function(g, size) {
  inches <- function(x, convert, whole) {
    free <- grid::unitType(x) == "null"
    out <- convert(x, "in", TRUE)
    out[free] <- 0
    list(fixed = out, free = ifelse(free, as.numeric(x), 0),
         left = whole - sum(out))
  }
  w <- inches(g$widths, grid::convertWidth, size[["width"]])
  h <- inches(g$heights, grid::convertHeight, size[["height"]])
  unit <- c(w$left / sum(w$free), h$left / sum(h$free))
  if (isTRUE(g$respect)) unit[] <- min(unit)
  width <- w$fixed + w$free * unit[1L]
  height <- h$fixed + h$free * unit[2L]
  at <- g$layout[grepl("^panel", g$layout$name), , drop = FALSE]
  span <- function(x, from, to) {
    vapply(seq_along(from), \(i) sum(x[from[i]:to[i]]), 1)
  }
  list(whole = sum(width), width = span(width, at$l, at$r), height = span(height, at$t, at$b),
       across = sum(width[min(at$l):max(at$r)]),
       down = sum(height[min(at$t):max(at$b)]))
}

# ---- The room of each kind --------------------------------------------------

# Sizes to try, the largest first.
type_steps <- function(size) {
  steps <- size * 0.94^(0:20)
  c(steps[steps > least_type], if (size >= least_type) least_type else size)
}

lines_of <- function(x) max(lengths(strsplit(x, "\n", fixed = TRUE)), 1L)

# Rows as high as the panel allows.
row_room <- function(seen, height, width, type) {
  name <- unique(unlist(seen))
  pitch <- height / max(lengths(seen), 1L)
  for (size in type_steps(type$size)) {
    type$size <- size
    lines <- lines_of(laid_out(name, with_width(type, width)))
    if (lines * size / 72 <= pitch) {
      return(with_width(type, width))
    }
  }
}

column_room <- function(seen, width, type) {
  name <- unique(unlist(seen))
  pitch <- width / max(lengths(seen), 1L) - 0.06
  fitting_type(name, pitch, type)
}

# Names at 45 degrees under their columns.
slanted_room <- function(seen, at, size, type) {
  fit <- row_room(seen, max(at$width) / 1.45, 0.3 * size[["height"]], type)
  if (!is.null(fit)) fit
}

strip_room <- function(seen, width, type) {
  fitting_type(unique(unlist(seen)), 0.97 * width - 0.14, type)
}

# The largest type in which no word is wider than the room.
fitting_type <- function(x, width, type) {
  for (size in type_steps(type$size)) {
    type$size <- size
    words <- laid_out(x, with_width(type, width))
    if (max(text_width(words, type), 0) <= width) {
      return(with_width(type, width))
    }
  }
}

# Strips beside panels: as narrow as their height allows.
side_room <- function(seen, height, page_width, type) {
  name <- unique(unlist(seen))
  for (size in type_steps(type$size)) {
    type$size <- size
    for (share in c(0.16, 0.24, 0.32)) {
      width <- share * page_width
      words <- laid_out(name, with_width(type, width))
      if (lines_of(words) * size / 72 <= height &&
          max(text_width(words, type), 0) <= width) {
        return(with_width(type, width))
      }
    }
  }
}

# Keys in as many rows as they need: they stand in the middle below the panels.
key_room <- function(g, room, across) {
  box <- g$grobs[grepl("^guide-box", g$layout$name)]
  wide <- vapply(box, \(b) {
    if (is.null(b$widths)) 0 else sum(grid::convertWidth(b$widths, "in", TRUE))
  }, 1)
  wide <- max(wide, 0)
  if (wide <= across + 0.1) {
    return(room)
  }
  rows <- room$key_rows %||% 1L
  room$keys$width <- min(room$keys$width, across - 0.5)
  room$key_rows <- max(rows + 1L, min(ceiling(rows * wide / across), 6L))
  if (room$key_rows <= 6L) room
}

# ---- Text -------------------------------------------------------------------

# Inches that each text needs, whole lines.
text_width <- function(x, type) text_inches(x, type)$width

text_inches <- function(x, type) {
  x <- as.character(x)
  known <- unique(x)
  at <- match(x, known)
  if (length(known) == 0L) {
    return(list(width = numeric(), height = numeric()))
  }
  grid::pushViewport(grid::viewport(gp = grid::gpar(
    fontsize = type$size, fontface = type$face, fontfamily = type$family,
    lineheight = 0.95)), recording = FALSE)
  on.exit(grid::popViewport(recording = FALSE))
  list(width = grid::convertWidth(grid::stringWidth(known), "in", TRUE)[at],
       height = grid::convertHeight(grid::stringHeight(known), "in", TRUE)[at])
}

# Texts broken between words into lines of `room$width` inches; a word that is
# longer breaks where it can. Lines stay lines.
laid_out <- function(x, room) {
  if (!is.finite(room$width)) {
    return(x)
  }
  x <- as.character(x)
  known <- !is.na(x)
  paragraphs <- lapply(strsplit(x[known], "\n", fixed = TRUE), strsplit, " +")
  words <- setdiff(unlist(paragraphs), "")
  size <- stats::setNames(text_width(words, room), words)
  blank <- text_width("n n", room) - text_width("nn", room)
  x[known] <- vapply(paragraphs, \(lines) {
    paste(unlist(lapply(lines, fill_lines, size, blank, room)),
          collapse = "\n")
  }, "")
  x
}

fill_lines <- function(words, size, blank, room) {
  out <- character()
  used <- Inf
  for (word in words[nzchar(words)]) {
    if (used + blank + size[[word]] <= room$width) {
      out[length(out)] <- paste(out[length(out)], word)
      used <- used + blank + size[[word]]
    } else if (size[[word]] <= room$width) {
      out <- c(out, word)
      used <- size[[word]]
    } else {
      out <- c(out, broken_word(word, room))
      used <- text_width(out[length(out)], room)
    }
  }
  out
}

# At hyphens, dots, slashes and underscores.
broken_word <- function(word, room) {
  parts <- regmatches(word, gregexpr("[^-_./]*[-_./]?", word))[[1L]]
  parts <- parts[nzchar(parts)]
  size <- text_width(parts, room)
  out <- character()
  used <- Inf
  for (i in seq_along(parts)) {
    if (used + size[i] <= room$width) {
      out[length(out)] <- paste0(out[length(out)], parts[i])
      used <- used + size[i]
    } else {
      out <- c(out, parts[i])
      used <- size[i]
    }
  }
  out
}

# ---- Too small --------------------------------------------------------------

plain_inches <- function(x) {
  vapply(x, format, "", trim = TRUE, decimal.mark = ".")
}

too_small <- function(p, size, type, told) {
  need <- picture_size(p)
  if (all(size >= need - 0.02)) need <- 1.25 * size
  need <- ceiling(10 * need) / 10
  inches <- plain_inches(need)
  if (!told) {
    inform_nid("picture_size",
               c(paste0("This picture cannot be read on a page of ",
                        paste(plain_inches(round(size, 1)), collapse = " x "),
                        " inches; it needs ", paste(inches, collapse = " x "),
                        "."),
                 i = "save_picture(x, file) gives it that size."),
               width = need[["width"]], height = need[["height"]])
  }
  words <- say("This picture needs a page of %s x %s inches.", inches[[1L]],
               inches[[2L]])
  room <- with_width(list(size = 11 * type$scale, face = "plain", family = ""),
                     size[["width"]] - 0.3)
  list(gtable = ggplot2::ggplotGrob(
    ggplot2::ggplot() + ggplot2::theme_void(11 * type$scale) +
      ggplot2::theme(plot.margin = ggplot2::unit(rep(0.1, 4L), "inches")) +
      ggplot2::labs(title = laid_out(words, room))), told = TRUE)
}
