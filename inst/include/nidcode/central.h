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
  rate_operator out;
  out[0].add_identity(grid.n);
  const double* t = grid.time;
  for (const auto& segment : grid_segments(grid)) {
    const int from = segment[0];
    const int to = segment[1];
    for (int i = from; i < to && to - from < 3; ++i) {
      if (to - from == 2) {
        const double step = t[from + 1] - t[from];
        const double slope[2] = {-1 / step, 1 / step};
        out[1].add(from, slope, 2);
      } else {
        out[1].add_none();
      }
      out[2].add_none();
    }
    for (int i = from; i < to && to - from > 2; ++i) {
      const int mid = std::min(std::max(i, from + 1), to - 2);
      const double a = t[mid - 1], b = t[mid], c = t[mid + 1];
      const auto slope = parabola_slope(a, b, c, t[i]);
      const auto bend = second_difference(a, b, c);
      out[1].add(mid - 1, slope.data(), 3);
      out[2].add(mid - 1, bend.data(), 3);
    }
  }
  return out;
}

}  // namespace nidcode

#endif
