skip_if_not_installed("processx")

work_on <- quote({
  library(nidcode)
  load(args[1])
  suppressWarnings(do.call(code_parts, settings))
})

test_that("20 kills at random moments leave no half and no doubled region", {
  panel <- past_panel(n_regions = 60L)
  model <- past_model(panel)
  from <- write_parts(panel, new_folder(), 2L)
  sink <- file.path(new_folder(), "out")
  settings <- c(list(from, sink),
                past_args(panel, reference = quietly(code_reference(model))))
  file <- tempfile(fileext = ".rda")
  save(settings, file = file)
  whole <- as.data.frame(model$basic)
  made <- 0L
  waits <- with_stream(7, stats::runif(20, 0, 0.3))
  for (wait in waits) {
    job <- start_r(work_on, file)
    # Loading the package is not what is to be killed.
    until <- Sys.time() + 30
    while (job$is_alive() && Sys.time() < until &&
             length(list.files(sink, "^part-")) <= made) Sys.sleep(0.01)
    Sys.sleep(wait)
    job$kill()
    job$wait()
    parts <- list.files(sink, "^part-[0-9]+[.]csv$")
    made <- length(parts)
    if (made == 0L) next
    have <- read_sink(sink, panel)
    expect_identical(anyDuplicated(have$region), 0L)
    want <- whole[match(have$region, whole$region), ]
    rownames(want) <- NULL
    expect_equal(have, want, tolerance = 0, ignore_attr = TRUE)
    if (made == 30L) unlink(file.path(sink, sample(parts, 25L)))
    made <- length(list.files(sink, "^part-"))
  }
  before <- file.mtime(file.path(sink, list.files(sink, "^part-")))
  names(before) <- list.files(sink, "^part-")
  out <- quietly(do.call(code_parts, settings))
  expect_identical(sum(out$state == "kept"), made)
  expect_identical(unname(file.mtime(file.path(sink, names(before)))),
                   unname(before))
  expect_whole(sink, model)
})

test_that("a full disk is an error and leaves no part", {
  folder <- new_folder()
  mounted <- suppressWarnings(system2(
    "mount", c("-t", "tmpfs", "-o", "size=16k", "tmpfs", shQuote(folder)),
    stdout = FALSE, stderr = FALSE)) == 0L
  skip_if(!mounted, "no tmpfs may be mounted here: a full disk")
  withr::defer(system2("umount", shQuote(folder)))
  panel <- past_panel(n_regions = 60L)
  model <- past_model(panel, rate = rate_central())
  from <- write_parts(panel, new_folder(), 20L)
  expect_error(
    quietly(do.call(code_parts, c(
      list(from, file.path(folder, "out"), what = "dynamic"),
      past_args(panel, rate = rate_central(),
                reference = code_reference(model))))),
    class = "nidcode_error_file")
  expect_identical(list.files(file.path(folder, "out"), "part|csv",
                              all.files = TRUE), character())
})
