# What a panel has observed, and what is missing, estimated or broken.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_panel <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  need_ggplot()
  if (n_rows(object) == 0L) {
    return(empty_picture(say("What is observed")))
  }
  cells <- panel_cells(object, regions, call)
  many <- nlevels(cells$region) > max_panels
  finish <- if (many) share_picture else cell_picture
  finish(cells, object)
}

# One row for each cell at any time that some region has.
panel_cells <- function(panel, regions, call) {
  index <- index_columns(panel)
  name <- panel$index[["time"]]
  region <- region_factor(index, panel$index[["region"]], n_rows(panel))
  time <- axis_time(index[[name]], name, call)
  frame <- choose_regions(
    list(rows = data.frame(row = seq_along(time), region = region)), NULL,
    regions, call)
  rows <- frame$rows
  parts <- lapply(names(panel$x), \(item) {
    value <- panel$x[[item]][rows$row]
    status <- panel$status[[item]]
    soft <- if (is.null(status)) rep(FALSE, nrow(rows)) else {
      is_soft(status)[rows$row]
    }
    data.frame(
      region = rows$region, time = time[rows$row], indicator = item,
      label = said_names(panel$scheme, item),
      state = ifelse(is.na(value), "missing",
                     ifelse(soft, "derived or estimated", "observed")),
      starts = rows$row %in% panel$breaks[[item]]
    )
  })
  out <- do.call(rbind, parts)
  out$indicator <- factor(out$indicator, names(panel$x))
  out$label <- factor(out$label, unique(out$label))
  out$state <- factor(out$state, c("observed", "derived or estimated",
                                   "missing"))
  out$code <- panel$scheme[["code"]][match(out$indicator, names(panel$x))]
  out$code <- factor(out$code, intersect(scheme_codes(panel$scheme)$code,
                                         out$code))
  out
}

cell_picture <- function(cells, panel) {
  .data <- rlang::.data
  cells <- item_labels(cells)
  n <- nlevels(cells$region)
  width <- if (n > 4L) 10 else 8
  cells$panel <- cells$region
  p <- ggplot2::ggplot(cells, ggplot2::aes(.data[["time"]], .data[["label"]])) +
    ggplot2::geom_point(ggplot2::aes(shape = .data[["state"]],
                                     colour = .data[["state"]]), size = 1.9,
                        fill = "white") +
    ggplot2::scale_shape_manual(values = c(16, 16, 4), drop = FALSE,
                                labels = say_label) +
    ggplot2::scale_colour_manual(values = c("#0B4F8A", "#9DC0DE", "#B5460F"),
                                 drop = FALSE, labels = say_label) +
    start_marks(cells) + scale_time(cells$time) + row_names()
  p <- p + if (n > 1L) {
    ggplot2::facet_wrap(ggplot2::vars(.data[["panel"]]),
                        ncol = panel_columns(n), labeller = strip_words())
  }
  lines <- if (n == 1L) 1 else ceiling(n / panel_columns(n))
  finish_picture(
    p, titled(say("What is observed"), cells$region), alt = panel_alt(cells),
    x = panel$index[["time"]], y = NULL, caption = start_caption(cells),
    width = width, height = 1.7 + lines * (0.5 + label_height(cells$label, 28L))
  )
}

# Many regions: the share of them that has the indicator at each time.
share_picture <- function(cells, panel) {
  .data <- rlang::.data
  cells <- item_labels(cells)
  key <- list(time = as.numeric(cells$time), label = cells$label)
  n <- nlevels(cells$region)
  first <- !duplicated(data.frame(key))
  seen <- stats::ave(as.double(cells$state != "missing"), key$time, key$label,
                     FUN = sum)
  starts <- stats::ave(as.double(cells$starts), key$time, key$label, FUN = sum)
  rows <- cells[first, , drop = FALSE]
  rows$share <- seen[first] / n
  rows$starts <- starts[first] >= n / 10
  rows$text <- paste0(round(100 * rows$share))
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["share"]]), width = 0.95,
                       height = 0.9) +
    page_text(ggplot2::aes(label = .data[["text"]]), size = 2.6,
              colour = ifelse(rows$share > 0.55, "white", "black"),
              tile = c(time_step(rows$time), 0.9)) + row_names() +
    ggplot2::scale_fill_gradient(low = "white", high = "#0B4F8A",
                                 limits = c(0, 1), guide = "none") +
    start_marks(rows) + scale_time(rows$time)
  finish_picture(
    p, say("What is observed, %% of %s regions", n, n = n),
    alt = panel_alt(cells), x = panel$index[["time"]], y = NULL,
    caption = start_caption(rows), width = 8.5,
    height = 1.6 + 1.1 * label_height(rows$label, 28L)
  )
}

# Indicators in the order of the scheme from the top, each with its code.
item_labels <- function(cells) {
  item <- cells$label
  cells$label <- factor(item, rev(levels(item)))
  cells
}

# The least step between times.
time_step <- function(time) {
  step <- diff(sort(unique(as.numeric(time))))
  if (length(step) > 0L) min(step) else 1
}

start_marks <- function(rows) {
  starts <- rows[rows$starts, , drop = FALSE]
  if (nrow(starts) == 0L) {
    return(NULL)
  }
  .data <- rlang::.data
  half <- if (inherits(rows$time, "Date")) 182 else if (
    inherits(rows$time, "POSIXct")) 182 * 86400 else 0.5
  if (length(unique(rows$time)) > 1L) half <- time_step(rows$time) / 2
  starts$at <- starts$time - half
  starts$y <- as.integer(starts$label)
  ggplot2::geom_segment(ggplot2::aes(
    .data[["at"]], .data[["y"]] - 0.42, xend = .data[["at"]],
    yend = .data[["y"]] + 0.42), starts, linewidth = 1, colour = "grey10")
}

start_caption <- function(rows) {
  if (any(rows$starts)) say("Bar: a new method of measurement begins here.")
}

panel_alt <- function(cells) {
  count <- table(cells$state)
  paste(
    say("Chart of what is observed: %s, %s, %s.", paste(say_label(
      levels(cells$label)), collapse = ", "), regions_in_words(cells$region),
      times_in_words(cells$time)),
    say("Cells: %s; breaks of method: %s.",
        paste(say_label(names(count)), count, collapse = ", "),
        sum(cells$starts)))
}
