# A folder with a file that is to be replaced, and what stands in it.
old_file <- function(name = "old.xlsx", env = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = env)
  file <- file.path(folder, name)
  writeLines("old", file)
  file
}

in_folder <- function(file) {
  sort(list.files(dirname(file), all.files = TRUE, no.. = TRUE))
}

test_that("a file takes its place whole", {
  file <- old_file()
  expect_identical(
    expect_invisible(write_aside(file, function(draft) {
      # Beside its place, where renaming is one step; the old is still there.
      expect_identical(dirname(draft), dirname(file))
      expect_identical(readLines(file), "old")
      writeLines("new", draft)
    }, NULL)), file)
  expect_identical(readLines(file), "new")
  expect_identical(in_folder(file), "old.xlsx")
})

test_that("whatever stops a writer, the old file is whole, nothing is left", {
  half <- function(draft) writeLines("hal", draft)
  stops <- list(
    error = function(draft) {
      half(draft)
      stop("disk\nfull")
    },
    warning = function(draft) {
      half(draft)
      warning("write error during file append")
    },
    nothing = function(draft) NULL,
    short = function(draft) {
      half(draft)
      copy_whole(tempfile(), draft)
    }
  )
  for (name in c("old.xlsx", "new.xlsx")) {
    file <- file.path(dirname(old_file()), name)
    for (how in names(stops)) {
      cnd <- expect_error(write_aside(file, stops[[how]], NULL),
                          class = "nidcode_error_file", label = how)
      expect_identical(cnd$path, file)
      expect_identical(lengths(regmatches(
        conditionMessage(cnd), gregexpr("could not", conditionMessage(cnd)))),
        1L)
      expect_identical(in_folder(file), "old.xlsx", label = how)
    }
  }
  expect_identical(readLines(file.path(dirname(file), "old.xlsx")), "old")
  interrupt <- function(draft) {
    half(draft)
    rlang::interrupt()
  }
  tryCatch(write_aside(file, interrupt, NULL), interrupt = identity)
  expect_identical(in_folder(file), "old.xlsx")
})

test_that("a copy that is too short is no copy", {
  from <- withr::local_tempfile(lines = strrep("x", 1e5))
  to <- withr::local_tempfile()
  copy_whole(from, to)
  expect_identical(readLines(to), readLines(from))
  expect_error(suppressWarnings(
    copy_whole(from, file.path(withr::local_tempdir(), "no", "x"))), "room")
  skip_if_not(file.exists("/dev/full"))
  expect_error(suppressWarnings(copy_whole(from, "/dev/full")), "room")
})

test_that("permissions stay, and links stay links", {
  skip_on_os("windows")
  file <- old_file()
  Sys.chmod(file, "0640")
  write_aside(file, function(draft) writeLines("new", draft), NULL)
  expect_identical(format(file.info(file)$mode), "640")
  link <- file.path(withr::local_tempdir(), "link.xlsx")
  file.symlink(file, link)
  write_aside(link, function(draft) writeLines("newer", draft), NULL)
  expect_identical(Sys.readlink(link), file)
  expect_identical(readLines(file), "newer")
  # A link to a name in its own folder, of which there is no file yet.
  near <- file.path(dirname(link), "near.xlsx")
  file.symlink("there.xlsx", near)
  write_aside(near, function(draft) writeLines("new", draft), NULL)
  expect_identical(in_folder(link), c("link.xlsx", "near.xlsx", "there.xlsx"))
  expect_identical(Sys.readlink(near), "there.xlsx")
  circle <- file.path(dirname(link), c("a.xlsx", "b.xlsx"))
  file.symlink(circle[2:1], circle)
  expect_error(check_out_file(circle[1], "xlsx", TRUE, NULL), "circle",
               class = "nidcode_error_path")
})

test_that("a path is checked before any work, in the same way by all", {
  skip_if_not_installed("openxlsx2", "1.23")
  model <- small_model(13)
  writers <- list(
    xlsx = function(...) write_workbook(model, ...),
    xlsx = function(file, ...) workbook_template(file, ural_scheme, ...),
    html = function(...) write_report(model, ...),
    png = function(...) save_picture(influence_equal(), ...),
    html = function(...) write_explorer(model, ...)
  )
  for (i in seq_along(writers)) {
    ending <- names(writers)[i]
    file <- old_file(paste0("old.", ending))
    at <- function(...) file.path(dirname(file), paste0(...))
    fails <- function(class, ...) {
      expect_error(writers[[i]](...), class = paste0("nidcode_error_", class))
    }
    fails("overwrite", file)
    fails("path", at("no/new.", ending), overwrite = TRUE)
    fails("path", at("new.csv"))
    fails("path", at("new"))
    fails("path", "")
    dir.create(at("folder.", ending))
    fails("path", at("folder.", ending), overwrite = TRUE)
    fails("argument", at("new.", ending), overwrite = NA)
    fails("argument", c(file, file))
    withr::with_locale(c(LC_CTYPE = "C"),
                       fails("path", at("\u0444.", ending)))
    expect_identical(readLines(file), "old")
    expect_length(in_folder(file), 2L)
  }
})

test_that("writers that fail midway leave the old file", {
  skip_if_not_installed("openxlsx2", "1.23")
  model <- small_model(13)
  file <- old_file()
  local_ours(copy_whole = function(from, to) {
    writeLines("half", to)
    stop("no room")
  })
  expect_error(write_workbook(model, file, overwrite = TRUE),
               class = "nidcode_error_file")
  expect_error(workbook_template(file, ural_scheme, overwrite = TRUE),
               class = "nidcode_error_file")
  page <- old_file("old.html")
  local_ours(render_page = function(...) file)
  expect_error(write_report(model, page, overwrite = TRUE),
               class = "nidcode_error_file")
  expect_identical(c(readLines(file), readLines(page)), c("old", "old"))
  expect_identical(c(in_folder(file), in_folder(page)),
                   c("old.xlsx", "old.html"))
})
