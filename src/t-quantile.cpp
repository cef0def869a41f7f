// Glue of <nidcode/t-quantile.h>.

#include <Rcpp.h>
#include <nidcode/t-quantile.h>

#include "interrupt.h"
#include "must.h"

// Limits of intervals by Student's t; df and level: one number, or one each.
// [[Rcpp::export]]
Rcpp::List t_limits_cpp(const Rcpp::NumericVector& estimate,
                        const Rcpp::NumericVector& std_error,
                        const Rcpp::NumericVector& df,
                        const Rcpp::NumericVector& level) {
  const R_xlen_t n = estimate.size();
  must(std_error.size() == n && (df.size() == 1 || df.size() == n) &&
           (level.size() == 1 || level.size() == n),
       "not one error, df and level for each estimate");
  const bool one_df = df.size() == 1, one_level = level.size() == 1;
  auto exact = [&level](double nu) {
    return R::qt((1 + level[0]) / 2, nu, 1, 0);
  };
  nidcode::t_quantile<decltype(exact)> at_level(exact);
  Rcpp::NumericVector low(Rcpp::no_init(n)), high(Rcpp::no_init(n));
  r_interrupt progress;
  nidcode::t_limits(
      n, estimate.begin(), std_error.begin(),
      [&](std::ptrdiff_t i) {
        const double nu = df[one_df ? 0 : i];
        return one_level ? at_level(nu) : R::qt((1 + level[i]) / 2, nu, 1, 0);
      },
      low.begin(), high.begin(), progress);
  return Rcpp::List::create(Rcpp::_["low"] = low, Rcpp::_["high"] = high);
}
