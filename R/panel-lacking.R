# Indicators that some regions, or all, lack altogether.

# list(nowhere = indicators, regions = list of region numbers by indicator). A
# region without any value at all is told elsewhere.
panel_lacking <- function(panel) {
  n <- n_regions(panel)
  holes <- names(panel$x)[panel$missing[names(panel$x)] > 0]
  if (length(holes) == 0L || n_rows(panel) == 0L) {
    return(list(nowhere = character(), regions = list()))
  }
  region <- row_region(panel)
  without <- lapply(stats::setNames(holes, holes), function(name) {
    tabulate(region[!is.na(panel$x[[name]])], n) == 0L
  })
  nowhere <- holes[vapply(without, all, TRUE)]
  empty <- if (length(holes) < length(panel$x)) rep(FALSE, n) else {
    Reduce(`&`, without)
  }
  some <- lapply(without[setdiff(holes, nowhere)], function(w) {
    which(w & !empty)
  })
  list(nowhere = nowhere, regions = some[lengths(some) > 0L])
}

inform_lacking <- function(panel) {
  lacking <- panel_lacking(panel)
  if (length(lacking$nowhere) > 0L) {
    inform_nid(
      "unobserved",
      paste0("No region has a value of ", some_of(lacking$nowhere), "."),
      columns = lacking$nowhere
    )
  }
  if (length(lacking$regions) > 0L) {
    regions <- as.character(panel$regions)
    whose <- regions[sort(unique(unlist(lacking$regions)))]
    inform_nid(
      "lacking",
      c(paste0(count_of(length(whose), "region"), " never ",
               if (length(whose) == 1L) "has" else "have",
               " an indicator that others have: ",
               lacking_words(lacking, regions), "."),
        i = paste0("Codes of ", if (length(whose) == 1L) "that region" else
          "those regions", " rest on fewer indicators, or are missing.")),
      regions = whose, columns = names(lacking$regions),
      lacking = lapply(lacking$regions, function(r) regions[r])
    )
  }
}

# "`apt_used` in `Kurgan Oblast`; `grp` in ...".
lacking_words <- function(lacking, regions) {
  text <- vapply(names(lacking$regions), function(name) {
    paste0("`", name, "` in ", some_of(regions[lacking$regions[[name]]]))
  }, "")
  some_of(text, quote = "")
}
