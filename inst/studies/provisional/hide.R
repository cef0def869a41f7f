# One row of the study: `indicator` of the last year `last` is hidden.
hide_last <- function(last, indicator) {
  data <- nidcode::russia[nidcode::russia$year <= last, ]
  scheme <- nidcode::russia_scheme
  label <- paste0(indicator, "_status")
  hidden <- data
  hidden[hidden$year == last, indicator] <- NA
  hidden[hidden$year == last, label] <- "na"
  quiet <- function(code) suppressWarnings(suppressMessages(code))
  got <- quiet(nidcode::defining_codes(
    nidcode::code_panel(hidden, scheme, status = "_status"),
    missing = "provisional"))
  came <- quiet(nidcode::defining_codes(
    nidcode::code_panel(data, scheme, status = "_status"),
    reference = nidcode::code_reference(got)))
  code <- scheme$code[scheme$indicator == indicator]
  of <- function(x) as.data.frame(x)[x$code == code & x$year == last, ]
  got <- of(got)
  got <- got[got$predicted > 0, ]
  came <- of(came)
  at <- match(got$region, came$region)
  breaks <- came[["break"]][at] %in% TRUE
  use <- !is.na(at) & !breaks
  hit <- came$estimate[at] >= got$conf.low & came$estimate[at] <= got$conf.high
  data.frame(last = last, indicator = indicator, code = code, n = sum(use),
             covered = sum(hit[use]), breaks = sum(breaks),
             share = signif(mean(got$predicted), 12),
             width = signif(stats::median((got$conf.high - got$conf.low)[use]) /
                              stats::sd(came$estimate), 4))
}
