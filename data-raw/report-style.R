# Styles of reports in Word: A4, page numbers, small print in tables, calls that
# stay with what they made, rows that are not cut. Our own, not pandoc's.
#
#   Rscript data-raw/report-style.R      # inst/rmarkdown/templates/*/skeleton

space <- paste0('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/',
                '2006/main" xmlns:r="http://schemas.openxmlformats.org/',
                'officeDocument/2006/relationships"')
office <- "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
kind <- "application/vnd.openxmlformats-officedocument.wordprocessingml."
xml <- '<?xml version="1.0" encoding="UTF-8"?>'

# Sizes in half points, distances in twentieths of a point.
paragraph <- function(id, name, size = NULL, before = 0, after = 80, bold = FALSE,
                      keep = "", level = NULL, mono = FALSE, based = "Normal",
                      colour = NULL) {
  paste0(
    '<w:style w:type="paragraph" w:styleId="', id, '"',
    if (id == "Normal") ' w:default="1"', '><w:name w:val="', name, '"/>',
    if (id != "Normal") paste0('<w:basedOn w:val="', based, '"/>'),
    '<w:qFormat/><w:pPr>', keep, '<w:spacing w:before="', before,
    '" w:after="', after, '"/>',
    if (!is.null(level)) paste0('<w:outlineLvl w:val="', level, '"/>'),
    '</w:pPr><w:rPr>',
    if (mono) paste0('<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" ',
                     'w:cs="Consolas"/>'),
    if (bold) '<w:b/>',
    if (!is.null(colour)) paste0('<w:color w:val="', colour, '"/>'),
    if (!is.null(size)) paste0('<w:sz w:val="', size, '"/><w:szCs w:val="',
                               size, '"/>'),
    '</w:rPr></w:style>')
}

styles <- function(table = 16, body = 20, margin = 40) {
  next_too <- "<w:keepNext/><w:keepLines/>"
  whole <- "<w:keepLines/>"
  paste0(
    xml, "<w:styles ", space, ">",
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" ',
    'w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="', body, '"/><w:szCs ',
    'w:val="', body, '"/></w:rPr></w:rPrDefault></w:docDefaults>',
    paragraph("Normal", "Normal", after = 2 * margin),
    paragraph("BodyText", "Body Text", after = 2 * margin),
    paragraph("FirstParagraph", "First Paragraph", after = 2 * margin,
              keep = "<w:keepNext/>"),
    paragraph("Picture", "Picture", after = 2 * margin),
    paragraph("Compact", "Compact", table, 20, 20, keep = whole),
    paragraph("Title", "Title", 36, 0, margin, TRUE, next_too),
    paragraph("Subtitle", "Subtitle", 24, 0, margin, keep = next_too),
    paragraph("Author", "Author", body, 0, margin, keep = next_too),
    paragraph("Date", "Date", body, 0, 3 * margin, keep = next_too,
              colour = "555555"),
    paragraph("Heading1", "heading 1", 30, 320, 100, TRUE, next_too, 0),
    paragraph("Region", "Region", 30, 0, 80, TRUE,
              paste0(next_too, "<w:pageBreakBefore/>"), 0),
    paragraph("Heading2", "heading 2", 24, 200, 80, TRUE, next_too, 1),
    paragraph("SourceCode", "Source Code", 16, 120, 40, FALSE, next_too,
              mono = TRUE, colour = "555555"),
    '<w:style w:type="character" w:customStyle="1" w:styleId="VerbatimChar">',
    '<w:name w:val="Verbatim Char"/><w:rPr><w:rFonts w:ascii="Consolas" ',
    'w:hAnsi="Consolas" w:cs="Consolas"/></w:rPr></w:style>',
    '<w:style w:type="character" w:styleId="Hyperlink">',
    '<w:name w:val="Hyperlink"/></w:style>',
    '<w:style w:type="table" w:default="1" w:styleId="Table">',
    '<w:name w:val="Table"/><w:tblPr><w:tblBorders><w:insideH w:val="single" ',
    'w:sz="4" w:color="E4E4E4"/></w:tblBorders><w:tblCellMar>',
    '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>',
    '</w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/>',
    '</w:rPr><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="8" ',
    'w:color="1A1A1A"/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>',
    '</w:tblStylePr></w:style></w:styles>')
}

parts <- function(...) {
  list(
    "[Content_Types].xml" = paste0(
      xml, '<Types xmlns="http://schemas.openxmlformats.org/package/2006/',
      'content-types"><Default Extension="xml" ContentType="application/xml"/>',
      '<Default Extension="rels" ContentType="application/',
      'vnd.openxmlformats-package.relationships+xml"/>',
      paste0('<Override PartName="/word/', c("document", "styles", "footer1"),
             '.xml" ContentType="', kind, c("document.main", "styles", "footer"),
             '+xml"/>', collapse = ""), "</Types>"),
    "_rels/.rels" = paste0(
      xml, '<Relationships xmlns="http://schemas.openxmlformats.org/package/',
      '2006/relationships"><Relationship Id="rId1" Type="', office,
      'officeDocument" Target="word/document.xml"/></Relationships>'),
    "word/_rels/document.xml.rels" = paste0(
      xml, '<Relationships xmlns="http://schemas.openxmlformats.org/package/',
      '2006/relationships"><Relationship Id="rId1" Type="', office, 'styles" ',
      'Target="styles.xml"/><Relationship Id="rId2" Type="', office,
      'footer" Target="footer1.xml"/></Relationships>'),
    "word/document.xml" = paste0(
      xml, "<w:document ", space, "><w:body><w:p/><w:sectPr>",
      '<w:footerReference w:type="default" r:id="rId2"/>',
      '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1020" w:right="1020" ',
      'w:bottom="1020" w:left="1020" w:header="510" w:footer="510" ',
      'w:gutter="0"/></w:sectPr></w:body></w:document>'),
    "word/footer1.xml" = paste0(
      xml, "<w:ftr ", space, '><w:p><w:pPr><w:jc w:val="center"/></w:pPr>',
      '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText ',
      'xml:space="preserve">PAGE</w:instrText></w:r><w:r><w:fldChar ',
      'w:fldCharType="end"/></w:r></w:p></w:ftr>'),
    "word/styles.xml" = styles(...)
  )
}

write_style <- function(file, ...) {
  folder <- tempfile("style-")
  files <- parts(...)
  for (name in names(files)) {
    path <- file.path(folder, name)
    dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
    writeLines(files[[name]], path, useBytes = TRUE)
    # The same bytes each time.
    Sys.setFileTime(path, as.POSIXct("2026-01-01", tz = "UTC"))
  }
  file <- file.path(normalizePath(dirname(file)), basename(file))
  unlink(file)
  old <- setwd(folder)
  on.exit(setwd(old))
  stopifnot(utils::zip(file, names(files), flags = "-qX9") == 0L)
}

write_style(file.path("inst", "rmarkdown", "templates", "code-model-report",
                      "skeleton", "style.docx"))
