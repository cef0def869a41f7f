#ifndef NIDCODE_READ_LAW_H
#define NIDCODE_READ_LAW_H

#include <Rcpp.h>
#include <nidcode/law.h>

#include "must.h"
#include "nidcode_types.h"

// One number, or one for each of `n`.
inline nidcode::one_or_each read_each(const const_numbers& x, R_xlen_t n,
                                      const char* what) {
  must(x.size() == 1 || x.size() == n, what);
  return {x.begin(), x.size() == 1};
}

// Points into R's vectors.
inline nidcode::law_of_estimates read_law(const const_numbers& estimate,
                                          const const_numbers& std_error,
                                          const const_numbers& df) {
  const R_xlen_t n = estimate.size();
  must(std_error.size() == n, "not one error for each estimate");
  return {n, estimate.begin(), std_error.begin(),
          read_each(df, n, "not one df for each estimate")};
}

inline nidcode::law_of_estimates read_known_law(const const_numbers& estimate,
                                                const const_numbers& std_error,
                                                const const_numbers& df) {
  const nidcode::law_of_estimates law = read_law(estimate, std_error, df);
  must(law.known(), "an estimate, error or df is no number");
  return law;
}

// Half the width of an interval of error 1 by Student's t.
inline double interval_quantile(double level, double df) {
  return R::qt((1 + level) / 2, df, 1, 0);
}

#endif
