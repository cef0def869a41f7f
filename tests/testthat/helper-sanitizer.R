# A sanitizer is loaded into every program that R starts, most of which do not
# bear it: tests that start one are left out there, by the program's name.
skip_under_sanitizer <- function(program) {
  skip_if(nzchar(Sys.getenv("NIDCODE_SANITIZE")),
          paste0("under a sanitizer no other program is started: ", program))
}
