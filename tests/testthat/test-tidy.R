fit <- function(...) code_model(hand_regions, hand_scheme(), ...)
m <- fit(rate = rate_central(sd = 0.1))
one <- code_model(hand, code_scheme("x", "production", codes = alone),
                  rate = rate_local())

test_that("tidy, glance, augment come with the package", {
  for (verb in c("tidy", "glance", "augment")) {
    expect_identical(getExportedValue("nidcode", verb),
                     getExportedValue("generics", verb))
  }
})

test_that("tidy: plain tibbles with a term, for each `what`", {
  tables <- c(basic = "basic", path = "path", industrial = "industrial",
              dynamic = "rates", defining = "defining")
  for (what in names(tables)) {
    t <- tidy(m, what)
    own <- as.data.frame(m[[tables[[what]]]])
    expect_plain(t, what)
    expect_type(t$term, "character")
    expect_setequal(names(t), union("term", names(own)))
    expect_equal(as.list(t)[names(own)], as.list(own), label = what)
  }
  expect_identical(tidy(m), tidy(m, "basic"))
  expect_identical(tidy(m)$term, c("A", "B"))
  expect_identical(tidy(m, "path")$term[1:2], c("A 2001", "A 2002"))
  expect_identical(tidy(m, "dynamic")$term[1:4],
                   rep(c("innovation", "information"), each = 2))
  expect_identical(tidy(m, "defining")$term[1], "A 2001 production")
  expect_identical(tidy(one)$term, "Code NID")
  expect_error(tidy(m, "codes"), class = "nidcode_error_argument")
})

test_that("tidy: limits may go, another level is computed", {
  for (what in c("basic", "path", "industrial", "dynamic")) {
    full <- tidy(m, what)
    expect_identical(tidy(m, what, conf.int = FALSE),
                     full[setdiff(names(full), c("conf.low", "conf.high"))])
    half <- tidy(m, what, conf.level = 0.5)
    expect_equal(half$conf.high, half$estimate + qnorm(0.75) * half$std.error)
    expect_equal(half$estimate, full$estimate)
    # The model itself has not moved.
    expect_identical(tidy(m, what), full)
  }
  t <- tidy(one, conf.level = 0.5)
  df <- unique(one$rates$df)
  expect_equal(t$conf.low, t$estimate - qt(0.75, df) * t$std.error)
  expect_error(tidy(m, conf.level = 95), class = "nidcode_error_level")
  expect_error(tidy(m, conf.int = NA), class = "nidcode_error_argument")
  expect_error(tidy(m, "basic", TRUE, 0.9, 1),
               class = "nidcode_error_argument")
})

test_that("tidy: another level of a frozen model keeps its tuning", {
  s <- fit()
  d <- hand_regions
  d$x[5] <- 20
  f <- update(s, data = d, freeze = TRUE)
  expect_equal(tidy(f, conf.level = 0.5)$estimate, f$basic$estimate)
  expect_equal(tidy(f, conf.level = 0.5)$std.error, f$basic$std.error)
})

test_that("glance: one row", {
  expect_identical(as.list(glance(m)), list(
    n.regions = 2L, n.times = 6L, nobs = 36L, n.codes = 3L, rate = "central",
    influence = "equal (plain sum)", measure = "sum", effective.df = NA_real_
  ))
  d <- hand_regions[-12, ]
  d$y[2] <- NA
  g <- glance(suppressMessages(code_model(d, hand_scheme(),
                                          rate = rate_local(span = 9))))
  expect_identical(g$nobs, 32L)
  # Splines: between the parabola and the data.
  df <- glance(fit())$effective.df
  expect_true(df > 3 && df < 6)
})

test_that("augment: the user's rows in the user's order", {
  mix <- c(7, 3, 12, 1, 9, 2, 10, 4, 11, 6, 5, 8)
  d <- cbind(note = letters[1:12], hand_regions[mix, ])
  a <- augment(code_model(d, hand_scheme(), rate = rate_central(sd = 0.1)))
  expect_plain(a)
  expect_identical(as.list(a)[names(d)], as.list(d))
  codes <- c("production", "institutional", "social")
  rates <- c("innovation", "information", "value")
  added <- c(rbind(codes, rates, paste0(rates, ".rate")), "industrial")
  expect_setequal(setdiff(names(a), names(d)),
                  c(paste0(".", added), paste0(".", added, ".se"),
                    paste0(".", codes, ".sigma")))
  pick <- function(table, code = NULL, order = NULL) {
    table <- as.data.frame(table)
    if (!is.null(code)) table <- table[table$code == code, ]
    if (!is.null(order)) table <- table[table$order == order, ]
    table[match(paste(d$region, d$year), paste(table$region, table$year)), ]
  }
  for (k in 1:3) {
    v <- pick(m$rates, codes[k], 1)
    w <- pick(m$rates, codes[k], 2)
    get <- \(name) a[[paste0(".", name)]]
    expect_identical(get(codes[k]), pick(m$defining, codes[k])$estimate)
    expect_identical(get(paste0(codes[k], ".se")), rep(0.1, 12))
    expect_identical(get(paste0(codes[k], ".sigma")), rep(0.1, 12))
    expect_identical(get(rates[k]), v$estimate)
    expect_identical(get(paste0(rates[k], ".se")), v$std.error)
    expect_identical(get(paste0(rates[k], ".rate")), w$estimate)
    expect_identical(get(paste0(rates[k], ".rate.se")), w$std.error)
  }
  i <- pick(m$industrial)
  expect_identical(a$.industrial, i$estimate)
  expect_identical(a$.industrial.se, i$std.error)
})

test_that("augment: rows without a code have NA, none is lost", {
  d <- hand_regions
  d$y[c(3, 7)] <- NA
  a <- augment(code_model(d, hand_scheme(), rate = rate_difference()))
  expect_identical(nrow(a), 12L)
  expect_identical(which(is.na(a$.institutional)), c(3L, 7L))
  expect_identical(is.na(a$.industrial),
                   1:12 %in% c(1, 3, 7, 8))
  expect_true(all(is.na(a$.industrial.se)))
})

test_that("augment: long data get the codes of their region and time", {
  long <- data.frame(
    region = rep(hand_regions$region, 4), year = rep(hand_regions$year, 4),
    what = rep(c("x", "y", "z", "outside"), each = 12),
    value = c(hand_regions$x, hand_regions$y, hand_regions$z, 1:12)
  )
  mix <- with_stream(1, sample(48))
  a <- augment(code_model(long[mix, ], hand_scheme(), names_from = "what",
                          values_from = "value", rate = rate_central(sd = 0.1)))
  expect_identical(as.list(a)[1:4], as.list(long[mix, ]))
  wide <- augment(m)
  at <- match(paste(a$region, a$year), paste(wide$region, wide$year))
  expect_identical(a$.innovation, wide$.innovation[at])
  expect_identical(a$.industrial, wide$.industrial[at])
})

test_that("coef, vcov, confint, nobs, as.data.frame agree with the table", {
  b <- m$basic
  expect_identical(coef(m), stats::setNames(b$estimate, c("A", "B")))
  v <- vcov(m)
  expect_identical(dimnames(v), list(c("A", "B"), c("A", "B")))
  expect_equal(unname(v), diag(b$std.error^2))
  ci <- confint(m)
  expect_identical(dimnames(ci), list(c("A", "B"), c("2.5 %", "97.5 %")))
  expect_identical(unname(ci), cbind(b$conf.low, b$conf.high))
  expect_identical(confint(m, "B"), ci["B", , drop = FALSE])
  expect_identical(confint(m, 1), ci[1, , drop = FALSE])
  half <- confint(m, level = 0.5)
  expect_identical(colnames(half), c("25 %", "75 %"))
  expect_equal(unname(half[, 2]), b$estimate + qnorm(0.75) * b$std.error)
  expect_identical(confint(m, "A", 0.5), half["A", , drop = FALSE])
  expect_identical(nobs(m), 36L)
  expect_identical(as.data.frame(m), as.data.frame(b))
})

test_that("one region without a column is called Code NID", {
  expect_identical(names(coef(one)), "Code NID")
  expect_equal(unname(vcov(one)), matrix(one$basic$std.error^2))
  expect_identical(rownames(confint(one)), "Code NID")
  expect_identical(nobs(one), 6L)
})

test_that("without an error vcov and confint are NA, coef stands", {
  n <- fit(rate = rate_difference())
  expect_true(all(is.na(diag(vcov(n)))))
  expect_identical(vcov(n)[1, 2], 0)
  expect_true(all(is.na(confint(n))))
  expect_false(anyNA(coef(n)))
})

test_that("predict and simulate of a model are those of its rates", {
  s <- fit()
  expect_identical(as.data.frame(predict(s, at = 2003.5)),
                   as.data.frame(predict(s$rates, at = 2003.5)))
  expect_identical(as.data.frame(simulate(s, 2, seed = 1)),
                   as.data.frame(simulate(s$rates, 2, seed = 1)))
})

test_that("pictures of a model and its tables are drawn", {
  skip_if_not_installed("ggplot2")
  s <- fit()
  for (what in c("scheme", "codes", "rates", "industrial", "basic", "path",
                 "contributions", "phases")) {
    expect_s3_class(ggplot2::autoplot(s, what), "ggplot")
  }
  for (what in c("defining", "rates", "industrial", "basic", "path")) {
    expect_s3_class(ggplot2::autoplot(s[[what]]), "ggplot")
  }
  expect_s3_class(ggplot2::autoplot(s$panel), "ggplot")
  expect_s3_class(ggplot2::autoplot(contributions(s)), "ggplot")
  expect_error(ggplot2::autoplot(s, "map"), class = "nidcode_error_argument")
  withr::local_pdf(NULL)
  expect_invisible(plot(s$basic))
})

test_that("confint() of a row that is not there says which there are", {
  table <- basic_code(dynamic_codes(hand_codes(), rate_difference(sd = 1)))
  name <- rownames(confint(table))[1L]
  expect_identical(confint(table, name), confint(table, 1))
  for (parm in list("nobody", 99, 0, NA)) {
    expect_error(confint(table, parm), class = "nidcode_error_argument")
  }
})

test_that("arguments of other packages pass, misspelt ones do not", {
  m <- code_model(subset(ural, level == "region"), ural_scheme)
  expect_identical(tidy(m, vcov = NULL, coef_rename = FALSE), tidy(m))
  expect_identical(glance(m, vcov = NULL), glance(m))
  expect_error(tidy(m, conf.lvl = 0.9), class = "nidcode_error_argument")
  expect_error(glance(m, 3), class = "nidcode_error_argument")
})

test_that("modelsummary takes a model", {
  skip_if_not_installed("modelsummary")
  summarise_models <- getExportedValue("modelsummary", "modelsummary")
  m <- code_model(subset(ural, level == "region"), ural_scheme)
  table <- summarise_models(m, output = "data.frame", fmt = 6)
  cell <- table[table$statistic == "estimate", ]
  expect_identical(cell$term, m$basic$region)
  expect_equal(as.numeric(cell[["(1)"]]), m$basic$estimate, tolerance = 1e-5)
})
