# Names and labels are data: whatever they spell, they arrive as they were and
# nothing runs.

skip_if_not_installed("openxlsx2", "1.23")

payloads <- c(
  "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+2", "-3", "{=1+1}",
  "<script>alert(1)</script>", "a & b; \"q\" 'p'", "{{1+1}} `r 1+1` ${x}",
  "=HYPERLINK(\"x\")", "_x000D_", "*?~", "TRUE", "007", "#N/A", "NA",
  "\u041f\u0435\u0440\u043c\u0441\u043a\u0438\u0439 \u043a\u0440\u0430\u0439",
  "A name of exactly 31 letters aa", strrep("\u0434\u043b\u0438\u043d\u0430 ",
                                            20)
)

payload_model <- function() {
  n <- length(payloads)
  data <- data.frame(region = rep(payloads, each = 5),
                     year = rep(2001:2005, n),
                     one = rep(c(1, 3, 4, 8, 9), n) + rep(seq_len(n), each = 5),
                     two = rep(c(2, 2, 5, 4, 7), n), more = "=1+1")
  names(data)[3:4] <- c("=1+1", "<b>\u0434\u043e\u0445\u043e\u0434</b>")
  codes <- data.frame(code = c("=cmd", "<i>&"), carrier = "@x",
                      dynamic = c("+d", "'d"), weight = 1)
  quietly(code_model(data, code_scheme(
    names(data)[3:4], codes$code, unit = c("=2", "\"u\""), codes = codes),
    rate = rate_difference()))
}

test_that("payloads pass inert and come back unchanged", {
  model <- payload_model()
  file <- write_quietly(model)
  cells <- book_cells(file)
  formula <- cells$f[cells$f != ""]
  # No formula but those of the package, and none quotes a text of the data.
  expect_false(any(grepl("cmd|HYPERLINK|alert|calc|\\{", formula)))
  read <- quietly(read_workbook(file))
  expect_identical(as.data.frame(read$basic), as.data.frame(model$basic))
  expect_identical(read$panel$regions, model$panel$regions)
  expect_identical(read$panel$scheme, model$panel$scheme)
  expect_identical(augment(read)$more, rep("=1+1", nrow(model$panel$data)))
})

test_that("payloads stay text after LibreOffice has computed", {
  skip_on_cran()
  skip_without_office()
  model <- payload_model()
  file <- write_quietly(model)
  again <- recalculate(file)
  was <- book_cells(file)
  now <- book_cells(again)
  text <- was[was$type == "inlineStr", ]
  at <- match(paste(text$sheet, text$cell), paste(now$sheet, now$cell))
  expect_identical(unique(now$type[at]), "s")
  expect_identical(unique(now$f[at]), "")
  read <- quietly(read_workbook(again))
  expect_equal(as.data.frame(read$basic), as.data.frame(model$basic),
               tolerance = 1e-12)
})

test_that("control characters go, with a warning", {
  data <- data.frame(region = rep(c("a\u0001b", "c"), each = 4),
                     year = rep(1:4, 2), x = c(1, 2, 4, 7, 3, 3, 5, 4))
  model <- quietly(code_model(data, code_scheme("x", "social"),
                              rate = rate_difference()))
  file <- tempfile(fileext = ".xlsx")
  expect_warning(suppressMessages(write_workbook(model, file)),
                 class = "nidcode_warning_control_characters")
  expect_identical(as.character(quietly(read_workbook(file))$panel$regions),
                   c("ab", "c"))
})

test_that("notes of a template are escaped", {
  file <- tempfile(fileext = ".xlsx")
  scheme <- code_scheme("<b>", "social", unit = "a & <b>")
  workbook_template(file, scheme)
  folder <- tempfile()
  utils::unzip(file, "xl/comments2.xml", exdir = folder)
  notes <- readLines(file.path(folder, "xl/comments2.xml"), warn = FALSE)
  expect_match(paste(notes, collapse = ""), "in a &amp; &lt;b&gt;",
               fixed = TRUE)
})

test_that("regions that a sheet cannot tell apart are refused", {
  skip_if_not_installed("openxlsx2")
  data <- subset(ural, level == "region")
  data$region[data$region == "Kurgan Oblast"] <- "Sverdlovsk Oblast\u0001"
  model <- code_model(data, ural_scheme)
  expect_error(write_workbook(model, tempfile(fileext = ".xlsx")),
               class = "nidcode_error_file")
})
