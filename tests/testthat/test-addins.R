# An RStudio that writes down what it is asked.
fake_studio <- function(selected = "", answer = NULL, file = NULL) {
  asked <- new.env()
  list(
    asked = asked,
    open = function(text) asked$text <- text,
    selected = function() selected,
    ask = function(title, message) {
      asked$prompt <- message
      answer
    },
    save_as = function(name) file,
    tell = function(title, message) asked$told <- message,
    show = function(file) asked$shown <- file
  )
}

test_that("the addins that are offered exist", {
  dcf <- read.dcf(system.file("rstudio", "addins.dcf", package = "nidcode"))
  for (name in dcf[, "Binding"]) {
    expect_true(is.function(get(name, asNamespace("nidcode"))))
  }
})

test_that("the template opens as a document", {
  studio <- fake_studio()
  expect_invisible(addin_template(studio))
  expect_match(studio$asked$text, "^---\ntitle: ")
  expect_match(studio$asked$text, "library(nidcode)", fixed = TRUE)
})

test_that("a model is looked up, never evaluated", {
  env <- new.env()
  expect_null(chosen_model(fake_studio("stop('no')"), env))
  env$other <- 1
  studio <- fake_studio("other")
  expect_null(chosen_model(studio, env))
  expect_match(studio$asked$told, "no model called \"other\"")
  env$mine <- structure(list(), class = "nid_model")
  expect_identical(chosen_model(fake_studio(), env), "mine")
  expect_identical(chosen_model(fake_studio(" mine "), env), "mine")
  env$yours <- env$mine
  expect_identical(chosen_model(fake_studio(answer = "yours"), env), "yours")
  expect_null(chosen_model(fake_studio(), env))
})

test_that("the report of a model is written where asked and shown", {
  skip_if_not_installed("rmarkdown")
  skip_if_not_installed("ggplot2")
  skip_if_not(rmarkdown::pandoc_available())
  env <- new.env()
  env$model <- code_model(subset(ural, region_code == "FD-U"), ural_scheme,
                          index = "year")
  expect_null(addin_report(fake_studio(), env))
  file <- withr::local_tempfile()
  studio <- fake_studio(file = file)
  addin_report(studio, env)
  expect_identical(studio$asked$shown, paste0(file, ".html"))
  expect_true(file.exists(studio$asked$shown))
  # A file that the dialog has not seen is not replaced.
  expect_error(addin_report(studio, env), class = "nidcode_error_overwrite")
  unlink(studio$asked$shown)
})
