# Plans: which sums of rates are taken.

test_that("bound plans give each plan's own sums", {
  p <- silently(panel_of(random_panel(103)))
  for (rate in list(rate_spline(), rate_local(), rate_central())) {
    fit <- get_fit(silently(dynamic_codes(p, rate)))
    frame <- plan_frame(fit)
    plans <- list(
      formula_plan(fit, influence_half_life(3), "integral", frame = frame),
      path_plan(fit, influence_equal(), "sum", "stock", frame),
      contribution_plan(formula_plan(fit, influence_equal(), "sum",
                                     frame = frame),
                        TRUE)
    )
    together <- estimate_codes(fit, rates = TRUE, plans)$sums
    for (j in seq_along(plans)) {
      alone <- estimate_codes(fit, plans = plans[j])$sums[[1L]]
      expect_equal(together[[j]], alone, tolerance = 1e-12)
      expect_identical(lengths(alone$estimate),
                       rep(as.integer(plan_total(plans[[j]])),
                           length(fit$codes)))
    }
  }
})

test_that("a path's last sum is the sum, a contribution's sum is it too", {
  p <- code_panel(hand_regions, hand_scheme())
  v <- dynamic_codes(p, rate_central())
  path <- code_path(v)
  expect_equal(path$estimate[path$year == 2006], basic_code(v)$estimate)
  parts <- contributions(v, c("time", "code"))
  expect_equal(c(rowsum(parts$estimate, parts$region)),
               basic_code(v)$estimate)
})
