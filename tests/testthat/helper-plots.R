# Models of 1, 8 and 85 regions with Cyrillic names, a break, a hole, a soft
# status and regions that begin late; and what is asked of every picture. Where
# the locale has no Cyrillic letters, R itself cannot paste them.

cyrillic <- l10n_info()[["UTF-8"]]

long_names <- if (cyrillic) {
  c(paste0("\u0425\u0430\u043d\u0442\u044b-",
           "\u041c\u0430\u043d\u0441\u0438\u0439\u0441\u043a\u0438\u0439",
           " \u0430\u0432\u0442\u043e\u043d\u043e\u043c\u043d\u044b\u0439",
           " \u043e\u043a\u0440\u0443\u0433 \u2014 \u042e\u0433\u0440\u0430"),
    paste0("\u041a\u0443\u0440\u0433\u0430\u043d\u0441\u043a\u0430\u044f",
           " \u043e\u0431\u043b\u0430\u0441\u0442\u044c"))
} else {
  c("Khanty-Mansi Autonomous Okrug - Yugra", "Kurgan Oblast")
}
year_name <- if (cyrillic) "\u0413\u043e\u0434" else "year"

picture_data <- function(n) {
  region <- c(long_names, sprintf("Region %02d", seq_len(85L)))[seq_len(n)]
  with_stream(7, {
    one <- function(name, k) {
      year <- 2005:2012
      if (k %% 5L == 3L) year <- year[-(1:2)]
      m <- length(year)
      s <- (year - 2005) / 7
      x <- 20 + k %% 7 + outer(s, stats::rnorm(3, 3, 2)) +
        outer(s^2, stats::rnorm(3, 0, 3)) + stats::rnorm(3 * m, 0, 0.3)
      out <- data.frame(region = rep(name, m), year = year, a = x[, 1],
                        b = x[, 2], c = x[, 3])
      out$a_status <- ifelse(year == 2012L, "provisional", "ok")
      out$c_status <- ifelse(year == 2009L, "break", "ok")
      if (k %% 5L == 4L) out$b[4L] <- NA
      out
    }
    out <- do.call(rbind, Map(one, region, seq_len(n)))
  })
  rownames(out) <- NULL
  names(out)[2L] <- year_name
  out
}

picture_scheme <- function(...) {
  money <- if (cyrillic) "\u0440\u0443\u0431." else "RUB"
  code_scheme(c("a", "b", "c"), c("production", "institutional", "social"),
              unit = c("%", money, "persons"), ...)
}

picture_models <- new.env()

# Made once: a model serves many tests.
picture_model <- function(n, ...) {
  key <- paste(n, ...names(), sep = " ")
  if (is.null(picture_models[[key]]) || ...length() > 0L) {
    picture_models[[key]] <- suppressMessages(code_model(
      picture_data(n), picture_scheme(), index = c("region", year_name),
      status = "_status", ...))
  }
  picture_models[[key]]
}

model_pictures <- c("scheme", "panel", "codes", "rates", "residuals",
                    "correlation", "industrial", "basic", "ranks", "path",
                    "contributions", "cells", "phases")

# A picture that remembers what it draws.
picture <- function(...) {
  p <- suppressMessages(ggplot2::autoplot(...))
  attr(p, "built") <- ggplot2::ggplot_build(p)
  p
}

# The data that a layer draws, by the geom's name; `k`: which of several.
layer_of <- function(p, geom, k = 1L) {
  is <- vapply(p$layers, \(l) inherits(l$geom, geom), NA)
  attr(p, "built")$data[[which(is)[k]]]
}

# All points, of however many layers.
points_of <- function(p) {
  is <- vapply(p$layers, \(l) inherits(l$geom, "GeomPoint"), NA)
  do.call(rbind, lapply(attr(p, "built")$data[is], \(d) {
    d[c("x", "y", "shape", "fill", "alpha")]
  }))
}

geoms <- function(p) vapply(p$layers, \(l) class(l$geom)[1L], "")

# Built (and drawn, at its own size, where no text is cut or covered) without a
# word, with title, alt text, our theme and a size.
expect_picture <- function(p, label = "", draw = TRUE) {
  expect_s3_class(p, "ggplot")
  size <- picture_size(p)
  expect_true(all(size >= 1 & size <= 40), label = label)
  expect_no_warning(expect_no_message(
    if (draw) {
      faults <- layout_faults(p, size[["width"]], size[["height"]])
      expect_identical(paste(faults$what, faults$text), character(),
                       label = label)
    } else {
      ggplot2::ggplot_build(p)
    }))
  alt <- ggplot2::get_alt_text(p)
  expect_true(nchar(alt) > 20L && grepl("[.]$", alt), label = label)
  expect_true(nzchar(p$labels$title), label = label)
  expect_identical(p$theme$legend.position, "bottom")
  expect_s3_class(p$theme$panel.grid.minor, "element_blank")
  invisible(p)
}
