// Short questions about one column, which no kernel needs.

#include <Rcpp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#include "must.h"

using Rcpp::_;

namespace {

// x - x is 0 for every finite x and NaN for all others.
bool is_number(double x) {
  return x - x == 0;
}

// Of what is no number: 0 NA, 1 NaN, 2 infinite. The lower word of R's NA is
// 1954, as R_IsNA() asks, which a column of NA would be asked a million times.
int kind_of(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return x == x ? 2 : static_cast<std::uint32_t>(bits) == 1954 ? 0 : 1;
}

// Mostly numbers alone, which many at a time are told to be.
constexpr R_xlen_t stretch = 64;

// How many are NA, NaN and infinite.
std::array<double, 3> count_odd(const double* x, R_xlen_t n) {
  std::array<double, 3> count = {{0, 0, 0}};
  for (R_xlen_t from = 0; from < n; from += stretch) {
    const R_xlen_t to = std::min(from + stretch, n);
    bool good = true;
    for (R_xlen_t i = from; i < to; ++i) {
      good &= is_number(x[i]);
    }
    for (R_xlen_t i = from; !good && i < to; ++i) {
      if (!is_number(x[i])) {
        ++count[static_cast<std::size_t>(kind_of(x[i]))];
      }
    }
  }
  return count;
}

}  // namespace

// What stands in a column: how many NA, NaN and infinite values.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector count_missing_cpp(const Rcpp::NumericVector& x) {
  const std::array<double, 3> count = count_odd(x.begin(), x.size());
  return Rcpp::NumericVector::create(_["na"] = count[0], _["nan"] = count[1],
                                     _["infinite"] = count[2]);
}

// Is every string plain ASCII? Neighbours are often one string.
// [[Rcpp::export(rng = false)]]
bool all_ascii_cpp(const Rcpp::CharacterVector& x) {
  bool plain = true;
  for (R_xlen_t i = 0; plain && i < x.size(); ++i) {
    const bool again = i > 0 && STRING_ELT(x, i) == STRING_ELT(x, i - 1);
    for (const char* c = again ? "" : CHAR(STRING_ELT(x, i)); *c != 0; ++c) {
      plain = plain && static_cast<unsigned char>(*c) < 128;
    }
  }
  return plain;
}

// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector integer64_to_double_cpp(const Rcpp::NumericVector& x) {
  Rcpp::NumericVector out(x.size());
  for (R_xlen_t i = 0; i < x.size(); ++i) {
    std::int64_t value;
    std::memcpy(&value, &x[i], sizeof value);
    const bool na = value == std::numeric_limits<std::int64_t>::min();
    out[i] = na ? NA_REAL : static_cast<double>(value);
  }
  return out;
}

// Columns of x, which has a row for each of `at`, into `into`: the first of
// `column` to the places place[0] + (at - 1) * stride, and so on. What is handed
// in is changed itself, so it must be nobody else's; R would look each place up.
// [[Rcpp::export(rng = false)]]
void put_values_cpp(SEXP into, const Rcpp::IntegerVector& at, double stride,
                    const Rcpp::NumericVector& place,
                    const Rcpp::NumericVector& x,
                    const Rcpp::IntegerVector& column) {
  const R_xlen_t n = at.size();
  must(TYPEOF(into) == REALSXP, "no column of numbers to be filled");
  const R_xlen_t most = n == 0 ? 0 : *std::max_element(at.begin(), at.end());
  must_lie(at, 1, most, "no such place");
  must_lie(column, 1, n == 0 ? column.size() : x.size() / n, "no such column");
  must(place.size() == column.size(), "places and columns differ in number");
  for (R_xlen_t k = 0; k < column.size(); ++k) {
    must(stride >= 0 && place[k] >= 0 &&
             place[k] + static_cast<double>(most - 1) * stride <
                 static_cast<double>(Rf_xlength(into)),
         "no such place");
    double* to = REAL(into) + static_cast<R_xlen_t>(place[k]);
    const double* from = x.begin() + (column[k] - 1) * n;
    const R_xlen_t step = static_cast<R_xlen_t>(stride);
    for (R_xlen_t i = 0; i < n; ++i) {
      to[(at[i] - 1) * step] = from[i];
    }
  }
}
