#ifndef NIDCODE_MUST_H
#define NIDCODE_MUST_H

#include <Rcpp.h>

#include <stdexcept>

// What R hands in is checked before a kernel reads it: a kernel trusts its
// sizes, and R's functions have told the user of all else. R turns what is
// thrown into a classed error (R/kernel-errors.R).
inline void must(bool holds, const char* what) {
  if (!holds) {
    throw std::invalid_argument(what);
  }
}

// Ascending places from 0 to `total`, one behind the other.
inline void must_cover(const Rcpp::IntegerVector& offset, R_xlen_t total,
                       const char* what) {
  bool good = offset.size() > 0 && offset[0] == 0 &&
              offset[offset.size() - 1] == total;
  for (R_xlen_t i = 1; good && i < offset.size(); ++i) {
    good = offset[i] >= offset[i - 1];
  }
  must(good, what);
}

inline void must_be_finite(const Rcpp::NumericVector& x, const char* what) {
  bool good = true;
  for (const double one : x) {
    good = good && one - one == 0;
  }
  must(good, what);
}

// Whole numbers from `low` to `high`; NA is below any of them.
inline void must_lie(const Rcpp::IntegerVector& x, int low, R_xlen_t high,
                     const char* what) {
  bool good = true;
  for (const int one : x) {
    good = good && one >= low && one <= high;
  }
  must(good, what);
}

#endif
