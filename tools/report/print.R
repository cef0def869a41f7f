# Writes reports and profiles, prints them on A4 with a browser (print.mjs) and
# with LibreOffice, and looks for what paper cuts. Ends with one line,
# `N passed, N failed, N skipped`. The pages are kept in check/report/.

source("tools/utf8.R")
suppressPackageStartupMessages(library(nidcode))

finish <- function(passed, failed, skipped) {
  cat(passed, " passed, ", failed, " failed, ", skipped, " skipped\n", sep = "")
  quit(status = if (failed > 0L) 1L else 0L)
}

tool <- function(...) {
  found <- Sys.which(c(...))
  unname(found[nzchar(found)][1L])
}

node <- tool("node", "nodejs")
browser <- tool("chromium", "chromium-browser", "google-chrome")
office <- tool("soffice", "libreoffice")
modules <- file.path("tools", "explorer", "node_modules",
                     c("playwright-core", "axe-core"))
lacking <- c(c("node", "chromium", "soffice", "pdftotext")[is.na(
  c(node, browser, office, tool("pdftotext")))],
  basename(modules)[!dir.exists(modules)])
if (length(lacking) > 0L) {
  cat("report: skipped, not here: ", paste(lacking, collapse = ", "), "\n",
      sep = "")
  finish(0L, 0L, 1L)
}

counts <- c(ok = 0L, bad = 0L)
tell <- function(name, why = character()) {
  good <- length(why) == 0L
  counts[if (good) "ok" else "bad"] <<- counts[if (good) "ok" else "bad"] + 1L
  cat(if (good) "ok " else "not ok ", name,
      if (!good) paste0(": ", paste(utils::head(why, 5L), collapse = "; ")),
      "\n", sep = "")
}

# ---- Pages ------------------------------------------------------------------

folder <- file.path(getwd(), "check", "report")
unlink(folder, recursive = TRUE)
dir.create(folder, recursive = TRUE)
at <- function(name) file.path(folder, name)
quietly <- function(x) suppressMessages(suppressWarnings(x))

few <- quietly(code_model(subset(ural, level == "region"), ural_scheme,
                          status = "_status"))
# All regions with a value of what is taken in logarithms.
none <- unique(russia$region[is.na(russia$apt_used) | russia$apt_used <= 0])
many <- quietly(code_model(subset(russia, !region %in% none), ural_scheme,
                           status = "_status",
                           influence = influence_half_life(3)))

# A square a region, if sf is there.
map <- if (requireNamespace("sf", quietly = TRUE)) {
  name <- as.character(many$panel$regions)
  square <- lapply(seq_along(name) - 1L, \(i) sf::st_polygon(list(cbind(
    i %% 9 + c(0, 1, 1, 0, 0), i %/% 9 + c(0, 0, 1, 1, 0)))))
  sf::st_sf(name = name, geometry = sf::st_sfc(square))
}

quietly({
  write_report(few, at("ural.html"))
  write_report(few, at("ural-ru.html"), language = "ru")
  write_report(few, at("ural-word.docx"))
  write_report(many, at("russia.html"), map = map)
  write_report(many, at("russia-word.docx"))
  write_profile(few, at("profiles.html"))
  write_profile(few, at("profiles-word.docx"), format = "docx")
})

# ---- On paper -----------------------------------------------------------------

pages <- list.files(folder, "[.]html$", full.names = TRUE)
said <- system2(node, c(shQuote(file.path("tools", "report", "print.mjs")),
                        shQuote(browser), shQuote(pages)),
                stdout = TRUE, stderr = "", timeout = 600)
for (line in said) {
  bad <- startsWith(line, "not ok ")
  tell(sub("^(not )?ok ", "", line), if (bad) "as said")
}
if (!is.null(attr(said, "status"))) tell("the browser", "it stopped")

# With a profile of its own another office at work does not stop it; R's own
# libraries are not its.
invisible(system2(office, c(paste0("-env:UserInstallation=file://", tempdir(),
                                   "/office"),
                            "--headless", "--convert-to", "pdf", "--outdir",
                            shQuote(folder),
                            shQuote(list.files(folder, "[.]docx$",
                                               full.names = TRUE))),
                  stdout = FALSE, stderr = FALSE, timeout = 600,
                  env = "LD_LIBRARY_PATH="))

text_of <- function(file) {
  out <- suppressWarnings(system2("pdftotext", c("-layout", "-enc", "UTF-8",
                                                 shQuote(file), "-"),
                                  stdout = TRUE))
  gsub("\u2212", "-", enc2utf8(out))
}

# Every number of the table of all regions is a word of the text.
broken_numbers <- function(file, model) {
  words <- unlist(strsplit(text_of(file), "[[:space:]]+"))
  table <- report_part(model, "regions")
  shown <- unlist(nidcode:::table_text(
    as.data.frame(table)[c("estimate", "conf.low", "conf.high")], character(),
    c("estimate", "conf.low", "conf.high")))
  setdiff(gsub("\u2212", "-", shown), words)
}

# A row a picture: page and object.
pictures_of <- function(file) {
  list <- system2("pdfimages", c("-list", shQuote(file)), stdout = TRUE)[-(1:2)]
  rows <- utils::read.table(text = list, fill = TRUE)
  rows <- unique(rows[rows[[3L]] == "image", c(1L, 11L)])
  data.frame(page = rows[[1L]], object = rows[[2L]])
}

# A picture that is cut stands on two pages.
cut_pictures <- function(file) {
  object <- pictures_of(file)$object
  object[duplicated(object)]
}

# Pages with more or fewer calls of pictures than pictures.
lone_calls <- function(file) {
  pages <- strsplit(paste(text_of(file), collapse = "\n"), "\f")[[1L]]
  calls <- lengths(regmatches(pages, gregexpr("autoplot(", pages,
                                              fixed = TRUE)))
  which(calls != tabulate(pictures_of(file)$page, length(pages)))
}

n_pages <- function(file) {
  info <- system2("pdfinfo", shQuote(file), stdout = TRUE)
  as.integer(sub(".* ", "", grep("^Pages", info, value = TRUE)))
}

for (name in c("ural", "ural-ru", "ural-word", "russia", "russia-word",
               "profiles", "profiles-word")) {
  file <- at(paste0(name, ".pdf"))
  if (!file.exists(file)) {
    tell(paste(name, "is printed"), "there is no PDF")
    next
  }
  if (!startsWith(name, "profiles")) {
    tell(paste(name, "has its numbers whole"),
         broken_numbers(file, if (startsWith(name, "ural")) few else many))
    tell(paste(name, "has calls on the pages of their pictures"),
         lone_calls(file))
  } else {
    n <- nrow(few$basic)
    tell(paste(name, "has a page a region"),
         if (n_pages(file) != n) paste(n_pages(file), "pages of", n))
  }
  tell(paste(name, "has its pictures whole"), cut_pictures(file))
  cat("  ", n_pages(file), " pages\n", sep = "")
}
finish(counts[["ok"]], counts[["bad"]], 0L)
