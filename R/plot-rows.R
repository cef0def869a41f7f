# The rows that pictures draw, under fixed names: names from the data are never
# columns here, let alone parsed.

# More regions than this are not drawn one by one with their bands.
max_panels <- 12L

# list(rows, region, time): rows has `row` (of the table), `region` (factor),
# the table's own columns and `time`; `region`, `time` are the user's names or
# NA.
plot_frame <- function(x, regions = NULL, call = rlang::caller_env()) {
  need_ggplot()
  spec <- get_spec(x)
  region <- key_column(spec, "region")
  time <- key_column(spec, "time")
  timed <- !is.na(time)
  rows <- as.data.frame(as_plain_tibble(x)[setdiff(names(x), c(region, time))],
                        optional = TRUE)
  rows <- cbind(row = seq_len(nrow(rows)),
                region = region_factor(x, region, nrow(rows)), rows)
  if (timed) rows$time <- axis_time(x[[time]], time, call)
  out <- list(rows = rows, region = region, time = time,
              dated = timed && is_dated(x[[time]]), spec = spec)
  choose_regions(out, x, regions, call)
}

plot_rows <- function(x) {
  need_ggplot()
  as.data.frame(x)
}

region_factor <- function(x, region, n) {
  label <- if (is.na(region)) rep("", n) else as.character(x[[region]])
  factor(label, unique(label))
}

choose_regions <- function(frame, x, regions, call) {
  if (is.null(regions)) {
    return(frame)
  }
  if (!is.atomic(regions) || length(regions) == 0L) {
    stop_argument("regions", "NULL or names of regions of the table", regions,
                  call)
  }
  known <- levels(frame$rows$region)
  regions <- as.character(regions)
  strange <- setdiff(regions, known)
  if (length(strange) > 0L) {
    stop_nid("argument",
             c(paste0("`regions` must name regions of the table."),
               x = paste0("There is no ", some_of(strange), "."),
               i = paste0("There are ", some_of(known), ".")),
             argument = "regions", values = strange, call = call)
  }
  rows <- frame$rows[frame$rows$region %in% regions, , drop = FALSE]
  rows$region <- factor(as.character(rows$region), unique(regions))
  frame$rows <- rows
  frame
}
