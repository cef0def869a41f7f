#ifndef NIDCODE_DIVIDED_DIFFERENCE_H
#define NIDCODE_DIVIDED_DIFFERENCE_H

// Backward divided differences, the literal reading of a rate of change:
//   order 1 at t_i: f[t_{i-1}, t_i],
//   order 2 at t_i: 2 f[t_{i-2}, t_{i-1}, t_i].
// Differences across a break do not exist.

#include <nidcode/rate-operator.h>

namespace nidcode {

// Weights of 2 f[a, b, c] on the values at a, b and c.
inline std::array<double, 3> second_difference(double a, double b, double c) {
  const double left = b - a;
  const double right = c - b;
  const double both = c - a;
  return {{2 / (left * both), -2 / (left * right), 2 / (right * both)}};
}

inline rate_operator divided_difference(const time_grid& grid) {
  rate_operator out(grid.n);
  out.rate[0].setIdentity();
  out.defined[0].assign(static_cast<std::size_t>(grid.n), 1);
  const double* t = grid.time;
  for (const auto& segment : grid_segments(grid)) {
    for (int i = segment[0] + 1; i < segment[1]; ++i) {
      const double step = t[i] - t[i - 1];
      out.rate[1](i, i - 1) = -1 / step;
      out.rate[1](i, i) = 1 / step;
      out.defined[1][static_cast<std::size_t>(i)] = 1;
      if (i < segment[0] + 2) {
        continue;
      }
      const auto w = second_difference(t[i - 2], t[i - 1], t[i]);
      for (int j = 0; j < 3; ++j) {
        out.rate[2](i, i - 2 + j) = w[static_cast<std::size_t>(j)];
      }
      out.defined[2][static_cast<std::size_t>(i)] = 1;
    }
  }
  return out;
}

}  // namespace nidcode

#endif
