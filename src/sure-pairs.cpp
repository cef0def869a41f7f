// Glue of <nidcode/sure-pairs.h>.

#include <Rcpp.h>
#include <nidcode/sure-pairs.h>
#include <nidcode/t-quantile.h>

#include "interrupt.h"
#include "must.h"

// How many numbers are surely above and below each, at a level for each pair.
// [[Rcpp::export]]
Rcpp::List sure_pairs_cpp(const Rcpp::NumericVector& estimate,
                          const Rcpp::NumericVector& std_error,
                          const Rcpp::NumericVector& df, double level) {
  const R_xlen_t n = estimate.size();
  must(std_error.size() == n && df.size() == n,
       "not one error and df for each estimate");
  for (R_xlen_t i = 0; i < n; ++i) {
    must(std::isfinite(estimate[i]) && std::isfinite(std_error[i]) && df[i] > 0,
         "an estimate, error or df is no number");
  }
  auto exact = [level](double nu) {
    return R::qt((1 + level) / 2, nu, 1, 0);
  };
  using quantile = nidcode::t_quantile<decltype(exact)>;
  nidcode::sure_pairs<quantile> pairs(n, estimate.begin(), std_error.begin(),
                                      df.begin(), quantile(exact));
  Rcpp::IntegerVector above(n), below(n);
  r_interrupt progress;
  nidcode::for_each_block(
      pairs.bins(), 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t k = from; k < to; ++k) {
          pairs.count(k);
        }
      });
  pairs.tell(above.begin(), below.begin());
  return Rcpp::List::create(Rcpp::_["above"] = above,
                            Rcpp::_["below"] = below);
}
