# The shipped data: facts of the sources, checked from the shipped objects.

indicators_of <- function(x) {
  sub("_status$", "", grep("_status$", names(x), value = TRUE))
}

status_of <- function(x, name) x[[paste0(name, "_status")]]

years_labelled <- function(x, name, label) {
  sort(unique(x$year[status_of(x, name) == label]))
}

both <- list(ural = ural, russia = russia)

# Second divided differences by loops, no call of ours. For steps of 1 their
# sum is the last first difference less the first.
sum_of_second <- function(x, breaks = integer()) {
  total <- 0
  for (i in 3:length(x)) {
    if (!any(breaks %in% c(i - 1L, i))) {
      total <- total + x[i] - 2 * x[i - 1L] + x[i - 2L]
    }
  }
  total
}

test_that("the tables have the promised shape", {
  expect_identical(names(ural), names(russia))
  expect_identical(dim(ural), c(96L, 51L))
  expect_identical(dim(russia), c(1376L, 51L))
  expect_identical(sort(unique(ural$year)), 2005:2016)
  expect_identical(sort(unique(russia$year)), 2005:2021)
  for (x in both) {
    expect_s3_class(x, "tbl_df")
    expect_type(x$year, "integer")
    expect_false(anyDuplicated(x[c("region", "year")]) > 0L)
    expect_false(anyDuplicated(x[c("region_code", "year")]) > 0L)
    expect_false(anyNA(x[c("region", "region_code", "level", "nested_in")]))
    names <- indicators_of(x)
    expect_length(names, 23L)
    expect_true(all(vapply(x[names], is.double, logical(1))))
  }
})

test_that("statuses are legal and say what the values say", {
  legal <- nid_status()$status
  missing <- c("suppressed", "na", "not_found")
  small <- c("he_graduates", "he_graduates_per_10k", "innovative_output",
             "innovative_output_share")
  for (x in both) {
    for (name in indicators_of(x)) {
      status <- status_of(x, name)
      expect_true(all(status %in% legal), label = name)
      expect_identical(is.na(x[[name]]), status %in% missing, label = name)
      expect_true(all(x[[name]][status == "zero"] == 0), label = name)
      # A printed 0.0 is a number, less than half of the last digit.
      printed <- x[[name]] %in% 0 & status != "zero"
      expect_true(!any(printed) || name %in% small, label = name)
    }
  }
})

test_that("breaks stand where the sources' footnotes say, and only there", {
  where <- list(
    income_pc = 2013L, consumer_spending_pc = 2013L, income_pc_real = 2013L,
    consumer_spending_pc_real = 2013L, employed = 2010L,
    innovation_activity_rate = 2018L, tech_innovators_share = 2018L
  )
  for (name in indicators_of(russia)) {
    found <- years_labelled(russia, name, "break")
    expect_identical(found, c(where[[name]], integer()), label = name)
    expected <- found[found <= 2016L]
    expect_identical(years_labelled(ural, name, "break"), expected,
                     label = name)
  }
  # Every region with values on both sides has its break; none twice.
  for (name in names(where)) {
    year <- where[[name]]
    observed <- russia[!is.na(russia[[name]]), ]
    sides <- tapply(observed$year, observed$region_code,
                    function(t) any(t < year) && any(t >= year))
    marked <- russia$region_code[status_of(russia, name) == "break"]
    expect_setequal(marked, names(sides)[sides])
    expect_false(anyDuplicated(marked) > 0L)
  }
})

test_that("a partition adds up, and nothing in russia lies inside another", {
  expect_setequal(unique(ural$level), c("district", "region", "part"))
  district <- ural[ural$level == "district", ]
  region <- ural[ural$level == "region", ]
  expect_identical(unique(region$nested_in), unique(district$region_code))
  tyumen <- ural[ural$region_code == "RU-TYU", ]
  part <- ural[ural$nested_in == "RU-TYU", ]
  # Each sum within the last digits printed: 1 for whole millions of roubles,
  # 0.1 for most, nothing for counts of technologies.
  within <- c(population_mean = 1e-6, grp = 1e-6, investment = 1,
              employed = 0.1, apt_used = 0, rd_expenditure = 0.1,
              he_graduates = 0.1, innovative_output = 0.1)
  gap <- function(parts, whole, name) {
    abs(c(tapply(parts[[name]], parts$year, sum)) - whole[[name]])
  }
  for (name in names(within)) {
    expect_lte(max(gap(region, district, name)), within[[name]] + 1e-6)
    inner <- gap(part, tyumen, name)
    # Rosstat prints "-" for Tyumen Oblast without okrugs in 2006, where the
    # rest of the oblast leaves 1260.1; kept as printed.
    if (name == "innovative_output") {
      expect_equal(inner[["2006"]], 1260.1)
      inner <- inner[names(inner) != "2006"]
    }
    expect_gte(sum(!is.na(inner)), 4L)
    expect_lte(max(inner, na.rm = TRUE), within[[name]] + 1e-6)
  }

  expect_length(unique(russia$region_code), 82L)
  expect_true(all(russia$level == "region"))
  expect_false(any(russia$nested_in %in% russia$region_code))
  expect_false(any(grepl("^RU$|^FD|-X$|KHM|YAN|NEN", russia$region_code)))
  # The same cells in both tables, and russia's Urals make the district.
  own <- russia[russia$nested_in == "FD-U" & russia$year <= 2016, ]
  expect_setequal(own$region_code, region$region_code)
  own <- own[match(paste(region$region_code, region$year),
                   paste(own$region_code, own$year)), ]
  for (name in indicators_of(ural)) {
    expect_identical(own[[name]], region[[name]], label = name)
  }
})

test_that("ural_scheme is complete 2005-2016, the holes are those told", {
  hole <- function(x, name) unique(x$region_code[is.na(x[[name]])])
  for (name in ural_scheme$indicator) {
    gaps <- if (name == "income_pc_real") "RU-TYU-X" else character()
    expect_identical(hole(ural, name), gaps, label = name)
    if (ural_scheme$transform[ural_scheme$indicator == name] == "log") {
      expect_true(all(ural[[name]] > 0, na.rm = TRUE), label = name)
    }
  }
  district <- ural[ural$level == "district" & ural$year <= 2013, ]
  expect_false(anyNA(district[paper_scheme$indicator]))
  expect_true(all(district$apt_developed > 0))
  late <- ural[ural$year > 2013, ]
  expect_true(all(late$employed_he_share_status == "not_found"))
  expect_identical(years_labelled(russia, "grp", "not_found"), 2021L)
  expect_identical(
    unique(russia$year[rowSums(is.na(russia["orgs_with_internet"])) > 0]),
    2020L
  )
  expect_identical(sum(ural$apt_developed_status == "suppressed"), 10L)
  expect_identical(sum(ural$apt_developed_status == "zero"), 12L)
})

# The price level of each row, 1 in 2005; NA without a link back to 2005.
price_of <- function(x) {
  vapply(seq_len(nrow(x)), function(i) {
    own <- x$region_code == x$region_code[i]
    since <- own & x$year > 2005 & x$year <= x$year[i]
    if (any(own & x$year == 2005)) prod(x$cpi_dec[since] / 100) else NA_real_
  }, numeric(1))
}

test_that("computed columns follow from the published ones", {
  for (x in both) {
    expect_equal(x$he_graduates_per_10k,
                 1000 * x$he_graduates / (1000 * x$population_mean) * 1e4,
                 tolerance = 1e-14)
    price <- price_of(x)
    for (name in c("income_pc", "consumer_spending_pc")) {
      expect_equal(x[[paste0(name, "_real")]], x[[name]] / price,
                   tolerance = 1e-12, label = name)
    }
  }
  # Kurgan, 2007, by hand.
  kurgan <- ural[ural$region_code == "RU-KGN", ]
  by_hand <- kurgan$income_pc[3] /
    (kurgan$cpi_dec[2] / 100 * kurgan$cpi_dec[3] / 100)
  expect_equal(kurgan$income_pc_real[3], by_hand, tolerance = 1e-14)
  # The district lies among its regions and is labelled as computed.
  district <- ural[ural$level == "district" & ural$year <= 2013, ]
  region <- ural[ural$level == "region" & ural$year <= 2013, ]
  expect_true(all(district$employed_he_share_status == "derived"))
  low <- tapply(region$employed_he_share, region$year, min)
  high <- tapply(region$employed_he_share, region$year, max)
  expect_true(all(district$employed_he_share > low &
                    district$employed_he_share < high))
  expect_equal(round(district$employed_he_share, 4),
               c(21.4023, 22.1638, 25.1253, 25.3771, 25.2516, 25.7985,
                 26.4237, 27.2593, 29.0948))
})

test_that("deflate() gives the shipped real columns", {
  x <- ural[ural$region_code != "RU-TYU-X", ]
  real <- deflate(x, c("income_pc", "consumer_spending_pc"), "cpi_dec",
                  base = 2005, index = c("region", "year"))
  expect_equal(real$income_pc, x$income_pc_real, tolerance = 1e-12)
  expect_equal(real$consumer_spending_pc, x$consumer_spending_pc_real,
               tolerance = 1e-12)
})

test_that("second differences of the district accumulate to known numbers", {
  district <- ural[ural$level == "district", ]
  district <- district[order(district$year), ]
  expect_identical(sum_of_second(district$apt_developed), 31)
  expect_identical(sum_of_second(district$income_pc), -2408)
  expect_identical(sum_of_second(district$consumer_spending_pc), -1919)
  at <- function(name) which(status_of(district, name) == "break")
  expect_identical(
    sum_of_second(district$apt_developed, at("apt_developed")), 31
  )
  expect_identical(sum_of_second(district$income_pc, at("income_pc")), -1290)
  expect_identical(
    sum_of_second(district$consumer_spending_pc, at("consumer_spending_pc")),
    -904
  )
})

test_that("the survey tables are the paper's", {
  expect_named(paper_relevance, c("code", "item", "percent", "n", "count"))
  expect_named(paper_attitudes, c("item", "percent", "positive"))
  expect_named(paper_sample, c("question", "option", "percent"))
  expect_identical(c(table(paper_relevance$code)),
                   c(information = 6L, institutional = 6L, value = 6L))
  codes <- nid_codes()
  expect_true(all(paper_relevance$code %in% c(codes$code, codes$dynamic)))
  known <- !is.na(paper_relevance$count)
  expect_identical(paper_relevance$percent[!known], c(56.9, 49.8))
  share <- 100 * paper_relevance$count / paper_relevance$n
  expect_equal(round(share[known], 1), paper_relevance$percent[known])
  # No whole count of 208 prints as the other two.
  every <- round(100 * 0:208 / 208, 1)
  expect_false(any(abs(outer(every, c(56.9, 49.8), "-")) < 1e-9))
  # Sorted within each code, which is what restored "433" rests on.
  for (code in unique(paper_relevance$code)) {
    expect_false(is.unsorted(-paper_relevance$percent[
      paper_relevance$code == code]))
  }
  expect_identical(attr(paper_relevance, "restored"),
                   "Establishing centers of industrial competence")
  expect_identical(attr(paper_attitudes, "restored"),
                   paper_attitudes$item[paper_attitudes$percent == 11.7])
  sums <- tapply(paper_attitudes$percent, paper_attitudes$positive, sum)
  expect_equal(c(sums), c(`FALSE` = 6.3, `TRUE` = 53.7))
  expect_equal(paper_attitudes$percent[is.na(paper_attitudes$positive)],
               c(79.3, 89.9))
  sums <- tapply(paper_sample$percent, paper_sample$question, sum)
  expect_equal(unname(c(sums)), c(96, 107.7, 100))
})

test_that("the schemes are what code_scheme() makes and say whose they are", {
  again <- function(x, indicator) {
    out <- code_scheme(indicator, x$code, transform = x$transform,
                       unit = x$unit)
    attr(out, "note") <- attr(x, "note")
    out
  }
  expect_identical(
    paper_scheme,
    again(paper_scheme, c("apt_developed", "income_pc_real",
                          "consumer_spending_pc_real", "employed_he_share"))
  )
  expect_identical(
    ural_scheme,
    again(ural_scheme, c("apt_used", "innovative_output_share",
                         "orgs_with_internet", "orgs_with_website",
                         "he_graduates_per_10k", "income_pc_real"))
  )
  expect_identical(russia_scheme, again(russia_scheme, ural_scheme$indicator))
  for (x in list(paper_scheme, ural_scheme, russia_scheme)) {
    expect_true(all(x$direction == 1) && all(x$weight == 1))
    expect_setequal(x$code, nid_codes()$code)
    expect_true(all(x$indicator %in% names(ural)))
    withr::with_options(list(width = 80), text <- capture.output(print(x)))
    expect_lte(length(text), 15L)
    expect_match(paste(gsub("^ +", "", text), collapse = " "),
                 attr(x, "note"), fixed = TRUE)
  }
  expect_identical(paper_scheme$transform, c("log", "log", "log", "none"))
  expect_identical(ural_scheme$transform,
                   c("log", "none", "none", "none", "log", "log"))
  expect_identical(russia_scheme$transform,
                   c("log1p", "none", "none", "none", "log1p", "log"))
  same <- setdiff(names(ural_scheme), "transform")
  expect_identical(as.data.frame(russia_scheme)[same],
                   as.data.frame(ural_scheme)[same])
})

test_that("russia under ural_scheme is told all regions that have no log", {
  cnd <- expect_error(
    defining_codes(code_panel(russia, ural_scheme, status = "_status")),
    class = "nidcode_error_domain")
  none <- function(name) {
    at <- which(russia[[name]] <= 0)
    paste(name, russia$region[at], russia$year[at])
  }
  cells <- seq_len(cnd$n)
  expect_setequal(paste(cnd$indicators, cnd$regions[cells], cnd$times),
                  c(none("apt_used"), none("he_graduates_per_10k")))
  expect_length(unique(cnd$regions[cells]), 7L)
  # Whoever leaves out what has no log at every time leaves out three more.
  expect_identical(cnd$regions[-cells], cnd$incomplete)
  bad <- russia$region[is.na(russia$apt_used) | russia$apt_used <= 0]
  expect_setequal(cnd$regions, bad)
  expect_length(unique(cnd$regions), 10L)
  expect_match(conditionMessage(cnd), "log1p", fixed = TRUE)
})

test_that("russia_scheme has all codes in as many regions as the help says", {
  codes <- suppressMessages(
    defining_codes(code_panel(russia, russia_scheme, status = "_status")))
  whole <- rowSums(table(codes$region, codes$year) == 3)
  expect_identical(c(table(whole)), c(`7` = 2L, `11` = 1L, `14` = 2L,
                                      `16` = 77L))
  six <- tapply(codes$n.indicators, list(codes$region, codes$code), max)
  expect_identical(sum(rowSums(six) == 6), 80L)
  expect_false(2020 %in% codes$year[codes$code == "institutional"])
  model <- suppressMessages(code_model(russia, russia_scheme,
                                       status = "_status"))
  expect_identical(nrow(model$basic), 82L)
  expect_false(anyNA(model$basic$estimate))
  expect_true(all(model$basic$std.error > 0))
})

test_that("the example files are the same numbers under Russian names", {
  read <- function(name) {
    file <- system.file("extdata", name, package = "nidcode")
    read.csv(file, encoding = "UTF-8", check.names = FALSE)
  }
  wide <- read("ural-wide-ru.csv")
  long <- read("ural-long-ru.csv")
  region <- ural[ural$level == "region", ]
  expect_identical(dim(wide), c(48L, 14L))
  expect_identical(dim(long), c(288L, 5L))
  value <- wide[3:8]
  status <- wide[9:14]
  suffix <- "_\u0441\u0442\u0430\u0442\u0443\u0441"
  expect_identical(names(status), paste0(names(value), suffix))
  expect_identical(wide[[2]], region$year)
  for (i in seq_len(6)) {
    name <- ural_scheme$indicator[i]
    expect_equal(value[[i]], region[[name]], tolerance = 1e-7)
    expect_identical(status[[i]], status_of(region, name))
    own <- long[long[[3]] == names(value)[i], ]
    expect_equal(own[[4]], value[[i]], tolerance = 1e-15)
    expect_identical(own[[5]], status[[i]])
    expect_identical(own[[1]], wide[[1]])
  }
  expect_true(all(grepl("[\u0430-\u044f]", c(names(wide), names(long)))))
})

test_that("all data take at most 1 MB and hold ASCII text only", {
  objects <- list(ural, russia, paper_relevance, paper_attitudes,
                  paper_sample, paper_scheme, ural_scheme, russia_scheme)
  size <- vapply(objects, function(x) {
    length(memCompress(serialize(x, NULL, version = 2), "bzip2"))
  }, integer(1))
  expect_lt(sum(size), 1e6)
  for (x in objects) {
    text <- unlist(Filter(is.character, as.list(x)))
    expect_false(any(grepl("[^ -~]", text)))
    expect_lte(length(capture.output(print(x))), 30L)
  }
  # A tibble prints as one only when tibble is loaded along with the package.
  expect_true("tibble" %in% names(getNamespaceImports("nidcode")))
})

test_that("labels of the data are words that are known, and read in examples", {
  for (x in both) {
    labels <- unlist(x[paste0(indicators_of(x), "_status")])
    expect_identical(setdiff(labels, nid_status()$status), character())
  }
  pages <- tools::Rd_db("nidcode")
  skip_if(length(pages) == 0L, "the package is installed without help")
  schemes <- c("ural_scheme", "russia_scheme", "paper_scheme")
  calls <- 0L
  # Panels of shipped data, whose labels would otherwise lie unread.
  walk <- function(e, page) {
    if (!is.call(e)) {
      return(invisible())
    }
    if (as.character(e[[1L]])[1L] %in% c("code_panel", "code_model") &&
          any(schemes %in% all.names(e))) {
      calls <<- calls + 1L
      expect_true("status" %in% names(e), label = paste(page, deparse1(e)))
    }
    lapply(as.list(e), walk, page)
  }
  for (page in names(pages)) {
    file <- withr::local_tempfile()
    tools::Rd2ex(pages[[page]], file)
    if (file.exists(file)) lapply(parse(file), walk, page)
  }
  expect_gt(calls, 15L)
})
