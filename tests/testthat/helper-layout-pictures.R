# Every class of picture, made of a world: so many regions, so many codes, names
# of a kind. `make layout` (tools/layout.R) and test-layout.R draw them.

layout_sizes <- list(c(4, 3), c(7, 4), c(7, 5), c(10, 7))
layout_regions <- c(1L, 4L, 12L, 72L)
layout_codes <- c(1L, 3L, 5L)
layout_names <- c("short", "cyrillic", "long")

# `n` names of a kind; long ones have 60 characters.
some_names <- function(n, kind) {
  number <- formatC(seq_len(n), width = 2L, flag = "0")
  stem <- switch(kind, short = "R", cyrillic = paste0(
    "\u0421\u0432\u0435\u0440\u0434\u043b\u043e\u0432\u0441\u043a\u0430\u044f ",
    "\u043e\u0431\u043b\u0430\u0441\u0442\u044c "),
    long = paste(rep("a name of many words for", 3), collapse = " "))
  if (kind == "long") paste0(substr(stem, 1, 57), " ", number) else
    paste0(stem, number)
}

# What is made once: a world serves every size.
layout_made <- new.env()

kept <- function(key, code) {
  if (is.null(layout_made[[key]])) {
    layout_made[[key]] <- suppressWarnings(suppressMessages(code))
  }
  layout_made[[key]]
}

layout_world <- function(regions, codes, kind) {
  key <- paste(regions, codes, kind)
  kept(key, {
    own <- some_names(5L, kind)
    table <- rbind(nid_codes(), data.frame(
      code = own[1:2], carrier = own[3:4], dynamic = rev(own)[1:2],
      weight = 1))[seq_len(codes), ]
    item <- paste0("x", seq_len(2L * codes))
    scheme <- code_scheme(item, rep(table$code, each = 2L), codes = table,
                          label = some_names(length(item), kind),
                          unit = "a unit of many words")
    d <- expand.grid(year = 2005:2013, region = some_names(regions, kind),
                     stringsAsFactors = FALSE)
    with_stream(11, for (name in item) {
      d[[name]] <- 10 + stats::ave(stats::rnorm(nrow(d)), d$region,
                                   FUN = cumsum)
    })
    # Sixty answers to a question a name, all for some code.
    answers <- as.data.frame(lapply(stats::setNames(seq_along(item), item),
                                    \(i) as.numeric(1:60 %% (i + 1L) == 0)))
    list(key = key, data = d, scheme = scheme, kind = kind,
         regions = some_names(regions, kind), answers = answers,
         codes = stats::setNames(rep(table$code, each = 2L), item),
         model = code_model(d, scheme, index = c("region", "year")))
  })
}

# ---- What the pictures are of ------------------------------------------------

layout_dependence <- function(w, ...) {
  kept(paste(w$key, "dependence", ...), code_dependence(
    w$data, x1 ~ x2, index = c("region", "year"), ...))
}

layout_relevance <- function(w, by = NULL) {
  answers <- w$answers
  names(answers) <- some_names(ncol(answers), w$kind)
  codes <- stats::setNames(w$codes, names(answers))
  answers$who <- some_names(3L, w$kind)[1:60 %% 3L + 1L]
  kept(paste(w$key, "relevance", by),
       relevance(answers, names(codes), item_codes = codes, by = by))
}

layout_sensitivity <- function(w) {
  kept(paste(w$key, "sensitivity"), code_sensitivity(
    stats::update(w$model, rate = rate_difference()),
    code_choices(normalise = c("zscore", "minmax"),
                 measure = c("sum", "integral"))))
}

layout_likert <- function(w) {
  levels <- some_names(3L, w$kind)
  said <- data.frame(q = rep(levels, 5:3), w = rep(levels, 3:5))
  names(said) <- some_names(5L, w$kind)[4:5]
  likert_shares(said, names(said), levels)
}

# A square a region, eight in a row.
layout_map <- function(w) {
  k <- seq_along(w$regions) - 1L
  square <- lapply(k, \(i) sf::st_polygon(list(cbind(
    i %% 8 + c(0, 1, 1, 0, 0), i %/% 8 + c(0, 0, 1, 1, 0)))))
  sf::st_sf(name = w$regions, geometry = sf::st_sfc(square))
}

# ---- The pictures ------------------------------------------------------------

# Classes that were drawn, for the test that none is left out.
layout_seen <- new.env()

layout_picture <- function(x, ...) {
  for (one in class(x)) layout_seen[[one]] <- TRUE
  suppressMessages(ggplot2::autoplot(x, ...))
}

# Tables that a model draws as its own.
layout_of_model <- c(
  nid_scheme = "scheme", nid_panel = "panel", nid_defining = "codes",
  nid_rates = "rates", nid_residuals = "residuals",
  nid_industrial = "industrial", nid_basic = "basic", nid_ranks = "ranks",
  nid_path = "path", nid_contributions = "contributions",
  nid_cell_weights = "cells")

# One function a picture, of a world.
layout_pictures <- c(
  lapply(stats::setNames(nm = c(
    "overview", "scheme", "panel", "codes", "rates", "residuals", "correlation",
    "industrial", "strip", "basic", "ranks", "bump", "path", "contributions",
    "waterfall", "cells", "phases")), \(what) \(w) {
      layout_picture(w$model, what)
    }),
  lapply(list(
    items = \(w) contributions(w$model, by = "indicator"),
    item_times = \(w) contributions(w$model, by = c("indicator", "time")),
    prediction = \(w) predict(w$model, at = c(2010, 2013, 2016)),
    simulation = \(w) stats::simulate(w$model, nsim = 3, seed = 1),
    contrasts = \(w) region_contrasts(w$model, benchmark = 0),
    phase_strip = \(w) code_phases(w$model),
    record = \(w) code_record(w$model),
    core = \(w) code_core(w$model),
    gaps = \(w) code_gaps(w$model, "mean"),
    mutations = \(w) code_mutations(w$model),
    connections = \(w) code_connections(w$model),
    compared_models = \(w) do.call(compare_models, stats::setNames(
      list(w$model, stats::update(w$model, influence = influence_half_life(3))),
      some_names(2L, w$kind))),
    dominance = \(w) code_dominance(
      stats::update(w$model, rate = rate_difference()),
      code_choices(weights = weights_simplex(0.1, 0.6))),
    estimated = \(w) estimate_rates(w$data$x1, w$data$year, w$data$region),
    accumulated = \(w) accumulate_rates(w$data$x1, w$data$year, w$data$region),
    dependence = \(w) layout_dependence(w),
    dependence_by = \(w) layout_dependence(w, by = "region"),
    verdict = \(w) verdict(layout_dependence(w, by = "region")),
    fit = \(w) fits(layout_dependence(w))[[1L]],
    forms = \(w) dependence_forms(w$data, x1 ~ x2, index = c("region", "year"),
                                  by = "region"),
    relevance = \(w) layout_relevance(w),
    relevance_by = \(w) layout_relevance(w, by = "who"),
    code_relevance = \(w) relevance_by_code(layout_relevance(w)),
    item_differences = \(w) compare_relevance(layout_relevance(w)),
    group_differences = \(w) compare_groups(layout_relevance(w, by = "who")),
    relevance_weights = \(w) relevance_weights(
      layout_relevance(w), data.frame(
        item = some_names(length(w$codes), w$kind), indicator = names(w$codes),
        code = w$codes)),
    likert = layout_likert,
    audit = \(w) audit_percentages(c(60.3, 27, 12.7), n_max = 100),
    influence = \(w) influence_half_life(5)
  ), \(make) {
    # Each of its own world, kept.
    force(make)
    \(w) layout_picture(kept(paste(w$key, deparse1(body(make))), make(w)))
  }),
  list(
    choices_ranks = \(w) layout_picture(layout_sensitivity(w)),
    choices_shares = \(w) layout_picture(layout_sensitivity(w),
                                         type = "shares"),
    choices_pairs = \(w) layout_picture(layout_sensitivity(w), type = "pairs"),
    map = \(w) layout_picture(w$model, "map", map = layout_map(w)))
)

# ---- Which drawings there are ------------------------------------------------

# What a picture does not hang on has one value.
without_regions <- c("scheme", "relevance", "relevance_by", "code_relevance",
                     "item_differences", "group_differences",
                     "relevance_weights", "likert", "audit", "influence")
without_names <- c("audit", "influence")

# Each picture at each size, of each number of regions and of codes, in each
# kind of names: places in the lists above.
layout_space <- function() {
  at <- expand.grid(name = names(layout_pictures),
                    size = seq_along(layout_sizes),
                    regions = seq_along(layout_regions),
                    kind = seq_along(layout_names),
                    codes = seq_along(layout_codes), stringsAsFactors = FALSE)
  at[(at$regions == 2L | !at$name %in% without_regions) &
       (at$kind == 1L & at$codes == 1L | !at$name %in% without_names), ]
}

# Of it, for `make layout`: the numbers of codes take turns, so that each meets
# every other value.
layout_cases <- function(at = layout_space()) {
  turn <- (at$size + at$regions + at$kind) %% length(layout_codes) + 1L
  at[at$codes == turn | at$name %in% without_names, ]
}

# Of it, for `make test`: the fewest in which any two values meet, by taking in
# turn the drawing that has most pairs not seen yet. Three values of each make
# 150; a usual run has two: the small pages, one region and 12, one code and
# five, Russian and long names.
layout_taken <- function(at = layout_space()) {
  if (all_cases()) {
    return(at[at$size != 3L & at$regions != 3L, ])
  }
  at[at$size <= 2L & (at$regions %in% c(1L, 3L) | at$name %in% without_regions) &
       (at$codes != 2L & at$kind > 1L | at$name %in% without_names), ]
}

layout_pairs <- function(at = layout_taken()) {
  two <- utils::combn(names(at), 2L)
  key <- apply(two, 2L, \(of) do.call(paste, c(of, at[of], sep = "\r")))
  key <- matrix(match(key, unique(c(key))), nrow(at))
  new <- rep(TRUE, max(key))
  chosen <- integer()
  while (any(new)) {
    pick <- which.max(rowSums(matrix(new[key], nrow(at))))
    chosen <- c(chosen, pick)
    new[key[pick, ]] <- FALSE
  }
  at[chosen, ]
}

# One code has no correlation with another.
no_picture <- c("correlation", "connections")

# What is wrong with one drawing; Cyrillic names are of Russian pictures, where
# Latin letters would be what is left of English.
layout_case <- function(name, size, regions, kind, codes) {
  kind <- layout_names[kind]
  russian <- kind == "cyrillic"
  withr::local_options(nidcode.language = if (russian) "ru" else "en")
  w <- layout_world(layout_regions[regions], layout_codes[codes], kind)
  p <- tryCatch(suppressWarnings(suppressMessages(layout_pictures[[name]](w))),
                nidcode_error = identity)
  if (inherits(p, "error")) {
    known <- name %in% no_picture && layout_codes[codes] == 1L
    return(paste("no picture:", conditionMessage(p))[!known])
  }
  size <- layout_sizes[[size]]
  found <- suppressMessages(page_layout(p, size[1L], size[2L]))
  texts <- gsub("\n", " ", c(found$texts, ggplot2::get_alt_text(p)))
  c(paste(found$faults$what, found$faults$text, recycle0 = TRUE),
    if (russian) paste("not Russian:", latin_left(texts, c(
      w$scheme$label, w$regions, "a unit of many words", "year")),
      recycle0 = TRUE))
}
