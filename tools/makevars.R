# How the checks compile: plain -O2, and ccache where it is, since the package
# is compiled for its vignettes, for the check and for the fuzz.
#   Rscript tools/makevars.R FILE

config <- function(name) {
  out <- suppressWarnings(system2("R", c("CMD", "config", name),
                                  stdout = TRUE, stderr = FALSE))
  if (length(out) == 1L && !startsWith(out, "ERROR")) out else ""
}

write_makevars <- function(file) {
  standards <- c("", "11", "14", "17", "20")
  flags <- paste0("CXX", standards, "FLAGS = -O2 -Wall -pedantic")
  lines <- c("CFLAGS = -O2 -Wall -pedantic", flags)
  if (nzchar(Sys.which("ccache"))) {
    vars <- c("CC", paste0("CXX", standards))
    compilers <- vapply(vars, config, "")
    use <- nzchar(compilers)
    # A user's own settings, which these replace, may name it already.
    compilers <- sub("^(ccache )?", "ccache ", compilers)
    lines <- c(lines, paste0(vars[use], " = ", compilers[use]))
  }
  writeLines(lines, file)
}

if (sys.nframe() == 0L) write_makevars(commandArgs(TRUE))
