# The page of a region: what stands on it, and of which region.
skip_under_sanitizer("pandoc")
skip_if_not_installed("rmarkdown")
skip_if_not_installed("ggplot2")
skip_if_not(rmarkdown::pandoc_available())

profile_of <- function(...) {
  model <- suppressMessages(code_model(...))
  region_profiles(model, region_names(model$panel))
}

own_of <- function(x, region) {
  own <- lapply(c(x$readings, x$model[c("basic", "industrial", "rates")]),
                rows_of_region, region)
  c(own, list(n = nrow(x$model$basic), sure = get_spec(x$readings$record)$sure))
}

test_that("a profile has the numbers of its region and of no other", {
  x <- profile_of(subset(ural, level == "region"), ural_scheme,
                  status = "_status")
  basic <- x$model$basic
  for (region in x$region) {
    own <- own_of(x, region)
    facts <- profile_facts(own)
    i <- match(region, basic$region)
    expect_identical(facts$b[1L], estimate_words(basic, i))
    expect_match(facts$b[2L], paste0("^", own$ranks$rank, " of 4, within"))
    expect_identical(facts$a[4L], "Code ID, 2016")
    codes <- profile_codes(own)
    expect_identical(codes$code, c("production", "institutional", "social"))
    # What the codes add makes up Code NID; rates are those of the last time.
    expect_equal(sum(codes$part), basic$estimate[i], tolerance = 1e-12)
    rates <- as.data.frame(x$model$rates)
    rates <- rates[rates$region == region & rates$year == 2016 &
                     rates$order == 1, ]
    expect_identical(codes$estimate, rates$estimate)
    # Each sign is said once, on the side on which its interval lies.
    signs <- profile_signs(own)
    clear <- c(is_clear(own$basic), is_clear(own$contrasts),
               is_clear(last_of(own$industrial)), is_clear(rates),
               is_clear(own$gaps))
    expect_identical(signs$clear, clear)
    expect_identical(endsWith(signs$text, "?"), !clear)
    falls <- rates$code[rates$conf.high < 0]
    expect_identical(grep("^The code falls", signs$text, value = TRUE),
                     sprintf("The code falls: %s, 2016.", falls))
  }
})

test_that("a profile lists what was observed and what was not", {
  data <- subset(ural, level == "region")
  kurgan <- data$region == "Kurgan Oblast"
  data$apt_used[kurgan & data$year > 2013] <- NA
  x <- profile_of(data, ural_scheme, status = "_status")
  md <- profile_data(x$model$panel, "Kurgan Oblast")
  first <- md[4L]
  expect_match(first, "advanced production technologies in use", fixed = TRUE)
  expect_match(first, "[|] 9 [|] 3 [|] 0 [|] 2013 [|]$")
  expect_match(md, "income.*[|] 12 [|] 0 [|] 1 [|] 2016 [|]$", all = FALSE)
  other <- profile_data(x$model$panel, "Sverdlovsk Oblast")
  expect_no_match(other, "[|] 9 [|] 3 [|]")
})

test_that("a page a region, in one file, in the language asked for", {
  skip_on_cran()
  model <- code_model(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  file <- withr::local_tempfile(fileext = ".html")
  two <- c("Kurgan Oblast", "Sverdlovsk Oblast")
  write_profile(model, file, two, language = "ru")
  page <- paste(readLines(file, encoding = "UTF-8", warn = FALSE),
                collapse = "\n")
  heads <- unlist(regmatches(page, gregexpr("<h1>[^<]*</h1>", page)))
  expect_identical(gsub("<[^>]*>", "", heads), two)
  expect_length(gregexpr("<img src=\"data:", page, fixed = TRUE)[[1L]], 2L)
  heads <- unlist(regmatches(page, gregexpr("<h2>[^<]*</h2>", page)))
  expect_length(heads, 6L)
  cells <- unlist(regmatches(page, gregexpr("<t[dh][^>]*>[^<]*</t[dh]>",
                                            page)))
  text <- gsub("<[^>]*>", "", c(heads, cells))
  text <- text[!grepl("^[PIS?+ -]+;|P\\(|[0-9]", text)]
  expect_identical(latin_left(text, "NID"), character())
  expect_identical(said_in(), "en")
})

test_that("a profile of what there is not says so", {
  x <- profile_of(subset(ural, level == "region" & year < 2007), ural_scheme)
  page <- profile_page(x, "Kurgan Oblast", list())
  expect_match(page, "Nothing", all = FALSE)
  nameless <- code_model(subset(ural, region_code == "FD-U"), ural_scheme,
                         index = "year", status = "_status")
  page <- profile_page(region_profiles(nameless, NULL), NA_character_, list())
  expect_match(page[1L], "The region", fixed = TRUE)
  expect_no_match(page, "This model does not have", fixed = TRUE)
})

test_that("a reading that the model does not have is said to be left out", {
  model <- code_model(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  local_ours(code_gaps = function(...) stop_nid("benchmark", "No gaps here."))
  said <- tryCatch(region_profiles(model, "Kurgan Oblast"),
                   nidcode_message_left_out = identity)
  expect_identical(said$readings, "gaps")
  expect_identical(said$reasons, "No gaps here.")
  page <- profile_page(suppressMessages(region_profiles(model, NULL)),
                       "Kurgan Oblast", list())
  expect_match(page, "This model does not have.*Gap", all = FALSE)
})

test_that("a profile stops as a report does", {
  model <- code_model(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  fails <- function(class, ...) {
    expect_error(write_profile(...), class = paste0("nidcode_error_", class))
  }
  new <- file.path(withr::local_tempdir(), "new.html")
  fails("argument", model$basic, new)
  fails("argument", model, new, regions = "Nowhere")
  fails("argument", model, new, language = "de")
  fails("path", model, sub("html", "doc", new))
  fails("argument", model, sub("html", "docx", new))
})
