#ifndef NIDCODE_LOCAL_POLYNOMIAL_H
#define NIDCODE_LOCAL_POLYNOMIAL_H

// Local polynomials: at each time a polynomial is fitted to the window around
// it by weighted least squares, and its derivatives at that time are the
// rates. With a uniform kernel and equal steps this is Savitzky and Golay's
// filter. Breaks either bound the window (split) or enter its fit as free
// steps (shift).

#include <Eigen/QR>

#include <algorithm>
#include <cmath>

#include <nidcode/pulse.h>
#include <nidcode/rate-operator.h>

namespace nidcode {

enum class kernel_shape { uniform, tricube, epanechnikov };

struct local_options {
  int span = 5;      // points in the window, if width is 0
  double width = 0;  // or its width in units of time
  int degree = 2;
  kernel_shape kernel = kernel_shape::uniform;
  bool shift = true;  // breaks are free steps; else they bound the window
};

inline double kernel_weight(kernel_shape kernel, double distance) {
  switch (kernel) {
    case kernel_shape::uniform:
      return 1;
    case kernel_shape::tricube: {
      const double u = 1 - distance * distance * distance;
      return distance < 1 ? u * u * u : 0;
    }
    default:
      return distance < 1 ? 1 - distance * distance : 0;
  }
}

// The window of time i within [from, to): its first and last point and the
// distance h at which the kernel reaches zero.
struct local_window {
  int from;
  int to;
  double h;
};

inline local_window find_window(const double* t, int i, int from, int to,
                                const local_options& options) {
  local_window out{i, i + 1, 0};
  auto left = [&] { return t[i] - t[out.from - 1]; };
  auto right = [&] { return t[out.to] - t[i]; };
  if (options.width > 0) {
    // Rounding of decimal times must not drop a point on the rim.
    const double reach = options.width / 2 * (1 + 1e-9);
    while (out.from > from && left() <= reach) {
      --out.from;
    }
    while (out.to < to && right() <= reach) {
      ++out.to;
    }
    out.h = options.width / 2;
    return out;
  }
  // The nearest points; of two equally far the earlier one.
  while (out.to - out.from < std::min(options.span, to - from)) {
    const bool go_left =
        out.from > from &&
        (out.to == to || left() <= right() * (1 + 1e-12));
    if (go_left) {
      --out.from;
    } else {
      ++out.to;
    }
  }
  // h is the distance to the first point outside; where none is left, one mean
  // step beyond the farthest.
  double h = 0;
  if (out.from > from) {
    h = left();
  }
  if (out.to < to) {
    h = out.from > from ? std::min(h, right()) : right();
  }
  if (out.from == from && out.to == to) {
    const double far = std::max(t[i] - t[from], t[to - 1] - t[i]);
    h = far + (to - from > 1 ? (t[to - 1] - t[from]) / (to - from - 1) : 1);
  }
  out.h = h;
  return out;
}

// Adds row i to the three matrices from the window's fit; false, and nothing
// added, where the window has too few points for its polynomial and steps.
inline bool fit_window(const time_grid& grid, int i, const local_window& window,
                       const local_options& options, rate_operator& out) {
  const double* t = grid.time;
  std::vector<int> use;
  std::vector<double> root;
  for (int j = window.from; j < window.to; ++j) {
    const double w = kernel_weight(
        options.kernel, window.h > 0 ? std::fabs(t[j] - t[i]) / window.h : 0);
    if (w > 0) {
      use.push_back(j);
      root.push_back(std::sqrt(w));
    }
  }
  const int n = static_cast<int>(use.size());
  std::vector<int> steps;
  for (int k = 1; k < n; ++k) {
    for (int j = use[static_cast<std::size_t>(k) - 1] + 1;
         j <= use[static_cast<std::size_t>(k)]; ++j) {
      if (grid.breaks_at(j)) {
        steps.push_back(j);
        break;
      }
    }
  }
  const int p = options.degree + 1;
  const int columns = p + static_cast<int>(steps.size());
  if (n < columns) {
    return false;
  }
  const double scale =
      std::max({t[use.back()] - t[i], t[i] - t[use.front()], 1e-300});
  Eigen::MatrixXd x(n, columns);
  for (int k = 0; k < n; ++k) {
    const int j = use[static_cast<std::size_t>(k)];
    double power = root[static_cast<std::size_t>(k)];
    for (int d = 0; d < p; ++d) {
      x(k, d) = power;
      power *= (t[j] - t[i]) / scale;
    }
    for (std::size_t s = 0; s < steps.size(); ++s) {
      x(k, p + static_cast<int>(s)) =
          j >= steps[s] ? root[static_cast<std::size_t>(k)] : 0;
    }
  }
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  if (qr.rank() < columns) {
    return false;
  }
  // The rows that give the coefficients; the square of a wide window is never
  // formed.
  const Eigen::MatrixXd q =
      qr.householderQ() * Eigen::MatrixXd::Identity(n, columns);
  const Eigen::MatrixXd solve =
      qr.colsPermutation() *
      qr.matrixR()
          .topRows(columns)
          .template triangularView<Eigen::Upper>()
          .solve(q.transpose());
  const double factorial[3] = {1, 1, 2};
  std::vector<double> row(use.size());
  for (int order = 0; order < 3; ++order) {
    if (order >= p) {
      out[order].add_none();
      continue;
    }
    const double unit = factorial[order] / std::pow(scale, order);
    for (int k = 0; k < n; ++k) {
      double w = solve(order, k) * root[static_cast<std::size_t>(k)] * unit;
      if (order == 0) {
        // The fitted value includes the steps up to here.
        for (std::size_t s = 0; s < steps.size(); ++s) {
          if (i >= steps[s]) {
            w += solve(p + static_cast<int>(s), k) *
                 root[static_cast<std::size_t>(k)];
          }
        }
      }
      row[static_cast<std::size_t>(k)] = w;
    }
    // A kernel is above zero on one stretch of times around i.
    out[order].add(use[0], row.data(), n);
  }
  return true;
}

inline rate_operator local_polynomial(const time_grid& grid,
                                      const local_options& options,
                                      pulse& beat) {
  rate_operator out;
  std::vector<std::array<int, 2>> segments{{{0, grid.n}}};
  if (!options.shift) {
    segments = grid_segments(grid);
  }
  time_grid inside = grid;
  if (!options.shift) {
    inside.step = nullptr;
  }
  int fitted = 0;
  double trace = 0, square = 0;
  for (const auto& segment : segments) {
    for (int i = segment[0]; i < segment[1]; ++i) {
      const local_window window =
          find_window(grid.time, i, segment[0], segment[1], options);
      if (!fit_window(inside, i, window, options, out)) {
        for (rate_rows& rows : out.rate) {
          rows.add_none();
        }
      }
      const rate_rows& level = out[0];
      fitted += level.defined(i);
      trace += level.own_weight(i);
      for (int k = 0; k < level.size(i); ++k) {
        square += level.weight(i)[k] * level.weight(i)[k];
      }
      const double columns = options.degree + 1;
      beat.work(1000 + 10 * columns * columns * (window.to - window.from));
    }
  }
  // Residual degrees of freedom n - 2 tr S + tr S'S over the times that have a
  // fit.
  out.df = fitted - 2 * trace + square;
  return out;
}

}  // namespace nidcode

#endif
