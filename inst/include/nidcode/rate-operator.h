#ifndef NIDCODE_RATE_OPERATOR_H
#define NIDCODE_RATE_OPERATOR_H

// The operator of a linear rate on one grid: three matrices that map the
// observed values of a series to its level and its rates of order 1 and 2.

#include <array>
#include <cstddef>
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

// The rows of one matrix, added in the order of the times. Row i holds the
// weights of the values from first(i) on, those before and after have none: a
// rate looks at a few values around its time, so a long series does not cost
// the square of its length. A row without weights is a rate that does not
// exist.
class rate_rows {
 public:
  void add(int first, const double* weight, int size) {
    weight_.insert(weight_.end(), weight, weight + size);
    first_.push_back(first);
    end_.push_back(weight_.size());
  }
  void add_none() {
    first_.push_back(0);
    end_.push_back(weight_.size());
  }
  // Row i is the value itself.
  void add_identity(int n) {
    const double one = 1;
    for (int i = 0; i < n; ++i) {
      add(i, &one, 1);
    }
  }

  int first(int i) const { return first_[static_cast<std::size_t>(i)]; }
  int size(int i) const {
    return static_cast<int>(end_[static_cast<std::size_t>(i)] - begin(i));
  }
  bool defined(int i) const { return size(i) > 0; }
  const double* weight(int i) const { return weight_.data() + begin(i); }

  // Of the value at time i itself; 0 where row i has none.
  double own_weight(int i) const {
    const int at = i - first(i);
    return at >= 0 && at < size(i) ? weight(i)[at] : 0;
  }

  // As a matrix n x n of zeros, column by column; rows that do not exist are
  // `missing`.
  void write(double* to, int n, double missing) const {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < (defined(i) ? size(i) : n); ++j) {
        to[i + static_cast<std::ptrdiff_t>(first(i) + j) * n] =
            defined(i) ? weight(i)[j] : missing;
      }
    }
  }

 private:
  std::size_t begin(int i) const {
    return i == 0 ? 0 : end_[static_cast<std::size_t>(i) - 1];
  }

  std::vector<double> weight_;
  std::vector<int> first_;
  std::vector<std::size_t> end_;
};

// Orders 0 (the level), 1 and 2.
constexpr int rate_orders = 3;

// Three indices: row i of op[k] gives the derivative of order k at time i, from
// the weights of the values.
struct rate_operator {
  std::array<rate_rows, rate_orders> rate;

  rate_rows& operator[](int order) {
    return rate[static_cast<std::size_t>(order)];
  }
  const rate_rows& operator[](int order) const {
    return rate[static_cast<std::size_t>(order)];
  }
  // The trace of the smoother: what the values say of themselves.
  double trace(int n) const {
    double out = 0;
    for (int i = 0; i < n; ++i) {
      out += rate[0].own_weight(i);
    }
    return out;
  }

  // Degrees of freedom of the residuals of the level; below 2: no error.
  double df = 0;
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
