// Glue of <nidcode/lookalikes.h>.

#include <Rcpp.h>
#include <nidcode/lookalikes.h>

#include "interrupt.h"

// Names that equal an earlier one after folding: 0 for a name that is the first
// of its kind, else the (one-based) number of that first one.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector lookalikes_cpp(const Rcpp::CharacterVector& name) {
  Rcpp::IntegerVector twin(name.size());
  r_interrupt progress;
  nidcode::find_lookalikes(
      name.size(), [&](std::ptrdiff_t i) { return CHAR(STRING_ELT(name, i)); },
      twin.begin(), progress);
  return twin;
}
