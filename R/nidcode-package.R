#' nidcode: the code-based model of neo-industrial development
#'
#' How fast, and how steadily, a region's industry, institutions and society
#' change. Data flows downhill: describe ([code_scheme()]), bring in
#' ([code_panel()]), treat ([defining_codes()]), rates ([dynamic_codes()]),
#' formulas ([industrial_code()], [basic_code()], [code_path()]), choices
#' ([code_sensitivity()]), present ([write_report()], [write_explorer()]).
#' [code_model()] runs the whole chain once.
#'
#' @section Options:
#' `nidcode.threads` (default 1): threads used by the kernels. Results are
#' bitwise equal for any number.
#'
#' `nidcode.language` ("en", the default, or "ru"): of sentences, pictures,
#' reports, workbooks and pages. What is printed, and errors, stay English.
#'
#' @references "Conceptual approach to formation of the basic code for
#'   neo-industrial development of the region", Economy of Region, 2017,
#'   vol. 13.
#' @keywords internal
#' @useDynLib nidcode, .registration = TRUE
#' @importFrom Rcpp sourceCpp
"_PACKAGE"

# S3 generics of stats that our methods extend.
#' @importFrom stats coef confint fitted hatvalues logLik model.matrix nobs
#'   predict residuals simulate update vcov
NULL

#' Ten words of the package
#'
#' @description
#' - **Indicator**: what an office measured, a number a region and time. The
#'   scheme says which indicators stand for which code ([code_scheme()]).
#' - **Scale**: what makes indicators comparable. A z-score, the default, is
#'   counted in standard deviations of the panel: of all values of the indicator,
#'   over regions and times ([defining_codes()]).
#' - **Defining code**: the weighted mean of the scaled indicators of one field
#'   (production, institutional, social): the level.
#' - **Dynamic code**: the rate V of a defining code, its speed: how much the
#'   level rises a year (innovation, information, value; [dynamic_codes()]).
#' - **Second-order rate**: A, the change of that speed, over a step or at a
#'   point.
#' - **Code ID**: formula (1), the sum of the dynamic codes at one time: the
#'   speed of all codes together ([industrial_code()]).
#' - **Code NID**: formula (2), second-order rates added up over time: the speed
#'   that was gained (above zero) or lost (below zero; [basic_code()] says what
#'   -1 means).
#' - **Time influence**: how much a time counts in that sum ([influence]).
#' - **Break**: a time at which the method of a series changed; its level may
#'   jump there and says nothing of the region ([code_panel()]).
#' - **Clear**: a sign is clear, or sure, where the interval leaves out zero. What
#'   is not clear may be of either sign ([in_words()]).
#'
#' @name nid_glossary
#' @aliases glossary
#' @family reading
NULL
