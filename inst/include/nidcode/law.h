#ifndef NIDCODE_LAW_H
#define NIDCODE_LAW_H

// Estimates whose errors follow Student's t: what intervals, probabilities and
// comparisons of them are made of.

#include <cmath>
#include <cstddef>

namespace nidcode {

// One number for all, or one for each.
struct one_or_each {
  const double* x = nullptr;
  bool one = true;

  double operator[](std::ptrdiff_t i) const {
    return x[one ? 0 : i];
  }
};

struct law_of_estimates {
  std::ptrdiff_t n = 0;
  const double *estimate = nullptr, *error = nullptr;
  one_or_each df;

  // Each with its error and df, which may be infinite.
  bool known() const {
    bool good = true;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      good = good && std::isfinite(estimate[i]) && std::isfinite(error[i]) &&
             df[i] > 0;
    }
    return good;
  }
};

}  // namespace nidcode

#endif
