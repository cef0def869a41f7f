#ifndef NIDCODE_SPLINE_MOMENTS_H
#define NIDCODE_SPLINE_MOMENTS_H

// What a series' choice of lambda, one or many with weights, comes to:
// E[s_j] for estimates, and for errors a column
//   E[s2], E[s2 lambda], then for j <= k
//   z_j z_k Cov(d_j, d_k) + [j = k] E[s2 s_j]
// or, for many directions, E[s2 s_j] alone; of an average whose functionals are
// `few` (spline-few.h) only E[s2]. Covariances are over d = 1 - s:
// where z_j is large d_j is small, so nothing cancels.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/lambda-grid.h>
#include <nidcode/lambda-search.h>
#include <nidcode/lambda-weights.h>
#include <nidcode/spline-basis.h>
#include <nidcode/spline-tile.h>

namespace nidcode {

enum class spline_mode { average, reml, gcv, lambda, df, frozen };

struct spline_tuning {
  spline_mode mode = spline_mode::average;
  double value = 0.0;  // lambda or df
};

// For `frozen`: `points` weights of each series of a tile and, unless lambda[w]
// is nullptr (the grid's own), as many lambdas.
struct frozen_tuning {
  const double* const* weight = nullptr;
  const double* const* lambda = nullptr;
  int points = 0;
};

class spline_moments {
 public:
  void compute(const spline_basis& basis, const spline_tuning& tuning,
               bool few) {
    basis_ = &basis;
    tuning_ = tuning;
    r_ = basis.r();
    few_ = few && is(spline_mode::average) && r_ > 0;
    if (r_ == 0) {
      return;
    }
    grid_.compute(basis.e());
    if (tuning.mode == spline_mode::average) {
      weights_.compute(grid_, basis.e()[0],
                       few_         ? lambda_means::shares
                       : by_pairs() ? lambda_means::pairs
                                    : lambda_means::directions);
    } else if (tuning.mode == spline_mode::lambda) {
      lambda_ = tuning.value;
    } else if (tuning.mode == spline_mode::df) {
      lambda_ = lambda_for_trace(
          basis.e(), tuning.value - static_cast<double>(
                                        basis.polynomial().cols()));
    }
    tile_resize(s_, r_);
    tile_resize(d_, r_);
    tile_resize(column_, rows());
    own_.resize(r_);
  }

  bool few() const { return few_; }
  const lambda_grid& grid() const { return grid_; }
  const lambda_weights& weights() const { return weights_; }
  bool by_pairs() const { return r_ <= pairs_limit; }
  int rows() const { return 2 + (by_pairs() ? r_ * (r_ + 1) / 2 : r_); }
  int pair(int j, int k) const {  // j <= k
    return j * r_ - j * (j - 1) / 2 + k - j;
  }

  void run(const spline_tile& tile, int count, const frozen_tuning& frozen) {
    frozen_ = frozen;
    points_ = is(spline_mode::average)  ? lambda_points
              : is(spline_mode::frozen) ? frozen.points
                                        : 1;
    if (is(spline_mode::average)) {
      average(tile);
      return;
    }
    for (int w = 0; w < count; ++w) {
      single(tile, w);
    }
  }

  double s(int j, int w) const { return s_[tile_at(j, w)]; }
  double d(int j, int w) const { return d_[tile_at(j, w)]; }
  const double* column() const { return column_.data(); }
  double mean_s2(int w) const { return column_[tile_at(0, w)]; }
  double log_lambda(int w) const { return log_lambda_[w]; }
  int points() const { return points_; }
  // A weight over the grid of lambda; NaN for a single lambda.
  double end_weight(int g, int w) const {
    return points_ > 1 ? weight_at(g, w)
                       : std::numeric_limits<double>::quiet_NaN();
  }
  double weight_at(int g, int w) const {
    return is(spline_mode::frozen)    ? frozen_.weight[w][g]
           : is(spline_mode::average) ? weights_.weight(g, w)
                                      : 1.0;
  }
  double lambda_at(int g, int w) const {
    const bool frozen = is(spline_mode::frozen);
    return frozen && frozen_.lambda != nullptr && frozen_.lambda[w] != nullptr
               ? frozen_.lambda[w][g]
           : frozen || is(spline_mode::average) ? grid_.lambda()[g]
                                                : lambda_;
  }

 private:
  bool is(spline_mode mode) const { return tuning_.mode == mode; }

  void average(const spline_tile& tile) {
    weights_.run(tile);
    for (int j = 0; j < r_; ++j) {
      tile_lane(s_, j) = weights_.s(j);
    }
    for (int w = 0; w < tile_width; ++w) {
      log_lambda_[w] = weights_.log_lambda()[w];
    }
    tile_lane(column_, 0) = weights_.s2();
    if (!few_) {
      column(tile);
    }
  }

  void column(const spline_tile& tile) {
    tile_lane(column_, 1) = weights_.s2_lambda();
    for (int j = 0, row = 2; j < r_; ++j) {
      tile_lane(d_, j) = weights_.d(j);
      if (!by_pairs()) {
        tile_lane(column_, 2 + j) = weights_.s2_s(j);
        continue;
      }
      const const_lane_map zj(tile.z_lanes(j));
      for (int k = j; k < r_; ++k, ++row) {
        const const_lane_map zk(tile.z_lanes(k));
        tile_lane(column_, row) =
            (weights_.dd(row - 2) - weights_.d(j) * weights_.d(k)) * zj * zk;
      }
      tile_lane(column_, 2 + pair(j, j)) += weights_.s2_s(j);
    }
  }

  // One series with its own lambda, or its own list of them.
  void single(const spline_tile& tile, int w) {
    for (int j = 0; j < r_; ++j) {
      own_[j] = tile.zz(j, w);
      s_[tile_at(j, w)] = d_[tile_at(j, w)] = 0.0;
    }
    for (int row = 0; row < rows(); ++row) {
      column_[tile_at(row, w)] = 0.0;
    }
    if (is(spline_mode::reml) || is(spline_mode::gcv)) {
      lambda_ = lambda_search(basis_->e(), own_, tile.floor()[w],
                              is(spline_mode::gcv)).best(grid_);
    }
    log_lambda_[w] = 0.0;
    each_.resize(r_, points_);
    for (int g = 0; g < points_; ++g) {
      add(tile, lambda_at(g, w), weight_at(g, w), w);
      each_.col(g) = own_;
    }
    if (by_pairs() && points_ > 1) {
      covariances(w);
      for (int j = 0, row = 0; j < r_; ++j) {
        for (int k = j; k < r_; ++k, ++row) {
          column_[tile_at(2 + row, w)] +=
              covariance_[row] * tile.z(j, w) * tile.z(k, w);
        }
      }
    }
  }

  void add(const spline_tile& tile, double lambda, double p, int w) {
    double rss = tile.floor()[w];
    for (int j = 0; j < r_; ++j) {
      own_[j] = 1.0 / (1.0 + lambda * basis_->e()[j]);
      rss += tile.zz(j, w) * own_[j];
    }
    const double s2 =
        p * std::max(rss * tile.inverse_df()[w], tile.least()[w]);
    column_[tile_at(0, w)] += s2;
    column_[tile_at(1, w)] += s2 * lambda;
    log_lambda_[w] += p > 0.0 ? p * std::log(lambda) : 0.0;
    for (int j = 0; j < r_; ++j) {
      const double s = lambda * basis_->e()[j] * own_[j];
      s_[tile_at(j, w)] += p * s;
      d_[tile_at(j, w)] += p * own_[j];
      column_[tile_at(2 + (by_pairs() ? pair(j, j) : j), w)] += s2 * s;
    }
  }

  // Of all pairs side by side, lambda after lambda.
  void covariances(int w) {
    covariance_.setZero(rows() - 2);
    for (int g = 0; g < points_; ++g) {
      for (int j = 0; j < r_; ++j) {
        each_(j, g) -= d(j, w);
      }
      for (int j = 0, row = 0; j < r_; row += r_ - j, ++j) {
        covariance_.segment(row, r_ - j) +=
            weight_at(g, w) * each_(j, g) * each_.col(g).tail(r_ - j);
      }
    }
  }

  const spline_basis* basis_ = nullptr;
  spline_tuning tuning_;
  frozen_tuning frozen_;
  lambda_grid grid_;
  lambda_weights weights_;
  int r_ = 0, points_ = 1;
  bool few_ = false;
  double lambda_ = 0.0;
  std::vector<double> s_, d_, column_;
  Eigen::VectorXd own_, covariance_;
  Eigen::MatrixXd each_;  // d of every lambda of one series
  double log_lambda_[tile_width];
};

}  // namespace nidcode

#endif
