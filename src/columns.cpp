// Short questions about one column, which no kernel needs.

#include <RcppEigen.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "must.h"
#include "nidcode_types.h"

using Rcpp::_;

namespace {

// x - x is 0 for every finite x and NaN for all others, and so is their sum.
bool are_numbers(const double* x, R_xlen_t n) {
  const Eigen::Map<const Eigen::ArrayXd> v(x, n);
  return (v - v).sum() == 0;
}

// Of what is no number: 0 NA, 1 NaN, 2 infinite. The lower word of R's NA is
// 1954, as R_IsNA() asks, which a column of NA would be asked a million times.
int kind_of(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return x == x ? 2 : static_cast<std::uint32_t>(bits) == 1954 ? 0 : 1;
}

// Mostly numbers alone, which many at a time are told to be.
constexpr R_xlen_t stretch = 256;

using odd_counts = Eigen::Array3d;

odd_counts count_each(const double* x, R_xlen_t n) {
  odd_counts count = odd_counts::Zero();
  for (R_xlen_t i = 0; i < n; ++i) {
    if (!(x[i] - x[i] == 0)) {
      ++count[kind_of(x[i])];
    }
  }
  return count;
}

// How many are NA, NaN and infinite. A column without any number is the same
// stretch over and over.
odd_counts count_odd(const double* x, R_xlen_t n) {
  odd_counts count = odd_counts::Zero(), last = count;
  bool odd = false;
  for (R_xlen_t from = 0; from < n; from += stretch) {
    const R_xlen_t size = std::min(stretch, n - from);
    if (are_numbers(x + from, size)) {
      odd = false;
      continue;
    }
    const bool again =
        odd && size == stretch &&
        std::memcmp(x + from, x + from - stretch, stretch * sizeof *x) == 0;
    if (!again) {
      last = count_each(x + from, size);
    }
    count += last;
    odd = true;
  }
  return count;
}

// Counts and numbers of grids mostly have none.
std::vector<int> zeros_of(const int* x, R_xlen_t n) {
  std::vector<int> at;
  for (R_xlen_t from = 0; from < n; from += stretch) {
    const R_xlen_t to = std::min(from + stretch, n);
    const Eigen::Map<const Eigen::ArrayXi> part(x + from, to - from);
    for (R_xlen_t i = part.minCoeff() > 0 ? to : from; i < to; ++i) {
      if (x[i] == 0) {
        at.push_back(static_cast<int>(i) + 1);
      }
    }
  }
  return at;
}

template <typename Number>
void repeat_numbers(const Number* x, R_xlen_t n, int each, int times,
                    Number* out) {
  for (int t = 0; t < times; ++t) {
    for (R_xlen_t i = 0; i < n; ++i) {
      out = std::fill_n(out, each, x[i]);
    }
  }
}

// The values of `from` to the places `at` of `to`, which has `size`.
void put_each(const double* from, const Rcpp::IntegerVector& at, R_xlen_t size,
              double* to) {
  must_lie(at, 1, size, "no such place");
  for (R_xlen_t i = 0; i < at.size(); ++i) {
    to[at[i] - 1] = from[i];
  }
}

template <int type>
Rcpp::Vector<type> interleave(const Rcpp::List& x, int columns) {
  const R_xlen_t m = x.size();
  const R_xlen_t n = columns == 0 ? 0 : Rf_xlength(x[0]) / columns;
  Rcpp::Vector<type> out(Rcpp::no_init(n * m * columns));
  for (R_xlen_t j = 0; j < m; ++j) {
    const Rcpp::Vector<type> from = x[j];
    for (R_xlen_t k = 0; k < columns; ++k) {
      for (R_xlen_t i = 0; i < n; ++i) {
        out[(i * columns + k) * m + j] = from[k * n + i];
      }
    }
  }
  return out;
}

}  // namespace

// Matrices of one shape and type, of so many columns, as one vector: row after
// row, in each column after column, of each what the matrices have there.
// [[Rcpp::export(rng = false)]]
SEXP interleave_cpp(const Rcpp::List& x, int columns) {
  must(x.size() > 0 && columns >= 0, "nothing to interleave");
  const SEXP first = x[0];
  for (const SEXP one : x) {
    must(TYPEOF(one) == TYPEOF(first) && Rf_xlength(one) == Rf_xlength(first) &&
             Rf_xlength(one) % std::max(columns, 1) == 0,
         "columns differ in type or length");
  }
  switch (TYPEOF(first)) {
    case REALSXP:
      return interleave<REALSXP>(x, columns);
    case INTSXP:
      return interleave<INTSXP>(x, columns);
    case LGLSXP:
      return interleave<LGLSXP>(x, columns);
    default:
      throw std::invalid_argument("columns are no numbers");
  }
}

// rep(rep(x, each = each), times) of numbers without attributes.
// [[Rcpp::export(rng = false)]]
SEXP repeat_cpp(SEXP x, int each, int times) {
  must(TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP, "no numbers");
  must(each >= 0 && times >= 0, "no number of times");
  const R_xlen_t n = Rf_xlength(x);
  must(static_cast<double>(n) * each * times <= R_XLEN_T_MAX, "too many");
  const Rcpp::Shield<SEXP> out(Rf_allocVector(TYPEOF(x), n * each * times));
  if (TYPEOF(x) == INTSXP) {
    repeat_numbers(INTEGER_RO(x), n, each, times, INTEGER(out));
  } else {
    repeat_numbers(REAL_RO(x), n, each, times, REAL(out));
  }
  return out;
}

// What stands in a column: how many NA, NaN and infinite values.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector count_missing_cpp(const const_numbers& x) {
  const odd_counts count = count_odd(x.begin(), x.size());
  return Rcpp::NumericVector::create(_["na"] = count[0], _["nan"] = count[1],
                                     _["infinite"] = count[2]);
}

// How many values each time has, and how many of them are above zero. Regions
// stand one after the other, each on its `grid`, whose times are `time` from
// `offset` on, all one-based.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerMatrix count_growing_cpp(const const_numbers& x,
                                      const Rcpp::IntegerVector& grid,
                                      const Rcpp::IntegerVector& offset,
                                      const Rcpp::IntegerVector& time,
                                      int times) {
  must(times >= 0, "no number of times");
  must_cover(offset, time.size(), "grids do not cover their times");
  must_lie(grid, 1, offset.size() - 1, "no such grid");
  must_lie(time, 1, times, "no such time");
  Rcpp::IntegerMatrix out(times, 2);
  int *seen = out.begin(), *above = seen + times;
  R_xlen_t row = 0;
  for (const int g : grid) {
    must(offset[g] - offset[g - 1] <= x.size() - row, "too few values");
    for (int i = offset[g - 1]; i < offset[g]; ++i, ++row) {
      seen[time[i] - 1] += x.begin()[row] == x.begin()[row];
      above[time[i] - 1] += x.begin()[row] > 0;
    }
  }
  must(row == x.size(), "more values than rows");
  return out;
}

// Places of zeros, one-based.
// [[Rcpp::export(rng = false)]]
Rcpp::IntegerVector zeros_cpp(const Rcpp::IntegerVector& x) {
  return Rcpp::wrap(zeros_of(x.begin(), x.size()));
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

// A column of x into `into`: to the places `before` + at, a row of x for each
// of `at`, or, where that is NULL, one after the other behind `before`. What is
// handed in is changed itself, so it must be nobody else's; R would look each
// place up.
// [[Rcpp::export(rng = false)]]
void put_values_cpp(SEXP into, SEXP at, double before,
                    const Rcpp::NumericVector& x, int column) {
  const R_xlen_t n = Rf_isNull(at) ? Rf_nrows(x) : Rf_xlength(at);
  must(TYPEOF(into) == REALSXP, "no column of numbers to be filled");
  must(before >= 0 && before <= static_cast<double>(Rf_xlength(into)),
       "no such place");
  must(column >= 1 && n * column <= x.size(), "no such column");
  const R_xlen_t left = Rf_xlength(into) - static_cast<R_xlen_t>(before);
  double* to = REAL(into) + static_cast<R_xlen_t>(before);
  const double* from = x.begin() + (column - 1) * n;
  if (Rf_isNull(at)) {
    must(n <= left, "no such place");
    std::copy(from, from + n, to);
  } else {
    put_each(from, Rcpp::IntegerVector(at), left, to);
  }
}
