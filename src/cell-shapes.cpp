// Glue of <nidcode/cell-shapes.h>.

#include <R_ext/Utils.h>
#include <Rcpp.h>
#include <nidcode/cell-shapes.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

// The text of each cell.
struct cell_text {
  const Rcpp::CharacterVector& x;

  const char* operator()(std::ptrdiff_t i) const {
    return CHAR(STRING_ELT(x, i));
  }
};

Rcpp::CharacterVector wrap_utf8(const std::vector<std::string>& x) {
  Rcpp::CharacterVector out(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    out[k] =
        Rf_mkCharLenCE(x[k].data(), static_cast<int>(x[k].size()), CE_UTF8);
  }
  return out;
}

double plain_number(const char* text) {
  return R_strtod(text, nullptr);
}

}  // namespace

// The shapes of texts in UTF-8, and the number of each text's.
// [[Rcpp::export(rng = false)]]
Rcpp::List cell_shapes_cpp(const Rcpp::CharacterVector& text) {
  Rcpp::IntegerVector at(text.size());
  r_interrupt progress;
  const Rcpp::CharacterVector shape = wrap_utf8(
      nidcode::find_shapes(text.size(), cell_text{text}, at.begin(), progress));
  return Rcpp::List::create(_["shape"] = shape, _["at"] = at);
}

// The numbers of texts, of which `at` says the shape and `pattern` how the
// number stands in it; "": none. They are read as R reads numbers.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector cell_numbers_cpp(const Rcpp::CharacterVector& text,
                                     const Rcpp::IntegerVector& at,
                                     const Rcpp::CharacterVector& pattern) {
  must(text.size() == at.size(), "texts and shapes differ in number");
  must_lie(at, 1, pattern.size(), "a text has no shape");
  const std::vector<std::string> shape(pattern.begin(), pattern.end());
  Rcpp::NumericVector value(text.size(), NA_REAL);
  r_interrupt progress;
  nidcode::read_numbers(text.size(), cell_text{text}, at.begin(), shape,
                        plain_number, value.begin(), progress);
  return value;
}
