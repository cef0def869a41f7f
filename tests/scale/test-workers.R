run_here <- quote(suppressWarnings(suppressMessages(do.call(
  nidcode::code_part, c(list(file.path(from, sprintf("in-%02d.csv", k)),
                             file.path(sink, paste0("part-", k, ".csv"))),
                        args)))))

workers_job <- function(env = parent.frame()) {
  panel <- plain_panel()
  model <- quietly(code_model(panel))
  list(model = model, from = write_parts(panel, new_folder(env), 10L),
       sink = new_folder(env),
       args = list(scheme = panel$scheme, reference = code_reference(model)))
}

test_that("mirai", {
  skip_if_not_installed("mirai")
  job <- workers_job()
  withr::local_envvar(R_LIBS = paste(.libPaths(), collapse = ":"))
  mirai::daemons(2)
  withr::defer(mirai::daemons(0))
  tasks <- lapply(1:3, \(k) do.call(mirai::mirai, c(
    list(run_here, k = k), job[c("from", "sink", "args")])))
  expect_identical(vapply(tasks, \(m) mirai::call_mirai(m)$data, ""),
                   rep("made", 3))
  expect_whole(job$sink, job$model)
})

test_that("crew", {
  skip_if_not_installed("crew")
  job <- workers_job()
  withr::local_envvar(R_LIBS = paste(.libPaths(), collapse = ":"))
  crew <- crew::crew_controller_local(workers = 2)
  crew$start()
  withr::defer(crew$terminate())
  for (k in 1:3) {
    crew$push(run_here, data = c(list(k = k), job[c("from", "sink", "args")]),
              substitute = FALSE)
  }
  # Its wait() may end before all are back.
  made <- character()
  until <- Sys.time() + 60
  while (length(made) < 3L && Sys.time() < until) {
    crew$wait(seconds_timeout = 1)
    made <- c(made, unlist(crew$collect(error = "stop")$result))
  }
  expect_identical(made, rep("made", 3))
  expect_whole(job$sink, job$model)
})
