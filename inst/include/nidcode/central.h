#ifndef NIDCODE_CENTRAL_H
#define NIDCODE_CENTRAL_H

// Derivatives of the parabola through a time and its two neighbours; at the
// ends of a segment, of the parabola through its three end points. Two points
// have a slope and nothing else.

#include <algorithm>

#include <nidcode/divided-difference.h>
#include <nidcode/rate-operator.h>

namespace nidcode {

// Slope at x of the parabola through (a, b, c), on the values there.
inline std::array<double, 3> parabola_slope(double a, double b, double c,
                                            double x) {
  return {{((x - b) + (x - c)) / ((a - b) * (a - c)),
           ((x - a) + (x - c)) / ((b - a) * (b - c)),
           ((x - a) + (x - b)) / ((c - a) * (c - b))}};
}

inline rate_operator central_difference(const time_grid& grid) {
  rate_operator out(grid.n);
  out.rate[0].setIdentity();
  out.defined[0].assign(static_cast<std::size_t>(grid.n), 1);
  const double* t = grid.time;
  for (const auto& segment : grid_segments(grid)) {
    const int from = segment[0];
    const int to = segment[1];
    if (to - from == 2) {
      const double step = t[from + 1] - t[from];
      for (int i = from; i < to; ++i) {
        out.rate[1](i, from) = -1 / step;
        out.rate[1](i, from + 1) = 1 / step;
        out.defined[1][static_cast<std::size_t>(i)] = 1;
      }
    }
    for (int i = from; i < to && to - from > 2; ++i) {
      const int mid = std::min(std::max(i, from + 1), to - 2);
      const double a = t[mid - 1], b = t[mid], c = t[mid + 1];
      const auto slope = parabola_slope(a, b, c, t[i]);
      const auto bend = second_difference(a, b, c);
      for (int j = 0; j < 3; ++j) {
        out.rate[1](i, mid - 1 + j) = slope[static_cast<std::size_t>(j)];
        out.rate[2](i, mid - 1 + j) = bend[static_cast<std::size_t>(j)];
      }
      out.defined[1][static_cast<std::size_t>(i)] = 1;
      out.defined[2][static_cast<std::size_t>(i)] = 1;
    }
  }
  return out;
}

}  // namespace nidcode

#endif
