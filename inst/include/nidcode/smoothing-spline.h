#ifndef NIDCODE_SMOOTHING_SPLINE_H
#define NIDCODE_SMOOTHING_SPLINE_H

// The averaged smoothing spline for all series of one grid of times. Weights
//   p_g ~ prior_g prod_j (1 + lambda_g e_j)^(-1/2) RSS_g^(-r/2),
//   RSS_g = sum_j z_j^2 d_gj, d = 1 - s, s2_g = RSS_g / r,
// then for each functional (spline-functional.h)
//   estimate  rho'beta + sum_j phi_j z_j E[s_j],
//   error^2   |rho|^2 E[s2] + sum_j phi_j^2 E[s2 s_j] + R E[s2 lambda]
//             + sum_jk phi_j phi_k z_j z_k Cov(d_j, d_k),
// E and Cov over p. The last line is the variance between lambdas. It is taken
// over d and not s, because where a z_j is large its d_j is small: nothing
// cancels. All of it is products of small tables with a tile of series.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/lambda-grid.h>
#include <nidcode/lambda-search.h>
#include <nidcode/spline-basis.h>
#include <nidcode/spline-functional.h>
#include <nidcode/tile-product.h>

namespace nidcode {

enum class spline_mode { average, reml, gcv, lambda, df, frozen };

// How lambda is chosen. `frozen` reads p_g (and lambda_g, if not the grid's
// own) of each series from outside.
struct spline_tuning {
  spline_mode mode = spline_mode::average;
  double value = 0.0;  // lambda or df
};

// One series' share of a tile that is not a functional.
struct spline_summary {
  double log_lambda, first, last, edf, sigma;
};

class spline_smoother {
 public:
  void compute(const spline_basis& basis,
               const std::vector<const spline_functionals*>& functionals,
               const spline_tuning& tuning) {
    basis_ = &basis;
    tuning_ = tuning;
    p_ = static_cast<int>(basis.polynomial().cols());
    r_ = basis.smooth() ? basis.r() : 0;
    pairs_ = r_ <= pairs_limit ? r_ * (r_ + 1) / 2 : r_;
    decompose_.resize(p_ + r_, basis.n());
    for (int i = 0; i < basis.n(); ++i) {
      for (int k = 0; k < p_; ++k) {
        decompose_(k, i) = basis.polynomial()(i, k);
      }
      for (int j = 0; j < r_; ++j) {
        decompose_(p_ + j, i) = basis.directions()(i, j);
      }
    }
    functional_tables(functionals);
    if (r_ > 0) {
      grid_.compute(basis.e());
      if (tuning.mode == spline_mode::average) {
        weight_tables();
      } else if (tuning.mode == spline_mode::lambda) {
        fixed_ = tuning.value;
      } else if (tuning.mode == spline_mode::df) {
        fixed_ = lambda_for_trace(basis.e(), tuning.value - p_);
      }
    }
    allocate();
  }

  const lambda_grid& grid() const { return grid_; }
  int functionals() const { return functionals_; }
  int r() const { return r_; }

  // Series as columns: `count` <= tile_width pointers to n values each.
  // `weight`, `lambda`: for `frozen`, pointers to `points` numbers a series;
  // lambda[i] = nullptr is the grid's own.
  void fit(const double* const* y, int count,
           const double* const* weight = nullptr,
           const double* const* lambda = nullptr, int points = 0) {
    points_ = average() ? lambda_points : frozen() ? points : 1;
    for (int w = 0; frozen() && w < tile_width; ++w) {
      frozen_weight_[w] = weight[std::min(w, count - 1)];
      frozen_lambda_[w] =
          lambda == nullptr ? nullptr : lambda[std::min(w, count - 1)];
    }
    lanes_ = count > 4 ? tile_width : 4;
    gather(y, count);
    decompose_.multiply(c_.data(), bz_.data(), lanes_);
    if (r_ > 0) {
      squares();
      if (average()) {
        average_tile();
      } else {
        for (int w = 0; w < count; ++w) {
          single(w);
        }
      }
    }
    evaluate();
  }

  double estimate(int k, int w) const {
    return est_[at(k, w)] * unscale_[w] + level_[k] * base_[w];
  }
  double std_error(int k, int w) const {
    return r_ == 0 ? none()
                   : std::sqrt(var_[at(k, w)]) * unscale_[w];
  }
  spline_summary summary(int w) const {
    if (r_ == 0) {
      return {none(), none(), none(), static_cast<double>(p_), none()};
    }
    double edf = p_;
    for (int j = 0; j < r_; ++j) {
      edf += s_[at(j, w)];
    }
    return {log_lambda_[w], first_[w], last_[w], edf,
            std::sqrt(in_var_[at(0, w)]) * unscale_[w]};
  }
  double shrink(int j, int w) const { return s_[at(j, w)]; }  // E[s_j]
  double z(int j, int w) const { return bz_[at(p_ + j, w)] * unscale_[w]; }
  double weight(int g, int w) const { return weight_[at(g, w)]; }

 private:
  static std::size_t at(int row, int w) {
    return static_cast<std::size_t>(row) * tile_width + w;
  }
  static lane_map lane(std::vector<double>& x, int row) {
    return lane_map(&x[at(row, 0)]);
  }
  static int pair(int j, int k, int r) {  // j <= k
    return j * r - j * (j - 1) / 2 + k - j;
  }
  bool by_pairs() const { return r_ <= pairs_limit; }

  void functional_tables(
      const std::vector<const spline_functionals*>& functionals) {
    functionals_ = 0;
    for (const spline_functionals* f : functionals) {
      functionals_ += static_cast<int>(f->size());
    }
    mean_.resize(functionals_, p_ + r_);
    spread_.resize(functionals_, 2 + pairs_);
    level_.resize(functionals_);
    int k = 0;
    for (const spline_functionals* f : functionals) {
      for (Eigen::Index i = 0; i < f->size(); ++i, ++k) {
        level_[k] = f->level()[i];
        for (int a = 0; a < p_; ++a) {
          mean_(k, a) = f->rho()(a, i);
        }
        if (r_ == 0) {
          continue;
        }
        const double* phi = &f->phi()(0, i);
        for (int j = 0; j < r_; ++j) {
          mean_(k, p_ + j) = phi[j];
        }
        spread_(k, 0) = f->rho().col(i).squaredNorm();
        spread_(k, 1) = f->kriging(i);
        if (!by_pairs()) {
          for (int j = 0; j < r_; ++j) {
            spread_(k, 2 + j) = phi[j] * phi[j];
          }
          continue;
        }
        for (int j = 0, c = 2; j < r_; ++j) {
          spread_(k, c++) = phi[j] * phi[j];
          for (int l = j + 1; l < r_; ++l) {
            spread_(k, c++) = 2.0 * phi[j] * phi[l];
          }
        }
      }
    }
  }

  // Tables over the grid of lambda, and the constants of the weights.
  void weight_tables() {
    const int points = grid_.size();
    const Eigen::MatrixXd &s = grid_.s(), &d = grid_.d();
    rss_table_.resize(points, r_);
    moment_.resize(2 * r_ + 1 + (by_pairs() ? pairs_ : 0), points);
    scaled_moment_.resize(2 + r_, points);
    log_constant_ = grid_.log_prior() + grid_.log_root_det();
    log_constant_.array() -= log_constant_.maxCoeff();
    constant_ = log_constant_.array().exp();
    // RSS_G / RSS_g lies between this and 1.
    const double least = 1.0 / (1.0 + grid_.lambda()[points - 1] *
                                          basis_->e()[0]);
    by_powers_ = 0.5 * r_ * std::log(least) > std::log(power_limit) &&
                 log_constant_.minCoeff() > std::log(power_limit);
    for (int g = 0; g < points; ++g) {
      for (int j = 0; j < r_; ++j) {
        rss_table_(g, j) = d(j, g);
        moment_(j, g) = s(j, g);
        moment_(r_ + j, g) = d(j, g);
        scaled_moment_(2 + j, g) = s(j, g);
        if (by_pairs()) {
          for (int k = j; k < r_; ++k) {
            moment_(2 * r_ + 1 + pair(j, k, r_), g) = d(j, g) * d(k, g);
          }
        }
      }
      moment_(2 * r_, g) = grid_.log_lambda()[g];
      scaled_moment_(0, g) = 1.0;
      scaled_moment_(1, g) = grid_.lambda()[g];
    }
  }

  void allocate() {
    auto tile = [](std::vector<double>& x, int rows) {
      x.resize(static_cast<std::size_t>(rows) * tile_width);
    };
    tile(c_, basis_->n());
    tile(bz_, decompose_.padded_rows());
    tile(zz_, r_);
    tile(s_, r_);
    tile(d_, r_);
    own_.resize(r_);
    own_d_.resize(r_);
    tile(deviation_, mean_.padded_rows());
    tile(rss_, (lambda_points + 3) / 4 * 4);
    tile(weight_, lambda_points);
    tile(scaled_weight_, lambda_points);
    tile(moments_, moment_.padded_rows());
    tile(scaled_moments_, scaled_moment_.padded_rows());
    tile(in_mean_, p_ + r_);
    tile(in_var_, 2 + pairs_);
    tile(est_, mean_.padded_rows());
    tile(var_, spread_.padded_rows());
  }

  // Values less the first one, in a unit (a power of two: exact) in which
  // squares neither overflow nor vanish. Idle lanes repeat the last series.
  void gather(const double* const* y, int count) {
    const int n = basis_->n();
    for (int w = 0; w < tile_width; ++w) {
      const double* from = y[std::min(w, count - 1)];
      const double base = from[0];
      double range = 0.0;
      for (int i = 0; i < n; ++i) {
        const double c = from[i] - base;
        c_[at(i, w)] = c;
        range = std::max(range, std::fabs(c));
      }
      int power = 0;
      std::frexp(range > 0.0 ? range : base, &power);
      power = std::max(-1000, std::min(power, 1000));
      const double scale = std::ldexp(1.0, -power);
      for (int i = 0; i < n; ++i) {
        c_[at(i, w)] *= scale;
      }
      base_[w] = base;
      scaled_base_[w] = base * scale;
      unscale_[w] = std::ldexp(1.0, power);
    }
  }

  // z_j^2, and the least that a residual sum can be: the values themselves are
  // rounded, so a line and a constant have an error of that size, not of 0/0.
  void squares() {
    const double eps = std::numeric_limits<double>::epsilon();
    for (int w = 0; w < tile_width; ++w) {
      double sum = scaled_base_[w] * scaled_base_[w];
      for (int k = 0; k < p_ + r_; ++k) {
        const double x = bz_[at(k, w)];
        sum += x * x;
        if (k >= p_) {
          zz_[at(k - p_, w)] = x * x;
        }
      }
      floor_[w] = sum > 0.0 ? r_ * eps * eps * sum : 1.0;
      active_[w] = sum > 0.0 ? 1.0 / r_ : 0.0;
    }
  }

  bool average() const { return tuning_.mode == spline_mode::average; }

  void average_tile() {
    rss_table_.multiply(zz_.data(), rss_.data(), lanes_);
    if (by_powers_) {
      weights_by_powers();
    } else {
      weights_by_logarithms();
    }
    moment_.multiply(weight_.data(), moments_.data(), lanes_);
    scaled_moment_.multiply(scaled_weight_.data(), scaled_moments_.data(), lanes_);
    lane(in_var_, 0) = lane(scaled_moments_, 0);
    lane(in_var_, 1) = lane(scaled_moments_, 1);
    for (int j = 0; j < r_; ++j) {
      lane(s_, j) = lane(moments_, j);
      lane(d_, j) = lane(moments_, r_ + j);
      if (by_pairs()) {
        const const_lane_map zj(&bz_[at(p_ + j, 0)]);
        for (int k = j; k < r_; ++k) {
          const const_lane_map zk(&bz_[at(p_ + k, 0)]);
          const int c = pair(j, k, r_);
          lane(in_var_, 2 + c) =
              (lane(moments_, 2 * r_ + 1 + c) -
               lane(moments_, r_ + j) * lane(moments_, r_ + k)) * zj * zk;
        }
        lane(in_var_, 2 + pair(j, j, r_)) += lane(scaled_moments_, 2 + j);
      } else {
        lane(in_var_, 2 + j) = lane(scaled_moments_, 2 + j);
      }
    }
    for (int w = 0; w < tile_width; ++w) {
      log_lambda_[w] = moments_[at(2 * r_, w)];
      first_[w] = weight_[at(0, w)];
      last_[w] = weight_[at(lambda_points - 1, w)];
    }
  }

  // RSS^(-r/2) by products: no logarithm, no exponential.
  void weights_by_powers() {
    const const_lane_map floor(floor_), active(active_);
    Eigen::Array<double, tile_width, 1> sum, last, t, power;
    sum.setZero();
    last = lane(rss_, lambda_points - 1) + floor;
    for (int g = 0; g < lambda_points; ++g) {
      lane_map rss = lane(rss_, g);
      rss += floor;
      t = last / rss;
      if (r_ % 2 == 1) {
        power = t.sqrt();
      } else {
        power.setOnes();
      }
      for (int k = r_ / 2; k > 0; k /= 2) {
        if (k % 2 == 1) {
          power *= t;
        }
        t *= t;
      }
      power *= constant_[g];
      lane(weight_, g) = power;
      sum += power;
    }
    normalise(sum);
  }

  void weights_by_logarithms() {
    for (int w = 0; w < tile_width; ++w) {
      double top = -std::numeric_limits<double>::infinity();
      for (int g = 0; g < lambda_points; ++g) {
        rss_[at(g, w)] += floor_[w];
        weight_[at(g, w)] =
            log_constant_[g] - 0.5 * r_ * std::log(rss_[at(g, w)]);
        top = std::max(top, weight_[at(g, w)]);
      }
      for (int g = 0; g < lambda_points; ++g) {
        weight_[at(g, w)] = std::exp(weight_[at(g, w)] - top);
      }
    }
    Eigen::Array<double, tile_width, 1> sum;
    sum.setZero();
    for (int g = 0; g < lambda_points; ++g) {
      sum += lane(weight_, g);
    }
    normalise(sum);
  }

  void normalise(const Eigen::Array<double, tile_width, 1>& sum) {
    const const_lane_map active(active_);
    const Eigen::Array<double, tile_width, 1> inverse = sum.inverse();
    for (int g = 0; g < lambda_points; ++g) {
      lane(weight_, g) *= inverse;
      lane(scaled_weight_, g) = lane(weight_, g) * lane(rss_, g) * active;
    }
  }

  // One series with its own lambda, or its own list of them.
  void single(int w) {
    Eigen::VectorXd& zz = own_;
    for (int j = 0; j < r_; ++j) {
      zz[j] = zz_[at(j, w)];
      s_[at(j, w)] = d_[at(j, w)] = 0.0;
    }
    for (int c = 0; c < 2 + pairs_; ++c) {
      in_var_[at(c, w)] = 0.0;
    }
    if (tuning_.mode == spline_mode::reml ||
        tuning_.mode == spline_mode::gcv) {
      const bool gcv = tuning_.mode == spline_mode::gcv;
      fixed_ = lambda_search(basis_->e(), zz, floor_[w], gcv).best(grid_);
    }
    log_lambda_[w] = 0.0;
    for (int g = 0; g < points_; ++g) {
      add_point(w, lambda_at(g, w), weight_at(g, w));
    }
    if (by_pairs()) {
      for (int j = 0; j < r_; ++j) {
        for (int k = j; k < r_; ++k) {
          cross(w, j, k);
        }
      }
    }
    first_[w] = frozen() ? weight_at(0, w) : none();
    last_[w] = frozen() ? weight_at(points_ - 1, w) : none();
  }

  void add_point(int w, double lambda, double p) {
    double rss = floor_[w];
    for (int j = 0; j < r_; ++j) {
      own_d_[j] = 1.0 / (1.0 + lambda * basis_->e()[j]);
      rss += zz_[at(j, w)] * own_d_[j];
    }
    const double s2 = p * rss * active_[w];
    in_var_[at(0, w)] += s2;
    in_var_[at(1, w)] += s2 * lambda;
    log_lambda_[w] += p > 0.0 ? p * std::log(lambda) : 0.0;
    for (int j = 0; j < r_; ++j) {
      const double s = lambda * basis_->e()[j] * own_d_[j];
      s_[at(j, w)] += p * s;
      d_[at(j, w)] += p * own_d_[j];
      in_var_[at(2 + (by_pairs() ? pair(j, j, r_) : j), w)] += s2 * s;
    }
  }

  // + z_j z_k Cov(d_j, d_k) over this series' own points; 0 for one point.
  void cross(int w, int j, int k) {
    double sum = 0.0;
    for (int g = 0; points_ > 1 && g < points_; ++g) {
      const double lambda = lambda_at(g, w);
      sum += weight_at(g, w) *
             (1.0 / (1.0 + lambda * basis_->e()[j]) - d_[at(j, w)]) *
             (1.0 / (1.0 + lambda * basis_->e()[k]) - d_[at(k, w)]);
    }
    in_var_[at(2 + pair(j, k, r_), w)] +=
        sum * bz_[at(p_ + j, w)] * bz_[at(p_ + k, w)];
  }

  bool frozen() const { return tuning_.mode == spline_mode::frozen; }
  double weight_at(int g, int w) const {
    return frozen() ? frozen_weight_[w][g] : average() ? weight_[at(g, w)] : 1.0;
  }
  double lambda_at(int g, int w) const {
    return frozen() && frozen_lambda_[w] != nullptr ? frozen_lambda_[w][g]
           : frozen() || average()                  ? grid_.lambda()[g]
                                                    : fixed_;
  }
  static double none() { return std::numeric_limits<double>::quiet_NaN(); }

  void evaluate() {
    std::copy_n(bz_.begin(), at(p_, 0), in_mean_.begin());
    for (int j = 0; j < r_; ++j) {
      lane(in_mean_, p_ + j) = lane(bz_, p_ + j) * lane(s_, j);
    }
    mean_.multiply(in_mean_.data(), est_.data(), lanes_);
    if (r_ > 0) {
      spread_.multiply(in_var_.data(), var_.data(), lanes_);
      if (!by_pairs()) {
        between();
      }
    }
  }

  // Variance between lambdas for many directions: the deviation of every
  // functional at every point of the grid of lambda.
  void between() {
    std::fill(in_mean_.begin(), in_mean_.end(), 0.0);
    for (int g = 0; points_ > 1 && g < points_; ++g) {
      for (int w = 0; w < tile_width; ++w) {
        const double root = std::sqrt(weight_at(g, w));
        const double lambda = lambda_at(g, w);
        for (int j = 0; j < r_; ++j) {
          const double d = 1.0 / (1.0 + lambda * basis_->e()[j]);
          in_mean_[at(p_ + j, w)] =
              root * (d - d_[at(j, w)]) * bz_[at(p_ + j, w)];
        }
      }
      mean_.multiply(in_mean_.data(), deviation_.data(), lanes_);
      for (std::size_t i = 0; i < deviation_.size(); ++i) {
        var_[i] += deviation_[i] * deviation_[i];
      }
    }
  }

  const spline_basis* basis_ = nullptr;
  spline_tuning tuning_;
  lambda_grid grid_;
  double fixed_ = 0.0;
  int p_ = 0, r_ = 0, pairs_ = 0, functionals_ = 0;
  bool by_powers_ = true;
  tile_table decompose_, rss_table_, moment_, scaled_moment_, mean_, spread_;
  Eigen::VectorXd log_constant_, constant_;
  std::vector<double> level_, c_, bz_, zz_, s_, d_, rss_, weight_, scaled_weight_,
      moments_, scaled_moments_, in_mean_, in_var_, est_, var_,
      deviation_;
  Eigen::VectorXd own_, own_d_;
  int points_ = 1, lanes_ = tile_width;
  const double* frozen_weight_[tile_width];
  const double* frozen_lambda_[tile_width];
  double base_[tile_width], scaled_base_[tile_width], unscale_[tile_width],
      floor_[tile_width], active_[tile_width], log_lambda_[tile_width],
      first_[tile_width], last_[tile_width];
};

}  // namespace nidcode

#endif
