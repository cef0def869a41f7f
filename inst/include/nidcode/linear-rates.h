#ifndef NIDCODE_LINEAR_RATES_H
#define NIDCODE_LINEAR_RATES_H

// Linear rates: the operator that a grid has, sums over its times as rows of
// weights on its values, and their products with a series.

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <nidcode/central.h>
#include <nidcode/divided-difference.h>
#include <nidcode/grid-pool.h>
#include <nidcode/local-polynomial.h>
#include <nidcode/pulse.h>
#include <nidcode/rate-operator.h>
#include <nidcode/scaled-squares.h>
#include <nidcode/tolerance.h>

namespace nidcode {

enum class linear_kind { difference, central, local, custom };

// The user's own matrices of one grid, n x n column by column, of the rates of
// order 1 and 2.
using custom_matrices = std::array<const double*, 2>;

// A row with a NaN is a time without a rate.
inline rate_operator custom_operator(const custom_matrices& matrix, int n) {
  rate_operator out;
  out[0].add_identity(n);
  std::vector<double> row(static_cast<std::size_t>(n));
  for (int order = 1; order < rate_orders; ++order) {
    for (int i = 0; i < n; ++i) {
      bool whole = true;
      for (int j = 0; j < n; ++j) {
        const double one = matrix[static_cast<std::size_t>(order) - 1]
                                 [i + static_cast<std::ptrdiff_t>(j) * n];
        row[static_cast<std::size_t>(j)] = one;
        whole = whole && one == one;
      }
      whole ? out[order].add(0, row.data(), n) : out[order].add_none();
    }
  }
  return out;
}

// What the rate of order 1 changes by over the step to each time, per unit of
// time; where breaks `split`, no step reaches over one.
inline rate_rows change_over_steps(const rate_rows& rate, const time_grid& grid,
                                   bool split) {
  rate_rows out;
  std::vector<double> row;
  for (int i = 0; i < grid.n; ++i) {
    if (i == 0 || (split && grid.breaks_at(i)) || !rate.defined(i) ||
        !rate.defined(i - 1)) {
      out.add_none();
      continue;
    }
    const double h = grid.time[i] - grid.time[i - 1];
    const int from = std::min(rate.first(i - 1), rate.first(i));
    const int to = std::max(rate.first(i - 1) + rate.size(i - 1),
                            rate.first(i) + rate.size(i));
    row.assign(static_cast<std::size_t>(to - from), 0.0);
    for (int k = i - 1; k <= i; ++k) {
      double* at = row.data() + (rate.first(k) - from);
      for (int j = 0; j < rate.size(k); ++j) {
        at[j] += (k == i ? rate.weight(k)[j] : -rate.weight(k)[j]) / h;
      }
    }
    out.add(from, row.data(), to - from);
  }
  return out;
}

struct linear_rate {
  linear_kind kind = linear_kind::difference;
  local_options local;
  bool steps = false;  // a local rate's order 2 is that over the step
  std::vector<custom_matrices> custom;  // one for each grid

  // Errors come from the residuals of a fit.
  bool fitted() const { return kind == linear_kind::local; }
  // Constants have no rate; a user's own matrices need not send them to zero.
  bool centred() const { return kind != linear_kind::custom; }

  rate_operator operator()(const grid_pool& grids, int g, pulse& beat) const {
    const time_grid grid = grids[g];
    beat.work(100 * grid.n);
    switch (kind) {
      case linear_kind::central:
        return central_difference(grid);
      case linear_kind::local: {
        rate_operator out = local_polynomial(grid, local, beat);
        if (steps) {
          out[2] = change_over_steps(out[1], grid, !local.shift);
        }
        return out;
      }
      case linear_kind::custom:
        return custom_operator(custom[static_cast<std::size_t>(g)], grid.n);
      default:
        return divided_difference(grid);
    }
  }
};

// sd of a residual by the local fit; NaN where no error can be given.
inline double residual_sd(const rate_operator& op, const double* y, int n) {
  if (!(op.df >= least_df)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  auto residual = [&](int i) {
    if (!op[0].defined(i)) {
      return 0.0;
    }
    // Values are taken from the first one, so that an offset costs no digits.
    const double* w = op[0].weight(i);
    const double* at = y + op[0].first(i);
    double fit = 0;
    for (int j = 0; j < op[0].size(i); ++j) {
      fit += w[j] * (at[j] - y[0]);
    }
    return y[i] - y[0] - fit;
  };
  return sum_of_squares(n, residual).root(op.df);
}

// Row of weights on the values that gives sum_i w_i rate(t_i). Times with
// weight 0 do not enter, so an undefined rate there does no harm; an undefined
// rate with a weight makes the sum undefined.
inline void sum_weights(const rate_operator& op, int order, const double* w,
                        int n, double* out) {
  const rate_rows& rows = op[order];
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
  // Two sums, of even and of odd places: one addition need not wait for the
  // last, and a processor takes both at once.
  using pair = Eigen::Map<const Eigen::Array2d>;
  Eigen::Array2d sum = Eigen::Array2d::Zero();
  int j = 0;
  for (; j + 1 < n; j += 2) {
    sum += pair(w + j) * (pair(y + j) - zero);
  }
  if (j < n) {
    sum[0] += w[j] * (y[j] - zero);
  }
  return sum[0] + sum[1];
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
