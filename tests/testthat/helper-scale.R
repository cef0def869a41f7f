# A panel with uneven steps, holes, breaks and gaps, and a model of it.
past_panel <- function(seed = 3, n_regions = 12L, ...) {
  panel_of(random_panel(seed, n_regions = n_regions, n_times = 14L, ...))
}

past_args <- function(panel, ...) {
  list(scheme = panel$scheme, index = unname(panel$index), status = "_status",
       ...)
}

past_model <- function(panel, ...) {
  quietly(do.call(code_model, c(list(panel$data), past_args(panel, ...))))
}

# The five rates, with errors wherever a rate has some.
past_rates <- function() {
  list(spline = rate_spline(), fixed = rate_spline(lambda = 3),
       local = rate_local(), central = rate_central(sd = 0.1),
       difference = rate_difference(sd = 0.1))
}

# What every part_table() of a model should be.
past_tables <- function(model) {
  lapply(list(defining = model$defining, dynamic = model$rates,
              industrial = model$industrial, basic = model$basic,
              contributions = contributions(model)),
         \(x) as.data.frame(x))
}

part_tables <- function(panel, groups, what, ...) {
  job <- part_job(past_args(panel, ...), what, NULL, NULL, NULL)
  region <- as.character(panel$data$region)
  parts <- lapply(groups, \(g) {
    as.data.frame(quietly(part_table(panel$data[region %in% g, ], job, NULL)))
  })
  out <- do.call(rbind, unname(parts))
  out <- out[order(match(out$region, panel$regions)), ]
  rownames(out) <- NULL
  out
}

new_folder <- function(env = parent.frame()) {
  out <- tempfile("parts")
  dir.create(out)
  withr::defer(unlink(out, recursive = TRUE), env)
  out
}

# The panel's data in files of `size` regions each, in their order.
write_parts <- function(panel, folder, size) {
  data <- panel$data
  group <- ceiling(match(data$region, panel$regions) / size)
  for (k in unique(group)) {
    write_part(data[group == k, ], file.path(folder, sprintf("in-%02d.csv", k)),
               NULL)
  }
  folder
}

read_sink <- function(folder, panel) {
  files <- list.files(folder, "^part-", full.names = TRUE)
  out <- do.call(rbind, lapply(files, utils::read.csv,
                               colClasses = c(region = "character")))
  out <- out[order(match(out$region, panel$regions)), ]
  rownames(out) <- NULL
  # A column of NA alone says no type.
  none <- vapply(out, \(x) all(is.na(x)), NA)
  out[none] <- lapply(out[none], as.double)
  out
}
