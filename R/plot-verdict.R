# Pictures of verdicts and of forms compared.

#' @rdname autoplot.nid_dependence
#' @exportS3Method ggplot2::autoplot
autoplot.nid_verdict <- function(object, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  title <- say("Dependence in levels and in changes")
  rows <- verdict_rows(object)
  if (all(is.na(rows$r))) {
    return(empty_picture(title, subtitle = verdict_counts(object)))
  }
  panels <- length(unique(rows$panel))
  n <- length(unique(rows$label))
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["r"]], .data[["label"]])) +
    verdict_layers(rows) + zero_line("v") + correlation_axis()
  if (panels > 1L) {
    p <- p + ggplot2::facet_wrap(ggplot2::vars(.data[["panel"]]), ncol = 3L,
                                 labeller = strip_words())
  }
  across <- min(panels, 3L)
  finish_picture(
    p, title, verdict_alt(object),
    x = say("Correlation"), subtitle = verdict_counts(object), caption = paste(
      say("Grey: where changes of independent series belong."),
      say("Only a diamond outside it speaks of dependence.")),
    width = max(7.5, 2.6 + 2.4 * across),
    height = ranked_height(n) * ceiling(panels / across) + 0.7
  )
}

# Two rows a pair: levels and changes. A panel a left-hand variable when there
# are groups.
verdict_rows <- function(object) {
  x <- as.data.frame(as_plain_tibble(object))
  keys <- x[get_spec(object)$by]
  scheme <- get_spec(object)$scheme
  pair <- paste(said_names(scheme, x$y), "~", said_names(scheme, x$x),
                recycle0 = TRUE)
  if (length(unique(x$form)) > 1L) pair <- paste0(pair, ", ", x$form)
  grouped <- length(keys) > 0L
  label <- if (grouped) group_labels(keys) else pair
  first <- if (grouped) order(-ifelse(is.na(x$r.rates), -2, x$r.rates)) else
    seq_along(label)
  rows <- data.frame(
    label = rep(factor(label, rev(unique(label[first]))), 2L),
    panel = rep(if (grouped) pair else rep("", length(pair)), 2L),
    r = c(x$r.levels, x$r.rates),
    what = factor(rep(c("levels", "changes"), each = nrow(x)),
                  c("levels", "changes")),
    critical = rep(x$critical, 2L),
    dependent = rep(x$verdict == "dependent", 2L)
  )
  rows
}

verdict_layers <- function(rows) {
  .data <- rlang::.data
  known <- rows[!is.na(rows$critical) & rows$what == "changes", , drop = FALSE]
  seen <- rows[!is.na(rows$r), , drop = FALSE]
  place <- paste(seen$label, seen$panel, sep = "\r")
  both <- seen[place %in% place[duplicated(place)], , drop = FALSE]
  list(
    ggplot2::geom_linerange(
      ggplot2::aes(y = .data[["label"]], xmin = -.data[["critical"]],
                   xmax = .data[["critical"]]), known, inherit.aes = FALSE,
      colour = "grey86", linewidth = if (nlevels(rows$label) > 30L) 2.2 else
        3.5),
    ggplot2::geom_line(ggplot2::aes(group = .data[["label"]]), both,
                       colour = "grey55", linewidth = 0.3),
    ggplot2::geom_point(ggplot2::aes(
      shape = .data[["what"]], fill = .data[["what"]]), seen,
      colour = "grey10", size = if (nlevels(rows$label) > 30L) 1.6 else 2.4),
    ggplot2::scale_shape_manual(values = c(levels = 21, changes = 23),
                                drop = FALSE, labels = say_label),
    ggplot2::scale_fill_manual(values = c(levels = "grey75",
                                          changes = "#0B4F8A"), drop = FALSE,
                               labels = say_label),
    # Every label keeps its row, also where nothing is known.
    row_names(limits = levels(rows$label))
  )
}

verdict_counts <- function(object) {
  count <- table(object[["verdict"]])
  if (length(count) > 0L) {
    say("Verdicts: %s", paste(say_label(names(count)), count,
                              collapse = ", "))
  }
}

verdict_alt <- function(object) {
  said <- object[["sentence"]]
  paste(c(
    say("Dot chart of the correlation in levels and in changes."),
    say("Against the critical value of changes."),
    paste0(verdict_counts(object), "."),
    if (length(said) <= 4L && said_in() == "en") said), collapse = " ")
}

#' @rdname autoplot.nid_dependence
#' @exportS3Method ggplot2::autoplot
autoplot.nid_forms <- function(object, ...) {
  rlang::check_dots_empty()
  rows <- plot_rows(object)
  if (nrow(rows) == 0L) {
    return(empty_picture(say("Which form fits")))
  }
  cell <- group_labels(rows[rev(setdiff(get_spec(object)$keys, "form"))])
  rows$cell <- factor(cell, unique(cell))
  rows$form <- factor(say_label(rows$form), unique(say_label(rows$form)))
  rows$label <- factor(rows$cell, rev(levels(rows$cell)))
  rows$text <- ifelse(is.na(rows$weight), say("unknown"),
                      paste0(round(100 * rows$weight)))
  rows$dark <- (rows$weight > 0.55) %in% TRUE
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["form"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["weight"]]), width = 0.95,
                       height = 0.9) +
    page_text(ggplot2::aes(label = .data[["text"]],
                           colour = .data[["dark"]]), size = 2.8,
              tile = c(1, 1)) +
    ggplot2::scale_fill_gradient(low = "white", high = "#0B4F8A",
                                 limits = c(0, 1), na.value = "grey92",
                                 guide = "none") +
    ggplot2::scale_colour_manual(values = c("FALSE" = "black",
                                            "TRUE" = "white"),
                                 guide = "none") +
    column_names(position = "top") + row_names()
  finish_picture(
    p, say("Which form fits"), forms_alt(rows),
    subtitle = say("Akaike weight of each form, %%"),
    caption = say("By AICc of y itself. Dark: the form the data favour."),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank()),
    width = 7.5, height = 1.6 + 1.1 * label_height(rows$label)
  )
}

forms_alt <- function(rows) {
  best <- rows[rows$delta %in% 0, , drop = FALSE]
  count <- table(as.character(best$form))
  paste(say("Table of Akaike weights, forms %s, pairs %s.", nlevels(rows$form),
            nlevels(rows$cell)),
        say("Best form: %s.", paste(names(count), count, collapse = ", ")))
}
