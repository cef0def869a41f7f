# The codes' data with labels on the cells of `x`, in the order of the rows.
skip_on_cran()

labelled <- function(status, x = hand$x) {
  code_panel(data.frame(year = hand$year, x = x, x_status = status),
             code_scheme("x", "production", codes = alone), index = "year",
             status = "_status")
}
x_of <- function(p) as.data.frame(p)$x

test_that("the table says what each label does", {
  s <- nid_status()
  expect_plain(s)
  expect_named(s, c("status", "letter", "value", "effect", "list", "name"))
  expect_true(all(c("break", "estimated", "provisional", "imputed", "derived",
                    "suppressed", "na", "zero", "ok") %in% s$status))
  expect_setequal(s$status[s$value == "must be NA"],
                  c("suppressed", "na", "not_found", "missing",
                    "cannot_exist", "not_collected", "holiday"))
  expect_false(anyNA(s[c("status", "value", "effect")]))
  # A word has one meaning, a code one word.
  expect_identical(anyDuplicated(s[c("letter", "list")][!is.na(s$letter), ]),
                   0L)
  expect_identical(nrow(unique(s[c("status", "value", "effect")])),
                   length(unique(s$status)))
})

# SDMX code list CL_OBS_STATUS, version 2.2, and what each code does to a value:
# "out" it counts as missing, "break" a new method starts, else it is used.
sdmx <- read.csv(strip.white = TRUE, text = "
id, name,                                              does
A,  Normal value,
B,  Time series break,                                 break
D,  Definition differs,
E,  Estimated value,
F,  Forecast value,
G,  Experimental value,
H,  Missing value; holiday or weekend,                 out
I,  Value imputed by a receiving agency,
J,  Derogation,
K,  Data included in another category,
L,  Missing value; data exist but were not collected,  out
M,  Missing value; data cannot exist,                  out
N,  Not significant,
O,  Missing value,                                     out
P,  Provisional value,
Q,  Missing value; suppressed,                         out
S,  Strike and other special events,
U,  Low reliability,
V,  Unvalidated value,
W,  Includes data from another category,
", na.strings = character())

# What becomes of the fourth value under a label, and what is said.
read_one <- function(label, ...) {
  said <- list()
  p <- withCallingHandlers(
    code_panel(data.frame(year = hand$year, x = hand$x,
                          x_status = replace(rep("", 6), 4, label)),
               code_scheme("x", "production", codes = alone), index = "year",
               status = "_status", ...),
    condition = function(cnd) {
      said[[length(said) + 1L]] <<- cnd
      if (inherits(cnd, "warning")) invokeRestart("muffleWarning")
      if (inherits(cnd, "message")) invokeRestart("muffleMessage")
    }
  )
  list(out = is.na(x_of(p)[4]), starts = identical(p$breaks$x, 4L),
       status = summary(p)$status, said = said, panel = p)
}

test_that("all codes of SDMX's list do what the list says, by code and name", {
  expect_identical(nrow(sdmx), 20L)
  s <- nid_status()
  own <- s[s$list %in% "SDMX", ]
  expect_setequal(own$letter, sdmx$id)
  expect_identical(own$name[match(sdmx$id, own$letter)], sdmx$name)
  for (i in seq_len(nrow(sdmx))) {
    for (label in c(sdmx$id[i], sdmx$name[i], tolower(sdmx$name[i]))) {
      one <- read_one(label)
      expect_identical(one$out, sdmx$does[i] == "out", label = label)
      expect_identical(one$starts, sdmx$does[i] == "break", label = label)
    }
    # Eurostat's letters go first in small ones, with the same effect.
    small <- read_one(tolower(sdmx$id[i]))
    expect_identical(small$out, sdmx$does[i] == "out", label = sdmx$id[i])
  }
  expect_identical(read_one("A")$status, "")
  expect_identical(read_one("D")$status, "definition_differs 1")
  expect_identical(read_one("I")$status, "imputed 1")
})

test_that("the list is that of statcodelists", {
  skip_if_not_installed("statcodelists")
  theirs <- as.data.frame(statcodelists::CL_OBS_STATUS)
  expect_setequal(theirs$id, sdmx$id)
  expect_identical(sdmx$name[match(theirs$id, sdmx$id)], theirs$name)
})

test_that("Eurostat's flags and the symbols of offices", {
  words <- c(b = "break", c = "suppressed", d = "definition_differs",
             e = "estimated", f = "forecast", i = "imputed",
             m = "cannot_exist", n = "not_significant", p = "provisional",
             r = "revised", s = "estimated", u = "low_reliability",
             z = "cannot_exist", ":" = "na", "..." = "na", "(D)" = "suppressed", "(NA)" = "na", "x" = "na",
             "-" = "zero", "S" = "special_event", "R" = "revised", "Z" = "cannot_exist",
             "(b)" = "break", "b)" = "break")
  for (label in names(words)) {
    expect_identical(read_one(label)$status, paste(words[[label]], 1),
                     label = label)
  }
  expect_identical(read_one("\u2026")$status, "na 1")
  expect_identical(read_one("\u043a\u043e\u043d\u0444.")$status,
                   "suppressed 1")
  out <- c("c", "m", "z", ":", "...", "\u2026", "(D)", "x")
  for (label in out) expect_true(read_one(label)$out, label = label)
})

test_that("a label is a set of flags, the strongest effect wins", {
  for (label in c("bp", "be", "bu", "pb", "bep", "BP", "b p", "b,e", "b;p",
                  "b/u", "b\u00a0p", "break; estimated", "break estimated",
                  "Time series break; Provisional value", "[b]",
                  "break in series, see the notes", "Time-series break",
                  "series_break", "break (new method)", "Break (provisional)",
                  "B: break", "b (p)", "( b )", "b*", "b 1)")) {
    one <- read_one(label)
    expect_true(one$starts, label = label)
    expect_false(one$out, label = label)
  }
  for (label in c("bc", "cp", "e:;z", "p,Q", "Missing value; suppressed",
                  "n/a; b", "n/a b", ": c", "(D) p", "confidential*")) {
    expect_true(read_one(label)$out, label = label)
  }
  # The value is gone, and the method has changed all the same.
  expect_true(read_one("bc")$starts)
  expect_identical(read_one("bp")$status, "break 1, provisional 1")
  expect_identical(read_one("ep")$status, "estimated 1, provisional 1")
  # No sets: words, sentences, mixed case.
  for (label in c("guess", "bad", "no break", "Bp", "b.p", "2)")) {
    one <- read_one(label)
    expect_false(one$starts || one$out, label = label)
    expect_identical(one$said[[1L]]$values, tolower(label))
  }
  # Of a set the unknown part is told, the known one holds.
  one <- read_one("break; see p. 7")
  expect_true(one$starts)
  expect_identical(one$said[[1L]]$values, "see p. 7")
  # What is not known is told with what to type.
  one <- read_one("neue Methode")
  expect_false(one$starts)
  hint <- regmatches(conditionMessage(one$said[[1L]]),
                     regexpr("c\\(.*\\)", conditionMessage(one$said[[1L]])))
  expect_true(read_one("neue Methode",
                       status_labels = eval(str2lang(hint)))$starts)
})

test_that("notes as many as cells are read at once", {
  x <- sprintf("note %d of the table; b", seq_len(5000))
  calls <- 0L
  seen <- find_label
  local_ours(find_label = function(...) {
    calls <<- calls + 1L
    seen(...)
  })
  read <- read_status(x)
  expect_true(all(level_has(as.character(read$status), "break")))
  expect_lt(calls, 100L)
})

test_that("sets of flags count as soft where one of them is", {
  status <- read_status(c("bp", "b", "ep", "", "r", "odd"))$status
  expect_identical(is_soft(status), c(TRUE, FALSE, TRUE, FALSE, FALSE, FALSE))
})

test_that("letters are reported, with how often and as what", {
  m <- expect_message(
    suppressWarnings(labelled(c("A", "B", "bp", "C", "B", "ok"))),
    class = "nidcode_message_status"
  )
  expect_identical(m$values, c("B", "C", "bp"))
  expect_identical(m$status, c("break", "suppressed", "break+provisional"))
  expect_identical(m$n, c(2L, 1L, 1L))
  expect_match(conditionMessage(m), paste0(
    "Letters read as SDMX: B break 2, C suppressed 1, ",
    "bp break and provisional 1."), fixed = TRUE)
  # The same letter in two columns is told once.
  d <- transform(hand_regions, x_status = "e", z_status = "e")
  m <- expect_message(code_panel(d, hand_scheme(), status = "_status"),
                      class = "nidcode_message_status")
  expect_identical(m$n, 24L)
  for (label in c("A", "", "ok", "estimated", "Provisional value")) {
    expect_silent(labelled(rep(label, 6)))
  }
})

test_that("a declared vocabulary goes before all lists", {
  canada <- c(A = "ok", B = "ok", C = "ok", D = "ok", E = "estimated",
              F = "suppressed")
  status <- c("A", "B", "C", "D", "E", "B")
  scheme <- code_scheme("x", "production", codes = alone)
  d <- data.frame(year = hand$year, x = hand$x, x_status = status)
  expect_silent(
    p <- code_panel(d, scheme, status = "_status", status_labels = canada)
  )
  expect_identical(x_of(p), hand$x)
  expect_length(p$breaks, 0L)
  expect_identical(summary(p)$status, "estimated 1")
  expect_true(read_one("F", status_labels = canada)$out)
  expect_true(read_one("f", status_labels = canada)$out)
  # Of a set, and of a label of one's own.
  expect_false(read_one("BE", status_labels = canada)$starts)
  expect_true(read_one("neue Methode",
                       status_labels = c("Neue Methode" = "break"))$starts)
  # What is not declared is read as before, and told.
  one <- read_one("p", status_labels = canada)
  expect_identical(one$said[[1L]]$values, "p")
  # The case decides where both are declared.
  both <- c(b = "break", B = "ok")
  expect_true(read_one("b", status_labels = both)$starts)
  expect_false(read_one("B", status_labels = both)$starts)
})

test_that("models keep the declared vocabulary", {
  d <- transform(hand_regions, x_status = "B")
  own <- c(B = "ok")
  quiet <- function(code) suppressMessages(suppressWarnings(code))
  m <- quiet(code_model(d, hand_scheme(), status = "_status",
                        status_labels = own, rate = rate_difference()))
  expect_length(m$panel$breaks, 0L)
  again <- quiet(update(m, data = transform(d, x = x + 1)))
  expect_length(again$panel$breaks, 0L)
  panel <- code_panel(d, hand_scheme(), status = "_status",
                      status_labels = own)
  again <- quiet(update(code_model(panel, rate = rate_difference()),
                        data = transform(d, x = x + 1)))
  expect_length(again$panel$breaks, 0L)
  changed <- quiet(update(m, status_labels = NULL))
  expect_length(changed$panel$breaks$x, 12L)
})

test_that("declared labels are words of ours, and of labels that are read", {
  bad <- list("ok", c(B = "fine"), c(B = NA), c(B = "ok", B = "break"),
              list(B = "ok"), character())
  for (labels in bad) {
    err <- expect_error(read_one("B", status_labels = labels),
                        class = "nidcode_error_argument")
    expect_identical(err$argument, "status_labels")
  }
  d <- data.frame(year = hand$year, x = hand$x, x_status = "B")
  for (status in list(NULL, FALSE)) {
    err <- expect_error(
      code_panel(d, code_scheme("x", "production"), status = status,
                 status_labels = c(B = "ok")),
      class = "nidcode_error_argument"
    )
    expect_identical(err$argument, "status_labels")
  }
})

test_that("values of used labels are used, the others kept out", {
  for (label in c("estimated", "provisional", "imputed", "derived", "times",
                  "zero", "ok", "", NA)) {
    expect_silent(p <- labelled(rep(label, 6)))
    expect_identical(x_of(p), hand$x, label = label)
    expect_length(p$breaks, 0L)
  }
  for (label in c("suppressed", "na", "not_found")) {
    status <- replace(rep("ok", 6), 4, label)
    expect_warning(p <- labelled(status), class = "nidcode_warning_status")
    expect_identical(x_of(p), replace(hand$x, 4, NA), label = label)
    # Where the value is NA there is nothing to warn of.
    expect_silent(p <- labelled(status, replace(hand$x, 4, NA)))
    expect_identical(x_of(p), replace(hand$x, 4, NA))
  }
})

test_that("the warning says which cells", {
  w <- expect_warning(
    labelled(c("ok", "na", "ok", "suppressed", "ok", "ok")),
    class = "nidcode_warning_status"
  )
  expect_identical(w$columns, "x")
  expect_equal(w$times, c(2002, 2004))
  expect_equal(w$n, 2)
})

test_that("letters, capitals and spaces are read as the labels", {
  read <- function(label) {
    p <- suppressMessages(suppressWarnings(
      labelled(replace(rep("ok", 6), 3, label))
    ))
    list(x_of(p), p$breaks, as.character(p$status$x))
  }
  same <- list(b = "break", e = "estimated", p = "provisional",
               u = "low_reliability", c = "suppressed",
               d = "definition_differs", f = "forecast", B = "break",
               " Break " = "break", ESTIMATED = "estimated")
  for (letter in names(same)) {
    expect_identical(read(letter), read(same[[letter]]), label = letter)
  }
})

test_that("an unknown label is used, with a message", {
  m <- expect_message(p <- labelled(replace(rep("ok", 6), 2, "guess")),
                      class = "nidcode_message_status")
  expect_identical(m$values, "guess")
  expect_identical(x_of(p), hand$x)
  expect_match(summary(p)$status, "guess 1", fixed = TRUE)
})

test_that("statuses are counted in the summary of the panel", {
  p <- suppressMessages(labelled(c("ok", "e", "e", "p", "break", "ok")))
  s <- summary(p)
  for (part in c("estimated 2", "provisional 1", "break 1")) {
    expect_match(s$status, part, fixed = TRUE)
  }
  expect_false(grepl("ok", s$status))
  expect_identical(s$breaks, 1L)
})

test_that("long data name the column of labels", {
  d <- data.frame(year = rep(2001:2006, 2), what = rep(c("x", "y"), each = 6),
                  value = 1:12, flag = "ok")
  d$flag[c(3, 10)] <- c("break", "c")
  s <- code_scheme(c("x", "y"), "production", codes = alone)
  expect_message(
    expect_warning(
      p <- code_panel(d, s, index = "year", names_from = "what",
                      values_from = "value", status = "flag"),
      class = "nidcode_warning_status"
    ),
    "c suppressed 1", class = "nidcode_message_status"
  )
  expect_identical(p$breaks, list(x = 3L))
  expect_identical(which(is.na(as.data.frame(p)$y)), 4L)
  expect_false(anyNA(as.data.frame(p)$x))
  # Rows in another order, the same cells.
  q <- suppressMessages(suppressWarnings(
    code_panel(d[12:1, ], s, index = "year", names_from = "what",
               values_from = "value", status = "flag")
  ))
  expect_identical(q$breaks, p$breaks)
  expect_identical(as.data.frame(q), as.data.frame(p))
})

test_that("indicators without a status column are ok", {
  d <- transform(hand_regions, x_status = "estimated")
  p <- code_panel(d, hand_scheme(), status = "_status")
  expect_identical(summary(p)$status, c("estimated 12", "", ""))
})

test_that("without `status` no label is read, and that is told", {
  d <- data.frame(year = hand$year, x = hand$x,
                  x_status = c("ok", "na", "b", "b", "", NA))
  scheme <- code_scheme("x", "production", codes = alone)
  m <- expect_message(p <- code_panel(d, scheme, index = "year"),
                      class = "nidcode_message_unread_status")
  expect_identical(x_of(p), hand$x)
  expect_identical(m$columns, "x_status")
  expect_identical(m$values, c("b", "na"))
  expect_match(conditionMessage(m), "`x_status` (b 2, na 1)", fixed = TRUE)
  expect_match(conditionMessage(m), "status = \"_status\"", fixed = TRUE)
  expect_silent(q <- code_panel(d, scheme, index = "year", status = FALSE))
  expect_identical(x_of(q), hand$x)
  expect_silent(code_model(d, scheme, index = "year", status = FALSE,
                           rate = rate_central()))
})

# The expression that the message asks to type for `status`, evaluated.
asked_status <- function(m) {
  typed <- sub(".*Say `status = (.*)` to read.*", "\\1", conditionMessage(m))
  eval(str2lang(typed))
}

test_that("columns of labels are known by their names", {
  scheme <- hand_scheme()
  for (ending in c("_status", "_flag", "_flags", "_STATUS", ".status",
                   "_label", " status", "_OBS_STATUS", "_OBS_FLAG",
                   "_\u0441\u0442\u0430\u0442\u0443\u0441")) {
    d <- hand_regions
    d[[paste0("y", ending)]] <- rep(c("ok", "break"), c(11, 1))
    m <- expect_message(code_panel(d, scheme),
                        class = "nidcode_message_unread_status")
    expect_identical(m$columns, paste0("y", ending))
    p <- code_panel(d, scheme, status = asked_status(m))
    expect_identical(p$breaks, list(y = 12L))
  }
  for (beginning in c("flag_", "status.", "OBS_FLAG_")) {
    d <- hand_regions
    d[[paste0(beginning, "y")]] <- rep(c("ok", "break"), c(11, 1))
    m <- expect_message(code_panel(d, scheme),
                        class = "nidcode_message_unread_status")
    p <- code_panel(d, scheme, status = asked_status(m))
    expect_identical(p$breaks, list(y = 12L))
  }
  expect_message(code_panel(transform(hand_regions, x_flag = x > 0), scheme),
                 class = "nidcode_message_unread_status")
  # Endings that differ are typed indicator by indicator.
  d <- transform(hand_regions, x_flag = "break", z_status = "estimated")
  m <- expect_message(code_panel(d, scheme),
                      class = "nidcode_message_unread_status")
  p <- code_panel(d, scheme, status = asked_status(m))
  expect_length(p$breaks$x, 12L)
  expect_identical(summary(p)$status, c("break 12", "", "estimated 12"))
  # No labels: numbers, plain cells, other endings, indicators themselves.
  expect_silent(code_panel(transform(hand_regions, x_status = 1), scheme))
  expect_silent(code_panel(transform(hand_regions, x_status = "ok"), scheme))
  expect_silent(code_panel(transform(hand_regions, x_note = "b"), scheme))
  expect_silent(code_panel(transform(hand_regions, flag = "b"), scheme))
})

test_that("long data and tables of one indicator have one column of labels", {
  long <- data.frame(year = rep(2001:2006, 2), what = rep(c("x", "y"), each = 6),
                     value = 1:12, OBS_FLAG = "")
  long$OBS_FLAG[c(3, 10)] <- "break"
  s <- code_scheme(c("x", "y"), "production", codes = alone)
  m <- expect_message(code_panel(long, s, "year", "what", "value"),
                      class = "nidcode_message_unread_status")
  expect_identical(asked_status(m), "OBS_FLAG")
  p <- code_panel(long, s, "year", "what", "value", status = asked_status(m))
  expect_identical(p$breaks, list(x = 3L, y = 4L))
  expect_silent(code_panel(long, s, "year", "what", "value", status = FALSE))
  err <- expect_error(code_panel(long, s, "year", "what", "value",
                                 status = c(x = "OBS_FLAG")),
                      class = "nidcode_error_argument")
  expect_match(conditionMessage(err), "`status = \"OBS_FLAG\"`", fixed = TRUE)
  one <- code_scheme("value", "production", codes = alone)
  table <- long[1:6, c("year", "value", "OBS_FLAG")]
  m <- expect_message(code_panel(table, one),
                      class = "nidcode_message_unread_status")
  expect_identical(asked_status(m), "OBS_FLAG")
  for (name in c("Flag and Footnotes", "Observation status (Flag)",
                 "CONF_STATUS")) {
    named <- stats::setNames(table, c("year", "value", name))
    m <- expect_message(code_panel(named, one),
                        class = "nidcode_message_unread_status")
    expect_identical(asked_status(m), name)
  }
  # A column called so may hold anything: then it is no business of ours.
  expect_silent(code_panel(transform(table, OBS_FLAG = "urban"), one))
})

test_that("`status` names a column of one indicator, or of each", {
  d <- data.frame(year = hand$year, x = hand$x,
                  OBS_FLAG = c("", "", "break", "", "", ""))
  one <- code_scheme("x", "production", codes = alone)
  p <- code_panel(d, one, status = "OBS_FLAG")
  expect_identical(p$breaks, list(x = 3L))
  expect_identical(code_panel(d, one, status = c(x = "OBS_FLAG"))$breaks,
                   p$breaks)
  # A suffix goes before a column of that name.
  both <- transform(d, xOBS_FLAG = rev(OBS_FLAG))
  expect_identical(code_panel(both, one, status = "OBS_FLAG")$breaks,
                   list(x = 4L))
  two <- transform(d, y = rev(x), y_flag = "estimated")
  scheme <- code_scheme(c("x", "y"), "production", codes = alone)
  p <- code_panel(two, scheme, status = c(x = "OBS_FLAG", y = "y_flag"))
  expect_identical(p$breaks, list(x = 3L))
  expect_identical(summary(p)$status, c("break 1", "estimated 6"))
  err <- expect_error(code_panel(two, scheme, status = "OBS_FLAG"),
                      class = "nidcode_error_argument")
  expect_match(conditionMessage(err), "c(x = \"OBS_FLAG\")", fixed = TRUE)
  err <- expect_error(code_panel(two, scheme, status = c(q = "OBS_FLAG")),
                      class = "nidcode_error_no_column")
  expect_identical(err$columns, "q")
  err <- expect_error(code_panel(two, scheme, status = c(x = "flag")),
                      class = "nidcode_error_no_column")
  expect_identical(err$columns, "flag")
  for (status in list("", NA_character_, 1, TRUE, c("a", "b"), character())) {
    err <- expect_error(code_panel(two, scheme, status = status),
                        class = "nidcode_error_argument")
    expect_identical(err$argument, "status")
  }
})

test_that("sets and columns of labels survive a workbook", {
  skip_if_not_installed("openxlsx2")
  quiet <- function(code) suppressMessages(suppressWarnings(code))
  d <- transform(hand_regions, flag = "", x_status = "")
  d$flag[c(3, 9)] <- c("bp", "cb")
  d$x_status[4] <- "e"
  made <- list(
    code_model(d, hand_scheme(), status = c(y = "flag"),
               rate = rate_difference()),
    code_model(d, hand_scheme(), status = "_status", rate = rate_difference()),
    code_model(d, hand_scheme(), status = FALSE, rate = rate_difference())
  ) |> quiet()
  for (model in made) {
    file <- withr::local_tempfile(fileext = ".xlsx")
    quiet(write_workbook(model, file))
    read <- quiet(read_workbook(file))
    expect_equal(read$basic$estimate, model$basic$estimate)
    expect_equal(read$panel$breaks, model$panel$breaks)
    expect_identical(summary(read$panel)$status, summary(model$panel)$status)
  }
  expect_identical(made[[1]]$panel$breaks, list(y = c(3L, 9L)))
})
