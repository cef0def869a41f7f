# Which R packages a task needs and which of them are missing.
#
#   Rscript tools/needs.R run check            prints the missing, one a line
#   Rscript tools/needs.R --install run check  installs them from CRAN
#
# `run` and `check` are read from DESCRIPTION, so that there is one list.

groups <- function(fields) {
  list(
    run = c(fields$Imports, fields$LinkingTo),
    check = fields$Suggests,
    reproduce = c("knitr", "rmarkdown", "ggplot2"),
    bench = c("collapse", "data.table", "ggplot2", "jsonlite", "mgcv",
              "rmarkdown", "sandwich", "survey"),
    page = c("bslib", "sf", "shiny"),
    site = "pkgdown",
    docs = "roxygen2",
    # What Debian has of the engines, and what compiles within a minute; the
    # rest of Config/Needs/scale is used where somebody has installed it.
    scale = c("DBI", "RPostgreSQL", "RSQLite", "crew", "dbplyr", "dplyr",
              "future", "future.batchtools", "mirai", "processx")
  )
}

# A peer is measured as it is now; distributions are years behind.
newest <- c(collapse = "2.1.8")

# "rlang (>= 1.0.0)" gives c(rlang = "1.0.0"); no version gives "0".
read_field <- function(text) {
  entries <- trimws(strsplit(text, ",")[[1L]])
  entries <- entries[nzchar(entries)]
  name <- sub("[[:space:]]*\\(.*", "", entries)
  version <- rep("0", length(entries))
  has <- grepl(">=", entries, fixed = TRUE)
  version[has] <- gsub(".*>=[[:space:]]*|\\).*", "", entries[has])
  stats::setNames(version, name)
}

read_needs <- function() {
  description <- read.dcf("DESCRIPTION")
  wanted <- c("Imports", "LinkingTo", "Suggests")
  fields <- lapply(stats::setNames(wanted, wanted), function(field) {
    if (field %in% colnames(description)) {
      read_field(description[1L, field])
    } else {
      character()
    }
  })
  list(
    groups = groups(lapply(fields, names)),
    version = c(newest, unlist(unname(fields)))
  )
}

is_missing <- function(package, version) {
  have <- tryCatch(utils::packageVersion(package), error = function(e) NULL)
  at_least <- if (package %in% names(version)) version[[package]] else "0"
  is.null(have) || have < at_least
}

find_missing <- function(chosen) {
  needs <- read_needs()
  unknown <- setdiff(chosen, names(needs$groups))
  if (length(unknown) > 0L) {
    stop("no group called ", paste(unknown, collapse = ", "), "; groups are ",
         paste(names(needs$groups), collapse = ", "))
  }
  packages <- unique(unlist(needs$groups[chosen]))
  Filter(function(package) is_missing(package, needs$version), packages)
}

# The first library if it can be written to, else the user's own, made on the
# spot because R takes it up only if it exists.
own_library <- function() {
  lib <- .libPaths()[1L]
  if (file.access(lib, 2L) == 0L) {
    return(lib)
  }
  lib <- path.expand(strsplit(Sys.getenv("R_LIBS_USER"), ":")[[1L]][1L])
  dir.create(lib, recursive = TRUE, showWarnings = FALSE)
  .libPaths(c(lib, .libPaths()))
  lib
}

install_missing <- function(packages, lib) {
  if (length(packages) == 0L) {
    return(invisible())
  }
  if (identical(getOption("repos")[["CRAN"]], "@CRAN@")) {
    utils::chooseCRANmirror(graphics = FALSE, ind = 1L)
  }
  # fs, on which rmarkdown and testthat build, otherwise asks for a system
  # library that only the distribution could bring; so it asks for cmake.
  Sys.setenv(USE_BUNDLED_LIBUV = "1")
  utils::install.packages(packages, lib = lib, Ncpus = 2L, quiet = TRUE)
}

args <- commandArgs(trailingOnly = TRUE)
install <- "--install" %in% args
chosen <- setdiff(args, "--install")
if (install) {
  install_missing(find_missing(chosen), own_library())
} else {
  writeLines(as.character(find_missing(chosen)))
}
