# inst/extdata: small files in the layout of each source, with invented numbers
# (no office's data). Run from the top folder: Rscript data-raw/sheets.R

put <- function(file, lines, encoding = "UTF-8", bom = NULL) {
  text <- paste0(paste(lines, collapse = "\n"), "\n")
  con <- file(file.path("inst/extdata", file), "wb")
  on.exit(close(con))
  if (!is.null(bom)) writeBin(as.raw(bom), con)
  writeBin(iconv(enc2utf8(text), "UTF-8", encoding, toRaw = TRUE)[[1L]], con)
}

# Six years; growth speeds up in the first region, slows down in the second.
years <- 2005:2010
up <- c(100, 104, 110, 118, 128, 140)
down <- c(100, 110, 118, 124, 128, 130)

put("eurostat.tsv", c(
  paste(c("freq,unit,na_item,geo\\TIME_PERIOD", paste0(years, " ")),
        collapse = "\t"),
  paste(c("A,MIO_EUR,B1GQ,AT11", paste0(up, c(" ", " ", " b", " ", " ", " p"))),
        collapse = "\t"),
  paste(c("A,MIO_EUR,B1GQ,AT12", paste0(down, " ")), collapse = "\t"),
  paste(c("A,MIO_EUR,B1GQ,AT13", "90 ", "91 ", ": c", "94 ", "96 e", "99 bp"),
        collapse = "\t")
))

row <- function(...) paste(..., sep = ",")
put("oecd.csv", c(
  paste0("STRUCTURE,REF_AREA,Reference area,MEASURE,UNIT_MEASURE,TIME_PERIOD,",
         "OBS_VALUE,OBS_STATUS,UNIT_MULT"),
  row("DATAFLOW", "BG32", "\"North, central\"", "GDP", "USD", years, up,
      c("A", "A", "B", "A", "A", "P"), 6),
  row("DATAFLOW", "PL42", "West", "GDP", "USD", years, down, "A", 6)
))

quoted <- function(...) paste0("\"", c(...), "\"", collapse = ",")
put("worldbank.csv", c(
  "\"Data Source\",\"World Development Indicators\",", "",
  "\"Last Updated Date\",\"2024-01-01\",", "",
  paste0(quoted("Country Name", "Country Code", "Indicator Name",
                "Indicator Code", years), ","),
  paste0(quoted("Aland", "AAA", "GDP (constant)", "GDP", up), ","),
  paste0(quoted("Aland", "AAA", "Literacy", "LIT",
                c(60, 61, 63, 66, "", 75)), ","),
  paste0(quoted("Bland", "BBB", "GDP (constant)", "GDP", down), ","),
  paste0(quoted("Bland", "BBB", "Literacy", "LIT",
                c(80, 82, 83, 83.5, 84, 84)), ",")
), bom = c(0xef, 0xbb, 0xbf))

put("rosstat-sheet.csv", c(
  "3.1. ВЫПУСК ПРОДУКЦИИ;;;;;;", "(миллионов рублей);;;;;;",
  paste(c("", 2005:2007, "20081)", 2009:2010), collapse = ";"),
  "Российская Федерация;1 234,5;1 240,0;1 251,2;1 263,0;1 280,4;1 300,1",
  "в том числе:;;;;;;",
  "Область А 2);100,0;104,0;110,0;118,0;128,0;140,0",
  "Область  Б;100,0;110,0;118,0;124,0;128,0;130,0",
  "Округ В;\u2026;2,5;-;3,1;3,3*;4,0", "",
  "1) С 2008 г. по новой методике.;;;;;;", "2) Без округа.;;;;;;"
), "windows-1251")

put("bea.csv", c(
  "GeoFIPS,GeoName,Region,LineCode,Description,2005,2006,2007,2008,2009,2010",
  paste0("\"01001\",\"Autauga, AL\",5,1,Personal income,",
         paste(up, collapse = ",")),
  paste0("\"01001\",\"Autauga, AL\",5,3,Farm income,",
         "5.5,(D),6.5,7,7.5,9"),
  paste0("\"09003\",\"Hartford, CT\",1,1,Personal income,",
         paste(down, collapse = ",")),
  paste0("\"09003\",\"Hartford, CT\",1,3,Farm income,",
         "(NA),2,2.5,4,4.5,5"),
  "\"Note: See the included footnote file.\"",
  "\"(D) Not shown to avoid disclosure of confidential information.\""
))

put("statcan.csv", c(
  quoted("REF_DATE", "GEO", "DGUID", "Estimates", "UOM", "SCALAR_FACTOR",
         "VALUE", "STATUS", "SYMBOL", "TERMINATED", "DECIMALS"),
  vapply(1:6, function(i) {
    quoted(years[i], "Alberta", "2016A48", "Output", "Dollars", "units", up[i],
           c("A", "B", "A", "C", "E", "B")[i], "", "", "0")
  }, ""),
  vapply(1:6, function(i) {
    quoted(years[i], "Ontario", "2016A35", "Output", "Dollars", "units",
           ifelse(i == 3, "", down[i]), ifelse(i == 3, "F", "A"), "", "", "0")
  }, "")
), bom = c(0xef, 0xbb, 0xbf))
