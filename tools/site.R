# The site, in site/: `make site`. Nothing is fetched, so that it builds on a
# machine without network; a warning is a failure.

source("tools/utf8.R")
if (utils::packageVersion("pkgdown") >= "2.1.0") {
  stop("pkgdown ", utils::packageVersion("pkgdown"), " fetches scripts while ",
       "it builds; `make site` asks for 2.0.7, which Debian and Ubuntu have as ",
       "r-cran-pkgdown", call. = FALSE)
}

# The lists of CRAN and of licences' addresses ask the network.
options(warn = 1L, pkgdown.internet = FALSE)
# So do links to packages that are named but not installed.
utils::assignInNamespace("CRAN_urls", function() list(), "downlit")
warned <- character()
unlink("site", recursive = TRUE)
withCallingHandlers({
  pkgdown::build_site(".", preview = FALSE, devel = FALSE, install = FALSE,
                      new_process = FALSE, examples = TRUE)
}, warning = function(w) {
  warned <<- c(warned, conditionMessage(w))
  invokeRestart("muffleWarning")
})

# The model of the first example, to play with.
library(nidcode)
regions <- subset(ural, level == "region")
write_explorer(suppressMessages(code_model(regions, ural_scheme,
                                           status = "_status")),
               file.path("site", "explorer.html"),
               title = "Regions of the Ural", overwrite = TRUE)

pages <- list.files("site", "[.]html$", recursive = TRUE)
cat(length(pages), "pages in site/,", length(warned), "warnings\n")
if (length(warned) > 0L) {
  cat(paste0("warning: ", unique(warned), "\n"), sep = "")
  quit(save = "no", status = 1L)
}
