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
  rate_operator out;
  out[0].add_identity(grid.n);
  const double* t = grid.time;
  for (const auto& segment : grid_segments(grid)) {
    for (int i = segment[0]; i < segment[1]; ++i) {
      if (i > segment[0]) {
        const double step = t[i] - t[i - 1];
        const double slope[2] = {-1 / step, 1 / step};
        out[1].add(i - 1, slope, 2);
      } else {
        out[1].add_none();
      }
      if (i > segment[0] + 1) {
        const auto bend = second_difference(t[i - 2], t[i - 1], t[i]);
        out[2].add(i - 2, bend.data(), 3);
      } else {
        out[2].add_none();
      }
    }
  }
  return out;
}

}  // namespace nidcode

#endif
