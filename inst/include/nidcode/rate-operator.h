#ifndef NIDCODE_RATE_OPERATOR_H
#define NIDCODE_RATE_OPERATOR_H

// The operator of a linear rate on one grid: three matrices that map the
// observed values of a series to its level and its rates of order 1 and 2.

#include <Eigen/Core>

#include <array>
#include <limits>
#include <vector>

namespace nidcode {

// Times of one series, ascending; step[i] marks the first time of a new method
// of measurement (a break).
struct time_grid {
  const double* time;
  const int* step;
  int n;

  bool breaks_at(int i) const { return i > 0 && step != nullptr && step[i]; }
};

struct rate_operator {
  // Row i of rate[k] gives the derivative of order k at time i.
  std::array<Eigen::MatrixXd, 3> rate;
  // Where it exists.
  std::array<std::vector<char>, 3> defined;
  // Degrees of freedom of the residuals of the level; below 2: no error.
  double df = 0;

  explicit rate_operator(int n) {
    for (std::size_t k = 0; k < 3; ++k) {
      rate[k] = Eigen::MatrixXd::Zero(n, n);
      defined[k].assign(static_cast<std::size_t>(n), 0);
    }
  }
};

// Ends of the segments of a grid between breaks: [from, to).
inline std::vector<std::array<int, 2>> grid_segments(const time_grid& grid) {
  std::vector<std::array<int, 2>> out;
  int from = 0;
  for (int i = 1; i <= grid.n; ++i) {
    if (i == grid.n || grid.breaks_at(i)) {
      out.push_back({{from, i}});
      from = i;
    }
  }
  return out;
}

}  // namespace nidcode

#endif
