# Frames as packages and offices give them: which columns are what, and what
# their labels mean.

#' Bring in a frame of an office or of a package
#'
#' Knows the columns, flags and layouts of the frames below, reads the cells and
#' calls [code_panel()]. It reads no file and no network: get the frame with the
#' package that knows the source, or with [read_sheet_table()].
#'
#' | `source` | frames of | region, time; value, labels |
#' | --- | --- | --- |
#' | "panel_long" | [panel_long()] | region, time; value, status |
#' | "eurostat" | eurostat, TSV, SDMX-CSV | geo, TIME_PERIOD; values, flags |
#' | "sdmx" | OECD, rsdmx, readsdmx | REF_AREA, TIME_PERIOD; OBS_VALUE, ... |
#' | "statcan" | Statistics Canada, cansim | GEO, REF_DATE; VALUE, STATUS |
#' | "fedstat" | fedstatAPIr | OKATO, Time with PERIOD; ObsValue |
#' | "wdi" | WDI | country, year; a column an indicator |
#' | "pcaxis" | pxR, pxweb | region, year and their like; value |
#' | "coinr" | COINr's iData | uCode, Time; a column an indicator |
#' | "years" | years in columns: World Bank, BEA, sheets | as [panel_long()] |
#'
#' The source is found by the names of the columns, said in a message, and may
#' be named. The column that names the indicators is the one that holds those of
#' the scheme; a frame without one is of one indicator. In Statistics Canada's
#' cubes A to D are grades of quality (ordinary values), E is "use with
#' caution", F too unreliable to be published.
#'
#' @param x <data.frame> The frame; also a `px` object of pxR.
#' @param scheme <nid_scheme> From [code_scheme()], or a COINr iMeta frame.
#' @param source <chr> The row of the table above; `NULL` finds it.
#' @param ... Arguments of [code_panel()] that go before what is found:
#'   `index`, `names_from`, `values_from`, `status`, `status_labels`; and
#'   `decimal`, `dash` of [panel_long()] for values that came as text.
#' @return `nid_panel`, as of [code_panel()].
#' @section Errors:
#' `nidcode_error_source` where no source fits (with the columns it looked for),
#' `nidcode_error_no_column` where nothing names the indicators of the scheme;
#' and all of [code_panel()] and [panel_long()]. Warning
#' `nidcode_warning_units` where an indicator stands in several multiples
#' (UNIT_MULT, SCALAR_FACTOR). Message `nidcode_message_source` says what was
#' taken for what.
#' @family bring in
#' @examples
#' frame <- data.frame(geo = rep(c("AT11", "AT12"), each = 3),
#'                     TIME_PERIOD = 2005:2007, na_item = "B1GQ",
#'                     values = c(1, 2, 4, 3, 5, 6),
#'                     flags = c("", "b", "", "", "", "p"))
#' as_code_panel(frame, code_scheme("B1GQ", "production"))
#' @export
as_code_panel <- function(x, scheme, source = NULL, ...) {
  call <- rlang::current_env()
  known <- panel_sources()
  if (!is.null(source)) check_choice(source, names(known))
  own <- check_source_dots(list(...), call)
  scheme <- check_scheme(scheme, call)
  plain <- split_first_names(strip_container(px_frame(x), call))
  found <- find_source(plain, known, source, scheme, call)
  if (found$source == "years") {
    how <- list(decimal = own$decimal, dash = own$dash %||% NA,
                index = own$index, names = own$names_from)
    plain <- long_table(plain, how, call, scheme[["indicator"]])
    own$index <- own$names_from <- NULL
    found <- find_source(plain, known, "panel_long", scheme, call)
  }
  plain <- source_periods(plain, found)
  values <- read_source_values(plain, found, own, call)
  plain <- values$plain
  found$status <- values$status
  to <- source_arguments(plain, found, scheme, own, call)
  if (!is.null(to$rename)) {
    names(plain)[names(plain) == to$rename] <- scheme[["indicator"]]
  }
  code_panel(plain, scheme, to$index, to$names_from, to$values_from, to$status,
             to$status_labels)
}

check_source_dots <- function(own, call) {
  known <- c("index", "names_from", "values_from", "status", "status_labels",
             "decimal", "dash")
  given <- names(own) %||% rep("", length(own))
  bad <- !given %in% known
  if (any(bad)) {
    stop_nid("argument",
             c(paste0("`...` takes ", some_of(known, 9L), "."),
               x = paste0("You gave ", some_of(ifelse(
                 nzchar(given[bad]), given[bad], "one without a name")), ".")),
             argument = "...", values = given[bad], call = call)
  }
  check_cell_options(own$decimal, own$dash %||% NA, call)
  own
}

# Patterns of the names of columns, in small letters. `need`: a column that
# others do not have. `labels`: what the letters of a source mean.
panel_sources <- function() {
  grades <- c(A = "ok", B = "ok", C = "ok", D = "ok", E = "low_reliability",
              F = "suppressed", x = "suppressed", "0s" = "ok")
  area <- paste0(
    "regions?|areas?|municipalit(y|ies)|count(y|ies)|provinces?|provincias?|",
    "comunidad.*|municipios?|kommuner?|l\u00e4n|kreise?|l\u00e4nder|maakunta|",
    "alue|gemeente|regio.*|\u0440\u0435\u0433\u0438\u043e\u043d"
  )
  year <- paste0("years?|time|tid|\u00e5r|aar|jahr|a\u00f1o|anno|ano|vuosi|",
                 "period(o|e|s)?|months?|quarters?|jaar|\u0433\u043e\u0434")
  list(
    panel_long = list(region = "region", time = "time", names = "indicator",
                      value = "value", status = "status"),
    eurostat = list(region = "geo", time = "time_period|time",
                    value = "values?|obs_value", status = "flags?|obs_flag"),
    statcan = list(region = "geo|g\u00e9o",
                   time = "ref_date|p\u00e9riode de r\u00e9f\u00e9rence",
                   value = "value|valeur", status = "status|statut",
                   labels = grades),
    fedstat = list(region = paste0(".*(okato|oktmo|\u043e\u043a\u0430\u0442",
                                   "\u043e|\u043e\u043a\u0442\u043c\u043e)"),
                   time = "time", value = "obsvalue", period = "period"),
    sdmx = list(region = "ref_area|location|reg_id|cou",
                time = "time_period|obstime|obsdimension|time",
                value = "obs_?value|value", status = "obs_status|flag codes"),
    wdi = list(region = "country", time = "year", need = "iso[23]c"),
    coinr = list(region = "ucode", time = "time", need = "ucode"),
    pcaxis = list(region = area, time = year, value = "value|dat"),
    years = list()
  )
}

# The columns of the roles of one source; NULL where one that it needs is not
# there.
source_columns <- function(plain, one) {
  low <- gsub("[. ]+", " ", small_letters(names(plain)))
  column <- function(pattern) {
    at <- grep(paste0("^(", pattern, ")$"), low, perl = TRUE)
    if (length(at) > 0L) names(plain)[at[1L]]
  }
  roles <- lapply(one[setdiff(names(one), "labels")], column)
  must <- intersect(c("region", "time", "names", "value", "need"), names(one))
  roles <- roles[lengths(roles) > 0L]
  if (all(must %in% names(roles))) roles
}

find_source <- function(plain, known, source, scheme, call) {
  tried <- known[source %||% setdiff(names(known), "years")]
  for (name in names(tried)) {
    roles <- source_columns(plain, tried[[name]])
    if (!is.null(roles) && name != "years") {
      roles$labels <- tried[[name]]$labels
      return(c(list(source = name), roles))
    }
  }
  years <- is.null(source) || source == "years"
  if (years && !is.null(year_layout(plain, scheme[["indicator"]]))) {
    return(list(source = "years"))
  }
  one_time <- identical(source %||% "coinr", "coinr") &&
    "uCode" %in% names(plain)
  stop_nid(
    "source",
    c(if (is.null(source)) "The columns are those of no known source." else
        paste0("The columns are not those of source \"", source, "\"."),
      x = paste0("They are ", some_of(names(plain), 20L), "."),
      i = if (one_time) {
        "Rates need times: COINr's iData of several years has a column `Time`."
      } else {
        paste0("Say which they are: `code_panel(x, scheme, index = c(\"",
               near_index(names(plain))[1L], "\", \"",
               near_index(names(plain))[2L], "\"))`.")
      }),
    source = source, columns = names(plain), call = call
  )
}

# ---- What a frame needs before it is read -----------------------------------

# pxR keeps the frame inside.
px_frame <- function(x) {
  if (inherits(x, "px") && is.list(x)) x[["DATA"]][["value"]] else x
}

# Eurostat's TSV: "freq,unit,geo\TIME_PERIOD" over the first column.
split_first_names <- function(plain) {
  first <- names(plain)[1L]
  if (is.na(first) || !grepl("[\\\\]", first)) {
    return(plain)
  }
  into <- strsplit(sub("[\\\\].*$", "", first), ",", fixed = TRUE)[[1L]]
  parts <- strsplit(as.character(plain[[1L]]), ",", fixed = TRUE)
  if (!all(lengths(parts) == length(into))) {
    return(plain)
  }
  keys <- as.data.frame(do.call(rbind, parts), stringsAsFactors = FALSE)
  names(keys) <- into
  cbind(keys, plain[-1L])
}

# Months beside the year.
source_periods <- function(plain, found) {
  period <- plain[[found$period %||% ""]]
  if (length(unique(period)) > 1L) {
    plain[[found$time]] <- paste(period, plain[[found$time]])
  }
  plain
}

# Values that came as text, with the labels that stand in them.
read_source_values <- function(plain, found, own, call) {
  value <- own$values_from %||% found$value
  x <- plain[[value %||% ""]]
  status <- found$status
  if (!is.character(x) && !is.factor(x)) {
    return(list(plain = plain, status = status))
  }
  check_columns(plain, value, "values_from", call = call)
  cells <- read_cells(x, own$decimal)
  keys <- list(region = plain[[found$region]], time = plain[[found$time]],
               indicator = rep("", length(x)))
  dash <- cells$how == "dash"
  cells$value[dash] <- own$dash %||% NA
  cells$status[dash] <- if (is.na(own$dash %||% NA)) "na" else "zero"
  cells$text <- as.character(x)
  stop_long_cells(cells, keys, call)
  plain[[value]] <- cells$value
  if (any(nzchar(cells$status))) {
    status <- status %||% free_name("status", names(plain))
    beside <- if (status %in% names(plain)) plain_label(plain[[status]]) else ""
    beside[is.na(beside)] <- ""
    plain[[status]] <- trimws(paste(beside, cells$status))
  }
  list(plain = plain, status = status)
}

# ---- What code_panel() is told ----------------------------------------------

source_arguments <- function(plain, found, scheme, own, call) {
  index <- own$index %||% c(found$region, found$time)
  wide <- is.null(own$values_from %||% found$value)
  names_from <- own$names_from %||% if (!wide) {
    source_names(plain, found, scheme, index, call)
  }
  status <- own[["status"]] %||% found$status %||% if (wide) NULL else FALSE
  if (found$source == "wdi" && is.null(own[["status"]])) status <- FALSE
  labels <- source_labels(found, own, plain, status)
  inform_source(found, index, names_from, status)
  warn_multiples(plain, names_from)
  one <- is.null(names_from) && !wide
  if (one && is.character(status)) {
    status <- stats::setNames(status, scheme[["indicator"]])
  }
  value <- own$values_from %||% found$value
  list(index = index, status = status, status_labels = labels,
       names_from = names_from,
       values_from = if (!is.null(names_from)) value,
       rename = if (one) value)
}

# The column that names the indicators; NULL where the frame is of one.
source_names <- function(plain, found, scheme, index, call) {
  indicators <- scheme[["indicator"]]
  if (!is.null(found$names) &&
        !(length(indicators) == 1L &&
            length(unique(plain[[found$names]])) == 1L)) {
    return(found$names)
  }
  other <- setdiff(names(plain), c(index, found$value, found$status))
  has <- vapply(other, function(name) {
    x <- plain[[name]]
    if (is.character(x) || is.factor(x)) {
      sum(indicators %in% unique(as.character(x)))
    } else 0L
  }, 1L)
  if (any(has > 0L)) {
    return(other[which.max(has)])
  }
  if (length(indicators) > 1L) {
    text <- other[vapply(plain[other], function(x) {
      is.character(x) || is.factor(x)
    }, NA)]
    stop_nid("no_column",
             c(paste0("No column names the indicators ", some_of(indicators),
                      " of the scheme."),
               i = paste0("Columns of text: ", some_of(text, 20L), ".")),
             columns = indicators, available = text, call = call)
  }
  NULL
}

# What the caller says of a label goes before what the source means by it.
source_labels <- function(found, own, plain, status) {
  seen <- if (is.character(status)) unique(plain[[status[[1L]]]])
  labels <- found$labels[names(found$labels) %in% seen]
  given <- own[["status_labels"]]
  if (length(labels) == 0L || !is.null(given) && !is.character(given)) {
    return(given)
  }
  c(given, labels[!names(labels) %in% names(given)])
}

inform_source <- function(found, index, names_from, status) {
  part <- function(what, name) {
    if (is.character(name)) paste0(what, " ", some_of(name))
  }
  inform_nid(
    "source",
    paste0("Read as source \"", found$source, "\": ",
           paste(c(part("region", index[1L]), part("time", index[2L]),
                   part("value", found$value), part("labels", status),
                   part("indicator", names_from)), collapse = ", "), "."),
    source = found$source, columns = c(index, found$value, names_from)
  )
}

# Values in units and in millions side by side.
warn_multiples <- function(plain, names_from) {
  low <- small_letters(names(plain))
  column <- names(plain)[low %in% c("unit_mult", "scalar_factor", "powercode")]
  for (name in column) {
    key <- if (is.null(names_from)) "" else plain[[names_from]]
    several <- tapply(as.character(plain[[name]]),
                      rep_len(as.character(key), nrow(plain)),
                      function(x) length(unique(x[!is.na(x)])) > 1L)
    if (any(several)) {
      warn_nid("units",
               c(paste0("Column ", some_of(name), " has several multiples (",
                        some_of(unique(plain[[name]]), quote = ""), ")",
                        if (!is.null(names_from)) {
                          paste0(" within ", some_of(names(several)[several]))
                        }, "."),
                 i = "Multiply the values to one unit first."),
               columns = name, values = names(several)[several])
    }
  }
}
