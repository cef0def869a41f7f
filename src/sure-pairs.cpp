// Glue of <nidcode/sure-pairs.h>.

#include <Rcpp.h>
#include <nidcode/sure-pairs.h>

#include "interrupt.h"
#include "read-law.h"

using Rcpp::_;

// How many numbers are surely above and below each, at a level for each pair.
// [[Rcpp::export(rng = false)]]
Rcpp::List sure_pairs_cpp(const const_numbers& estimate,
                          const const_numbers& std_error,
                          const const_numbers& df, double level) {
  const auto law = read_known_law(estimate, std_error, df);
  Rcpp::IntegerVector above(law.n), below(law.n);
  r_interrupt progress;
  nidcode::count_sure_pairs(law, level, interval_quantile, above.begin(),
                            below.begin(), progress);
  return Rcpp::List::create(_["above"] = above, _["below"] = below);
}
