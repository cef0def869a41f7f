// Glue of <nidcode/t-probability.h>.

#include <Rcpp.h>
#include <nidcode/t-probability.h>

#include "interrupt.h"
#include "read-law.h"

namespace {

double below_t(double t, double df) {
  return R::pt(t, df, 1, 0);
}

}  // namespace

// P(T <= estimate / std.error) by Student's t; R's own for df that are not
// whole, and the normal's for infinite ones.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector t_probability_cpp(const const_numbers& estimate,
                                      const const_numbers& std_error,
                                      const const_numbers& df) {
  const nidcode::law_of_estimates law = read_law(estimate, std_error, df);
  Rcpp::NumericVector out(Rcpp::no_init(law.n));
  out.attr("dim") = estimate.dim();
  r_interrupt progress;
  nidcode::t_probabilities(law, below_t, out.begin(), progress);
  return out;
}
