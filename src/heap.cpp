// The one thing about R's memory that R cannot be asked for in R.

#include <Rcpp.h>

#include "must.h"

// Lets R's heap grow by so many numbers: a vector that nobody holds, whose
// memory is never touched.
// [[Rcpp::export(rng = false)]]
void grow_heap_cpp(double cells) {
  must(cells >= 0 && cells <= R_XLEN_T_MAX, "no number of cells");
  Rcpp::NumericVector(Rcpp::no_init(static_cast<R_xlen_t>(cells)));
}
