// Glue of <nidcode/term-widths.h>.

#include <Rcpp.h>
#include <nidcode/term-widths.h>

#include "interrupt.h"
#include "must.h"
#include "read-grids.h"

using Rcpp::_;

// Widths of the terms of formula (2) as an integral, over the pool of grids.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector term_widths_cpp(const Rcpp::List& grids, bool backward,
                                    bool split) {
  const nidcode::grid_pool pool = read_grids(grids);
  Rcpp::NumericVector out(pool.cells());
  r_interrupt progress;
  nidcode::pool_widths(pool, backward, split, out.begin(), progress);
  return out;
}

// Number of terms of each grid, the times of the first and the last.
// [[Rcpp::export(rng = false)]]
Rcpp::List terms_told_cpp(const Rcpp::List& grids,
                          const Rcpp::LogicalVector& terms) {
  const nidcode::grid_pool pool = read_grids(grids);
  must(terms.size() == pool.cells(), "terms and times differ in number");
  r_interrupt progress;
  const nidcode::told_terms told =
      nidcode::terms_told(pool, terms.begin(), NA_REAL, progress);
  return Rcpp::List::create(_["count"] = told.count, _["first"] = told.first,
                            _["last"] = told.last);
}
