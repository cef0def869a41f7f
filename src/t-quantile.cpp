// Glue of <nidcode/t-quantile.h>.

#include <Rcpp.h>
#include <nidcode/t-quantile.h>

#include "interrupt.h"
#include "read-law.h"

using Rcpp::_;

// Limits of intervals by Student's t; df and level: one number, or one each.
// [[Rcpp::export(rng = false)]]
Rcpp::List t_limits_cpp(const const_numbers& estimate,
                        const const_numbers& std_error, const const_numbers& df,
                        const const_numbers& level) {
  const nidcode::law_of_estimates law = read_law(estimate, std_error, df);
  const auto at = read_each(level, law.n, "not one level for each estimate");
  Rcpp::NumericVector low(Rcpp::no_init(law.n)), high(Rcpp::no_init(law.n));
  r_interrupt progress;
  nidcode::t_limits(law, at, interval_quantile, low.begin(), high.begin(),
                    progress);
  return Rcpp::List::create(_["low"] = low, _["high"] = high);
}
