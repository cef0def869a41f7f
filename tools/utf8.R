# Sourced first by the other scripts: a report or a vignette with Cyrillic
# names cannot be rendered in a C locale, which is all that a bare machine has.
local({
  for (locale in c("C.UTF-8", "en_US.UTF-8")) {
    if (isTRUE(l10n_info()[["UTF-8"]])) break
    if (nzchar(suppressWarnings(Sys.setlocale("LC_CTYPE", locale)))) {
      Sys.setenv(LC_ALL = locale)
    }
  }
})
