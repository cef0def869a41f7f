# Native charts, written as the drawing language of xlsx has them.

add_book_charts <- function(wb, frame) {
  dynamic <- vapply(frame$fit$codes, `[[`, "", "dynamic")
  k <- length(frame$code)
  col <- view_column(frame)
  time <- names(frame$keys)[frame$width]
  colours <- look_of(frame$code, frame$codes)$colour
  place <- function(name, from, chart, height = 20L, row = book_head + 1L,
                    width = 9L) {
    wb$add_chart_xml(sheet = sheet_title(name), xml = chart,
                     dims = picture_dims(row, from, height, width))
  }
  place("Codes", col, row = book_head + view_length(frame) + 2L, width = 6L,
        chart = line_chart(say("Defining codes of the picked region"), time,
                           frame$units$code, view_series(frame, 1L, colours)))
  place("Rates", frame$width + 2L * k + 2L,
        line_chart(say("Dynamic codes of the region picked on sheet %s",
                       sheet_title("Codes")), time, frame$units$rate,
                   view_series(frame, 1L + k, colours)))
  place("Code ID", frame$width + 8L,
        line_chart(say("Code ID of the region picked on sheet %s",
                       sheet_title("Codes")), time, frame$units$rate,
                   view_series(frame, 1L + 2L * k, "0B4F8A", 1L)))
  rows <- book_head + c(1L, n_regions(frame$panel))
  first <- frame$width
  names <- if (frame$width == 2L) {
    fixed_range("Code NID", rows[1L], 1L, rows[2L])
  }
  errors <- vapply(first + 11:10, \(col) {
    fixed_range("Code NID", rows[1L], col, rows[2L])
  }, "")
  place("Code NID", basic_chart_column(frame), height = bars_height(frame),
        bar_chart(say("Code NID with intervals"), frame$units$basic, list(
          table_series("Code NID", first, rows, names, "7FA8CC", errors)),
          # The axis reaches as far as the limits do.
          unseen = lapply(first + 5:6, table_series, sheet = "Code NID",
                          rows = rows, names = names, colour = "")))
  place("Contributions", parts_chart_column(frame), height = bars_height(frame),
        chart = bar_chart(
          say("Contributions to Code NID by code"), frame$units$basic, lapply(
            seq_len(k), \(i) {
              table_series("Contributions", first + i - 1L, rows, names,
                           colours[i])
            }), stacked = TRUE))
  wb
}

# Rows of the sheet that a chart with a bar for each region takes: room for
# every name, and for up to 80 of them on one page.
bars_height <- function(frame) {
  max(20L, as.integer(ceiling(0.6 * n_regions(frame$panel))) + 6L)
}

basic_chart_column <- function(frame) frame$width + 13L

parts_chart_column <- function(frame) {
  frame$width + length(frame$code) + 2L + length(indicator_names(frame))
}

indicator_names <- function(frame) {
  if (!frame$def$affine) character() else unlist(lapply(
    frame$code, \(code) parts_of_code(frame$def, code)$names))
}

view_series <- function(frame, skip, colours, n = length(colours)) {
  col <- view_column(frame)
  rows <- book_head + c(1L, view_length(frame))
  lapply(seq_len(n), \(i) {
    at <- col + skip + i - 1L
    list(name = fixed_cell("Codes", book_head, at),
         x = fixed_range("Codes", rows[1L], col, rows[2L]),
         y = fixed_range("Codes", rows[1L], at, rows[2L]),
         colour = sub("#", "", colours[i], fixed = TRUE),
         numeric = !is.character(frame$keys[[frame$width]]),
         dash = c("solid", "dash", "lgDash", "dashDot",
                  "sysDot")[(i - 1L) %% 5L + 1L])
  })
}

# `errors`: ranges of what is added and taken off, if any.
table_series <- function(sheet, col, rows, names, colour, errors = NULL) {
  list(errors = errors, name = fixed_cell(sheet, book_head, col), x = names,
       y = fixed_range(sheet, rows[1L], col, rows[2L]),
       colour = sub("#", "", colour, fixed = TRUE), numeric = FALSE)
}

# XML ------------------------------------------------------------------------

line_chart <- function(title, x_title, y_title, series) {
  body <- vapply(seq_along(series), \(i) {
    one <- series[[i]]
    line <- paste0("<a:ln w=\"28575\"><a:solidFill><a:srgbClr val=\"",
                   one$colour, "\"/></a:solidFill><a:prstDash val=\"",
                   one$dash, "\"/></a:ln>")
    series_xml(one, i, paste0("<c:spPr>", line, "</c:spPr>"),
               "<c:marker><c:symbol val=\"none\"/></c:marker>",
               "<c:smooth val=\"0\"/>")
  }, "")
  chart_xml(title, paste0(
    "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>",
    paste(body, collapse = ""), "<c:axId val=\"11\"/><c:axId val=\"12\"/>",
    "</c:lineChart>", axis_xml("catAx", 11L, 12L, "b", x_title),
    axis_xml("valAx", 12L, 11L, "l", y_title)), length(series) > 1L)
}

# Horizontal bars, the first region on top. Of `unseen` series nothing is drawn.
bar_chart <- function(title, unit, series, stacked = FALSE, unseen = list()) {
  all <- c(series, unseen)
  body <- vapply(seq_along(all), \(i) {
    fill <- if (i > length(series)) "<a:noFill/>" else {
      paste0("<a:solidFill><a:srgbClr val=\"", all[[i]]$colour,
             "\"/></a:solidFill>")
    }
    series_xml(all[[i]], i, paste0("<c:spPr>", fill, "</c:spPr>",
                                   "<c:invertIfNegative val=\"0\"/>"),
               errors_xml(all[[i]]$errors))
  }, "")
  chart_xml(title, paste0(
    "<c:barChart><c:barDir val=\"bar\"/><c:grouping val=\"",
    if (stacked) "stacked" else "clustered",
    "\"/><c:varyColors val=\"0\"/>", paste(body, collapse = ""),
    "<c:gapWidth val=\"60\"/>",
    "<c:overlap val=\"100\"/>",
    "<c:axId val=\"11\"/><c:axId val=\"12\"/></c:barChart>",
    axis_xml("catAx", 11L, 12L, "l", "", reverse = TRUE),
    axis_xml("valAx", 12L, 11L, "t", unit)), length(series) > 1L)
}

errors_xml <- function(ranges) {
  if (is.null(ranges)) {
    return("")
  }
  one <- function(tag, range) {
    paste0("<c:", tag, "><c:numRef><c:f>", escape_markup(range),
           "</c:f></c:numRef></c:", tag, ">")
  }
  paste0("<c:errBars><c:errBarType val=\"both\"/><c:errValType val=\"cust\"/>",
         "<c:noEndCap val=\"0\"/>", one("plus", ranges[1L]),
         one("minus", ranges[2L]), "<c:spPr><a:ln w=\"9525\"><a:solidFill>",
         "<a:srgbClr val=\"262626\"/></a:solidFill></a:ln></c:spPr>",
         "</c:errBars>")
}

series_xml <- function(one, i, look, before = "", after = "") {
  reference <- function(tag, of, kind) {
    if (is.null(of)) return("")
    paste0("<c:", tag, "><c:", kind, "><c:f>", escape_markup(of), "</c:f></c:",
           kind, "></c:", tag, ">")
  }
  paste0("<c:ser><c:idx val=\"", i - 1L, "\"/><c:order val=\"", i - 1L,
         "\"/>", reference("tx", one$name, "strRef"), look,
         before,
         reference("cat", one$x, if (one$numeric) "numRef" else "strRef"),
         reference("val", one$y, "numRef"), after,
         "</c:ser>")
}

text_xml <- function(text, size, bold = FALSE) {
  paste0("<c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"", size,
         "\" b=\"", as.integer(bold), "\"/></a:pPr><a:r><a:rPr sz=\"", size,
         "\" b=\"", as.integer(bold), "\"/><a:t>",
         escape_markup(workbook_text(text)),
         "</a:t></a:r></a:p></c:rich></c:tx>")
}

title_xml <- function(text, size, bold = FALSE) {
  if (!nzchar(text)) {
    return("")
  }
  paste0("<c:title>", text_xml(text, size, bold),
         "<c:overlay val=\"0\"/></c:title>")
}

# Labels stand at the low end, clear of bars and lines below zero.
axis_xml <- function(kind, id, cross, side, title, reverse = FALSE) {
  paste0("<c:", kind, "><c:axId val=\"", id, "\"/><c:scaling><c:orientation ",
         "val=\"", if (reverse) "maxMin" else "minMax", "\"/></c:scaling>",
         "<c:delete val=\"0\"/><c:axPos val=\"", side, "\"/>",
         if (kind == "valAx") paste0(
           "<c:majorGridlines><c:spPr><a:ln w=\"6350\"><a:solidFill>",
           "<a:srgbClr val=\"D9D9D9\"/></a:solidFill></a:ln></c:spPr>",
           "</c:majorGridlines>"),
         title_xml(title, 1000L),
         if (kind == "valAx") paste0("<c:numFmt formatCode=\"0.0##\" ",
                                     "sourceLinked=\"0\"/>"),
         "<c:majorTickMark val=\"out\"/><c:minorTickMark val=\"none\"/>",
         "<c:tickLblPos val=\"low\"/>", if (reverse) small_labels_xml,
         "<c:crossAx val=\"", cross, "\"/>",
         # Every region is named.
         if (reverse) "<c:tickLblSkip val=\"1\"/>", "</c:", kind, ">")
}

small_labels_xml <- paste0(
  "<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"700\"/></a:pPr>",
  "<a:endParaRPr/></a:p></c:txPr>")

chart_xml <- function(title, plot, legend) {
  paste0(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
    "<c:chartSpace ",
    "xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" ",
    "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" ",
    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/",
    "relationships\"><c:roundedCorners val=\"0\"/><c:chart>",
    title_xml(title, 1200L, TRUE), "<c:autoTitleDeleted val=\"0\"/>",
    "<c:plotArea><c:layout/>", plot, "</c:plotArea>",
    if (legend) paste0("<c:legend><c:legendPos val=\"b\"/><c:overlay ",
                       "val=\"0\"/></c:legend>"),
    # LibreOffice draws a gap as 0, so lines span what does not exist.
    "<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"span\"/></c:chart>",
    "</c:chartSpace>")
}
