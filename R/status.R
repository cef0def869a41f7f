# What each recognised label of a cell does.
status_table <- function() {
  data.frame(
    status = c("break", "estimated", "provisional", "imputed", "derived",
               "times", "suppressed", "na", "not_found", "zero", "ok", ""),
    letter = c("b", "e", "p", NA, "d", NA, "c", NA, NA, NA, NA, NA),
    value = c(rep("used", 6L), rep("must be NA", 3L), rep("used", 3L)),
    effect = c(
      "first value of a new method; see `breaks`",
      rep("counted, shown as a hollow point", 5L),
      rep("a number here is kept out, with a warning", 3L),
      "a true zero", "an ordinary value", "an ordinary value"
    )
  )
}

#' Labels of cells
#'
#' Statuses tell where a number comes from. `code_panel(status = )` reads them;
#' this table says what each of them does.
#'
#' @return A data frame: `status` <chr> the label, `letter` <chr> the SDMX
#'   letter that means the same, `value` <chr> whether the number is used,
#'   `effect` <chr> what follows. Letters `u` (low reliability) and `f`
#'   (forecast) are read as estimated.
#'   Any other label: the value is used, and a message says so.
#' @source Letters: SDMX code list for observation status (CL_OBS_STATUS).
#' @family bring in
#' @examples
#' nid_status()
#' @export
nid_status <- function() {
  out <- status_table()
  tibble::as_tibble(out[out$status != "", ])
}

status_letters <- function() {
  table <- status_table()
  letters <- table$status[!is.na(table$letter)]
  names(letters) <- table$letter[!is.na(table$letter)]
  c(letters, u = "estimated", f = "estimated")
}

# Labels of one column as numbers into `levels`; NA and "" are "ok".
read_status <- function(x) {
  labels <- unique(as.character(x))
  clean <- tolower(trimws(labels))
  letters <- status_letters()
  clean <- ifelse(clean %in% names(letters), letters[clean], clean)
  clean[is.na(clean) | clean == ""] <- "ok"
  out <- factor(clean[match(as.character(x), labels)],
                levels = unique(c(status_table()$status[1:11], clean)))
  out
}

# Applies the statuses (factors in panel order, by indicator) to the values:
# out go the numbers that should not be there, break rows are collected.
apply_status <- function(x, status, where) {
  known <- status_table()
  out_of_use <- known$status[known$value == "must be NA"]
  kept_out <- list()
  for (name in names(status)) {
    bad <- which(status[[name]] %in% out_of_use & !is.na(x[[name]]))
    if (length(bad) > 0L) {
      x[[name]][bad] <- NA_real_
      kept_out[[name]] <- bad
    }
  }
  if (length(kept_out) > 0L) {
    rows <- sort(unique(unlist(kept_out)))
    place <- where(rows)
    warn_nid(
      "status",
      c(paste0(count_of(sum(lengths(kept_out)), "value"), " of ",
               some_of(names(kept_out)), " marked as suppressed, na or ",
               "not_found ", "has a number; it is kept out."),
        i = place$text),
      columns = names(kept_out), regions = place$regions,
      times = place$times, n = sum(lengths(kept_out))
    )
  }
  unknown <- setdiff(unique(unlist(lapply(status, function(s) {
    levels(s)[sort(unique(as.integer(s)))]
  }))), known$status)
  if (length(unknown) > 0L) {
    inform_nid("status",
               paste0("Status ", some_of(unknown, quote = "\""),
                      " is not known; those values are used."),
               values = unknown)
  }
  breaks <- lapply(status, function(s) which(s == "break"))
  list(x = x, breaks = breaks[lengths(breaks) > 0L])
}
