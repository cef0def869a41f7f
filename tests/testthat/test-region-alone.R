# What a region says, whoever else is in the panel: every verb, by region. Only
# the correlation of codes is drawn to that of the panel.
region_verbs <- list(
  rates = function(v) v,
  industrial = function(v) industrial_code(v, cor = "independent"),
  basic = function(v) basic_code(v, influence_half_life(3), "integral",
                                 cor = "independent"),
  path = function(v) code_path(v, influence_half_life(3),
                               cor = "independent"),
  code = function(v) contributions(v, c("code", "time")),
  indicator = function(v) contributions(v, "indicator"),
  cells = function(v) cell_weights(v),
  level = function(v) predict(v, order = 0)
)

curve_verbs <- list(
  residuals = function(v) residuals(v)
)

test_that("a region has the numbers that it has alone", {
  skip_on_cran()
  made <- random_panel(17, n_regions = 5L)
  scheme <- do.call(code_scheme, made$scheme[c("indicator", "code",
                                               "direction", "weight")])
  rates <- list(rate_spline(), rate_spline("reml"), rate_local(6),
                rate_central(sd = 0.3), rate_difference())
  for (normalise in c("none", "zscore")) {
    codes <- function(data, reference = "panel") {
      defining_codes(code_panel(data, scheme, c("region", "year"),
                                status = "_status"), normalise, reference)
    }
    quiet <- function(x) suppressWarnings(suppressMessages(x))
    all <- quiet(codes(made$data))
    kept <- if (normalise == "none") "panel" else code_reference(all)
    mine <- made$data$region %in% c("R2", "R5")
    some <- quiet(codes(made$data[mine, ], kept))
    for (rate in rates) {
      verbs <- c(region_verbs, if (rate$facts$errors != "known")
        curve_verbs)
      for (interval in c("pointwise", "simultaneous")) {
        big <- quiet(dynamic_codes(all, rate, interval = interval))
        small <- quiet(dynamic_codes(some, rate, interval = interval))
        if (interval == "simultaneous") verbs <- region_verbs["rates"]
        for (name in names(verbs)) {
          of_all <- as.data.frame(quiet(verbs[[name]](big)))
          of_all <- of_all[of_all$region %in% c("R2", "R5"), ]
          rownames(of_all) <- NULL
          of_some <- as.data.frame(quiet(verbs[[name]](small)))
          expect_gt(nrow(of_some), 0L)
          expect_equal(of_all, of_some, tolerance = 1e-10,
                       info = paste(normalise, rate$words, interval, name))
        }
      }
    }
  }
})
