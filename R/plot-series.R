# Series over time, the way all time plots draw them. A few regions: a panel
# for each, with bands. Many: a panel for each code, a thin line for each
# region, their median, and the names of the highest and lowest at the end.

# rows: region, time, estimate, look (factor or absent: its colour), and
# optionally conf.low, conf.high, soft, segment, series. `grid`: a panel for
# every look as well. `split` of rows: what many regions have a panel for
# instead of their look. `fitted`: rows of a smooth level with its band. `free`:
# panels have a scale of y each (a row of them, in a grid). `names`: whether the
# ends of many lines are named. `data`: rows of observed values behind them.
series_plot <- function(frame, y, title, alt, caption, codes = nid_codes(),
                        grid = FALSE, breaks = NULL, fitted = NULL,
                        free = FALSE, names = TRUE, data = NULL, fan = FALSE) {
  rows <- complete_series(frame$rows)
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption))
  }
  many <- nlevels(rows$region) > max_panels
  limits <- if (!many && !free && !fan) usual_limits(rows)
  if (!is.null(limits)) {
    caption <- paste(caption, say("Where a band leaves the panel it goes on."))
  }
  p <- ggplot2::ggplot(rows, series_aes(rows)) + zero_line("h") +
    ggplot2::scale_y_continuous(limits = limits, oob = keep_all,
                                n.breaks = if (grid && nlevels(rows$region) > 3)
                                  3,
                                guide = free_marks(),
                                expand = ggplot2::expansion(
                                  if (many) 0.09 else 0.05))
  p <- p + break_marks(breaks, rows, many, grid)
  if (fan) p <- p + future_shade(data, rows, many)
  p <- p + if (many) many_layers(rows, names) else
    c(if (fan) fan_bands(rows), few_layers(rows, fitted, !fan))
  p <- p + data_marks(data, rows, many)
  size <- series_size(rows, many, grid)
  p <- p + scale_time(c(rows$time, data$time)) +
    code_scales(codes, rows$look, size[1L]) +
    series_facets(rows, many, grid, if (free) "free_y" else "fixed")
  told <- if (many) identical(rows$split, rows$look) else
    grid && nlevels(rows$look) > 1L
  if (told) {
    p <- p + ggplot2::guides(colour = "none", fill = "none", shape = "none",
                             linetype = "none")
  }
  finish_picture(p, titled(title, rows$region), alt, caption = caption, x = frame$time, y = y,
                 width = size[1L], height = size[2L])
}

# One region is named.
titled <- function(title, region) {
  region <- levels(droplevels(region))
  if (length(region) == 1L && nzchar(region)) paste0(title, ": ", region) else
    title
}

complete_series <- function(rows) {
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  if (is.null(rows$soft)) rows$soft <- rep(FALSE, nrow(rows))
  if (is.null(rows$segment)) rows$segment <- rep(0L, nrow(rows))
  if (is.null(rows$fails)) rows$fails <- rep(FALSE, nrow(rows))
  if (is.null(rows$series)) rows$series <- rep("", nrow(rows))
  if (is.null(rows$split)) rows$split <- rows$look
  rows$group <- as.integer(factor(paste(
    as.integer(rows$region), as.integer(rows$split %||% rows$region),
    rows$segment, rows$series, sep = "\r")))
  rows$region <- droplevels(rows$region)
  rows$panel <- rows$region
  rows
}

series_aes <- function(rows) {
  .data <- rlang::.data
  if (is.null(rows$look)) {
    return(ggplot2::aes(.data[["time"]], .data[["estimate"]],
                        group = .data[["group"]]))
  }
  ggplot2::aes(.data[["time"]], .data[["estimate"]], group = .data[["group"]],
               colour = .data[["look"]], fill = .data[["look"]],
               shape = .data[["look"]], linetype = .data[["look"]])
}

few_layers <- function(rows, fitted, points = TRUE) {
  .data <- rlang::.data
  line <- if (is.null(fitted)) rows else complete_series(fitted)
  banded <- line[is.finite(line$conf.low %||% NA) &
                   is.finite(line$conf.high %||% NA), , drop = FALSE]
  long <- function(d) d[d$group %in% d$group[duplicated(d$group)], ,
                        drop = FALSE]
  plain <- is.null(rows$look)
  limits <- ggplot2::aes(ymin = .data[["conf.low"]],
                         ymax = .data[["conf.high"]])
  grey <- function(f, ...) {
    if (plain) f(..., colour = "grey15") else f(...)
  }
  lone <- banded[!banded$group %in% long(banded)$group, , drop = FALSE]
  list(
    if (nrow(long(banded)) > 0L) {
      if (plain) {
        ggplot2::geom_ribbon(limits, long(banded), fill = "grey55",
                             colour = NA, alpha = 0.3)
      } else {
        ggplot2::geom_ribbon(limits, long(banded), colour = NA, alpha = 0.2,
                             show.legend = FALSE)
      }
    },
    if (nrow(lone) > 0L) {
      grey(ggplot2::geom_linerange, limits, lone, linewidth = 0.5,
           show.legend = FALSE)
    },
    if (nrow(long(line)) > 0L) {
      grey(ggplot2::geom_line, data = long(line), linewidth = 0.6)
    },
    point_layers(if (points) rows else unjoined_rows(rows), plain)
  )
}

unjoined_rows <- function(rows) {
  rows[!rows$group %in% rows$group[duplicated(rows$group)], , drop = FALSE]
}

# Of full colour.
pale <- 0.4

# Pale where a value behind it is estimated, provisional, and so on; a triangle
# where the condition of formula (1) fails.
point_layers <- function(rows, plain) {
  size <- if (length(unique(rows$time)) > 25L) 0.7 else
    if (nlevels(rows$region) > 4L) 1.2 else 1.6
  kind <- split(rows, paste(rows$soft, rows$fails %in% TRUE), drop = TRUE)
  # The first kind, the plain one if there is one, stands in the legend.
  lapply(seq_along(kind), \(i) {
    d <- kind[[i]]
    args <- list(data = d, size = size, show.legend = if (i > 1L) FALSE else NA)
    if (plain) args[c("colour", "fill")] <- "grey15"
    if (d$soft[1L]) args$alpha <- pale
    if (plain) {
      args$shape <- if (d$fails[1L] %in% TRUE) 25L else 21L
    }
    do.call(ggplot2::geom_point, args)
  })
}

# Where the method of measurement changes. Of many regions, only what at least
# a tenth of them share.
break_marks <- function(breaks, rows, many, grid) {
  if (is.null(breaks) || nrow(breaks) == 0L) {
    return(NULL)
  }
  .data <- rlang::.data
  breaks <- breaks[breaks$region %in% levels(rows$region), , drop = FALSE]
  if (many) {
    key <- paste(breaks$look, as.numeric(breaks$time))
    often <- table(key)[key] >= nlevels(rows$region) / 10
    breaks <- breaks[often & !duplicated(key), , drop = FALSE]
  }
  if (many) breaks$split <- breaks$look
  if (!many && !grid) breaks$look <- NULL
  breaks$panel <- rows$panel[match(breaks$region, rows$region)]
  breaks <- breaks[!duplicated(breaks), , drop = FALSE]
  if (nrow(breaks) == 0L) {
    return(NULL)
  }
  ggplot2::geom_vline(ggplot2::aes(xintercept = .data[["time"]]), breaks,
                      colour = "grey45", linetype = "13", linewidth = 0.5)
}

# Observed values as crosses, and the line at which those of a panel end where
# the rows go on. Of many regions the line alone.
data_marks <- function(data, rows, many) {
  if (is.null(data)) {
    return(NULL)
  }
  .data <- rlang::.data
  data$panel <- rows$panel[match(data$region, rows$region)]
  data$group <- rep(0L, nrow(data))
  data$split <- data$look
  place <- function(x) {
    paste(if (!many) as.integer(x$region), as.integer(x$look))
  }
  ends <- data[order(-as.numeric(data$time)), , drop = FALSE]
  ends <- ends[!duplicated(place(ends)), , drop = FALSE]
  last <- tapply(as.numeric(rows$time), place(rows), max)[place(ends)]
  ends <- ends[(last > as.numeric(ends$time)) %in% TRUE, , drop = FALSE]
  list(
    if (!many) {
      ggplot2::geom_point(data = data[data$order == 0L, , drop = FALSE],
                          shape = 4L, size = 1.2, colour = "grey35",
                          show.legend = FALSE)
    },
    if (nrow(ends) > 0L) {
      ggplot2::geom_vline(ggplot2::aes(xintercept = .data[["time"]]), ends,
                          colour = "grey45", linetype = "42", linewidth = 0.4)
    }
  )
}

# What lies beyond the data of each panel.
future_shade <- function(data, rows, many) {
  if (is.null(data) || nrow(data) == 0L) {
    return(NULL)
  }
  end <- max(rows$time)
  from <- stats::aggregate(data["time"], if (many) data["look"] else
    data[c("region", "look")], max)
  from <- from[from$time < end, , drop = FALSE]
  if (nrow(from) == 0L) {
    return(NULL)
  }
  .data <- rlang::.data
  from$panel <- from$region
  from$split <- from$look
  from$end <- end
  ggplot2::geom_rect(ggplot2::aes(
    xmin = .data[["time"]], xmax = .data[["end"]], ymin = -Inf, ymax = Inf),
    from, inherit.aes = FALSE, fill = "grey93")
}

# Bands of a half and of four fifths within that of the table.
fan_levels <- c(0.8, 0.5)

fan_bands <- function(rows) {
  .data <- rlang::.data
  rows <- rows[is.finite(rows$std.error) & is.finite(rows$conf.low), ,
               drop = FALSE]
  rows <- rows[rows$group %in% rows$group[duplicated(rows$group)], ,
               drop = FALSE]
  lapply(if (nrow(rows) > 0L) fan_levels, \(level) {
    at <- at_level(as.list(rows[c("estimate", "std.error", "df")]), level)
    d <- rows
    # No wider than the band of the table, which may be cut.
    d$conf.low <- pmax(at$conf.low, rows$conf.low)
    d$conf.high <- pmin(at$conf.high, rows$conf.high)
    ggplot2::geom_ribbon(ggplot2::aes(
      ymin = .data[["conf.low"]], ymax = .data[["conf.high"]]),
      d[d$conf.low <= d$conf.high, , drop = FALSE], colour = NA, alpha = 0.2,
      show.legend = FALSE)
  })
}

# Scales of the looks that are shown, with as many rows of keys as they need
# beside one another in a picture of `width` inches.
# Keys in the language of the reader, as wide as the page allows.
said_keys <- function() {
  words <- words_on_page("keys")
  words
}

code_scales <- function(codes, shown = NULL, width = 7) {
  if (is.null(shown)) {
    return(NULL)
  }
  guide <- ggplot2::guide_legend(nrow = key_rows(shown, width), order = 1)
  words <- said_keys()
  list(scale_colour_code(codes = codes, guide = guide, labels = words),
       scale_fill_code(codes = codes, guide = guide, labels = words),
       scale_shape_code(codes = codes, guide = guide, labels = words),
       scale_linetype_code(codes = codes, guide = guide, labels = words))
}

key_rows <- function(shown, width) {
  need <- sum(nchar(levels(shown), "width") + 7L)
  ceiling(need / letters_in(width - 1, 8.8))
}

series_facets <- function(rows, many, grid, scales = "fixed") {
  .data <- rlang::.data
  panel <- ggplot2::vars(.data[["panel"]])
  look <- ggplot2::vars(.data[["look"]])
  regions <- nlevels(rows$region)
  if (many) {
    return(if (!is.null(rows$split)) {
      ggplot2::facet_wrap(ggplot2::vars(.data[["split"]]), scales = scales,
                          ncol = min(3L, nlevels(rows$split)),
                          labeller = strip_words())
    })
  }
  if (grid && nlevels(rows$look) > 1L) {
    return(if (regions > 1L) {
      ggplot2::facet_grid(panel, look, scales = scales,
                          labeller = grid_words("panel", "look"))
    } else {
      ggplot2::facet_wrap(look, nrow = 1L, labeller = strip_words())
    })
  }
  if (regions > 1L) {
    ggplot2::facet_wrap(panel, ncol = panel_columns(regions), scales = scales,
                        labeller = strip_words())
  }
}

panel_columns <- function(n) if (n <= 4L) 2L else 3L

# Inches.
series_size <- function(rows, many, grid) {
  regions <- nlevels(rows$region)
  looks <- max(1L, nlevels(rows$look))
  if (many) {
    parts <- max(1L, nlevels(rows$split))
    return(c(if (parts > 1L) 9 else 7,
             1 + (if (parts > 3L) 2.6 else 3.6) * ceiling(parts / 3)))
  }
  if (grid && looks > 1L) {
    return(c(max(7, 1.5 + 2.2 * looks), if (regions > 1L) {
      1.5 + 1.25 * regions
    } else {
      3.6
    }))
  }
  if (regions == 1L) return(c(7, 4.2))
  lines <- ceiling(regions / panel_columns(regions))
  c(7.5, 1.6 + 2.1 * lines)
}
