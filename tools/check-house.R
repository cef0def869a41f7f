# Holds the map of CONTRIBUTING.md ("The house") against R/: every file stands
# in one wing, every file named there exists, no name is defined twice, a
# function calls only what stands in its own wing or in one above, and in the
# wings of the core no more than three files reach each other. Ends with one
# line of counts.
#
#   Rscript tools/check-house.R [--circles]     also prints the circles of files

show_circles <- "--circles" %in% commandArgs(TRUE)
table <- readLines("CONTRIBUTING.md", encoding = "UTF-8")
rows <- grep("^\\| [a-z ]+ \\| `", table, value = TRUE)
rows <- rows[cumsum(grepl("^\\| wing", table))[match(rows, table)] == 1L]
cells <- strsplit(rows, " *\\| *")
wings <- vapply(cells, `[`, "", 2L)
names <- lapply(cells, function(cell) {
  gsub("`", "", regmatches(cell[3L], gregexpr("`[^`]+`", cell[3L]))[[1L]])
})

files <- setdiff(sub("\\.R$", "", list.files("R", "\\.R$")), "RcppExports")
# A name of its own goes before a name that stands for many.
wing_of <- function(file) {
  exact <- which(vapply(names, function(n) file %in% n, NA))
  many <- which(vapply(names, function(n) {
    any(vapply(n[grepl("*", n, fixed = TRUE)], function(glob) {
      grepl(utils::glob2rx(glob), file)
    }, NA))
  }, NA))
  c(exact, many, NA)[1L]
}
wing <- vapply(files, wing_of, 1L)
fault <- character()
homeless <- files[is.na(wing)]
if (length(homeless)) fault <- paste("in no wing:", homeless)
plain <- grep("*", unlist(names), value = TRUE, fixed = TRUE, invert = TRUE)
gone <- setdiff(plain, files)
if (length(gone)) fault <- c(fault, paste("named but missing:", gone))

# Who defines what, and who calls it: globals of each function, also those
# passed on by name.
home <- new.env()
owner <- character()
for (file in files) {
  for (e in parse(file.path("R", paste0(file, ".R")), encoding = "UTF-8")) {
    if (is.call(e) && identical(e[[1L]], quote(`<-`)) && is.name(e[[2L]])) {
      name <- as.character(e[[2L]])
      if (name %in% names(owner)) {
        fault <- c(fault, paste0("defined twice: ", name, " in ", owner[[name]],
                                 " and ", file))
      }
      owner[name] <- file
      if (is.call(e[[3L]]) && identical(e[[3L]][[1L]], quote(`function`))) {
        assign(as.character(e[[2L]]), eval(e[[3L]], home), home)
      }
    }
  }
}
core <- wings %in% c("treat", "rates", "formulas", "model")
# Outside the core only names that stand in a lower wing can be at fault: where
# a function holds none, it is not asked which of its names are its own.
may_fault <- function(name) {
  if (core[wing[owner[[name]]]]) return(TRUE)
  held <- all.names(call("{", as.pairlist(formals(home[[name]])),
                         body(home[[name]])), unique = TRUE)
  held <- held[held %in% names(owner)]
  any(wing[owner[held]] > wing[owner[[name]]])
}
defined <- ls(home, all.names = TRUE)
asked <- if (show_circles) defined else Filter(may_fault, defined)
calls <- do.call(rbind, lapply(asked, function(name) {
  used <- unlist(codetools::findGlobals(home[[name]], merge = FALSE))
  used <- used[used %in% names(owner) & owner[used] != owner[[name]]]
  if (length(used)) data.frame(by = name, from = owner[[name]], what = used,
                               to = unname(owner[used]))
}))
up <- which(wing[calls$from] < wing[calls$to])
fault <- c(fault, sprintf("up the hill: %s() in %s calls %s() in %s (%s)",
                          calls$by[up], calls$from[up], calls$what[up],
                          calls$to[up], wings[wing[calls$to[up]]]))

# Circles: files that reach each other.
circles_of <- function(calls) {
  reach <- matrix(FALSE, length(files), length(files), FALSE,
                  list(files, files))
  reach[cbind(calls$from, calls$to)] <- TRUE
  for (k in files) reach <- reach | outer(reach[, k], reach[k, ], `&`)
  circles <- unique(apply(reach & t(reach), 1L, function(x) {
    paste(files[x], collapse = " ")
  }))
  circles <- strsplit(circles[nzchar(circles)], " ")
  circles[order(-lengths(circles))]
}
circles <- circles_of(calls)
large <- Filter(function(x) length(x) > 3L && core[wing[x[1L]]], circles)
fault <- c(fault, sprintf("a circle: %s", vapply(large, paste, "",
                                                 collapse = " ")))
if (show_circles) {
  writeLines(vapply(circles, paste, "", collapse = " "))
  cat(nrow(calls), "calls from file to file\n")
}
writeLines(fault)
cat(sprintf("house: %d files, %d wings, %d functions; %d %s\n",
            length(files), length(wings), length(defined), length(fault),
            if (length(fault) == 1L) "fault" else "faults"))
quit(save = "no", status = as.integer(length(fault) > 0L))
