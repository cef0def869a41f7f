// Glue of <nidcode/t-probability.h>.

#include <Rcpp.h>
#include <nidcode/t-probability.h>

#include "interrupt.h"
#include "must.h"

// P(T <= estimate / std.error) by Student's t; R's own for df that are not
// whole, and the normal's for infinite ones.
// [[Rcpp::export]]
Rcpp::NumericVector t_probability_cpp(const Rcpp::NumericVector& estimate,
                                      const Rcpp::NumericVector& std_error,
                                      const Rcpp::NumericVector& df) {
  const R_xlen_t n = estimate.size();
  must(std_error.size() == n && (df.size() == 1 || df.size() == n),
       "not one error and df for each estimate");
  Rcpp::NumericVector out(Rcpp::no_init(n));
  out.attr("dim") = estimate.attr("dim");
  r_interrupt progress;
  nidcode::t_probabilities(
      n, estimate.begin(), std_error.begin(), df.begin(), df.size() == 1,
      [](double t, double nu) { return R::pt(t, nu, 1, 0); }, out.begin(),
      progress);
  return out;
}
