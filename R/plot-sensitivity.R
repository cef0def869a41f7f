# How far the order of regions depends on choices: where each may stand, what
# that hangs on, and which of two is above.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_sensitivity <- function(object, regions = NULL, ...,
                                     type = "ranks") {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  check_choice(type, c("ranks", "shares", "pairs"))
  need_ggplot()
  fit <- need_fit(object, "made by code_sensitivity()", call)
  frame <- plot_frame(object, regions, call)
  frame$rows <- frame$rows[!is.na(frame$rows$rank), , drop = FALSE]
  if (nrow(frame$rows) == 0L) {
    return(empty_picture(say("Ranks under admissible choices")))
  }
  switch(type, ranks = picture_of_ranks(frame, fit),
         shares = picture_of_shares(frame, fit, call),
         pairs = picture_of_pairs(frame, fit, call))
}

# Regions from the first place down.
ranked_names <- function(rows) {
  rows <- rows[order(rows$rank), , drop = FALSE]
  factor(rows$region, rev(as.character(rows$region)))
}

choices_caption <- function(fit) {
  n <- fit$run$draws
  if (fit$asked$method == "exact") {
    say("%s admissible combinations", n, n = n)
  } else {
    say("%s admissible choices", n, n = n)
  }
}

picture_of_ranks <- function(frame, fit) {
  .data <- rlang::.data
  rows <- frame$rows[order(frame$rows$rank), , drop = FALSE]
  rows$name <- ranked_names(rows)
  title <- say("Ranks under admissible choices")
  p <- ggplot2::ggplot(rows, ggplot2::aes(y = .data[["name"]])) +
    ggplot2::geom_segment(ggplot2::aes(
      x = .data[["rank.low"]], xend = .data[["rank.high"]],
      yend = .data[["name"]]), colour = "grey60", linewidth = 0.8) +
    ggplot2::geom_point(ggplot2::aes(.data[["rank.median"]]), size = 1.8,
                        colour = "#0B4F8A") +
    ggplot2::geom_point(ggplot2::aes(.data[["rank"]]), shape = "|", size = 4) +
    row_names()
  finish_picture(
    p, title,
    alt = say("%s: ranks of %s, each with its range and median.", title,
              say("%s regions", nrow(rows), n = nrow(rows))),
    x = say("Rank, 1 is the largest"), y = NULL,
    caption = paste0(choices_caption(fit), ". ",
                     range_words(fit)),
    height = ranked_height(nrow(rows))
  )
}

range_words <- function(fit) {
  say("Bar: the model; dot: the median; line: %s of the choices.",
      level_text(fit$asked$level))
}

# Shapley shares side by side, all regions together on top.
picture_of_shares <- function(frame, fit, call) {
  .data <- rlang::.data
  if (is.null(fit$shares)) {
    stop_argument("object", "a study with shares (method = \"auto\")",
                  fit$asked$method, call)
  }
  rows <- shapley_rows(frame, fit)
  title <- shares_title(fit)
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  n <- nlevels(rows$name)
  p <- ggplot2::ggplot(rows, ggplot2::aes(y = .data[["name"]])) +
    ggplot2::geom_col(ggplot2::aes(.data[["part"]], fill = .data[["factor"]]),
                      orientation = "y", width = 0.76, colour = "white",
                      linewidth = 0.2,
                      position = ggplot2::position_stack(reverse = TRUE)) +
    hatches(rows[rows$hatched, , drop = FALSE]) +
    ggplot2::scale_fill_manual(values = factor_fills(levels(rows$factor)),
                               labels = words_on_page("keys")) +
    ggplot2::scale_x_continuous(labels = percent_label) + row_names()
  finish_picture(
    p, title,
    alt = say("%s: stacked bars of shares of %s.", title,
              paste(levels(rows$factor), collapse = ", ")),
    x = if (fit$asked$what[1L] == "rank") say("Share of the variance of ranks")
      else if (is.null(fit$study$level)) say("Share of the variance of Code NID")
      else say("Share of the variance of the codes"),
    y = NULL, caption = paste0(choices_caption(fit), ". ",
                               say("Shapley shares, which add up to 100%%.")),
    height = ranked_height(n) + 0.4
  )
}

shares_title <- function(fit) {
  if (fit$asked$what[1L] == "rank") say("What the order of regions hangs on")
  else if (is.null(fit$study$level)) say("What Code NID hangs on")
  else say("What the codes hang on")
}

# Sampled shares may fall a little below 0: they begin at 0 and fill the bar.
shapley_rows <- function(frame, fit) {
  own <- fit$shares
  own <- own[own$of == fit$asked$what[1L] & !is.na(own$shapley), , drop = FALSE]
  names <- rev(levels(ranked_names(frame$rows)))
  key <- c(say("all regions"), fit$study$regions)[own$region + 1L]
  own$name <- factor(key, rev(unique(c(say("all regions"), names))))
  own <- own[!is.na(own$name), , drop = FALSE]
  own$hatched <- own$factor == "posterior"
  words <- factor_words(unique(own$factor))
  own$factor <- factor(factor_words(own$factor), words)
  own <- own[order(own$name, own$factor), , drop = FALSE]
  part <- pmax(own$shapley, 0)
  group <- as.integer(own$name)
  own$part <- part / stats::ave(part, group, FUN = sum)
  own$to <- stats::ave(own$part, group, FUN = cumsum)
  own$from <- own$to - own$part
  own
}

factor_fills <- function(names) {
  stats::setNames(rep_len(c(code_looks()$colour, "#B8B8B8", "#F0E442"),
                          length(names)), names)
}

# Lines over what is the error of the data.
hatches <- function(rows) {
  .data <- rlang::.data
  at <- lapply(seq_len(nrow(rows)), \(i) {
    x <- seq(ceiling(rows$from[i] * 100) / 100, rows$to[i], by = 0.01)
    if (rows$to[i] < ceiling(rows$from[i] * 100) / 100) return(NULL)
    data.frame(x = x, y = as.integer(rows$name[i]))
  })
  at <- do.call(rbind, c(list(data.frame(x = numeric(), y = numeric())), at))
  ggplot2::geom_segment(ggplot2::aes(
    x = .data[["x"]], xend = .data[["x"]], y = .data[["y"]] - 0.38,
    yend = .data[["y"]] + 0.38), at, colour = "white", linewidth = 0.3)
}

picture_of_pairs <- function(frame, fit, call) {
  names <- levels(ranked_names(frame$rows))
  rows <- as.data.frame(tidy_pairs(fit, call))
  key <- key_column(frame$spec, "region")
  rows$from <- if (is.na(key)) rep("", nrow(rows)) else
    as.character(rows[[key]])
  rows <- rows[rows$from %in% names & rows$over %in% names, , drop = FALSE]
  title <- say("Which region is above which")
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  sure <- rows$exact %in% "always"
  finish_picture(
    pair_tiles(rows, names, rows$share, sure), title,
    alt = say("%s: a matrix of shares of choices; %s cells hold always.",
              title, sum(sure), n = sum(sure)),
    x = say("below"), y = say("above"),
    caption = paste0(choices_caption(fit), ". ", say(
      "Darker: above under more choices; black: under every one.")),
    theme = pair_theme(), width = pair_width(length(names)),
    height = pair_width(length(names))
  )
}

# Regions in the order of the model, the first on top and to the left.
pair_tiles <- function(rows, names, share, sure) {
  .data <- rlang::.data
  rows$from <- factor(rows$from, names)
  rows$over <- factor(rows$over, rev(names))
  rows$share <- share
  ggplot2::ggplot(rows, ggplot2::aes(.data[["over"]], .data[["from"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["share"]])) +
    ggplot2::geom_tile(data = rows[sure, , drop = FALSE], fill = "black") +
    row_names() +
    ggplot2::scale_x_discrete(labels = words_on_page("slanted")) +
    ggplot2::scale_fill_gradient(low = "grey95", high = "#0B4F8A",
                                 limits = c(0, 1), na.value = "white",
                                 labels = percent_label)
}

pair_theme <- function() {
  ggplot2::theme(panel.grid.major = ggplot2::element_blank(),
                 axis.text.x = ggplot2::element_text(angle = 90, hjust = 1,
                                                     vjust = 0.5))
}

pair_width <- function(n) min(3 + 0.17 * n, 18)

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_dominance <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  need_ggplot()
  fit <- need_fit(object, "made by code_dominance()", call)
  frame <- plot_frame(object, regions, call)
  title <- say("Which region is above which under every choice")
  rows <- frame$rows[!is.na(frame$rows$least), , drop = FALSE]
  rows$from <- as.character(rows$region)
  rows <- rows[rows$over %in% rows$from, , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  order <- order(fit$study$nominal)
  names <- intersect(fit$study$regions[order], rows$from)
  sure <- rows$verdict == "always above"
  finish_picture(
    pair_tiles(rows, names, ifelse(rows$verdict == "depends", 0.5, 0), sure) +
      ggplot2::guides(fill = "none"), title,
    alt = say("%s: a matrix of shares of choices; %s cells hold always.",
              title, sum(sure), n = sum(sure)),
    x = say("below"), y = say("above"),
    caption = say("Black: under every choice; blue: it depends."),
    theme = pair_theme(), width = pair_width(length(names)),
    height = pair_width(length(names))
  )
}
