# The head and the first page of a report, and its language.

# What the head of the page says: all of it text, whatever it holds.
report_head <- function(model, title, author, date, regions, call) {
  check_string(title, null = TRUE, call = call)
  if (!is.null(author)) check_names_of(author, "author", call)
  names <- regions %||% region_names(model$panel)
  list(
    title = title %||% report_title(model$panel, names),
    subtitle = if (length(names) %in% 2:6) paste(names, collapse = ", "),
    author = author,
    date = report_date(date, call),
    lang = said_in()
  )
}

check_names_of <- function(x, arg, call) {
  if (!is.character(x) || length(x) == 0L || anyNA(x)) {
    stop_argument(arg, "NULL or names", x, call)
  }
  check_readable_names(x, paste0("`", arg, "`"), call)
}

report_date <- function(date, call) {
  date <- date %||% Sys.Date()
  if (inherits(date, "Date") && length(date) == 1L && !is.na(date)) {
    return(format(date))
  }
  if (inherits(date, "Date")) stop_argument("date", "one date", date, call)
  check_string(date, call = call)
}

region_names <- function(panel) {
  if (!is.na(panel$index[["region"]])) as.character(panel$regions)
}

# From when to when, the same in every language.
said_span <- function(panel) {
  time <- panel$grids$time
  if (length(time) > 0L) {
    paste(unique(time_words(panel, range(time))), collapse = "\u2013")
  }
}

report_title <- function(panel, names) {
  span <- said_span(panel)
  if (length(span) == 0L) {
    return(say("Code-based model of neo-industrial development"))
  }
  n <- length(names)
  if (n == 0L) {
    return(say("Code-based model of neo-industrial development, %s", span))
  }
  if (n == 1L) {
    return(say("Neo-industrial development of %s, %s", names, span))
  }
  say("Neo-industrial development of %s regions, %s", n, span, n = n)
}

# The page's own head without what `head` says, and that in its place.
with_head <- function(page, head) {
  ends <- which(page == "---")[1:2]
  own <- page[seq_len(ends[2L] - 1L)]
  said <- paste0("^(", paste(names(head), collapse = "|"), "):")
  head <- head[lengths(head) > 0L]
  yaml <- vapply(names(head), \(name) {
    text <- paste0("'", inert_markdown(head[[name]]), "'")
    paste0(name, ": ", if (length(text) == 1L) text else
      paste0("[", paste(text, collapse = ", "), "]"))
  }, "")
  c("---", yaml, own[-1L][!grepl(said, own[-1L])], page[-seq_len(ends[2L] - 1L)])
}

# The page's sentences and headings in the language in force. Its head, chunks
# and formulas stand as they are, and what the table of strings does not have.
said_page <- function(page) {
  prose <- is_prose(page)
  run <- cumsum(c(TRUE, diff(prose) != 0L))
  blocks <- split(page, run)
  prose <- prose[!duplicated(run)]
  blocks[prose] <- lapply(blocks[prose], \(lines) {
    text <- paste(lines, collapse = " ")
    mark <- sub("^(#* ?).*", "\\1", text)
    paste0(mark, say_label(substring(text, nchar(mark) + 1L)))
  })
  unlist(blocks, use.names = FALSE)
}

is_prose <- function(page) {
  fence <- grepl("^(```|---$)", page)
  inside <- fence | cumsum(fence) %% 2L == 1L
  !inside & nzchar(page) & !grepl("^(\\$\\$|:::)", page)
}

#' Parts of a report that are made for it
#'
#' What [write_report()] shows beside pictures and sentences of the results:
#' sentences on what would change what is said and on how a code is read, and
#' the one table of all regions, in the order of the pictures.
#'
#' @param model <nid_model> See [code_model()].
#' @param part <chr> "changes", "reading", "regions" or "choices".
#' @param regions <chr> For "regions": those of the table, `NULL` for all. Ranks
#'   are those among all.
#' @return "changes" and "reading": sentences, in the language of
#'   `options(nidcode.language = )`. "regions": `nid_regions`, a row a region
#'   from the largest Code NID to the smallest: region column, `rank`,
#'   `estimate`, `conf.low`, `conf.high`, `prob.positive`, `rank.low`,
#'   `rank.high`, and a column a code with its contribution, which add up to
#'   `estimate`. "choices": how far all this depends on choices, the
#'   calls that ask it and what they give, a list, empty where there is none.
#' @section Errors: `nidcode_error_argument`.
#' @family present
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' report_part(model, "changes")
#' report_part(model, "regions")
#' @export
report_part <- function(model, part, regions = NULL) {
  call <- rlang::current_env()
  check_report_model(model, call)
  check_choice(part, c("changes", "reading", "regions", "choices"),
               call = call)
  regions <- check_report_regions(model, regions, call)
  switch(part, changes = words_about_changes(model),
         reading = words_about_reading(model),
         regions = regions_table(model, regions),
         choices = choices_chapter(model))
}

# How many regions a sentence names.
most_named <- 8L

# What would change what is said: the regions nearest to a clear sign, the
# times on which the error hangs, the data that are not there, what is assumed.
words_about_changes <- function(model) {
  basic <- model$basic
  c(words_about_nearest(basic, region_names(model$panel)),
    words_about_ends(basic),
    words_about_holes(model$panel),
    words_about_steps(model),
    if (nrow(basic) > 0L && without_errors(basic[["std.error"]])) {
      say("A rate with errors (rate_spline()) would say how sure this is.")
    })
}

# Not clear, though the sign is likelier than 90 %.
words_about_nearest <- function(basic, names) {
  p <- pmax(basic[["prob.positive"]], 1 - basic[["prob.positive"]])
  near <- which(p > 0.9 & !is_clear(basic))
  if (length(near) == 0L || is.null(names)) {
    return(NULL)
  }
  names <- names[near[order(-p[near])]]
  more <- length(names) - most_named
  list <- paste(utils::head(names, most_named), collapse = ", ")
  if (more > 0L) list <- say("%s and %s more", list, more)
  paste(say("More years: nearest to a clear sign are %s.", list),
        say("A few more years may settle these or unsettle them."))
}

words_about_ends <- function(basic) {
  start <- mean(basic[["start.share"]], na.rm = TRUE)
  end <- mean(basic[["end.share"]], na.rm = TRUE)
  if (length(basic[["start.share"]]) > 0L && is.finite(start + end)) {
    paste(say("The ends: the error hangs on the speeds at both ends."),
          say("The first time has %s %% of it, the last %s %%.",
              round(100 * start), round(100 * end)))
  }
}

words_about_holes <- function(panel) {
  cells <- sum(panel$missing)
  if (cells > 0) {
    say("The data: %s of %s values are missing.", cells,
        n_rows(panel) * length(panel$x))
  }
}

# Breaks of method and a smoothness that was not chosen by the data.
words_about_steps <- function(model) {
  breaks <- sum(lengths(model$panel$breaks))
  c(if (breaks > 0L && identical(model$args$breaks, "shift")) {
      paste(say("Breaks of method, %s: each is a jump of the level alone.",
                breaks),
            say("A change of pace at a break is taken for development."))
    },
    if (any(grepl("assumed", get_spec(model$basic)$order))) {
      paste(say("The smoothness of the curves is assumed, not tested."),
            say("smoothness() tries others."))
    })
}

# What a Code NID says, in_words() has said just before.
words_about_reading <- function(model) {
  unit <- meant_unit(get_defining(model))
  c(paste(say("A defining code is the weighted mean of its indicators."),
          say("Its unit is %s.", unit)),
    paste(say("A dynamic code is how fast a defining code moves."),
          say("Code ID is the sum of the dynamic codes at a time.")),
    say("Code NID adds up the changes of these speeds over all times."),
    paste(say("An interval says what else the data allow."),
          say("Where it leaves zero out, the sign is clear.")))
}

# All that is said of each region once, in the order of the pictures.
regions_table <- function(model, regions = NULL) {
  basic <- model$basic
  spec <- get_spec(basic)
  key <- key_column(spec, "region")
  ranks <- region_ranks(model, model$args$conf_level)
  named <- function(x) if (is.na(key)) rep("", nrow(x)) else
    as.character(x[[key]])
  rows <- seq_len(nrow(ranks))
  if (!is.null(regions)) rows <- which(named(ranks) %in% regions)
  names <- named(ranks)[rows]
  pick <- function(x, columns, rows) {
    lapply(as.list(as_plain_tibble(x))[columns], `[`, rows)
  }
  parts <- contributions(model, by = "code")
  codes <- unique(as.character(parts[["code"]]))
  share <- lapply(stats::setNames(codes, codes), \(code) {
    own <- which(parts[["code"]] == code)
    parts[["estimate"]][own][match(names, named(parts)[own])]
  })
  new_nid_table(
    c(pick(ranks, c(if (!is.na(key)) key, "rank"), rows),
      pick(basic, c("estimate", "conf.low", "conf.high", "prob.positive"),
           match(names, named(basic))),
      pick(ranks, c("rank.low", "rank.high"), rows), share),
    "regions",
    c(list(title = "Regions by Code NID", keys = spec$keys, joint = codes),
      spec[intersect(c("rate", "influence", "measure", "level"), names(spec))])
  )
}

# How far all this depends on choices: quoted calls of `model`, in the order in
# which the chapter shows them. Between regions only, of codes that are linear.
report_choices <- function(model) {
  if (sum(!is.na(model$basic[["estimate"]])) < 2L ||
      !get_defining(model)$affine) {
    return(list())
  }
  both <- c("zscore", "minmax")
  args <- list(
    weights = quote(weights_noisy(0.25)),
    normalise = if (model$args$normalise %in% both &&
                    identical(model$args$reference, "panel")) {
      quote(c("zscore", "minmax"))
    },
    influence = other_influences(model$args$influence))
  choices <- as.call(c(quote(code_choices), args[lengths(args) > 0L]))
  list(quote(effective_weights(model)),
       bquote(result <- code_sensitivity(model, .(choices), n = 250)),
       quote(in_words(result)), quote(ggplot2::autoplot(result)))
}

# The model's own, a fading one and none that fades, each once.
other_influences <- function(own) {
  all <- list(own = quote(model$args$influence),
              `half-life 3` = quote(influence_half_life(3)),
              equal = quote(influence_equal()))
  words <- c(own$words, influence_half_life(3)$words, influence_equal()$words)
  as.call(c(quote(list), all[!duplicated(words)]))
}

choices_chapter <- function(model) {
  calls <- report_choices(model)
  if (length(calls) == 0L) {
    return(list())
  }
  env <- list2env(list(model = model), parent = asNamespace("nidcode"))
  values <- tryCatch(lapply(calls, eval, env), nidcode_error = \(cnd) {
    list(say("This cannot be computed here: %s", conditionMessage(cnd)))
  })
  calls <- calls[seq_along(values)]
  structure(list(title = say("How far it depends on choices"), calls = calls,
                 values = values), class = "nid_chapter")
}
