#ifndef NIDCODE_LINEAR_RATES_H
#define NIDCODE_LINEAR_RATES_H

// Linear rates of many series at once. Each grid has one operator, made once;
// sums over the times of a grid become one row of weights on its values, and a
// series costs one product with it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include <nidcode/blocks.h>
#include <nidcode/rate-operator.h>
#include <nidcode/scaled-squares.h>
#include <nidcode/tolerance.h>

namespace nidcode {

// Distinct grids, one behind the other, and k[g] sums over the times of grid
// g: weight holds n x k numbers a grid, column by column.
struct grid_pool {
  const int* offset;
  const double* time;
  const int* step;
  int size;

  time_grid operator[](int g) const {
    const int from = offset[g];
    return {time + from, step == nullptr ? nullptr : step + from,
            offset[g + 1] - from};
  }
};

// sd of a residual by the local fit; NaN where no error can be given.
inline double residual_sd(const rate_operator& op, const double* y, int n) {
  if (!(op.df >= least_df)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  auto residual = [&](int i) {
    if (!op.rate[0].defined(i)) {
      return 0.0;
    }
    // Values are taken from the first one, so that an offset costs no digits.
    const double* w = op.rate[0].weight(i);
    const double* at = y + op.rate[0].first(i);
    double fit = 0;
    for (int j = 0; j < op.rate[0].size(i); ++j) {
      fit += w[j] * (at[j] - y[0]);
    }
    return y[i] - y[0] - fit;
  };
  return sum_of_squares(n, residual).root(op.df);
}

// Row of weights on the values that gives sum_i w_i rate(t_i). Times with
// weight 0 do not enter, so an undefined rate there does no harm; an undefined
// rate with a weight makes the sum undefined.
inline void sum_weights(const rate_operator& op, std::size_t order,
                        const double* w, int n, double* out) {
  const rate_rows& rows = op.rate[order];
  std::fill(out, out + n, 0.0);
  for (int i = 0; i < n; ++i) {
    if (w[i] == 0) {
      continue;
    }
    if (!rows.defined(i)) {
      std::fill(out, out + n, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const double* row = rows.weight(i);
    double* to = out + rows.first(i);
    for (int j = 0; j < rows.size(i); ++j) {
      to[j] += w[i] * row[j];
    }
  }
}

// Product of a row of weights with values of a series. Rates do not see a
// constant, so its first value may be taken off as `zero`: exact for huge
// offsets.
inline double weigh(const double* w, const double* y, int n, double zero) {
  // Two sums, so that one addition need not wait for the last.
  double even = 0, odd = 0;
  int j = 0;
  for (; j + 1 < n; j += 2) {
    even += w[j] * (y[j] - zero);
    odd += w[j + 1] * (y[j + 1] - zero);
  }
  if (j < n) {
    even += w[j] * (y[j] - zero);
  }
  return even + odd;
}

// sqrt(sum w_j^2 sd_j^2); sd nullptr: 1.
inline double row_norm(const double* w, const double* sd, int n) {
  return sd == nullptr
             ? sum_of_squares(n, [w](int j) { return w[j]; }).root()
             : sum_of_squares(n, [w, sd](int j) { return w[j] * sd[j]; })
                   .root();
}

}  // namespace nidcode

#endif
