# What the C++ core throws is classed, for every function it exports, and bad
# shapes are refused before they are read.

kernel_names <- function() {
  grep("^[a-z].*_cpp$", ls(asNamespace("nidcode")), value = TRUE)
}

call_kernel <- function(name, args) {
  do.call(get(name, asNamespace("nidcode")), args)
}

# A good call of each kernel, from which bad ones are made.
good_calls <- function() {
  grids <- list(offset = c(0L, 3L), time = c(1, 2, 3), step = integer(3))
  local <- list(kind = "local", span = 3L, width = 0, degree = 1L,
                kernel = "uniform", shift = TRUE, steps = FALSE)
  code <- list(x = list(c(1, 2, 4)), centre = list(0),
               inverse = list(1), sign = 1, weight = 1, reflect = FALSE,
               whole = TRUE, missing = "constant", aggregate = "mean")
  ticks <- matrix(c(0L, 1L, 1L, 0L), 2)
  spline_grids <- list(time = c(1, 2, 3), step = integer(3), size = 3L)
  want <- list(orders = 0:1, steps = FALSE, new_orders = integer(),
               new_time = numeric(), new_size = integer(), sum_order = 2L, sum_weight = numeric(),
               sum_size = integer())
  tuning <- list(m = 3L, mode = "average", value = 0,
                 weights = matrix(0, 0, 0), lambda = matrix(0, 0, 0),
                 rounding = numeric())
  two <- list(grids = list(offset = c(0L, 5L), time = c(1, 2, 3, 4, 5),
                           step = integer(5)), order = 1L)
  noise <- list(m = 3L, pool = two$grids, parts = 1L, shrink = c(0.5, 0.1),
                z = c(1, 2), sigma = 0.3, sums = list(
                  two["order"], list(order = 2L, row = c(1, 1, 1, 1, 1),
                                     offset = c(0, 5), k = 1L)))
  meet <- list(pattern = 1L, entry = matrix(1L, 1, 2), common = two$grids)
  sets <- list(list(std.error = matrix(1, 5, 2), place = c(0, 5)),
               list(std.error = matrix(1, 1, 2), place = c(0, 1)))
  list(
    shared_noise_cpp = list(list(noise, noise), meet, sets, TRUE, 1L),
    next_correlation_cpp = list(matrix(c(0.9, 0.9, -0.9), 1), 3L),
    joint_sign_cpp = list(matrix(0, 1, 2), matrix(0.5), matrix(c(0, 1, 1, 0),
                                                               2), 1L),
    fit_least_squares_cpp = list(matrix(c(1, 2, 4)), c(1, 2, 3), 1L, 1L, TRUE),
    fit_groups_cpp = list(matrix(c(1, 2, 4)), c(1, 2, 3), c(0L, 3L), 1L, 1L,
                          TRUE, 1L),
    group_starts_cpp = list(c(1, 1, 2)),
    panel_order_cpp = list(c("a", "b"), c(1, 2)),
    count_missing_cpp = list(c(1, NA)),
    zeros_cpp = list(c(1L, 0L)),
    count_growing_cpp = list(c(1, -1), 1L, c(0L, 2L), 1:2, 2L),
    repeat_cpp = list(c(1, 2), 2L, 3L), grow_heap_cpp = list(10),
    put_values_cpp = list(numeric(4), 1:2, 1, c(5, 6), 1L),
    interleave_cpp = list(list(c(1, 2), c(3, 4)), 1L),
    all_ascii_cpp = list(c("a", "A")),
    lookalikes_cpp = list(c("a", "A")),
    cell_shapes_cpp = list(c("1,5", "20")),
    cell_numbers_cpp = list(c("1,5", "2,5"), c(1L, 1L), "1.1"),
    integer64_to_double_cpp = list(0),
    crc32_cpp = list(as.raw(1:3), 0),
    linear_defined_cpp = list(grids, local, 1L),
    text_prints_cpp = list(c("a", "b")),
    sure_pairs_cpp = list(c(1, 2), c(1, 1), c(5, Inf), 0.95),
    term_widths_cpp = list(grids, FALSE, FALSE),
    terms_told_cpp = list(grids, c(TRUE, TRUE, FALSE)),
    linear_operator_cpp = list(grids, 1L, local, 1L),
    linear_sums_cpp = list(grids, local, c(1, 1, 1), 1L, 1L),
    linear_rates_cpp = list(c(1, 2, 4), 1L, grids, local, 0:1, list(),
                            numeric(), 1L),
    count_pairs_cpp = list(ticks, c(0L, 0L), 1L, 2L, 1L),
    weighted_shares_cpp = list(ticks, c(1, 1), c(0L, 0L), 1L, 0:1, c(0L, 0L),
                               1),
    read_ticks_cpp = list(list(c(TRUE, NA)), 2L),
    spline_fit_cpp = list(c(1, 2, 4), 1L, spline_grids, want, tuning,
                          character(), 1L),
    order_evidence_cpp = list(matrix(c(1, 2, 4, 8, 9, 7, 1, 3, 5, 2), 5),
                              c(1, 2, 3, 4, 5), integer(5), 5000L),
    mutations_cpp = list(matrix(c(1, 3, 2, 5, 4, 6, 5, 9)), list(
      time = as.double(1:8), step = integer(8)
    ), 3L, list(level = TRUE, rate = TRUE, trim = 1L), matrix(0L, 2L, 0L)),
    mutation_null_cpp = list(list(time = as.double(1:8), step = integer(8)),
                             3L, list(level = TRUE, rate = TRUE, trim = 1L),
                             matrix(0L, 2L, 0L), matrix(sin(1:16), 8),
                             matrix((1:8)^2), 0.1, 1:3, 1L),
    spline_pieces_cpp = list(c(1, 2, 3), integer(3), 3L, 0L, 1),
    test_interrupt_cpp = list(10, 1L),
    test_throw_cpp = list(10, 10, 1L, FALSE),
    test_pulse_cpp = list(10, 1L, 100L),
    t_limits_cpp = list(1, 1, 5, 0.95), t_probability_cpp = list(1, 1, 5),
    moments_cpp = list(c(1, 2, 4), c(0L, 3L)),
    define_code_cpp = list(code, c(0L, 3L), 0L, 1L, FALSE, TRUE, numeric()),
    define_part_cpp = list(code, c(0L, 3L), 1L, c(1, 1, 1)),
    code_grids_cpp = list(c(1, 2, 4), c(0L, 3L), c(1, 2, 3), 2L),
    define_draws_cpp = list(code, c(0L, 3L), matrix(c(1, 2), 1L), 1L),
    rebuild_linear_cpp = list(
      list(rate = matrix(c(1, 2, 3, 4), 2L), offset = c(0L, 2L),
           place = c(1L, 2L), code = c(1L, 1L), here = matrix(TRUE, 2L, 1L),
           pattern = 1L),
      matrix(c(1, 3), 2L), matrix(1), matrix(c(1, 0.5), 2L), 1L, 1L),
    rank_columns_cpp = list(matrix(c(1, 3, 2), 3L), 1L),
    least_differences_cpp = list(
      matrix(c(1, 2, 3, 4), 2L), matrix(1L, 2L, 2L), c(0L, 2L),
      list(low = c(0, 0), high = c(1, 1), cut = TRUE),
      list(low = 1, high = 1, cut = TRUE), 1, 1L)
  )
}

test_that("the good calls are those of all kernels, and good", {
  good <- good_calls()
  expect_setequal(names(good), kernel_names())
  for (name in names(good)) {
    expect_error(call_kernel(name, good[[name]]), NA)
  }
})

test_that("a wrong type anywhere is a classed error", {
  good <- good_calls()
  for (name in names(good)) {
    for (i in seq_along(good[[name]])) {
      bad <- good[[name]]
      bad[[i]] <- expression(x)
      err <- expect_error(call_kernel(name, bad),
                          class = "nidcode_error_internal")
      expect_identical(err$kernel, name)
      expect_type(err$reason, "character")
    }
  }
})

test_that("no kernel begins the caller's stream of random numbers", {
  withr::local_preserve_seed()
  good <- good_calls()
  for (name in names(good)) {
    if (exists(".Random.seed", globalenv())) {
      rm(".Random.seed", envir = globalenv())
    }
    call_kernel(name, good[[name]])
    expect_false(exists(".Random.seed", globalenv()), label = name)
  }
})

test_that("wrong sizes and places are refused before they are read", {
  good <- good_calls()
  refused <- function(.kernel, ...) {
    args <- good[[.kernel]]
    change <- list(...)
    names(args) <- names(formals(get(.kernel, asNamespace("nidcode"))))
    args[names(change)] <- change
    expect_error(call_kernel(.kernel, args), class = "nidcode_error_internal")
  }
  within <- function(.kernel, .i, ...) {
    args <- good[[.kernel]][[.i]]
    change <- list(...)
    args[names(change)] <- change
    args
  }
  refused("fit_least_squares_cpp", y = 1)
  refused("fit_least_squares_cpp", variable = 2L)
  refused("fit_least_squares_cpp", variable = NA_integer_)
  refused("fit_least_squares_cpp", power = 1:2)
  refused("fit_groups_cpp", first = integer())
  refused("fit_groups_cpp", first = c(0L, 4L))
  refused("fit_groups_cpp", first = c(0L, 5L, 3L))
  refused("panel_order_cpp", region = "a")
  refused("panel_order_cpp", time = c("1", "2"))
  for (name in c("linear_defined_cpp", "term_widths_cpp", "terms_told_cpp",
                 "linear_operator_cpp", "linear_sums_cpp")) {
    refused(name, grids = within(name, 1L, offset = c(0L, 4L)))
    refused(name, grids = within(name, 1L, offset = c(0, 3)))
    refused(name, grids = within(name, 1L, offset = integer()))
    refused(name, grids = within(name, 1L, step = 1L))
  }
  refused("linear_defined_cpp", order = 3L)
  refused("terms_told_cpp", terms = TRUE)
  refused("linear_operator_cpp", g = 2L)
  refused("linear_operator_cpp", order = NA_integer_)
  refused("linear_operator_cpp", rate = list(kind = "strange"))
  refused("linear_operator_cpp", rate = list(
    kind = "custom", matrices = list(list(diag(2), diag(3)))))
  refused("linear_operator_cpp", rate = list(kind = "custom",
                                             matrices = list()))
  refused("linear_sums_cpp", weight = c(1, 1))
  refused("linear_sums_cpp", k = -1L)
  refused("linear_rates_cpp", values = c(1, 2))
  refused("linear_rates_cpp", grid = 2L)
  refused("linear_rates_cpp", grid = 0L)
  refused("linear_rates_cpp", orders = 3L)
  refused("linear_rates_cpp", known_sd = c(1, 2))
  refused("linear_rates_cpp", sums = list(row = 1, offset = c(0, 3), k = 1L))
  refused("count_pairs_cpp", group = 0L)
  refused("count_pairs_cpp", group = c(0L, 1L))
  refused("count_pairs_cpp", groups = -1L)
  refused("weighted_shares_cpp", weight = 1)
  refused("weighted_shares_cpp", groups = -1L)
  refused("weighted_shares_cpp", psu = c(0L, 2L))
  refused("weighted_shares_cpp", stratum = c(0L, 1L))
  refused("read_ticks_cpp", n = 3L)
  refused("read_ticks_cpp", n = -1L)
  refused("spline_fit_cpp", values = 1)
  refused("spline_fit_cpp", grid = 2L)
  refused("spline_fit_cpp", grids = within("spline_fit_cpp", 3L, size = 2L))
  refused("spline_fit_cpp",
          grids = within("spline_fit_cpp", 3L, time = c(1, 3, 2)))
  refused("spline_fit_cpp", want = within("spline_fit_cpp", 4L, orders = 3L))
  refused("spline_fit_cpp",
          want = within("spline_fit_cpp", 4L, new_size = 1L, new_time = NaN,
                        new_orders = 0L))
  refused("spline_fit_cpp",
          want = within("spline_fit_cpp", 4L, sum_size = 1L,
                        sum_weight = c(1, 1)))
  refused("spline_fit_cpp", tuning = within("spline_fit_cpp", 5L,
                                            mode = "strange"))
  refused("spline_fit_cpp", tuning = within("spline_fit_cpp", 5L,
                                            mode = "frozen"))
  refused("spline_fit_cpp", tuning = within("spline_fit_cpp", 5L, m = 4L))
  refused("spline_pieces_cpp", step = 0L)
  refused("spline_pieces_cpp", order = 3L)
  refused("spline_pieces_cpp", at = NaN)
  refused("order_evidence_cpp", time = c(1, 2, 3, 4))
  refused("order_evidence_cpp", most = 0L)
  refused("order_evidence_cpp", time = c(1, 3, 2, 4, 5))
  refused("order_evidence_cpp", value = matrix(c(1:4, NA) + 0, 5))
  refused("order_evidence_cpp", step = c(0L, 1L, 0L, 0L, 0L))
  refused("test_interrupt_cpp", n = NaN)
  noise <- good$shared_noise_cpp[[1]][[1]]
  for (change in list(list(z = 1), list(sigma = numeric()), list(parts = 2L),
                      list(parts = 0L), list(shrink = 1), list(m = 2L))) {
    refused("shared_noise_cpp",
            codes = list(utils::modifyList(noise, change), noise))
  }
  sums <- noise$sums
  refused("shared_noise_cpp", codes = list(noise, replace(
    noise, "sums", list(sums[1]))))
  sums[[2]]$k <- 2L
  refused("shared_noise_cpp", codes = list(noise, replace(
    noise, "sums", list(sums))))
  sums[[2]]$k <- 0L
  refused("shared_noise_cpp", codes = list(noise, replace(
    noise, "sums", list(sums))))
  sums[[1]]$order <- 3L
  refused("shared_noise_cpp", codes = list(noise, replace(
    noise, "sums", list(sums))))
  refused("shared_noise_cpp", codes = list(noise))
  refused("shared_noise_cpp", meet = within("shared_noise_cpp", 2L,
                                            pattern = 2L))
  refused("shared_noise_cpp", meet = within("shared_noise_cpp", 2L,
                                            entry = matrix(2L, 1, 2)))
  refused("shared_noise_cpp", sets = good$shared_noise_cpp[[3]][2:1])
  refused("next_correlation_cpp", codes = 2L)
  refused("joint_sign_cpp", pairs = matrix(0, 1, 2))
  refused("joint_sign_cpp", normal = matrix(c(1, 0, 1, 0), 2))
  refused("repeat_cpp", x = "a")
  refused("repeat_cpp", x = NULL)
  refused("repeat_cpp", each = -1L)
  refused("repeat_cpp", times = NA_integer_)
  for (bad in c(-1, NaN, Inf)) refused("grow_heap_cpp", cells = bad)
  refused("count_growing_cpp", x = 1)
  refused("count_growing_cpp", x = c(1, 2, 3))
  refused("count_growing_cpp", grid = 2L)
  refused("count_growing_cpp", offset = c(0L, 1L))
  refused("count_growing_cpp", time = c(1L, 3L))
  refused("count_growing_cpp", times = 1L)
  refused("crc32_cpp", sum = NaN)
  refused("crc32_cpp", sum = 2^32)
  refused("t_probability_cpp", std_error = c(1, 1))
  refused("t_probability_cpp", df = c(5, 5))
  refused("moments_cpp", offset = c(0L, 4L))
  refused("define_code_cpp", offset = c(0L, 4L))
  refused("define_code_cpp", offset = c(3L, 0L))
  refused("define_code_cpp", to = 2L)
  refused("define_code_cpp", from = -1L)
  refused("define_part_cpp", k = 2L)
  refused("define_part_cpp", total = c(1, 1))
  refused("define_part_cpp", code = within("define_part_cpp", 1L, x = list(1)))
  refused("define_code_cpp", code = within("define_code_cpp", 1L, sign = 1:2))
  refused("define_code_cpp",
          code = within("define_code_cpp", 1L, centre = list(c(0, 0))))
  refused("code_grids_cpp", time = 1)
  refused("code_grids_cpp", offset = c(0L, 2L))
  refused("code_grids_cpp", breaks = 4L)
  refused("define_draws_cpp", weight = matrix(c(1, 2), 2L))
  refused("define_draws_cpp", weight = matrix(c(1, 0), 1L))
  refused("define_draws_cpp", weight = matrix(c(1, NA), 1L))
  refused("define_draws_cpp", offset = c(0L, 4L))
  refused("least_differences_cpp", first = c(0L, 1L))
  refused("least_differences_cpp", here = matrix(1L, 2L, 1L))
  for (bad in list(list(low = 0), list(low = c(0, NA)), list(high = c(-1, 1)),
                   list(high = c(1, Inf)))) {
    refused("least_differences_cpp", weight = do.call(within, c(
      list("least_differences_cpp", 4L), bad)))
  }
  refused("rebuild_linear_cpp", time = 2L)
  refused("rebuild_linear_cpp", time = c(1L, 1L))
  refused("rebuild_linear_cpp", code_weight = matrix(numeric(), 0L, 1L))
  refused("rebuild_linear_cpp", tau = matrix(1))
  refused("rebuild_linear_cpp", weight = matrix(1))
  for (bad in list(list(offset = c(0L, 1L)), list(pattern = 2L),
                   list(pattern = c(1L, 1L)), list(place = 1L),
                   list(here = matrix(TRUE, 1L, 1L)))) {
    refused("rebuild_linear_cpp", product = do.call(within, c(
      list("rebuild_linear_cpp", 1L), bad)))
  }
})

test_that("an error in an argument stays what it is", {
  expect_error(count_missing_cpp(stop_nid("domain", "of the caller")),
               class = "nidcode_error_domain")
  rate <- rate_custom(function(time) stop("the user's own"), "odd")
  err <- expect_error(estimate_rates(1:5, 1:5, rate = rate), "the user's own")
  expect_false(inherits(err, "nidcode_error_internal"))
})

test_that("memory that runs out has a class of its own", {
  err <- expect_error(test_throw_cpp(10, 0, 1L, TRUE),
                      class = "nidcode_error_memory")
  expect_identical(err$kernel, "test_throw_cpp")
  # The same from R's own allocator, in any language.
  expect_true(out_of_memory(tryCatch(numeric(2^50), error = identity)))
  expect_false(out_of_memory(simpleError("values and grids do not agree")))
})

test_that("an interrupt stays an interrupt", {
  skip_on_os("windows")
  stopped <- tryCatch({
    tools::pskill(Sys.getpid(), tools::SIGINT)
    test_interrupt_cpp(1e6, 1L)
  }, interrupt = function(e) "interrupt", error = function(e) "error")
  expect_identical(stopped, "interrupt")
})

test_that("the error is that of the function the user called", {
  err <- expect_error(test_throw_cpp(10, 3, 1L, FALSE),
                      class = "nidcode_error_internal")
  expect_identical(err$reason, "item 3")
  expect_identical(deparse(err$call[[1L]]), "test_throw_cpp")
})
