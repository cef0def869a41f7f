// Glue of <nidcode/smoothness.h>.

#include <RcppEigen.h>
#include <nidcode/smoothness.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

// What series of one grid, one behind the other, say of the order of smoothness.
// [[Rcpp::export(rng = false)]]
Rcpp::List order_evidence_cpp(const Rcpp::NumericVector& value,
                              const Rcpp::NumericVector& time,
                              const Rcpp::IntegerVector& step, int most) {
  const int n = time.size();
  must(n > 0 && value.size() % n == 0 && step.size() == n,
       "values, times and steps differ in number");
  must_be_finite(value, "values: not finite");
  must(nidcode::spline_basis::directions_of(3, step.begin(), n) > 0,
       "too few times for an order");
  must(most >= 1, "no series to take");
  r_interrupt progress;
  nidcode::pulse beat([&progress] { progress.step(0); });
  nidcode::order_test test;
  const nidcode::order_evidence out = test.run(
      {time.begin(), step.begin(), n}, value.begin(), value.size() / n, most,
      beat);
  return Rcpp::List::create(_["evidence"] = out.evidence,
                            _["curves"] = out.curves,
                            _["used"] = static_cast<int>(out.used),
                            _["parabola"] = static_cast<double>(out.parabola));
}
