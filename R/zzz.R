# `@exportS3Method pkg::generic` directives are delayed registrations, so
# methods for suggested packages appear when those load and nothing is needed
# here beyond unloading the library.
.onUnload <- function(libpath) {
  library.dynam.unload("nidcode", libpath)
}
