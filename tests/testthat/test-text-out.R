# Text on its way into a document.

test_that("a line of text has nothing that is no text", {
  expect_identical(clean_text(c("a\u0001b\u202ec", "l\nm", "\u041a\u009b", NA)),
                   c("abc", "l m", "\u041a", ""))
  expect_identical(clean_text(factor(c("b", "a"))), c("b", "a"))
  wrong <- "Perm\xe9"
  Encoding(wrong) <- "UTF-8"
  expect_identical(clean_text(wrong), "Perm\u00e9")
})

test_that("XML loses what it has no room for, and no more", {
  expect_identical(drop_controls("a\u0001b\u001fc\uffffd\n", xml_controls),
                   "abcd\n")
  # By the definition of a character in XML 1.0, up to the surrogates.
  codes <- setdiff(1:0xffff, 0xd800:0xdfff)
  allowed <- codes %in% c(9L, 10L, 13L, 32:0xd7ff, 0xe000:0xfffd)
  all <- intToUtf8(codes, multiple = TRUE)
  expect_identical(nzchar(drop_controls(all, xml_controls)), allowed)
  # What a reader does not see is more.
  lost <- codes[!nzchar(drop_controls(all))]
  expect_setequal(lost, c(codes[!allowed], 127:132, 134:159, 0x202a:0x202e,
                          0x2066:0x2069))
  expect_identical(has_controls(all), codes %in% lost)
})

test_that("each escape leaves no mark of its language", {
  text <- c("<b>&amp;", "a|b", "*x*_y_`z`", "$x^2$", "[a](b)", "\\(c\\)", "# h")
  expect_identical(escape_markup(text[1]), "&lt;b&gt;&amp;amp;")
  expect_no_match(gsub("&#[0-9]+;", "", inert_markdown(text)), "[[:punct:]]")
  expect_identical(escape_kable(c(text[3:6], NA)), c(
    "\\*x\\*\\_y\\_\\`z\\`", "\\$x\\^2\\$", "\\[a\\](b)", "\\\\(c\\\\)",
    NA))
  expect_identical(escape_kable("a\tb\u0007<"), "a b&lt;")
})
