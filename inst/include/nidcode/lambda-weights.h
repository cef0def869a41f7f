#ifndef NIDCODE_LAMBDA_WEIGHTS_H
#define NIDCODE_LAMBDA_WEIGHTS_H

// Posterior weights over the grid of lambda for a tile of series,
//   p_g ~ prior_g prod_j (1 + lambda_g e_j)^(-1/2) RSS_g^(-r/2),
//   RSS_g = sum_j z_j^2 d_gj,
// and the means over them that estimates and errors are made of.

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/lambda-grid.h>
#include <nidcode/spline-tile.h>
#include <nidcode/tile-product.h>

namespace nidcode {

// Which means: of shares alone; also what errors are made of, direction by
// direction; also those of pairs of directions, d_j d_k, j <= k.
enum class lambda_means { shares, directions, pairs };

class lambda_weights {
 public:
  void compute(const lambda_grid& grid, double e_first, lambda_means means) {
    r_ = static_cast<int>(grid.s().cols());
    constant(grid, e_first);
    tables(grid, means != lambda_means::shares, means == lambda_means::pairs);
    tile_resize(rss_, rss_table_.padded_rows());
    tile_resize(weight_, lambda_points);
    tile_resize(scaled_, lambda_points);
    tile_resize(moment_, moment_table_.padded_rows());
    tile_resize(scaled_moment_, scaled_table_.padded_rows());
  }

  void run(const spline_tile& tile) {
    rss_table_.multiply(tile.zz_data(), rss_.data(), tile.lanes());
    // Lanes without a series would cost as much as those with one.
    tile.lanes() == 2   ? weigh<2>(tile)
    : tile.lanes() == 4 ? weigh<4>(tile)
                        : weigh<tile_width>(tile);
    moment_table_.multiply(weight_.data(), moment_.data(), tile.lanes());
    scaled_table_.multiply(scaled_.data(), scaled_moment_.data(),
                           tile.lanes());
  }

  double weight(int g, int w) const { return weight_[tile_at(g, w)]; }
  // Means, as lanes: of s_j, d_j, log lambda, d_j d_k (by number of the pair)
  lane_map s(int j) { return tile_lane(moment_, j); }
  lane_map log_lambda() { return tile_lane(moment_, r_); }
  lane_map d(int j) { return tile_lane(moment_, r_ + 1 + j); }
  lane_map dd(int pair) { return tile_lane(moment_, 2 * r_ + 1 + pair); }
  // and of s2, s2 lambda, s2 s_j, s2_g = RSS_g / r, or that of rounding.
  lane_map s2() { return tile_lane(scaled_moment_, 0); }
  lane_map s2_lambda() { return tile_lane(scaled_moment_, 1); }
  lane_map s2_s(int j) { return tile_lane(scaled_moment_, 2 + j); }
  // The weights themselves, and times s2_g: lambda_points lanes.
  const double* weights() const { return weight_.data(); }
  const double* scaled() const { return scaled_.data(); }

 private:
  void constant(const lambda_grid& grid, double e_first) {
    log_constant_ = grid.log_prior() + grid.log_root_det();
    log_constant_.array() -= log_constant_.maxCoeff();
    constant_ = log_constant_.array().exp();
    // RSS_G / RSS_g lies between this and 1.
    const double least =
        1.0 / (1.0 + grid.lambda()[lambda_points - 1] * e_first);
    by_powers_ = 0.5 * r_ * std::log(least) > std::log(power_limit) &&
                 log_constant_.minCoeff() > std::log(power_limit);
  }

  void tables(const lambda_grid& grid, bool errors, bool pairs) {
    const Eigen::MatrixXd &s = grid.s(), &d = grid.d();
    rss_table_.resize(lambda_points, r_);
    moment_table_.resize(1 + r_ + (errors ? r_ : 0) +
                             (pairs ? r_ * (r_ + 1) / 2 : 0),
                         lambda_points);
    scaled_table_.resize(errors ? 2 + r_ : 1, lambda_points);
    const Eigen::VectorXd one = Eigen::VectorXd::Ones(lambda_points);
    scaled_table_.set_row(0, one.data());
    if (errors) {
      scaled_table_.set_row(1, grid.lambda().data());
    }
    moment_table_.set_row(r_, grid.log_lambda().data());
    for (int j = 0, row = 2 * r_ + 1; j < r_; ++j) {
      const double *sj = &s(0, j), *dj = &d(0, j);
      moment_table_.set_row(j, sj);
      for (int g = 0; g < lambda_points; ++g) {
        rss_table_(g, j) = dj[g];
      }
      if (!errors) {
        continue;
      }
      scaled_table_.set_row(2 + j, sj);
      moment_table_.set_row(r_ + 1 + j, dj);
      for (int k = j; pairs && k < r_; ++k, ++row) {
        const double* dk = &d(0, k);
        double* to = moment_table_.row(row);
        for (int g = 0; g < lambda_points; ++g) {
          to[4 * g] = dj[g] * dk[g];
        }
      }
    }
  }

  template <int lanes>
  void weigh(const spline_tile& tile) {
    using lane = Eigen::Map<const lane_array<lanes>>;
    const lane floor(tile.floor());
    for (int g = 0; g < lambda_points; ++g) {
      tile_lane<lanes>(rss_, g) += floor;
    }
    if (by_powers_) {
      powers<lanes>();
    } else {
      logarithms(lanes);
    }
    normalise<lanes>(lane(tile.inverse_df()), lane(tile.least()));
  }

  // RSS^(-r/2) by products: no logarithm, no exponential.
  template <int lanes>
  void powers() {
    lane_array<lanes> t, power;
    const lane_array<lanes> last = tile_lane<lanes>(rss_, lambda_points - 1);
    for (int g = 0; g < lambda_points; ++g) {
      t = last / tile_lane<lanes>(rss_, g);
      if (r_ % 2 == 1) {
        power = constant_[g] * t.sqrt();
      } else {
        power.setConstant(constant_[g]);
      }
      for (int k = r_ / 2; k > 0; k /= 2) {
        if (k % 2 == 1) {
          power *= t;
        }
        t *= t;
      }
      tile_lane<lanes>(weight_, g) = power;
    }
  }

  void logarithms(int lanes) {
    for (int w = 0; w < lanes; ++w) {
      double top = -std::numeric_limits<double>::infinity();
      for (int g = 0; g < lambda_points; ++g) {
        double& x = weight_[tile_at(g, w)];
        x = log_constant_[g] - 0.5 * r_ * std::log(rss_[tile_at(g, w)]);
        top = std::max(top, x);
      }
      for (int g = 0; g < lambda_points; ++g) {
        double& x = weight_[tile_at(g, w)];
        x = std::exp(x - top);
      }
    }
  }

  template <int lanes>
  void normalise(const Eigen::Map<const lane_array<lanes>>& inverse_df,
                 const Eigen::Map<const lane_array<lanes>>& least) {
    lane_array<lanes> sum = lane_array<lanes>::Zero();
    for (int g = 0; g < lambda_points; ++g) {
      sum += tile_lane<lanes>(weight_, g);
    }
    sum = sum.inverse().eval();
    for (int g = 0; g < lambda_points; ++g) {
      tile_lane<lanes>(weight_, g) *= sum;
      tile_lane<lanes>(scaled_, g) =
          tile_lane<lanes>(weight_, g) *
          (tile_lane<lanes>(rss_, g) * inverse_df).max(least);
    }
  }

  int r_ = 0;
  bool by_powers_ = true;
  Eigen::VectorXd log_constant_, constant_;
  tile_table rss_table_, moment_table_, scaled_table_;
  std::vector<double> rss_, weight_, scaled_, moment_, scaled_moment_;
};

}  // namespace nidcode

#endif
