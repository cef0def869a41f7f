# Rebuilds of code_sensitivity() beside models made from the data on: in 11
# cases over all kinds of factors and rates 3,000 draws, of which every 50th is
# made anew by code_model() (update() with `draw`). 20 regions, 12 times, 12
# indicators in 3 codes. A row a case goes to result.csv beside this script:
# factors, what had to be read and fitted anew (`cells`), draws `checked`, the
# largest difference over the largest number of its draw (`apart`), and how many
# ranks were not those of the model (`moved`, ties aside).
#
#   Rscript run.R [folder] [draws]

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
draws <- as.integer(c(arguments, NA, NA)[2])
if (is.na(draws)) draws <- 3000L
set.seed(20261127, kind = "Mersenne-Twister", normal.kind = "Inversion",
         sample.kind = "Rejection")

hush <- function(code) suppressWarnings(suppressMessages(code))

# ---- Data --------------------------------------------------------------------

indicators <- paste0("x", 1:12)
codes <- rep(nid_codes()$code, each = 4)
whole <- expand.grid(year = 2010:2021, region = sprintf("r%02d", 1:20))
for (name in indicators) {
  walk <- apply(matrix(rnorm(240), 12), 2, cumsum)
  whole[[name]] <- exp((as.vector(walk) + rnorm(240) / 2) / 5) + 1
}
holes <- whole
holes$x1[c(3, 30, 77, 160)] <- NA
holes$x6[holes$region == "r05"] <- NA
holes$x9[holes$year == 2010] <- NA
holes$x2_status <- ifelse(holes$year == 2015, "break", "")
later <- whole
later$x4 <- later$x4 * 1.05 + later$x5 / 20

scheme <- code_scheme(indicators, codes, direction = rep(c(1, 1, -1), 4),
                      weight = runif(12, 0.5, 2))
plain <- code_scheme(indicators, codes, weight = runif(12, 0.5, 2))
other <- code_scheme(indicators[c(1, 3, 6, 7, 9, 12)], codes[c(1, 3, 6, 7, 9,
                                                               12)])

model <- function(data, scheme, ...) {
  hush(code_model(data, scheme, index = c("region", "year"), ...))
}

survey <- local({
  ticks <- as.data.frame(matrix(rbinom(12 * 300, 1, 0.5), 300))
  names(ticks) <- paste0("item", 1:12)
  hush(relevance_weights(relevance(ticks, names(ticks)), data.frame(
    item = names(ticks), indicator = indicators)))
})

# ---- Cases -------------------------------------------------------------------

linear <- list(rate_local(5), rate_difference(), rate_central(),
               rate_spline(df = 5), rate_spline(lambda = 1))
splines <- list(auto = rate_spline(), m2 = rate_spline(m = 2),
                point = rate_spline(m = 3, second = "point"),
                reml = rate_spline("reml", m = 3),
                gcv = rate_spline("gcv", m = 2))
shift <- rbind(a = runif(12, 0.2, 1), b = runif(12, 0.2, 1))
colnames(shift) <- indicators

cases <- list(
  "linear rates" = list(model(whole, scheme, rate = rate_local(5)),
    code_choices(normalise = c("zscore", "minmax", "rank"), rate = linear,
                 weights = weights_noisy(0.5), leave_out = TRUE,
                 half_life = c(2, 9), measure = c("sum", "integral"),
                 code_weights = weights_simplex(0.2, 0.5))),
  "splines" = list(model(whole, scheme), code_choices(
    rate = splines, weights = weights_dirichlet(20), leave_out = 2,
    influence = list(influence_equal(), influence_half_life(3),
                     influence_linear(12), influence_power(1)))),
  "errors of splines" = list(model(whole, scheme), code_choices(
    posterior = TRUE, weights = weights_simplex(0.1, 0.5),
    normalise = c("zscore", "minmax"), half_life = c(2, 9),
    code_weights = weights_dirichlet(30))),
  "errors of local fits" = list(model(whole, scheme, rate = rate_local(7)),
    code_choices(posterior = TRUE, weights = weights_noisy(),
                 leave_out = c("x1", "x7"))),
  "other means, transforms" = list(
    model(whole, plain, normalise = "none", rate = rate_local(5)),
    code_choices(aggregate = c("mean", "geometric", "harmonic"),
                 transform = list(own = NULL, log1p = "log1p",
                                  some = c(x1 = "sqrt", x8 = "log")),
                 weights = weights_noisy(0.3))),
  "other means under splines" = list(model(whole, plain, normalise = "none"),
    code_choices(aggregate = c("geometric", "harmonic"),
                 weights = weights_noisy(0.3), leave_out = TRUE)),
  "schemes and data" = list(model(whole, plain, rate = rate_difference()),
    code_choices(scheme = list(own = plain, short = other),
                 data = list(first = whole, later = later),
                 normalise = c("zscore", "minmax", "rank"),
                 half_life = c(2, 9))),
  "references" = list(model(whole, scheme, rate = rate_local(5)),
    code_choices(reference = list("panel", "region", base = 2012),
                 normalise = c("zscore", "minmax"),
                 weights = weights_relevance(survey))),
  "holes and breaks" = list(
    model(holes, scheme, status = "_status", rate = rate_difference()),
    code_choices(missing = c("constant", "available"), leave_out = TRUE,
                 breaks = c("auto", "split", "ignore"),
                 rate = list(rate_difference(), rate_local(7),
                             rate_spline(df = 5)),
                 weights = weights_noisy(0.9))),
  "holes and breaks under splines" = list(
    model(holes, scheme, status = "_status"),
    code_choices(missing = c("constant", "available"), leave_out = TRUE,
                 breaks = c("shift", "split", "ignore"),
                 weights = list(even = shift["a", ], odd = shift["b", ]),
                 code_weights = list(one = c(social = 2), two = c(social = 1)),
                 half_life = c(2, 9))),
  "codes of one year" = list(model(holes, scheme, status = "_status"),
    code_choices(weights = weights_noisy(0.9), leave_out = TRUE,
                 normalise = c("zscore", "minmax", "rank"),
                 code_weights = weights_simplex(),
                 missing = c("constant", "available")))
)

# ---- One draw from the data on -----------------------------------------------

level_of <- function(made) {
  own <- subset(as.data.frame(made$defining), year == 2021)
  as.vector(tapply(own$estimate * weight_of(made, own$code), own$region, sum) /
              tapply(weight_of(made, own$code), own$region, sum))
}
weight_of <- function(made, code) {
  weights <- attr(made$panel$scheme, "codes")
  weights$weight[match(code, weights$code)]
}

# `u`: probabilities of the errors of the rates, where they are drawn.
anew <- function(s, draw, of, u) {
  made <- hush(update(s, draw = draw))
  if (of == "defining") return(level_of(made))
  b <- made$basic
  if (length(u) == 0L) b$estimate else
    b$estimate + b$std.error * qt(u, b$df)
}

checked <- function(name) {
  of <- if (name == "codes of one year") "defining" else "basic"
  choices <- cases[[name]][[2L]]
  s <- hush(code_sensitivity(cases[[name]][[1L]], choices, n = draws,
                             method = "draws", of = of))
  value <- matrix(generics::tidy(s, what = "draws")$estimate, nrow(s))
  design <- generics::tidy(s, what = "design")
  design <- as.matrix(design[grep("^posterior", names(design))])
  every <- seq(50L, draws, by = 50L)
  found <- vapply(every, \(i) {
    made <- anew(s, i, of, design[i, ])
    size <- max(abs(made))
    close <- any(diff(sort(made)) < 1e-9 * size)
    c(max(abs(value[, i] - made)) / size,
      if (close) 0 else sum(rank(value[, i]) != rank(made)))
  }, numeric(2L))
  out <- data.frame(
    case = name, factors = paste(names(choices$factors), collapse = " "),
    cells = generics::glance(s)$n.cells, draws = draws,
    checked = length(every), apart = signif(max(found[1L, ]), 2),
    moved = sum(found[2L, ]))
  print(out, right = FALSE)
  out
}

result <- do.call(rbind, lapply(names(cases), checked))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
