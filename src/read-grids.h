#ifndef NIDCODE_READ_GRIDS_H
#define NIDCODE_READ_GRIDS_H

#include <Rcpp.h>
#include <nidcode/grid-pool.h>

#include "must.h"

// The pool points into R's vectors, so they must not be converted.
inline nidcode::grid_pool read_grids(const Rcpp::List& grids) {
  must(TYPEOF(grids["offset"]) == INTSXP && TYPEOF(grids["time"]) == REALSXP &&
           TYPEOF(grids["step"]) == INTSXP,
       "grids are no vectors of their types");
  const Rcpp::IntegerVector offset = grids["offset"], step = grids["step"];
  const Rcpp::NumericVector time = grids["time"];
  must_cover(offset, time.size(), "grids do not cover the times");
  must(step.size() == 0 || step.size() == time.size(),
       "times and steps differ in number");
  nidcode::grid_pool out;
  out.offset = offset.begin();
  out.time = time.begin();
  out.step = step.size() == 0 ? nullptr : step.begin();
  out.size = static_cast<int>(offset.size()) - 1;
  return out;
}

#endif
