# Writes pages with write_explorer(), lets a browser try them (test.mjs) and
# compares what was taken away from them with R. Ends with one line,
# `N passed, N failed, N skipped`. Screenshots are kept in check/page/.

source("tools/utf8.R")
source("tools/explorer/map.R")
suppressPackageStartupMessages(library(nidcode))

tool <- function(...) {
  found <- Sys.which(c(...))
  unname(found[nzchar(found)][1L])
}

finish <- function(passed, failed, skipped) {
  cat(passed, " passed, ", failed, " failed, ", skipped, " skipped\n", sep = "")
  quit(status = if (failed > 0L) 1L else 0L)
}

node_version <- function(node) {
  out <- tryCatch(system2(node, "--version", stdout = TRUE),
                  error = function(e) "v0")
  as.integer(sub("^v([0-9]+).*", "\\1", out[1L]))
}

# What is not there is named and counted.
node <- tool("node", "nodejs")
browser <- tool("chromium", "chromium-browser", "google-chrome")
modules <- file.path("tools", "explorer", "node_modules",
                     c("playwright-core", "axe-core"))
lacking <- c(
  if (is.na(node) || node_version(node) < 20L) "node 20",
  if (is.na(browser)) "chromium",
  basename(modules)[!dir.exists(modules)]
)
if (length(lacking) > 0L) {
  cat("page: skipped, not here: ", paste(lacking, collapse = ", "), "\n",
      sep = "")
  finish(0L, 0L, 1L)
}

folder <- tempfile("page-")
screens <- file.path("check", "page")
dir.create(folder)
dir.create(screens, recursive = TRUE, showWarnings = FALSE)

# ---- The loader, in a process of its own, starts first ------------------------

has_loader <- requireNamespace("shiny", quietly = TRUE) &&
  requireNamespace("bslib", quietly = TRUE)
pid <- file.path(folder, "pid")
start_loader <- function() {
  file.copy(system.file("extdata", "ural-wide-ru.csv", package = "nidcode"),
            folder)
  port <- httpuv::randomPort()
  code <- sprintf("writeLines(format(Sys.getpid()), '%s'); %s, port = %d, %s",
                  pid, "shiny::runApp(nidcode::run_explorer()", port,
                  "host = '127.0.0.1', launch.browser = FALSE)")
  system2("Rscript", c("--no-save", "-e", shQuote(code)), wait = FALSE,
          stdout = FALSE, stderr = FALSE)
  paste0("http://127.0.0.1:", port)
}

await_loader <- function(address) {
  for (i in 1:60) {
    up <- tryCatch(suppressWarnings(length(readLines(address, 1L)) == 1L),
                   error = function(e) FALSE)
    if (up) break
    Sys.sleep(0.5)
  }
}
loader <- if (has_loader) start_loader()

# ---- Pages ------------------------------------------------------------------

quietly <- function(x) suppressMessages(suppressWarnings(x))

page_of <- function(model, name, ...) {
  file <- file.path(folder, paste0(name, ".html"))
  took <- system.time(quietly(write_explorer(model, file, ...)))[["elapsed"]]
  cat("  write_explorer(), ", name, ": ", format(round(took, 2)), " s\n",
      sep = "")
}

ural_regions <- function() {
  subset(ural, level == "region")
}

model <- quietly(code_model(ural_regions(), ural_scheme, status = "_status"))

hostile_model <- function() {
  data <- ural_regions()
  names <- c("<img src=x onerror=alert(1)>",
             "</script><script>alert(2)</script>", "__proto__",
             paste0("=1+1", strrep("W", 120L)))
  data$region <- names[match(data$region, unique(data$region))]
  quietly(code_model(data, ural_scheme, status = "_status",
                     index = c("region", "year")))
}

# Eighty-five regions of three codes at twelve times.
russia_model <- function() {
  data <- subset(russia, year >= 2005 & year <= 2016)
  quietly(code_model(data, russia_scheme, status = "_status"))
}

page_with_map <- function(model, ...) {
  map <- if (has_map) country_map(unique(as.character(model$basic[["region"]])))
  force(map)
  page_of(model, ..., map = map)
}

has_map <- requireNamespace("sf", quietly = TRUE)
page_of(model, "ural", title = "Ural Federal District")
page_with_map(hostile_model(), "hostile", language = "ru")
page_with_map(russia_model(), "russia")

# ---- The browser -------------------------------------------------------------

if (has_loader) await_loader(loader)
said <- system2(node, c(shQuote(file.path("tools", "explorer", "test.mjs")),
                        shQuote(folder), shQuote(normalizePath(screens)),
                        shQuote(browser), loader),
                stdout = TRUE, stderr = "", timeout = 900)
writeLines(said)
if (file.exists(pid)) tools::pskill(as.integer(readLines(pid)))
ok <- sum(startsWith(said, "ok "))
bad <- sum(startsWith(said, "not ok "))
stopped <- !is.null(attr(said, "status"))
if (stopped) cat("not ok the browser stopped\n")

# ---- What was taken away ------------------------------------------------------

# The copied code, run where `model` is, gives the numbers of the page; so does
# tidy() of what it gives.
compare <- function(name) {
  code <- parse(file.path(folder, paste0("view-", name, ".R")),
                encoding = "UTF-8")
  env <- new.env(parent = globalenv())
  made <- NULL
  for (line in code) made <- quietly(eval(line, env))
  same_numbers(tidy(made$basic), name, "nid") &&
    same_numbers(last_time(tidy(made$industrial)), name, "id")
}

last_time <- function(x) x[x$year == max(x$year), ]

same_numbers <- function(wanted, name, what) {
  found <- utils::read.csv(
    file.path(folder, paste0("view-", name, "-", what, ".csv")),
    check.names = FALSE, encoding = "UTF-8"
  )
  if (what == "id" && !is.null(found$year)) found <- last_time(found)
  numbers <- c("estimate", "std.error", "conf.low", "conf.high")
  identical(as.character(found$region), as.character(wanted$region)) &&
    all(vapply(numbers, function(column) {
      far <- abs(found[[column]] - wanted[[column]])
      all(far <= 1e-8 * pmax(1, abs(wanted[[column]])))
    }, NA)) &&
    all(abs(found$estimate - wanted$estimate) <=
          1e-9 * pmax(1, abs(wanted$estimate)))
}

for (name in c("own", "weights", "influence", "edits")) {
  fault <- tryCatch(if (compare(name)) "" else "other numbers",
                    error = conditionMessage)
  if (nzchar(fault)) {
    cat("not ok R gives the view \"", name, "\": ", fault, "\n", sep = "")
    bad <- bad + 1L
  } else {
    cat("ok R gives the view \"", name, "\"\n", sep = "")
    ok <- ok + 1L
  }
}
unlink(folder, recursive = TRUE)
finish(ok, bad + stopped, sum(!has_map, !has_loader))
