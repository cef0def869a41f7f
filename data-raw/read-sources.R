# Shared by the scripts of this folder: read the source files, widen them,
# mark breaks, add what is computed. Base R and tibble only.

# The folder of source files is the one argument of every script.
source_folder <- function() {
  args <- commandArgs(trailingOnly = TRUE)
  if (length(args) != 1L || !dir.exists(args)) {
    stop("Give the folder of the source files: ",
         "Rscript data-raw/<script>.R <folder>", call. = FALSE)
  }
  warn_changed(args)
  args
}

# inputs.md5 is the state the shipped data were made from.
warn_changed <- function(folder) {
  known <- read.table(file.path("data-raw", "inputs.md5"),
                      col.names = c("md5", "file"))
  now <- tools::md5sum(file.path(folder, known$file))
  changed <- known$file[is.na(now) | now != known$md5]
  if (length(changed) > 0L) {
    warning("Not as in data-raw/inputs.md5: ",
            paste(changed, collapse = ", "), call. = FALSE)
  }
}

indicators <- c(
  "population_mean", "grp", "grp_pc", "grp_volume_index", "investment",
  "employed", "income_pc", "consumer_spending_pc", "cpi_dec",
  "apt_developed", "apt_used", "rd_expenditure", "innovative_output",
  "innovative_output_share", "innovation_activity_rate",
  "tech_innovators_share", "orgs_with_internet", "orgs_with_website",
  "he_graduates", "employed_he_share"
)

# Year of the first value of a new method, by the sources' own footnotes.
# innovation_activity_rate and tech_innovators_share: the footnote speaks of a
# recalculation "for 2017" under the 4th edition of the Oslo Manual, but the
# 2017 values printed are the old ones (country 8.5 and 7.5; 2018: 12.8, 19.8).
breaks <- c(
  income_pc = 2013, consumer_spending_pc = 2013, employed = 2010,
  innovation_activity_rate = 2018, tech_innovators_share = 2018
)

read_long <- function(folder) {
  read <- function(file) {
    x <- read.csv(file.path(folder, file), encoding = "UTF-8",
                  na.strings = "")
    x[c("region_code", "year", "indicator", "value", "status")]
  }
  rosstat <- rbind(read("rosstat_regions_core_2000_2021.csv"),
                   read("rosstat_regions_extra_2000_2021.csv.gz"))
  icsid <- read("icsid_regions_1998_2013.csv")
  # One indicator only of the ICSID database, see the licence in ?ural. Its
  # six okrugs that merged by 2008 have no code.
  icsid <- icsid[icsid$indicator == "employed_he_share" &
                   !is.na(icsid$region_code), ]
  x <- rbind(rosstat, icsid)
  x <- x[x$year >= 2005 & !is.na(x$region_code), ]
  key <- paste(x$region_code, x$year, x$indicator)
  stopifnot(!anyDuplicated(key),
            all(is.na(x$value) == (x$status %in% c("na", "suppressed"))))
  x
}

# Long to a region x year grid of columns `<indicator>` and
# `<indicator>_status`. A cell without a row: "not_found" where no source that
# was read has the territory or the year at all, "na" where it has both and
# leaves the cell blank.
widen <- function(long, regions, years) {
  out <- data.frame(
    region_code = rep(regions, each = length(years)),
    year = rep(as.integer(years), times = length(regions))
  )
  key <- paste(out$region_code, out$year)
  for (name in indicators) {
    x <- long[long$indicator == name, ]
    at <- match(key, paste(x$region_code, x$year))
    status <- x$status[at]
    blank <- is.na(status)
    known <- out$region_code %in% x$region_code &
      out$year >= min(x$year) & out$year <= max(x$year)
    status[blank] <- ifelse(known[blank], "na", "not_found")
    out[[name]] <- x$value[at]
    out[[paste0(name, "_status")]] <- status
  }
  out
}

# The first observed value at or after the year of the new method, where the
# region has an earlier one. A break wins over every other label of a cell
# with a value: what no other label says is that differences across it are
# differences of method.
mark_breaks <- function(x) {
  for (name in intersect(names(breaks), names(x))) {
    observed <- !is.na(x[[name]])
    for (region in unique(x$region_code)) {
      own <- x$region_code == region & observed
      before <- own & x$year < breaks[[name]]
      after <- own & x$year >= breaks[[name]]
      if (any(before) && any(after)) {
        first <- which(after)[which.min(x$year[after])]
        x[[paste0(name, "_status")]][first] <- "break"
      }
    }
  }
  x
}

# Graduates of the calendar year per 10,000 of the mean population of the
# year; both are published in thousands.
add_graduates <- function(x) {
  x$he_graduates_per_10k <- 1e4 * x$he_graduates / x$population_mean
  status <- x$he_graduates_status
  status[status == "ok" & !is.na(x$he_graduates_per_10k)] <- "derived"
  x$he_graduates_per_10k_status <- status
  x
}

# Roubles of 2005: divided by the chain of December to December price indices
# of the territory, 1 in 2005. Without an index from 2006 on there is no chain.
add_real <- function(x, name, base = 2005) {
  chain <- rep(NA_real_, nrow(x))
  for (region in unique(x$region_code)) {
    own <- which(x$region_code == region)
    own <- own[order(x$year[own])]
    if (x$year[own[1L]] == base) {
      chain[own] <- cumprod(c(1, x$cpi_dec[own[-1L]] / 100))
    }
  }
  real <- x[[name]] / chain
  status <- x[[paste0(name, "_status")]]
  status[status == "ok"] <- "derived"
  status[is.na(real) & !is.na(x[[name]])] <- "na"
  x[[paste0(name, "_real")]] <- real
  x[[paste0(name, "_real_status")]] <- status
  x
}

# Territory columns first, then values, then statuses, both in one order.
arrange_columns <- function(x, territory) {
  values <- append(indicators, c("income_pc_real",
                                 "consumer_spending_pc_real"),
                   after = match("cpi_dec", indicators))
  values <- append(values, "he_graduates_per_10k",
                   after = match("he_graduates", values))
  at <- match(x$region_code, territory$region_code)
  head <- data.frame(
    region = territory$region[at],
    region_code = x$region_code,
    level = territory$level[at],
    nested_in = territory$nested_in[at],
    year = x$year
  )
  out <- cbind(head, x[values], x[paste0(values, "_status")])
  stopifnot(!anyNA(out$region), all(names(x) %in% names(out)))
  tibble::as_tibble(out)
}

make_table <- function(wide, territory) {
  x <- mark_breaks(wide)
  x <- add_graduates(x)
  for (name in c("income_pc", "consumer_spending_pc")) {
    x <- add_real(x, name)
  }
  arrange_columns(x, territory)
}

read_regions <- function(folder) {
  read.csv(file.path(folder, "regions.csv"), encoding = "UTF-8",
           na.strings = "")
}

# What is missing, for eyes and for the help page.
print_holes <- function(x) {
  for (name in sub("_status$", "", grep("_status$", names(x), value = TRUE))) {
    status <- x[[paste0(name, "_status")]]
    odd <- !status %in% c("ok", "derived")
    cat(sprintf("%-28s", name),
        paste(names(table(status)), table(status), collapse = ", "), "\n")
    if (any(odd) && nrow(x) < 200L) {
      print(table(x$region_code[odd], status[odd]))
    }
  }
}
