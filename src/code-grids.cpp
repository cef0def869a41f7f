// Glue of <nidcode/code-grids.h>.

#include <Rcpp.h>
#include <nidcode/code-grids.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

// The distinct grids (observed times and breaks) of one code, and the grid of
// each region. `breaks`: panel rows (one-based, ascending) that start a new
// method.
// [[Rcpp::export(rng = false)]]
Rcpp::List code_grids_cpp(const Rcpp::NumericVector& value,
                          const Rcpp::IntegerVector& offset,
                          const Rcpp::NumericVector& time,
                          const Rcpp::IntegerVector& breaks) {
  must_cover(offset, value.size(), "regions do not cover the rows");
  must(time.size() == value.size(), "values and times differ in number");
  must_lie(breaks, 1, value.size(), "a break is at no row");
  Rcpp::IntegerVector grid(offset.size() - 1);
  r_interrupt progress;
  const nidcode::code_grids out =
      nidcode::find_code_grids({value.begin(), time.begin(), offset.begin(),
                                grid.size(), breaks.begin(), breaks.size()},
                               grid.begin(), progress);
  return Rcpp::List::create(_["grid"] = grid, _["offset"] = out.offset,
                            _["time"] = out.time, _["step"] = out.step);
}
