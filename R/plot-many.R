# Many series: a thin line for each region, their median, the ends named.

many_layers <- function(rows, names = TRUE) {
  .data <- rlang::.data
  long <- rows[rows$group %in% rows$group[duplicated(rows$group)], ,
               drop = FALSE]
  middle <- middle_rows(rows)
  named <- named_rows(rows)[names, , drop = FALSE]
  list(
    ggplot2::geom_line(data = long, colour = "grey60", linetype = "solid",
                       linewidth = 0.25, alpha = 0.6),
    ggplot2::geom_line(data = long[long$region %in% named$region &
                                     same_split(long, named), ,
                                   drop = FALSE],
                       colour = "grey15", linetype = "solid",
                       linewidth = 0.4),
    if (is.null(rows$look)) {
      ggplot2::geom_line(data = middle, linewidth = 1.2, colour = "grey15")
    } else {
      ggplot2::geom_line(data = middle, linewidth = 1.2)
    },
    page_text(ggplot2::aes(label = .data[["label"]],
                           vjust = .data[["above"]]), named, size = 2.7,
              hjust = 1, colour = "grey15")
  )
}

# The median over regions wherever at least half of them have a value.
middle_rows <- function(rows) {
  split <- rows$split %||% factor(rep("", nrow(rows)))
  key <- paste(as.integer(split), as.numeric(rows$time))
  first <- !duplicated(key)
  out <- rows[first, , drop = FALSE]
  by <- factor(key, key[first])
  out$estimate <- as.double(tapply(rows$estimate, by, stats::median))
  count <- as.integer(table(by))
  out$group <- -as.integer(split[first])
  out <- out[count >= nlevels(rows$region) / 2, , drop = FALSE]
  out[order(out$group, out$time), , drop = FALSE]
}

# Highest and lowest at the last time, for each panel.
named_rows <- function(rows) {
  part <- rows$split %||% factor(rep("", nrow(rows)))
  ends <- lapply(split(seq_len(nrow(rows)), part, drop = TRUE), \(at) {
    at <- at[rows$time[at] == max(rows$time[at])]
    at <- at[order(rows$estimate[at])]
    unique(c(at[1L], at[length(at)]))
  })
  out <- rows[unlist(ends), , drop = FALSE]
  out$above <- unlist(lapply(ends, \(at) c(1.4, -0.5)[seq_along(at)]))
  out$label <- as.character(out$region)
  out
}

same_split <- function(rows, named) {
  if (is.null(rows$split)) {
    return(rep(TRUE, nrow(rows)))
  }
  paste(rows$region, rows$split) %in% paste(named$region, named$split)
}
