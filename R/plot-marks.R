# Marks of time plots: pale points, segments between breaks, breaks, the
# smooth level, and the caption that tells them.

# Adds to rows their look (code), whether a value behind is estimated or the
# like, and the segment between breaks (`cut`).
mark_rows <- function(rows, table, def, cut = TRUE) {
  panel <- def$panel
  at <- match_rows(panel, as_plain_tibble(table))[rows$row]
  codes <- used_codes(def)$code
  code <- if (is.null(rows$code)) rep(NA_character_, nrow(rows)) else {
    rows$code
  }
  rows$soft <- rep(FALSE, nrow(rows))
  rows$segment <- rep(0L, nrow(rows))
  for (one in if (is.null(rows$code)) NA_character_ else codes) {
    mine <- which(code %in% one)
    of <- if (is.na(one)) codes else one
    marks <- Reduce(`|`, lapply(of, \(c) soft_values(def, c)))
    rows$soft[mine] <- marks[at[mine]]
    if (cut && !is.na(one)) {
      starts <- tabulate(code_starts(def, one), n_rows(panel))
      rows$segment[mine] <- cumsum(starts)[at[mine]]
    }
  }
  rows$look <- factor(code, intersect(codes, code))
  rows
}

# Panel rows where an indicator of the code has such a value.
soft_values <- function(def, code) {
  panel <- def$panel
  out <- rep(FALSE, n_rows(panel))
  cells <- def$predicted$cells
  out[cells$row[cells$indicator %in% parts_of_code(def, code)$names]] <- TRUE
  for (name in parts_of_code(def, code)$names) {
    status <- panel$status[[name]]
    if (!is.null(status)) {
      out <- out | (is_soft(status) & !is.na(panel$x[[name]]))
    }
  }
  out
}

# Panel rows at which a code begins anew: also where its composition changes.
code_starts <- function(def, code) {
  code_breaks(def, code, code_values(def, code)$changed)
}

break_rows <- function(def, frame) {
  panel <- def$panel
  index <- index_columns(panel)
  region <- as.character(region_factor(index, panel$index[["region"]],
                                       n_rows(panel)))
  time <- axis_time(index[[panel$index[["time"]]]], frame$time, NULL)
  codes <- used_codes(def)$code
  at <- lapply(codes, \(code) code_starts(def, code))
  rows <- as.integer(unlist(at))
  out <- data.frame(region = region[rows], time = time[rows],
                    look = factor(rep(codes, lengths(at)), codes))
  out[out$region %in% levels(frame$rows$region), , drop = FALSE]
}

# The level of the fit at the observed times, with its interval.
level_rows <- function(fit, frame) {
  if (fit$rate$facts$errors == "known") {
    return(NULL)
  }
  panel <- fit$def$panel
  codes <- code_field(fit, "code")
  parts <- lapply(seq_along(fit$codes), \(i) {
    s <- code_series(fit, i)
    if (length(s$of) == 0L) return(NULL)
    r <- estimate_series(s, 0L)
    limits <- at_level(list(estimate = as.vector(r$estimate),
                            std.error = as.vector(r$std.error),
                            df = value_df(r, s)), fit$level)
    at <- series_rows(s)
    index <- index_columns(panel, at)
    out <- data.frame(
      region = as.character(region_factor(index, panel$index[["region"]],
                                          length(at))),
      time = axis_time(index[[panel$index[["time"]]]], frame$time, NULL),
      look = factor(rep(codes[i], length(at)), levels(frame$rows$look)),
      estimate = as.vector(r$estimate), conf.low = limits$conf.low,
      conf.high = limits$conf.high
    )
    starts <- tabulate(code_starts(fit$def, codes[i]), n_rows(panel))
    out$segment <- cumsum(starts)[at]
    out
  })
  out <- do.call(rbind, parts)
  out <- out[out$region %in% levels(frame$rows$region), , drop = FALSE]
  out$region <- factor(out$region, levels(frame$rows$region))
  out
}

marks_caption <- function(spec, rows, def, ..., names = TRUE) {
  many <- nlevels(droplevels(rows$region)) > max_panels
  # Neither a table without errors nor a crowd of lines shows intervals.
  if (many || !any(is.finite(rows$conf.low))) spec$level <- NULL
  breaks <- !is.null(def) && any(lengths(lapply(used_codes(def)$code, \(code)
    code_starts(def, code))) > 0L)
  caption_of(
    spec,
    if (many) {
      c(say("Thin lines: regions; thick: their median."), if (names) {
        say("Named: highest and lowest at the last time.")
      })
    } else {
      c(...)
    },
    if (!many && any(rows$soft %in% TRUE)) {
      say("Pale: a value behind is derived or estimated.")
    },
    if (breaks) say("Dotted: a new method of measurement begins.")
  )
}
