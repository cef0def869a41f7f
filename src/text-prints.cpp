// Glue of <nidcode/text-prints.h>.

#include <Rcpp.h>
#include <nidcode/text-prints.h>

// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector text_prints_cpp(const Rcpp::CharacterVector& text) {
  Rcpp::NumericVector out(text.size());
  for (R_xlen_t i = 0; i < text.size(); ++i) {
    out[i] = nidcode::text_print(text[i].begin(), text[i].size());
  }
  return out;
}
