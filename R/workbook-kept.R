# What has no place of its own on a sheet but is needed to make the model
# again: one long table on sheet Scheme, read by name.

kept_columns <- c("kept for R", "key 1", "key 2", "value")

put_kept <- function(sheet, frame) {
  rows <- do.call(rbind, c(list(kept_types(frame), kept_note(frame),
                                kept_by_code(frame),
                                kept_cor(frame), kept_noise(frame),
                                kept_vcov(frame),
                                kept_influence(frame)),
                           kept_tuning(frame), kept_custom(frame),
                           kept_predicted(frame)))
  sheet <- put_row(sheet, book_head, kept_column, kept_columns)
  if (is.null(rows)) {
    return(sheet)
  }
  put_columns(sheet, book_head + 1L, kept_column, as.list(rows))
}

kept_rows <- function(table, key1, key2, value) {
  if (length(value) == 0L) {
    return(NULL)
  }
  data.frame(table = table, key1 = as.character(key1),
             key2 = as.character(key2), value = value)
}

# Exact numbers as text keys.
number_key <- function(x) sprintf("%.17g", as.double(x))

# Types of columns that would not come back by themselves: whole numbers of x,
# and the other columns of the data.
kept_types <- function(frame) {
  own <- frame$panel$plain
  x <- names(frame$panel$x)
  wide <- is.null(frame$panel$long$names_from)
  whole <- x[wide & vapply(x, \(name) {
    is.integer(own[[name]]) && !is.object(own[[name]])
  }, TRUE)]
  other <- vapply(other_columns(frame), key_type, "")
  names <- c(whole, names(other))
  kept_rows("type", names, c(rep("integer", length(whole)), unname(other)),
            rep(NA_real_, length(names)))
}

kept_note <- function(frame) {
  note <- attr(frame$scheme, "note", exact = TRUE)
  kept_rows("scheme.note", note, "", rep(NA_real_, length(note)))
}

# Numbers of the rate that are named by code.
kept_by_code <- function(frame) {
  rate <- frame$model$args$rate
  named <- c(list(sd = named_sd(rate)), named_args(rate))
  do.call(rbind, lapply(names(named), \(name) {
    own <- named[[name]]
    kept_rows(paste0("rate.", name), names(own), "", unname(own))
  }))
}

kept_cor <- function(frame) {
  cor <- frame$model$args$cor
  if (!is.matrix(cor)) {
    return(NULL)
  }
  code <- frame$code
  if (!is.null(rownames(cor)) && all(code %in% rownames(cor))) {
    cor <- cor[code, code, drop = FALSE]
  }
  kept_rows("cor", rep(code, length(code)), rep(code, each = length(code)),
            as.vector(cor))
}

# The correlation of the noise of codes of a model that was frozen before.
kept_noise <- function(frame) {
  noise <- get_fit(frame$model$rates)$noise
  if (!is.null(noise)) {
    pair <- seq_along(noise$panel)
    rbind(kept_rows("noise.text", noise$text, "", as.double(noise$few)),
          kept_rows("noise.panel", pair, "", noise$panel),
          kept_rows("noise.rho", noise$regions,
                    rep(pair, each = length(noise$regions)),
                    as.vector(noise$rho)))
  }
}

kept_vcov <- function(frame) {
  vcov <- attr(frame$scheme, "vcov", exact = TRUE)
  names <- colnames(vcov)
  kept_rows("weight.vcov", rep(names, length(names)),
            rep(names, each = length(names)), as.vector(vcov))
}

# An influence of the user's own at every lag (or time) that can occur.
kept_influence <- function(frame) {
  influence <- frame$model$args$influence
  if (influence$form != "custom") {
    return(NULL)
  }
  times <- common_times(frame$fit)
  if (influence$of != "lag") {
    time <- sort(unique(times$time))
    return(kept_rows("influence", number_key(time), "",
                     influence$weight(0 * time, time, 0 * time)))
  }
  per_grid <- lapply(seq_len(pool_length(times)), \(p) {
    t <- times$time[pool_places(times, p)]
    outer(c(t, influence_at(influence, fit_reading(frame$fit))), t, `-`)
  })
  lag <- sort(unique(unlist(per_grid)))
  lag <- lag[lag >= 0]
  kept_rows("influence", number_key(lag), "",
            influence$weight(lag, 0 * lag, 0 * lag))
}

# The orders of smoothness that the panel chose, and weights over lambda of a
# model whose tuning was frozen before.
kept_tuning <- function(frame) {
  fit <- get_fit(frame$model$rates)
  tuning <- fit$tuning$weights
  weights <- unlist(lapply(seq_along(tuning), \(i) {
    lapply(names(tuning[[i]]), \(what) {
      m <- tuning[[i]][[what]]
      kept_rows(paste0("tuning.", what), frame$code[i], as.vector(col(m)),
                as.vector(m))
    })
  }), recursive = FALSE)
  c(weights, list(kept_rows("tuning.m", names(fit$orders),
                            attr(fit$orders, "told"), as.double(fit$orders))))
}

# Predicted cells of a model that was frozen before; of others R predicts them
# anew.
kept_predicted <- function(frame) {
  told <- keep_predicted(frame$def)
  if (!isTRUE(told$frozen)) {
    return(NULL)
  }
  cells <- told$cells
  n <- seq_len(nrow(cells))
  list(kept_rows("predicted.value", cells$indicator, cells$row, cells$value),
       kept_rows("predicted.df", n, "", cells$df),
       kept_rows("predicted.load", told$loads$cell, told$loads$error,
                 told$loads$load))
}

# Both matrices of a rate of the user's own, for each stretch of times that its
# function was asked about.
kept_custom <- function(frame) {
  if (!frame$fit$rate$facts$own) {
    return(NULL)
  }
  stretches <- unlist(lapply(frame$operators$blocks, custom_stretches,
                             split = frame$fit$breaks != "ignore"),
                      recursive = FALSE)
  keys <- vapply(stretches, \(one) {
    paste(number_key(one$time), collapse = " ")
  }, "")
  stretches <- stretches[!duplicated(keys)]
  unlist(lapply(seq_along(stretches), \(k) {
    lapply(c("time", "R1", "R2"), \(what) {
      kept_rows(paste0("operator.", what), k, "",
                as.vector(stretches[[k]][[what]]))
    })
  }), recursive = FALSE)
}

custom_stretches <- function(one, split) {
  segment <- if (split) cumsum(one$step > 0L) else 0L * one$step
  lapply(base::split(seq_along(one$time), segment), \(at) {
    list(time = one$time[at], R1 = one$R1[at, at, drop = FALSE],
         R2 = one$R2[at, at, drop = FALSE])
  })
}

# Reading --------------------------------------------------------------------

# The long table as a list of frames by name.
split_kept <- function(kept) {
  if (nrow(kept) == 0L) {
    return(list())
  }
  out <- split(kept[-1L], factor(kept$table, levels = unique(kept$table)))
  out$operator <- kept_operators(out)
  out
}

kept_operators <- function(tables) {
  times <- tables$operator.time
  lapply(unique(times$key1), \(k) {
    pick <- function(what) {
      table <- tables[[paste0("operator.", what)]]
      table$value[table$key1 == k]
    }
    time <- pick("time")
    list(time = time, R1 = matrix(pick("R1"), length(time)),
         R2 = matrix(pick("R2"), length(time)))
  })
}

kept_matrix <- function(table) {
  if (is.null(table)) {
    return(NULL)
  }
  names <- unique(table$key1)
  matrix(table$value, length(names), dimnames = list(names, names))
}

# The tuning that a model was written with, if it was frozen.
kept_tuning_of <- function(tables, panel) {
  codes <- used_codes(list(panel = panel))$code
  new_tuning(lapply(codes, \(code) {
    out <- lapply(c(weight = "tuning.weight", lambda = "tuning.lambda"),
                  \(what) kept_columns_of(tables[[what]], code))
    out <- out[lengths(out) > 0L]
    if (length(out) > 0L) out
  }), panel$regions, orders = kept_orders_of(tables))
}

kept_orders_of <- function(tables) {
  table <- tables$tuning.m
  if (!is.null(table)) {
    structure(as.integer(table$value), names = table$key1,
              told = table$key2[1L])
  }
}

# The predicted cells that it was written with, by region and time.
kept_predicted_of <- function(tables, panel) {
  value <- tables$predicted.value
  if (is.null(value)) {
    return(NULL)
  }
  row <- as.integer(value$key2)
  region <- panel$regions[findInterval(row - 1L, panel$offset)]
  load <- tables$predicted.load
  list(cells = data.frame(
         indicator = value$key1, region = as.character(region),
         time = row_time(panel)[row], value = value$value,
         df = tables$predicted.df$value),
       loads = data.frame(cell = as.integer(load$key1),
                          error = as.integer(load$key2), load = load$value))
}

kept_noise_of <- function(tables) {
  rho <- tables$noise.rho
  if (!is.null(rho)) {
    regions <- unique(rho$key1)
    list(regions = regions, rho = matrix(rho$value, length(regions)),
         panel = tables$noise.panel$value, text = tables$noise.text$key1,
         few = tables$noise.text$value > 0)
  }
}

kept_columns_of <- function(table, code) {
  mine <- table[table$key1 == code, , drop = FALSE]
  if (length(mine) > 0L && nrow(mine) > 0L) {
    matrix(mine$value, ncol = max(as.integer(mine$key2)))
  }
}
