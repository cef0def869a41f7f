# The page as text, its cells, its pictures.
skip_on_cran()

skip_under_sanitizer("pandoc")
skip_if_not_installed("rmarkdown")
skip_if_not_installed("ggplot2")
skip_if_not(rmarkdown::pandoc_available())

report_model <- function() {
  code_model(subset(ural, region_code == "FD-U"), ural_scheme, index = "year")
}

# Without the pictures' own bytes, which are most of it.
read_page <- function(file) {
  page <- paste(readLines(file, encoding = "UTF-8", warn = FALSE),
                collapse = "\n")
  page <- gsub("base64,[A-Za-z0-9+/=]+", "base64,", page, perl = TRUE,
               useBytes = TRUE)
  Encoding(page) <- "UTF-8"
  page
}

count_in <- function(page, what) {
  lengths(regmatches(page, gregexpr(what, page, fixed = TRUE)))
}

# What is left of a page without its tags, entities read by hand.
page_text <- function(page) {
  text <- gsub("<[^>]*>", "", page)
  for (pair in list(c("&lt;", "<"), c("&gt;", ">"), c("&quot;", "\""),
                    c("&#39;", "'"), c("&amp;", "&"))) {
    text <- gsub(pair[1L], pair[2L], text, fixed = TRUE)
  }
  text
}

expect_holds <- function(text, what) {
  for (one in what) expect_true(grepl(one, text, fixed = TRUE), info = one)
}

# Harmless as text; each would do something if it were read as anything else.
payloads <- c(
  "<script>document.title = 'x'</script>", "<img src=x onerror=alert(1)>",
  "[link](javascript:alert(1))", "![i](http://evil.example/x.png)",
  "`r stop('no')`", "`raw`{=html}", "{stop('no')}", "{.cls x}", "%s %d",
  "$x^2$ \\(y\\) \\input{/etc/passwd}", "| a | b |", "---", "# head",
  "=cmd|'/c calc'!A1", "<!--html_preserve--><b>raw</b><!--/html_preserve-->",
  "a*b*_c_~~d~~^e^", "&lt;b&gt; &amp; &#60;", "http://evil.example/auto",
  "::: {.x}", "[@cite]", "1. list", "> quote", "</pre></code><hr>",
  "\u0420\u0435\u0433\u0438\u043e\u043d \"\u0423\u0440\u0430\u043b\" 'q'"
)

payload_model <- function() {
  n <- length(payloads)
  data <- with_stream(1, data.frame(
    region = rep(payloads, each = 6), year = rep(2001:2006, n),
    x = stats::rnorm(6 * n), y = stats::rnorm(6 * n)
  ))
  names(data) <- c("<b>region</b>", "year", "<script>alert(2)</script> *x*",
                   "`r stop(1)` | $y$")
  codes <- nid_codes()[1:2, ]
  codes[2L, 1:3] <- c("<i>c</i>", "<u>k</u>", "<svg onload=alert(3)>")
  scheme <- code_scheme(names(data)[3:4], codes$code, unit = c("<b>u</b>", "%"),
                        codes = codes)
  do.call(code_model, list(data, scheme, index = names(data)[1:2],
                           rate = rate_central(sd = 1)))
}

# The shipped page with one picture, which is what takes time.
knit_light <- function(model, output, env = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = env)
  page <- readLines(report_template(), encoding = "UTF-8")
  draws <- grep("autoplot(", page, fixed = TRUE)
  page[draws[!grepl("basic", page[draws])]] <- "NULL"
  input <- file.path(folder, "light.Rmd")
  file.copy(file.path(dirname(report_template()), "style.docx"), folder)
  writeLines(page, input, useBytes = TRUE)
  rmarkdown::render(input, output, params = list(model = model), quiet = TRUE,
                    envir = new.env(parent = asNamespace("nidcode")))
}

test_that("a report holds sentences, calls, pictures; names are text", {
  withr::local_seed(7)
  model <- payload_model()
  file <- withr::local_tempfile(fileext = ".html")
  before <- list(.Random.seed, options(), getwd(), search(),
                 grDevices::dev.list(), knitr::opts_chunk$get(),
                 knitr::opts_hooks$get())
  expect_identical(expect_invisible(write_report(model, file)), file)
  expect_identical(list(.Random.seed, options(), getwd(), search(),
                        grDevices::dev.list(), knitr::opts_chunk$get(),
                        knitr::opts_hooks$get()),
                   before)
  page <- read_page(file)
  # Tags and attributes of the template, and of nothing else.
  tags <- unique(unlist(regmatches(page, gregexpr("<[a-zA-Z!/][^ >]*", page))))
  expect_identical(
    setdiff(sub("^</", "<", tags), paste0("<", c(
      "!DOCTYPE", "!--", "html", "head", "meta", "title", "script", "style",
      "body", "h1", "h2", "h4", "div", "ul", "li", "a", "p", "pre", "code", "img",
      "table", "thead", "tbody", "tr", "th", "td", "em", "span", "math",
      "semantics", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac",
      "msub", "munder", "mstyle", "annotation"))), character())
  expect_identical(count_in(page, "<script"), 1L)
  expect_identical(count_in(page, "<em"), 0L)
  expect_identical(count_in(page, "<math"), 13L)
  expect_false(grepl("(href|src)=\"(?!#|data:)", page, perl = TRUE))
  # Every name stands in its cell, letter by letter.
  cells <- regmatches(page, gregexpr("<td[^>]*>[^<]*</td>", page))[[1L]]
  expect_identical(setdiff(c(payloads, names(model$panel$x)),
                           vapply(cells, page_text, "")), character())
  # Pictures inside the file, each with its alt text.
  expect_identical(count_in(page, "<img "), 14L)
  expect_identical(count_in(page, "<img src=\"data:image/png;base64,"), 14L)
  expect_false(grepl("alt=\"\"", page))
  expect_holds(page_text(page), c(
    in_words(model), "in_words(model)", "report_part(model, \"regions\")",
    "code_model(data = `<data.frame>`, scheme = `<nid_scheme>`",
    "24 regions, 2001\u20132006", report_part(model, "reading"),
    R.version.string, paste("nidcode", utils::packageVersion("nidcode"))
  ))
})

# A page that begins as RStudio's do, and writes two reports in a chunk that
# draws before and after; settings that would silence a report are its own.
outer_page <- c(
  "---", "title: outer", "---", "```{r setup}",
  "knitr::opts_chunk$set(results = 'hide', collapse = TRUE, fig.width = 3)",
  "knitr::opts_knit$set(progress = FALSE)", "```",
  "```{r}", "seen$first <- knitr::opts_current$get('label')", "```",
  "```{r reports, fig.cap = 'two'}", "plot(1)",
  "{", "seen$before <- snapshot()",
  "for (file in files) write_report(model, file)",
  "seen$after <- snapshot()", "}",
  "plot(2)", "```",
  "```{r part, child = child}", "```"
)

page_state <- function() {
  of <- function(name) getExportedValue("knitr", name)$get()
  stores <- c("opts_chunk", "opts_knit", "opts_hooks", "opts_current",
              "opts_template", "knit_hooks", "knit_patterns", "knit_engines",
              "knit_code")
  list(lapply(stores, of), knitr::all_labels(), getwd(), options(),
       grDevices::dev.cur(), knitr::knit_meta(clean = FALSE))
}

test_that("reports are written while another page is being knit", {
  folder <- normalizePath(withr::local_tempdir())
  at <- function(name) file.path(folder, name)
  writeLines(c("---", "title: inner", "params:",
               paste0("  ", c("model", "calls", "regions", "map"), ": !r NULL"),
               "---",
               "```{r setup}",
               "knitr::opts_chunk$set(render = nidcode::report_render)",
               "```", "```{r}", "in_words(params$model)", "```",
               "```{r}", "getwd()", "```"), at("inner.Rmd"))
  local_ours(report_template = function(name) {
    if (missing(name)) system.file(package = "nidcode") else at("inner.Rmd")
  })
  writeLines(outer_page, at("outer.Rmd"))
  # Its chunk has no label: it gets the next number of the outer page.
  writeLines(c("```{r}", "seen$part <- knitr::opts_current$get('label')",
               "```"), at("child.Rmd"))
  seen <- new.env()
  model <- report_model()
  page <- list2env(list(
    seen = seen, snapshot = page_state, model = model, child = at("child.Rmd"),
    files = at(c("one.html", "two.html")), write_report = write_report
  ), parent = globalenv())
  rmarkdown::render(at("outer.Rmd"), "md_document", quiet = TRUE, envir = page)
  expect_identical(seen$after, seen$before)
  expect_identical(c(seen$first, seen$part),
                   paste0("unnamed-chunk-", 1:2))
  for (file in page$files) {
    text <- gsub("\\s+", " ", page_text(read_page(file)))
    expect_holds(text, in_words(model))
  }
  pictures <- list.files(folder, "^reports-[0-9][.]png$", recursive = TRUE)
  expect_identical(basename(pictures), paste0("reports-", 1:2, ".png"))
})

test_that("the head, the regions and the language are those asked for", {
  skip_on_cran()
  pages <- new.env()
  home <- "templates/code-model-report/skeleton"
  local_ours(report_template = function(name = home) {
    file <- system.file("rmarkdown", name, "skeleton.Rmd", package = "nidcode")
    page <- readLines(file, encoding = "UTF-8")
    page[grep("autoplot(", page, fixed = TRUE)] <- "NULL"
    out <- file.path(pages$folder, "skeleton.Rmd")
    writeLines(page, out, useBytes = TRUE)
    out
  })
  pages$folder <- withr::local_tempdir()
  file.copy(system.file("rmarkdown", home, "style.docx", package = "nidcode"),
            pages$folder)
  regions <- subset(ural, level == "region")
  model <- suppressMessages(code_model(regions, ural_scheme))
  file <- withr::local_tempfile(fileext = ".html")
  write_report(model, file, title = "A <b> 'title'", author = c("O'N", "B*"),
               date = as.Date("2026-01-02"), calls = FALSE, language = "ru",
               regions = c("Kurgan Oblast", "Tyumen Oblast (incl. autonomous okrugs)"))
  page <- read_page(file)
  text <- page_text(page)
  expect_holds(page, c(">A &lt;b&gt; ", "lang=\"ru\"", ">B*</h4>", "2026-01-02"))
  expect_no_match(text, "in_words(model)", fixed = TRUE)
  cells <- page_text(unlist(regmatches(page, gregexpr("<td[^>]*>[^<]*</td>",
                                                      page))))
  expect_true("Kurgan Oblast" %in% cells)
  expect_false("Sverdlovsk Oblast" %in% cells)
  # Every heading is said in Russian.
  heads <- unlist(regmatches(page, gregexpr("<h[12]>[^<]*</h[12]>", page)))
  expect_gt(length(heads), 15L)
  expect_identical(latin_left(page_text(heads)), character())
  # The language is that of this report alone.
  expect_identical(said_in(), "en")
})

test_that("every sentence of the templates has its translation", {
  page <- readLines(report_template(), encoding = "UTF-8")
  withr::local_options(nidcode.language = "ru")
  said <- said_page(page)
  expect_identical(intersect(said[is_prose(said)], page[is_prose(page)]),
                   character())
  expect_identical(said[!is_prose(said)], page[!is_prose(page)])
})

test_that("the title names the regions and the years", {
  title <- function(model) {
    report_head(model, NULL, NULL, NULL, NULL, NULL)[c("title", "subtitle")]
  }
  expect_identical(title(report_model())$title, paste(
    "Code-based model of neo-industrial development,", "2005\u20132016"))
  four <- code_model(subset(ural, level == "region"), ural_scheme,
                     status = "_status")
  expect_identical(title(four)$title,
                   "Neo-industrial development of 4 regions, 2005\u20132016")
  expect_match(title(four)$subtitle, "^Chelyabinsk Oblast, Kurgan Oblast, ")
  one <- suppressMessages(code_model(subset(ural, region_code == "FD-U"),
                                     ural_scheme))
  expect_identical(title(one)$title, paste(
    "Neo-industrial development of Ural Federal District,",
    "2005\u20132016"))
})

test_that("the table of all regions is that of three verbs", {
  model <- code_model(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  all <- report_part(model, "regions")
  ranks <- region_ranks(model)
  expect_identical(all$region, ranks$region)
  expect_identical(all$rank.high, ranks$rank.high)
  at <- match(all$region, model$basic$region)
  expect_identical(all$conf.low, model$basic$conf.low[at])
  expect_equal(all$production + all$institutional + all$social, all$estimate,
               tolerance = 1e-12)
  two <- report_part(model, "regions", regions = all$region[c(4, 2)])
  expect_identical(two$rank, all$rank[c(2, 4)])
  expect_error(report_part(model, "regions", regions = "Nowhere"),
               class = "nidcode_error_argument")
  # What is told: one row of numbers has one number of decimals.
  md <- report_block(all, list())
  cells <- strsplit(grep("Kurgan", md, value = TRUE), " *[|] *")[[1L]]
  shown <- gsub("&#45;", "-", gsub("&#46;", ".", cells))
  expect_identical(nchar(sub(".*[.]", "", shown[c(4:6, 10:12)])), rep(2L, 6L))
})

test_that("the chapter on choices tries those of the model, and says so", {
  model <- quietly(code_model(subset(ural, level == "region"), ural_scheme,
                              status = "_status", rate = rate_difference()))
  x <- report_part(model, "choices")
  expect_identical(x$values[[1L]], effective_weights(model))
  asked <- as.list(x$calls[[2L]][[3L]][[3L]])
  expect_identical(asked$normalise, quote(c("zscore", "minmax")))
  expect_identical(names(asked$influence)[-1L], c("own", "half-life 3"))
  expect_identical(x$values[[3L]], in_words(x$values[[2L]]))
  ranks <- quietly(update(model, normalise = "rank"))
  expect_identical(report_part(ranks, "choices"), list())
  one <- quietly(code_model(subset(ural, region_code == "FD-U"), ural_scheme))
  expect_identical(report_part(one, "choices"), list())
})

test_that("what would change it is told by what there is", {
  model <- suppressMessages(code_model(subset(ural, level == "region"),
                                       ural_scheme, status = "_status"))
  said <- report_part(model, "changes")
  p <- model$basic$prob.positive
  near <- model$basic$region[pmax(p, 1 - p) > 0.9 & pmax(p, 1 - p) <= 0.975]
  for (one in near) expect_match(said[1L], one, fixed = TRUE)
  expect_match(said, "hangs on the speeds at both ends", all = FALSE)
  exact <- suppressMessages(update(model, rate = rate_difference()))
  expect_match(report_part(exact, "changes"), "rate_spline", all = FALSE)
})

test_that("names from the data are text in Word", {
  skip_on_cran()
  file <- knit_light(payload_model(), "word_document")
  folder <- withr::local_tempdir()
  utils::unzip(file, exdir = folder)
  page <- read_page(file.path(folder, "word", "document.xml"))
  all_of <- function(tag) {
    pattern <- paste0("(?s)<", tag, "[ >].*?</", tag, ">")
    found <- regmatches(page, gregexpr(pattern, page, perl = TRUE))[[1L]]
    vapply(found, page_text, "", USE.NAMES = FALSE)
  }
  expect_identical(setdiff(payloads, all_of("w:tc")), character())
  # No link, no field, no picture from elsewhere.
  expect_identical(all_of("w:hyperlink"), character())
  expect_identical(all_of("w:instrText"), character())
  # Columns are as wide as what they hold; a minus is no hyphen.
  grids <- regmatches(page, gregexpr("<w:tblGrid>.*?</w:tblGrid>", page,
                                     perl = TRUE))[[1L]]
  widths <- lapply(regmatches(grids, gregexpr("(?<=w:w=\")[0-9]+", grids,
                                              perl = TRUE)), as.integer)
  expect_true(all(lengths(widths) > 1L))
  expect_true(all(vapply(widths, \(w) max(w) > 1.5 * min(w), NA)))
  expect_no_match(all_of("w:tc"), "^-[0-9.]+$")
  expect_match(all_of("w:tc"), "^\u2212[0-9.]+$", all = FALSE)
  rels <- read_page(file.path(folder, "word", "_rels", "document.xml.rels"))
  expect_false(grepl("evil|javascript|TargetMode", rels))
})

test_that("inert_markdown() comes back from pandoc as it was", {
  inside <- withr::local_tempfile(fileext = ".md")
  ascii <- intToUtf8(32:126)
  all <- c(payloads, paste0("x", ascii), "a\\(b\\) $c$ @d")
  writeLines(paste0("- ", inert_markdown(all)), inside, useBytes = TRUE)
  out <- withr::local_tempfile(fileext = ".html")
  rmarkdown::pandoc_convert(
    inside, "html", output = out, options = "--wrap=none", from = paste0(
      "markdown+autolink_bare_uris+tex_math_single_backslash+emoji"))
  back <- readLines(out, encoding = "UTF-8")
  back <- gsub("^<li>|</li>$", "", back[grepl("^<li>", back)])
  expect_no_match(back, "<")
  expect_identical(gsub("&amp;", "&", gsub("&gt;", ">", gsub(
    "&lt;", "<", gsub("&quot;", "\"", gsub("&#39;", "'", back))))), all)
})

test_that("control characters go, with a warning that names them", {
  data <- subset(ural, level == "region")
  data$region <- sub("Kurgan", "Kur\u0007gan", data$region)
  model <- suppressMessages(code_model(data, ural_scheme))
  expect_warning(warn_controls(model), "\"Kurgan Oblast\"",
                 class = "nidcode_warning_control_characters")
  expect_no_warning(warn_controls(report_model()))
})

test_that("a report stops before any work, and says why", {
  model <- report_model()
  there <- withr::local_tempfile(fileext = ".html", lines = "mine")
  folder <- withr::local_tempdir()
  new <- file.path(folder, "new.html")
  fails <- function(class, ...) {
    expect_error(write_report(...), class = paste0("nidcode_error_", class))
  }
  fails("overwrite", model, there)
  expect_identical(readLines(there), "mine")
  fails("path", model, file.path(folder, "no", "x.html"))
  fails("path", model, folder)
  fails("argument", model$basic, new)
  fails("argument", model, NA_character_)
  fails("argument", model, new, format = "odt")
  fails("argument", model, new, format = "docx")
  fails("argument", model, new, overwrite = NA)
  fails("argument", model, new, title = 1)
  fails("argument", model, new, author = character())
  fails("argument", model, new, date = as.Date(NA))
  fails("argument", model, new, regions = "Nowhere")
  fails("argument", model, new, calls = "no")
  fails("argument", model, new, language = "de")
  fails("argument", model, new, map = data.frame())
  expect_identical(list.files(folder), character())
  for (name in c("new.doc", "new.rtf", "new", "html", ".html", "new.html.bak",
                 "new.")) {
    fails("path", model, file.path(folder, name))
    fails("path", model, file.path(folder, name), format = "html")
  }
  expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE),
                   character())
  expect_identical(vapply(c("a.DOCX", "b.c.html", "a.HTM"), ending_format, "",
                          USE.NAMES = FALSE), c("docx", "html", "html"))
})

test_that("a PDF without LaTeX is a classed error", {
  rmarkdown::find_pandoc()
  withr::local_envvar(PATH = withr::local_tempdir())
  skip_if_not(rmarkdown::pandoc_available())
  expect_error(write_report(report_model(), tempfile(fileext = ".pdf"), "pdf"),
               class = "nidcode_error_latex")
})

test_that("whatever there is of a model is reported", {
  skip_on_cran()
  regions <- subset(ural, level == "region")
  quiet <- function(x) suppressWarnings(suppressMessages(x))
  empty <- quiet(code_model(regions[0, ], ural_scheme))
  short <- quiet(code_model(subset(regions, year < 2006), ural_scheme))
  for (model in some_of(list(empty, short), 2L)) {
    file <- withr::local_tempfile(fileext = ".html")
    write_report(model, file)
    expect_match(read_page(file), "Settings in force")
  }
})

test_that("the template knits as shipped, with its own parameters", {
  skip_on_cran()
  folder <- withr::local_tempdir()
  draft <- rmarkdown::draft(file.path(folder, "mine.Rmd"),
                            "code-model-report", "nidcode", edit = FALSE)
  out <- withr::with_dir(folder, rmarkdown::render(
    draft, params = list(calls = FALSE, max_rows = 2, dpi = 40),
    envir = new.env(parent = globalenv()), quiet = TRUE))
  text <- page_text(read_page(out))
  expect_holds(text, c("4 regions, from 2005 to 2016", "2 further rows"))
  expect_false(grepl("in_words(model)", text, fixed = TRUE))
})

test_that("numbers are the same under any options", {
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  expect_identical(number_text(c(-1.2345, 0.5, NA, 0.0123)),
                   c("-1.23", "0.50", "", "0.01"))
  expect_identical(number_text(c(3, 1234567, -2)), c("3", "1234567", "-2"))
  expect_identical(number_text(c(1234.56, Inf, 1e-9)),
                   c("1235", "Inf", "0"))
  # Rounded away a number has no sign; what cannot be written out is not.
  expect_identical(number_text(c(0.5, 0.7, -0.001)), c("0.50", "0.70", "0.00"))
  expect_identical(number_text(c(2e-6, -3e-7)), c("2.00e-06", "-3.00e-07"))
  expect_identical(probability_text(c(0.9999, 1e-5, 0.5, NA)),
                   c(">0.999", "<0.001", "0.500", ""))
  expect_identical(shown_text(c(2005.5, 2006), key = TRUE),
                   c("2005.5", "2006.0"))
  expect_identical(shown_text(c(TRUE, NA)), c("yes", ""))
  cells <- list(1:2, "a", NULL, sum, y ~ x, list("b", mean), globalenv())
  expect_identical(shown_text(cells), c("1, 2", "a", "", "<function>", "y ~ x",
                                        "b, <function>", "<environment>"))
  withr::local_locale(LC_CTYPE = "C")
  expect_identical(shown_text(c("\u0423", NA)), c("\u0423", ""))
})

test_that("a column of any kind becomes text without a warning", {
  odd <- data.frame(e = 1:2, l = 1:2)
  odd$e <- expression(a + b, 1)
  odd$l <- list(1:2, NULL)
  expect_silent(md <- markdown_table(odd))
  expect_match(md, "a &#43; b", fixed = TRUE, all = FALSE)
})

test_that("a table is cut where asked, its rows and codes in their order", {
  wide <- wide_table(list(r = c("b", "b", "a")), c("y", "x", "y"), 1:3 + 0)
  expect_identical(as.list(wide), list(r = c("b", "a"), y = c(1, 3),
                                       x = c(2, NA)))
  md <- markdown_table(data.frame(x = 1:5), max_rows = 2L)
  expect_identical(md[c(2, 4, 5, 8)],
                   c("| x |", "| 1 |", "| 2 |",
                     "3 further rows: the call gives them all."))
  expect_identical(markdown_table(data.frame(x = 1)[0, , drop = FALSE]),
                   "(no rows)")
})

test_that("calls are shown as written, objects in them by class", {
  call <- quote(code_model(d[d$x > 1, ], s, index = NULL, sd = -1))
  expect_identical(call_text(call),
                   "code_model(d[d$x > 1, ], s, index = NULL, sd = -1)")
  big <- as.call(list(code_model, data.frame(x = 1), 1:100))
  expect_identical(call_text(big), "code_model(`<data.frame>`, `<integer>`)")
  # A fence is longer than any in the code; HTML is not left to markdown.
  expect_identical(code_block("a <b> ```\n```` x")[2L],
                   paste0("<pre class=\"r\"><code>a &lt;b&gt; ",
                          "&#96;&#96;&#96;\n&#96;&#96;&#96;&#96; x",
                          "</code></pre>"))
})
