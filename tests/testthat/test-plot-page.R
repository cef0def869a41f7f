skip_if_not_installed("ggplot2")
skip_if_not(capabilities("cairo"))
skip_on_cran()

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

expect_laid_out <- function(p, width, height, label = "") {
  faults <- layout_faults(p, width, height)
  expect_identical(paste(faults$what, faults$text), character(),
                   label = paste(label, width, "x", height))
}

on_device <- function(width, height, code) {
  grDevices::png(withr::local_tempfile(), width, height, units = "in",
                 res = 72, type = "cairo")
  on.exit(grDevices::dev.off())
  force(code)
}

test_that("the finder of faults finds them", {
  long <- strrep("too long for any page ", 9)
  d <- data.frame(x = c(1, 1, 5), y = c(1, 1, 2), text = c("one", "two", "end"))
  p <- ggplot2::ggplot(d, ggplot2::aes(x, y, label = text)) +
    ggplot2::labs(caption = long)
  bad <- layout_faults(p + ggplot2::geom_text(hjust = 0), 4, 3)
  expect_true(any(bad$what == "off the page" & bad$text == trimws(long) |
                    bad$text == long))
  expect_true("one | two" %in% bad$text)
  expect_true("end" %in% bad$text[bad$what != "overlap"])
  wide <- ggplot2::theme(plot.margin = ggplot2::unit(rep(1, 4), "in"))
  expect_true("end" %in% subset(layout_faults(
    p + wide + ggplot2::geom_text(hjust = 0), 4, 5),
    what == "out of its panel")$text)
  fine <- p + ggplot2::labs(caption = "short") + page_text(hjust = 0)
  expect_laid_out(fine, 4, 3)
})

test_that("words are broken by their measured width", {
  type <- list(size = 9, face = "plain", family = "")
  text <- c("a sentence of several words, none of them long", "two\nlines",
            NA, "", "consumer_spending_pc_real")
  on_device(7, 4, {
    # Fonts differ by a third in width: the longest word just has room.
    least <- text_width("sentence", type)
    for (inches in least * c(1.01, 2, 4)) {
      out <- laid_out(text, c(type, width = inches))
      expect_lte(max(text_width(out[1:4], type)), inches)
      expect_identical(gsub("\n", " ", out[1L]), text[1L])
      expect_identical(gsub("\n", "", out[5L]), text[5L])
      # Not broken earlier than needed: the next word has no room.
      lines <- strsplit(out[1L], "\n")[[1L]]
      next_word <- sub(" .*", "", lines[-1L])
      expect_true(all(text_width(paste(lines[-length(lines)], next_word),
                                 type) > inches))
    }
    expect_identical(laid_out(text, c(type, width = Inf)), text)
    expect_identical(laid_out(text[2:4], c(type, width = 9)), text[2:4])
  })
})

test_that("a picture is laid out for the page, whichever way it is drawn", {
  p <- autoplot(picture_model(1), "rates")
  caption <- function(g) {
    text <- g$grobs[[which(g$layout$name == "caption")]]$children[[1L]]
    grid::convertWidth(grid::grobWidth(text), "in", TRUE)
  }
  for (width in c(4, 7)) {
    on_device(width, 4, expect_lt(caption(ggplot2::ggplotGrob(p)), width))
  }
  # Made for one page, drawn on another, also in a viewport.
  on_device(10, 7, {
    g <- ggplot2::ggplotGrob(p)
    expect_gt(caption(g), 4)
    grid::pushViewport(grid::viewport(width = grid::unit(4, "in"),
                                      height = grid::unit(4, "in")))
    fresh <- makeContext.nid_page(g)
    expect_lt(caption(fresh), 4)
    expect_gt(caption(fresh), 2)
    # A gtable that was changed is drawn as it is.
    g$heights[[1L]] <- grid::unit(1, "in")
    expect_identical(makeContext.nid_page(g)$heights, g$heights)
  })
})

test_that("words keep off points, or are left out", {
  at <- data.frame(x = 0.5, y = 0.5, w = 0.4, h = 0.1, label = c("a", "a", "b"),
                   left = 0.8, bottom = c(1.05, 1.05, 1.02))
  panel <- c(2, 2)
  alone <- off_points(at, at[1L, ], panel)
  # The first where it was meant to, the other at the next place that is free.
  expect_identical(alone$label, c("a", "b"))
  expect_identical(c(alone$left[1L], alone$bottom[1L]), c(0.8, 1.05))
  expect_equal(c(alone$left[2L], alone$bottom[2L]), c(0.8, 1 - 0.06 - 0.1))
  # A point above and one below: beside.
  points <- data.frame(x = 0.5, y = c(0.5, 0.55, 0.45))
  beside <- off_points(at[1L, ], points, panel)
  expect_equal(c(beside$left, beside$bottom), c(1.06, 0.95))
  crowd <- expand.grid(x = seq(0, 1, 0.05), y = seq(0, 1, 0.05))
  expect_identical(nrow(off_points(at, crowd, panel)), 0L)
})

test_that("names one above the other shrink until all have room", {
  at <- data.frame(text = paste("a name of several words", 1:12), points = 8,
                   fontface = 1, family = "", room.w = 0.2)
  on_device(7, 5, {
    high <- fit_column(at, c(5, 9))
    expect_identical(unique(high$points), 8)
    low <- fit_column(at, c(5, 2.5))
    expect_lt(low$points[1L], 8)
    expect_lte(sum(low$h + text_gap), 2.5)
    expect_identical(unique(fit_column(at, c(5, 0.5))$points), least_type)
  })
})

test_that("letters are dark enough to be read on white", {
  looks <- code_looks()$colour
  dark <- read_on_white(c(looks, "white", NA))
  contrast <- apply(grDevices::col2rgb(dark[1:9]) / 255, 2L, contrast_to_white)
  expect_true(all(contrast >= 4.5))
  expect_identical(dark[10L], NA_character_)
  fine <- looks %in% c("#0B4F8A", "#8C2D5E", "#000000")
  expect_identical(dark[1:8] == looks, fine)
  # Black and white are as far apart as WCAG 2 says.
  expect_equal(contrast_to_white(c(0, 0, 0)), 21)
  expect_equal(contrast_to_white(c(1, 1, 1)), 1)
})

test_that("a picture whose words have room is built once", {
  builds <- 0L
  measure <- room_of
  local_ours(room_of = \(...) {
    builds <<- builds + 1L
    measure(...)
  })
  m <- picture_model(3)
  for (what in c("codes", "basic", "contributions")) {
    p <- autoplot(m, what)
    size <- picture_size(p)
    builds <- 0L
    # A half more than it needs: fonts are wider on some machines.
    on_device(1.5 * size[[1L]], 1.5 * size[[2L]], print(p))
    expect_identical(builds, 1L, label = what)
  }
})

test_that("a picture without room says once which size it needs", {
  m <- picture_model(85)
  p <- autoplot(m, "basic")
  said <- list()
  on_device(7, 4, withCallingHandlers(
    print(p), nidcode_message_picture_size = \(c) {
      said <<- c(said, list(c))
      tryInvokeRestart("muffleMessage")
    }))
  expect_length(said, 1L)
  size <- picture_size(p)
  expect_equal(c(said[[1L]]$width, said[[1L]]$height), unname(size),
               tolerance = 0.1)
  on_device(7, 4, {
    g <- suppressMessages(ggplot2::ggplotGrob(p))
    title <- g$grobs[[which(g$layout$name == "title")]]
    expect_match(title$children[[1L]]$label, "This picture needs a page of 7 x",
                 fixed = TRUE)
    expect_no_message(grid::grid.draw(g))
  })
  expect_no_message(on_device(size[[1L]], size[[2L]], print(p)))
  expect_laid_out(p, size[[1L]], size[[2L]])
})

test_that("limits of the user look at a part and delete nothing", {
  m <- picture_model(8)
  p <- suppressMessages(autoplot(m, "basic") + ggplot2::xlim(-0.5, 0.5))
  p <- expect_no_warning(ggplot2::ggplot_build(p))
  at <- which(vapply(p$plot$layers, \(l) inherits(l$geom, "GeomLinerange"), NA))
  expect_identical(nrow(p$data[[at]]), sum(is.finite(m$basic$conf.low)))
  expect_setequal(p$data[[at]]$xmin, m$basic$conf.low)
})

test_that("save_picture() writes at the picture's size, or the one asked for", {
  p <- autoplot(picture_model(1), "basic")
  pixels <- function(file) {
    head <- readBin(file, "raw", 24L)
    c(readBin(head[17:20], "integer", endian = "big"),
      readBin(head[21:24], "integer", endian = "big"))
  }
  file <- withr::local_tempfile(fileext = ".png")
  expect_identical(withVisible(save_picture(p, file)),
                   list(value = file, visible = FALSE))
  expect_equal(pixels(file), 300 * unname(picture_size(p)), tolerance = 0.01)
  expect_error(save_picture(p, file), class = "nidcode_error_overwrite")
  save_picture(picture_model(1)$basic, file, width = 5, height = 3,
               overwrite = TRUE)
  expect_identical(pixels(file), c(1500L, 900L))
  pdf <- withr::local_tempfile(fileext = ".pdf")
  save_picture(p, pdf)
  expect_identical(readBin(pdf, "raw", 4L), charToRaw("%PDF"))
  expect_error(save_picture(p, "picture.gif"), class = "nidcode_error_path")
  expect_error(save_picture(1, file, overwrite = TRUE),
               class = "nidcode_error_argument")
  expect_error(save_picture(p, file, width = 0, overwrite = TRUE),
               class = "nidcode_error_argument")
  # What was there stays when drawing fails.
  before <- readBin(file, "raw", 1e6)
  broken <- p + ggplot2::geom_point(ggplot2::aes(x = stop("no")))
  expect_error(save_picture(broken, file, overwrite = TRUE),
               class = "nidcode_error_file")
  expect_identical(readBin(file, "raw", 1e6), before)
})

test_that("a page of knitr includes pictures in their own size", {
  skip_if_not_installed("knitr")
  dir <- withr::local_tempdir()
  withr::local_dir(dir)
  saveRDS(autoplot(picture_model(85), "basic"), "p.rds")
  writeLines(c("```{r own}", "readRDS('p.rds')", "```",
               "```{r asked, fig.width = 5, fig.height = 3}",
               "readRDS('p.rds')", "```"), "page.Rmd")
  out <- suppressMessages(knitr::knit("page.Rmd", quiet = TRUE,
                                      envir = new.env(parent = globalenv())))
  text <- paste(readLines(out), collapse = "\n")
  expect_match(text, "figure/own-101.png", fixed = TRUE)
  expect_match(text, "figure/asked-1.png", fixed = TRUE)
  expect_match(text, "Dot chart of Code NID: 85 regions", fixed = TRUE)
  # As html_document() sets them, with a width of knitr's or one asked for.
  page <- list(fig.width = 7, fig.retina = 2, dpi = 192, out.width = 672)
  size <- c(width = 8, height = 4)
  expect_identical(shown_pixels(page, size), "768px")
  page$out.width <- "40%"
  expect_identical(shown_pixels(page, size), "40%")
  expect_identical(shown_pixels(list(fig.width = 7), size), "768px")
})
