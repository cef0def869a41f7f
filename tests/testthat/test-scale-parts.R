run_folder <- function(panel, from, to, ...) {
  quietly(do.call(code_parts, c(list(from, to), past_args(panel, ...))))
}

test_that("a folder is worked through and taken up again", {
  panel <- past_panel()
  from <- write_parts(panel, new_folder(), 5L)
  to <- file.path(new_folder(), "out")
  model <- past_model(panel)
  reference <- quietly(code_reference(model))
  out <- run_folder(panel, from, to, reference = reference)
  expect_identical(out$state, rep("made", 3))
  expect_identical(out$regions, c(5L, 5L, 2L))
  expect_identical(basename(out$file), paste0("part-", 1:3, ".csv"))
  expect_equal(read_sink(to, panel), as.data.frame(model$basic), tolerance = 0,
               ignore_attr = TRUE)
  unlink(out$file[2L])
  out <- run_folder(panel, from, to, reference = reference)
  expect_identical(out$state, c("kept", "made", "kept"))
  expect_equal(read_sink(to, panel), as.data.frame(model$basic), tolerance = 0,
               ignore_attr = TRUE)
  err <- expect_error(run_folder(panel, from, to, reference = reference,
                                 conf_level = 0.9),
                      class = "nidcode_error_resume")
  expect_identical(err$values, "conf_level")
  # Another file among the parts would give them other numbers.
  write_parts(panel, from, 4L)
  expect_error(run_folder(panel, from, to, reference = reference),
               class = "nidcode_error_resume")
})

test_that("a first pass works out what regions share", {
  panel <- past_panel(n_regions = 24L)
  from <- write_parts(panel, new_folder(), 7L)
  to <- file.path(new_folder(), "out")
  run_folder(panel, from, to)
  model <- past_model(panel)
  want <- quietly(code_reference(model))
  have <- readRDS(file.path(to, "reference.rds"))
  expect_equal(have$centre, want$centre, tolerance = 1e-14)
  expect_equal(have$scale, want$scale, tolerance = 1e-13)
  expect_equal(attr(have, "rho"), attr(want, "rho"), tolerance = 1e-9)
  expect_identical(attr(have, "orders"), attr(want, "orders"))
  expect_equal(read_sink(to, panel), as.data.frame(model$basic),
               tolerance = 1e-9, ignore_attr = TRUE)
  expect_identical(unique(run_folder(panel, from, to)$state), "kept")
})

test_that("a sample of many regions stands evenly among them", {
  panel <- past_panel(n_regions = 24L)
  some <- some_regions(panel$data, panel, 5L)
  at <- sort(match(unique(some$region), panel$regions))
  expect_identical(at, as.integer(round(seq(1, 24, length.out = 5))))
  expect_identical(some_regions(panel$data, panel, 24L), panel$data)
})

test_that("moments of parts are those of all", {
  x <- c(1e9 + c(0.25, 0.5, 1.75, 2), 1e9 + c(10.5, -3))
  m <- function(x) panel_moments(code_panel(
    data.frame(region = "a", year = seq_along(x), x = x),
    code_scheme("x", "social")))
  both <- quietly(merge_moments(m(x[1:4]), m(x[5:6])))$x
  expect_equal(both$mean, mean(x), tolerance = 1e-15)
  expect_equal(sqrt(both$square / 5), sd(x), tolerance = 1e-12)
  expect_identical(c(both$n, both$min, both$max), c(6, range(x)))
  none <- quietly(m(NA_real_))
  expect_identical(quietly(merge_moments(none, m(x)))$x, quietly(m(x))$x)
  expect_identical(quietly(merge_moments(m(x), none))$x, quietly(m(x))$x)
})

test_that("rows that are fetched are cut between regions", {
  panel <- past_panel(n_regions = 6L)
  data <- panel$data[order(match(panel$data$region, panel$regions)), ]
  model <- past_model(panel, rate = rate_central())
  for (rows in c(1L, 13L, 40L, 1000L)) {
    at <- 0L
    fetch <- function(n) {
      now <- seq_len(nrow(data))
      now <- now[now > at & now <= at + n]
      at <<- at + n
      data[now, ]
    }
    to <- file.path(new_folder(), "out")
    out <- run_folder(panel, fetch, to, rate = rate_central(), rows = rows,
                      reference = code_reference(model))
    expect_identical(sum(out$regions), 6L)
    if (rows == 1L) expect_identical(out$regions, rep(1L, 6))
    expect_equal(read_sink(to, panel), as.data.frame(model$basic),
                 tolerance = 0, ignore_attr = TRUE)
  }
  # What is read once has no first pass.
  expect_error(run_folder(panel, fetch, to), class = "nidcode_error_reference")
})

test_that("a region in two parts is refused", {
  panel <- past_panel(n_regions = 6L)
  model <- past_model(panel, rate = rate_central())
  from <- write_parts(panel, new_folder(), 2L)
  run <- function() {
    run_folder(panel, from, file.path(new_folder(), "out"),
               rate = rate_central(), reference = code_reference(model))
  }
  moved <- subset(panel$data, region == panel$regions[1L])[1:3, ]
  extra <- file.path(from, "in-01b.csv")
  utils::write.csv(moved, extra, row.names = FALSE)
  err <- expect_error(run(), class = "nidcode_error_partition")
  expect_identical(err$regions, as.character(panel$regions[1L]))
  expect_identical(err$parts, 1:2)
  # Not the neighbour: found at the end.
  file.rename(extra, file.path(from, "in-99.csv"))
  err <- expect_error(run(), class = "nidcode_error_partition")
  expect_identical(err$parts, c(1L, 4L))
})

test_that("prints tell texts apart", {
  x <- c("", "a", "b", "ab", "ba", "\u044f", "NA")
  out <- text_prints_cpp(x)
  expect_false(anyDuplicated(out) > 0L)
  expect_true(all(out == floor(out) & out >= 0 & out < 2^53))
  expect_identical(anyDuplicated(text_prints_cpp(as.character(1:1e5))), 0L)
  # By hand, of no bytes: the offset basis of FNV-1a through splitmix64.
  expect_identical(text_prints_cpp(character()), numeric())
})

test_that("what parts say is said once, errors with their part", {
  panel <- past_panel(n_regions = 6L)
  model <- past_model(panel, rate = rate_central())
  args <- past_args(panel, rate = rate_central(),
                     reference = code_reference(model))
  from <- write_parts(panel, new_folder(), 2L)
  to <- file.path(new_folder(), "out")
  said <- list()
  withCallingHandlers(
    do.call(code_parts, c(list(from, to), args)),
    condition = \(cnd) {
      if (inherits(cnd, c("message", "warning"))) said <<- c(said, list(cnd))
      if (inherits(cnd, "message")) rlang::cnd_muffle(cnd)
    }
  )
  kinds <- vapply(said, \(cnd) class(cnd)[1L], "")
  merged <- said[[which(kinds == "nidcode_message_parts")]]
  expect_true(all(merged$n <= 3L & merged$n >= 1L))
  expect_length(merged$messages, length(merged$classes))
  bad <- panel$data
  bad$x1[1L] <- Inf
  write_parts(list(data = bad, regions = panel$regions), from, 2L)
  err <- expect_error(run_folder(panel, from, file.path(new_folder(), "out"),
                                 rate = rate_central(),
                                 reference = code_reference(model)),
                      class = "nidcode_error_not_finite")
  expect_match(conditionMessage(err), "Part [1-3] \\(\"in-0[1-3].csv\"\\)")
})

test_that("sources that are none are told", {
  ref <- code_reference(defining_codes(code_panel(hand_regions, hand_scheme())))
  run <- function(source) code_parts(source, tempfile(), reference = ref,
                                     scheme = hand_scheme(),
                                     rate = rate_central())
  expect_error(run(new_folder()), class = "nidcode_error_path")
  expect_error(run(tempfile()), class = "nidcode_error_path")
  expect_error(run(1), class = "nidcode_error_argument")
  expect_error(run(NA_character_), class = "nidcode_error_argument")
})
