#' nidcode: the code-based model of neo-industrial development
#'
#' How fast, and how steadily, a region's industry, institutions and society
#' change. Data flows downhill: describe ([code_scheme()]), bring in
#' ([code_panel()]), treat ([defining_codes()]), rates ([dynamic_codes()]),
#' formulas ([industrial_code()], [basic_code()], [code_path()]), present.
#' [code_model()] runs the whole chain once.
#'
#' @section Options:
#' `nidcode.threads` (default 1): threads used by the kernels. Results are
#' bitwise equal for any number.
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
