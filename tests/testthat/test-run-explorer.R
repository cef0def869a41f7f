skip_on_cran()

skip_if_not_installed("shiny")
skip_if_not_installed("bslib")

ural_file <- function(name) {
  file <- system.file("extdata", name, package = "nidcode")
  list(datapath = file, name = name)
}

# Chooses the codes of the first `k` indicators of the table that is loaded.
choose_codes <- function(session, indicators, codes) {
  for (i in seq_along(codes)) {
    do.call(session$setInputs, stats::setNames(
      list(codes[i]), input_id("code", indicators, i)))
  }
}

test_that("columns are guessed in the three shapes of tables", {
  wide <- data.frame(geo = rep(c("A", "B"), each = 2), year = c(1, 2, 1, 2),
                     x = 1:4, x_status = "ok")
  expect_identical(guess_columns(wide), list(region = "geo", time = "year",
                                             names = "", values = ""))
  shape <- loaded_shape(wide, guess_columns(wide))
  expect_identical(shape$indicators, "x")
  expect_identical(shape$status, "_status")
  long <- data.frame(Area = "A", when = c(2001, 2001, 2002, 2002),
                     what = c("x", "y", "x", "y"), number = c(1.5, 2, 3, 4))
  expect_identical(guess_columns(long), list(
    region = "Area", time = "when", names = "what", values = "number"))
  expect_identical(loaded_shape(long, guess_columns(long))$indicators,
                   c("x", "y"))
  years <- data.frame(name = c("A", "B"), "GDP-2001" = 1:2, "GDP-2002" = 3:4,
                      check.names = FALSE)
  expect_identical(guess_columns(years), list(region = "name", time = "",
                                              names = "", values = ""))
  shape <- suppressMessages(loaded_shape(years, guess_columns(years)))
  expect_identical(shape$indicators, "GDP")
  expect_identical(guess_columns(data.frame(x = 1.5)),
                   list(region = "", time = "", names = "", values = ""))
})

test_that("text of a script is read back as it was", {
  for (text in c("a \"b\" \\n", "\u0430\u0431", "'`$", "__proto__")) {
    expect_identical(eval(parse(text = r_text(text), encoding = "UTF-8")), text)
  }
  expect_identical(r_text("a\nb"), "\"a b\"")
  expect_identical(eval(parse(text = r_text(c(1, 0.1 + 0.2)))),
                   c(1, 0.1 + 0.2))
  expect_identical(r_text(FALSE), "FALSE")
})

test_that("a file is loaded, described and looked at in three steps", {
  shiny::testServer(loader_server(NULL), {
    session$setInputs(file = ural_file("ural-wide-ru.csv"), pasted = "",
                      sheet = "", sep = "", decimal = "", encoding = "")
    expect_identical(nrow(loaded()$value), 48L)
    expect_match(paste(vapply(loaded()$notes, conditionMessage, ""),
                       collapse = " "), "UTF-8")
    expect_identical(unname(unlist(columns()[1:2])), names(loaded()$value)[1:2])
    indicators <- shape()$value$indicators
    expect_length(indicators, 6L)

    expect_match(output$head, "2005", fixed = TRUE)
    expect_match(output$columns$html, columns()$region, fixed = TRUE)
    for (one in indicators) expect_match(output$scheme_rows$html, one,
                                         fixed = TRUE)

    # Nothing forms a code yet: the error of code_scheme() is shown.
    expect_match(output$scheme_notes$html, "at least one indicator")
    choose_codes(session, indicators, rep(nid_codes()$code, each = 2L))
    do.call(session$setInputs, stats::setNames(
      list("log"), input_id("transform", indicators, 1L)))
    expect_identical(told()$value$transform[1L], "log")
    expect_no_match(output$scheme_notes$html, "danger")

    session$setInputs(look = 1L)
    page <- readLines(file.path(folder, "www", "page.html"), encoding = "UTF-8",
                      warn = FALSE)
    expect_match(output$page$html, "page.html?1", fixed = TRUE)
    expect_true(any(grepl(indicators[3L], page, fixed = TRUE)))
    expect_match(readLines(output$save_page, warn = FALSE)[1L], "DOCTYPE")

    # The script that is taken away gives the same.
    lines <- readLines(output$save_script, encoding = "UTF-8")
    at <- withr::local_tempdir()
    file.copy(ural_file("ural-wide-ru.csv")$datapath, at)
    withr::local_dir(at)
    code <- parse(text = lines[seq_len(which(lines == "model") - 1L)],
                  encoding = "UTF-8")
    env <- new.env(parent = asNamespace("nidcode"))
    suppressMessages(suppressWarnings(for (one in code) eval(one, env)))
    expect_identical(env$model$basic$estimate, model()$basic$estimate)
  })
})

test_that("data are taken as given, and what fails is shown as it is", {
  data <- subset(ural, level == "region")
  shiny::testServer(loader_server(data), {
    session$setInputs(look = 0L)
    indicators <- shape()$value$indicators
    expect_true(all(ural_scheme$indicator %in% indicators))
    codes <- ural_scheme$code[match(indicators, ural_scheme$indicator)]
    choose_codes(session, indicators, ifelse(is.na(codes), "", codes))
    expect_identical(as.character(told()$value$indicator),
                     intersect(indicators, ural_scheme$indicator))
    weight <- input_id("weight", indicators, match("apt_used", indicators))
    do.call(session$setInputs, stats::setNames(list(-1), weight))
    expect_match(output$scheme_notes$html, "weight")
    expect_null(told()$value)
    do.call(session$setInputs, stats::setNames(list(2), weight))
    session$setInputs(look = 1L)
    expect_s3_class(model(), "nid_model")
    expect_match(paste(script(), collapse = "\n"), "run_explorer\\(\\)")
  })
})

test_that("a saved scheme is loaded as it was", {
  skip_if_not_installed("openxlsx2")
  data <- subset(ural, level == "region")
  shiny::testServer(loader_server(data), {
    indicators <- shape()$value$indicators
    codes <- ural_scheme$code[match(indicators, ural_scheme$indicator)]
    choose_codes(session, indicators, ifelse(is.na(codes), "", codes))
    first <- match(ural_scheme$indicator[1L], indicators)
    told_of <- list(direction = "-1", weight = 2.5, unit = "kg")
    for (part in names(told_of)) {
      do.call(session$setInputs, stats::setNames(
        told_of[part], input_id(part, indicators, first)))
    }
    was <- told()$value
    saved <- output$save_scheme
    again <- suppressMessages(scheme_start(indicators, list(datapath = saved)))
    again <- chosen_scheme(again)
    expect_identical(as.list(again), as.list(was))
    expect_identical(again$weight[again$unit %in% "kg"], 2.5)
    expect_equal(again$direction[again$unit %in% "kg"], -1)

    session$setInputs(look = 1L)
    expect_identical(read_workbook(output$save_workbook)$basic$estimate,
                     model()$basic$estimate)
  })
})

test_that("a pasted table with years in columns is read", {
  text <- paste(c("Region\tGDP-2001\tGDP-2002", "A\t1,5\t2,5", "B\t3,5\t4,5"),
                collapse = "\n")
  shiny::testServer(loader_server(NULL), {
    session$setInputs(pasted = text, sheet = "", sep = "", decimal = "",
                      encoding = "")
    expect_identical(columns()$time, "")
    expect_identical(shape()$value$data$value, c(1.5, 2.5, 3.5, 4.5))
    expect_true(any(grepl("panel_long", loaded_script(
      read()$shown, shape()$value, columns(),
      code_scheme("GDP", "production")))))
  })
})

test_that("what a session wrote is gone when it ends", {
  shiny::testServer(loader_server(NULL), {
    expect_true(dir.exists(folder))
    session$close()
    expect_false(dir.exists(folder))
  })
})

test_that("only data frames are loaded", {
  expect_error(run_explorer(1), class = "nidcode_error_argument")
  expect_s3_class(run_explorer(data.frame(x = 1)), "shiny.appobj")
  html <- as.character(loader_page(NULL))
  expect_match(html, "type=\"file\"", fixed = TRUE)
  withr::local_options(nidcode.language = "ru")
  text <- gsub("(?s)<script.*?</script>|<[^>]*>", " ",
               as.character(loader_page(NULL)), perl = TRUE)
  expect_identical(latin_left(strsplit(text, "\n")[[1L]], c(
    "UTF-8", "windows-1251", "windows-1252", "Tab", "csv", "R")), character())
})
