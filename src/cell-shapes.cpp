// Glue of <nidcode/cell-shapes.h>.

#include <R_ext/Utils.h>
#include <Rcpp.h>
#include <nidcode/cell-shapes.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

// The shapes of texts in UTF-8, and the number of each text's.
// [[Rcpp::export]]
Rcpp::List cell_shapes_cpp(const Rcpp::CharacterVector& text) {
  Rcpp::IntegerVector at(text.size());
  r_interrupt progress;
  const std::vector<std::string> each = nidcode::find_shapes(
      text.size(), [&](std::ptrdiff_t i) { return CHAR(STRING_ELT(text, i)); },
      at.begin(), progress);
  Rcpp::CharacterVector shape(each.size());
  for (std::size_t k = 0; k < each.size(); ++k) {
    shape[k] = Rf_mkCharLenCE(each[k].data(), static_cast<int>(each[k].size()),
                              CE_UTF8);
  }
  return Rcpp::List::create(_["shape"] = shape, _["at"] = at);
}

// The numbers of texts, of which `at` says the shape and `pattern` how the
// number stands in it; "": none. They are read as R reads numbers.
// [[Rcpp::export]]
Rcpp::NumericVector cell_numbers_cpp(const Rcpp::CharacterVector& text,
                                     const Rcpp::IntegerVector& at,
                                     const Rcpp::CharacterVector& pattern) {
  must(text.size() == at.size(), "texts and shapes differ in number");
  must_lie(at, 1, pattern.size(), "a text has no shape");
  const std::vector<std::string> shape(pattern.begin(), pattern.end());
  Rcpp::NumericVector value(text.size(), NA_REAL);
  std::string number;
  r_interrupt progress;
  for (R_xlen_t i = 0; i < text.size(); ++i) {
    if (i % nidcode::report_rows == 0) {
      progress.step(i);
    }
    const std::string& form = shape[at[i] - 1];
    if (!form.empty()) {
      nidcode::fill_digits(form, CHAR(STRING_ELT(text, i)), number);
      value[i] = R_strtod(number.c_str(), nullptr);
    }
  }
  return value;
}
