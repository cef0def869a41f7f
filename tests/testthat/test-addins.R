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
    write = function(model, file, format, overwrite) {
      asked$written <- list(model, file, format, overwrite)
    },
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
  env <- list2env(list(model = structure(list(), class = "nid_model")))
  expect_null(addin_report(fake_studio(), env))
  # A file that the dialog has not seen is not replaced.
  studio <- fake_studio(file = "x")
  addin_report(studio, env)
  expect_identical(studio$asked$written,
                   list(env$model, "x.html", "html", FALSE))
  expect_identical(studio$asked$shown, "x.html")
  studio <- fake_studio(file = "x.docx")
  addin_report(studio, env)
  expect_identical(studio$asked$written,
                   list(env$model, "x.docx", "docx", TRUE))
})
