# A study of the defining codes themselves: their weighted mean at one time, as
# composite indices are made. No rate has a part in it.

# What moves rates alone.
of_rates <- c("rate", "influence", "half_life", "measure", "breaks",
              "posterior")

level_study <- function(study) {
  idle <- intersect(names(study$factors), of_rates)
  if (length(idle) > 0L) {
    stop_choices(idle[1L], NULL, "does not move the defining codes",
                 call = study$call)
  }
  study$level <- level_time(study)
  study$at <- NULL
  study$nominal <- rep(NA_real_, length(study$regions))
  base <- cell_base(study, study$args)
  none <- matrix(1L, 1L, 0L)
  own <- list(column = 1L, weight = cell_weights_of(study, base, NULL, none),
              code_weight = code_weights_of(study, base, NULL, none))
  cell <- level_cell(study, base, own, character())
  study$nominal <- drop(level_values(cell, own))[cell$region]
  study
}

# As a number, under the user's word for it.
level_time <- function(study) {
  time <- row_time(study$panel)
  if (length(time) == 0L) {
    return(NA_real_)
  }
  at <- study$at %||% max(time)
  row <- match(at, time)
  if (is.na(row)) {
    stop_argument("at", "a time of the data", at, study$call)
  }
  stats::setNames(at, format(user_times(study$panel, row)))
}

# `level`: the row of each region of the panel at that time.
level_cell <- function(study, base, draws, said) {
  def <- cell_def(base, rowSums(draws$weight > 0) > 0)
  region <- row_region(def$panel)
  row <- which(row_time(def$panel) == study$level)
  cell <- list(def = def, draws = draws, said = said, region = base$region,
               level = row[match(seq_len(n_regions(def$panel)), region[row])],
               owner = region)
  first <- list(weight = draws$weight[, 1L, drop = FALSE],
                code_weight = draws$code_weight[, 1L, drop = FALSE])
  value <- drop(level_values(cell, first))[cell$region]
  lost <- !is.na(study$nominal) & is.na(value)
  if (any(lost)) {
    stop_nid("missing_code",
             paste0("There is no value of the codes at ", names(study$level),
                    " in ", count_of(sum(lost), "region"), ": ",
                    some_of(study$regions[lost]), "."),
             regions = study$regions[lost], call = NULL)
  }
  cell
}

# Regions of the panel x draws. Codes that a region never has do not count;
# where one that it has is missing there is no value.
level_values <- function(cell, draws) {
  n <- n_regions(cell$def$panel)
  value <- total <- matrix(0, n, ncol(draws$weight))
  for (code in rownames(draws$code_weight)) {
    parts <- parts_of_code(cell$def, code)
    all <- draw_values(cell$def, parts, code,
                       draws$weight[parts$names, , drop = FALSE])
    has <- rowsum_by(as.double(!is.na(all[, 1L])), cell$owner, n) > 0
    weight <- has * rep(draws$code_weight[code, ], each = n)
    part <- all[cell$level, , drop = FALSE]
    part[!has, ] <- 0
    value <- value + weight * part
    total <- total + weight
  }
  nan_to_na(value / total)
}
