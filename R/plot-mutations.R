# Mutations as a lattice: a tile a region and code, the year where one is found;
# of one series its curve, in two pieces.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_mutations <- function(object, regions = NULL, code = NULL, ...) {
  rlang::check_dots_empty()
  title <- say("Mutations of the codes")
  # A mutation has a time only where there is one.
  timeless <- object
  spec <- get_spec(object)
  time <- key_column(spec, "time")
  spec$keys <- spec$keys[names(spec$keys) != "time"]
  attr(timeless, "spec") <- spec
  frame <- plot_frame(timeless, regions, rlang::current_env())
  rows <- frame$rows
  if (!is.null(code)) {
    check_choice(code, unique(object[["code"]]))
    rows <- rows[rows$code == code, ]
  }
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(list())))
  }
  one <- nrow(unique(rows[c("region", "code")])) == 1L
  if (one && !is.null(get_fit(object))) {
    return(mutation_picture(object, rows$row, time))
  }
  mutation_lattice(rows, object, frame$spec)
}

mutation_lattice <- function(rows, object, spec) {
  .data <- rlang::.data
  time <- key_column(get_spec(object), "time")
  rows <- mutation_tiles(rows, object, time)
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["code"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["fill"]]), colour = "white") +
    page_text(ggplot2::aes(label = .data[["text"]]), size = 3,
              tile = c(1, 1)) + row_names() + column_names() +
    ggplot2::scale_fill_manual(
      values = c("its level" = "#E69F00", "its rate" = "#7FA8CC",
                 none = "grey93"), breaks = c("its level", "its rate"),
      labels = say_label, name = NULL)
  n <- nlevels(droplevels(rows$region))
  finish_picture(
    p, say("Mutations of the codes"),
    alt = say("A tile a region and code; %s of %s have a mutation.",
              sum(rows$found), nrow(rows)),
    subtitle = if (!any(rows$found)) {
      no_mutation_words(sum(!is.na(rows$p.value)))
    },
    x = NULL, y = NULL,
    caption = paste0(
      say("Year of the new regime; arrow: a jump up or down, slanted: a bend."),
      " ",
      capital(say_fact(spec$found)), "."),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank()),
    height = 1.5 + 0.3 * n
  )
}

# A tile a region and code, with the time and the sign of what was found; of
# several in one series the last stands below the first.
mutation_tiles <- function(rows, object, time) {
  rows$found <- rows$found %in% TRUE
  year <- stamp_words(object[[time]][rows$row])
  # Upright of a level, slanted of a rate: colour alone tells nothing.
  up <- ifelse(rows$kind == "rate", "\u2197", "\u2191")
  down <- ifelse(rows$kind == "rate", "\u2198", "\u2193")
  sign <- ifelse(rows$size < 0, down, up)
  rows$text <- ifelse(rows$found, paste(sign, year), "")
  cell <- paste(as.integer(rows$region), rows$code)
  rows$text <- stats::ave(rows$text, cell, FUN = \(x) {
    paste(x[nzchar(x)], collapse = "\n")
  })
  rows$fill <- ifelse(!rows$found, "none", paste("its", rows$kind))
  rows <- rows[order(!rows$found), ]
  rows <- rows[!duplicated(paste(as.integer(rows$region), rows$code)), ]
  rows$code <- factor(rows$code, unique(object[["code"]]))
  rows$label <- factor(rows$region, rev(levels(rows$region)))
  rows
}

# One series: its values, the curve in pieces, an arrow as long as each jump.
mutation_picture <- function(object, at, time) {
  .data <- rlang::.data
  fit <- get_fit(object)
  pieces <- mutation_pieces(object, at, time)
  rows <- pieces$rows
  jumps <- pieces$jumps
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]], .data[["value"]])) +
    ggplot2::geom_vline(xintercept = jumps$time, linetype = "dotted",
                        colour = "grey50") +
    ggplot2::geom_line(ggplot2::aes(y = .data[["level"]],
                                    group = .data[["piece"]]),
                       pieces$curve, linewidth = 0.8, colour = "#0072B2") +
    ggplot2::geom_point(size = 1.8, colour = "grey25") +
    ggplot2::geom_segment(
      ggplot2::aes(y = .data[["from"]], xend = .data[["time"]],
                   yend = .data[["to"]]), jumps[!jumps$kink, ],
      arrow = ggplot2::arrow(length = ggplot2::unit(0.1, "inches")),
      linewidth = 0.8, colour = "#D55E00") +
    page_text(ggplot2::aes(.data[["time"]], .data[["top"]],
                           label = .data[["text"]]), jumps, size = 3,
              colour = "#D55E00", back = TRUE) +
    scale_time(rows$time)
  words <- if (nrow(jumps) > 0L) {
    vapply(pieces$found, \(i) mutation_sentence(object, i), "")
  } else {
    no_mutation_words(sum(!is.na(object[["p.value"]][at])))
  }
  code <- object[["code"]][at[1L]]
  unit <- code_unit(fit_facts(fit, "", NULL), fit$def$panel$scheme)
  finish_picture(
    p, paste0(say("Mutations of the codes"), ": ", paste(
      c(who_words(object, at[1L]), say_label(code)), collapse = ", ")),
    alt = paste(c(say("A series with its curve."), words), collapse = " "),
    subtitle = paste(words, collapse = "\n"), x = time,
    y = with_unit(say("Level of the code"), unit),
    caption = say(
      "Dots: values; line: the curve, cut where it jumps or bends."),
    height = 4)
}

# The level of the rest of the series, what was found taken out and then added.
mutation_pieces <- function(object, at, time) {
  fit <- get_fit(object)
  found <- at[object[["found"]][at] %in% TRUE]
  i <- match(object[["code"]][at[1L]], code_field(fit, "code"))
  region <- key_column(get_spec(object), "region")
  k <- if (is.na(region)) 1L else
    match(object[[region]][at[1L]], fit$def$panel$regions)
  s <- code_series(fit, i)
  of <- match(k, s$region)
  place <- series_starts(s)[of] + seq_len(series_sizes(s)[of])
  stamp <- index_columns(fit$def$panel, series_rows(s)[place])[[time]]
  begin <- match(stamp_words(object[[time]][found]), stamp_words(stamp))
  grid <- pool_take(pool_seen(s$pool, s$breaks), s$of[of])
  kink <- object[["kind"]][found] == "rate"
  value <- s$value[place]
  s$value <- without_changes(s, list2DF(list(
    region = rep(k, length(found)), time = grid$time[begin], rate = kink,
    size = object[["size"]][found])))
  level <- as.vector(estimate_series(s, 0L)$estimate)[place] +
    value - s$value[place]
  rows <- data.frame(time = axis_time(stamp, time, NULL), value = value,
                     level = level)
  starts <- seq_along(value) %in% c(begin, which(grid$step > 0L))
  jumps <- data.frame(
    time = rows$time[begin], kink = kink, to = level[begin],
    from = level[begin] - object[["size"]][found],
    top = rep(max(value, level) + 0.12 * diff(range(value, level)),
              length(found)),
    text = paste0(ifelse(object[["size"]][found] < 0, "\u2193 ", "\u2191 "),
                  stamp_words(stamp[begin]), ", p ",
                  sub("^([^<])", "= \\1", format_p(object[["p.value"]][found])),
                  recycle0 = TRUE))
  list(rows = rows, jumps = jumps, found = found,
       curve = curve_pieces(rows, cumsum(starts), begin[kink]))
}

# Pieces meet at a kink.
curve_pieces <- function(rows, piece, kinks) {
  rows$piece <- piece
  meet <- rows[kinks, ]
  meet$piece <- meet$piece - 1L
  rbind(rows, meet)
}
