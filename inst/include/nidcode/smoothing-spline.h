#ifndef NIDCODE_SMOOTHING_SPLINE_H
#define NIDCODE_SMOOTHING_SPLINE_H

// The smoothing spline, averaged over lambda or at one lambda, for series of
// one grid of times. For each functional (spline-functional.h)
//   estimate  rho'beta + sum_j phi_j z_j E[s_j],
//   error^2   |rho|^2 E[s2] + sum_j phi_j^2 E[s2 s_j] + R E[s2 lambda]
//             + sum_jk phi_j phi_k z_j z_k Cov(d_j, d_k),
// E and Cov over the weights of lambda; the last line is the variance between
// lambdas. All of it is products of small tables with a tile of series.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/spline-basis.h>
#include <nidcode/spline-few.h>
#include <nidcode/spline-functional.h>
#include <nidcode/spline-moments.h>
#include <nidcode/spline-tile.h>
#include <nidcode/tile-product.h>

namespace nidcode {

// What is known of one series besides the functionals.
struct spline_summary {
  double log_lambda, first, last, edf, sigma;
};

class spline_smoother {
 public:
  void compute(const spline_basis& basis,
               const std::vector<const spline_functionals*>& functionals,
               const spline_tuning& tuning) {
    p_ = static_cast<int>(basis.polynomial().cols());
    r_ = basis.r();
    e_ = basis.e();
    tile_.compute(basis);
    int count = 0;
    for (const spline_functionals* f : functionals) {
      count += static_cast<int>(f->size());
    }
    moments_.compute(basis, tuning, count <= few_functionals);
    level_.resize(count);
    mean_.resize(count, p_ + r_);
    error_.resize(count, by_table() ? moments_.rows() : 0);
    if (moments_.few()) {
      few_.compute(functionals, moments_.grid());
    }
    int row = 0;
    for (const spline_functionals* f : functionals) {
      for (Eigen::Index i = 0; i < f->size(); ++i, ++row) {
        functional(*f, i, row);
      }
    }
    tile_resize(in_, p_ + r_);
    tile_resize(estimate_, mean_.padded_rows());
    tile_resize(deviation_, mean_.padded_rows());
    tile_resize(variance_, error_.padded_rows());
  }

  // `count` <= tile_width pointers to n values each.
  void fit(const double* const* y, int count,
           const frozen_tuning& frozen = frozen_tuning(),
           const double* rounding = nullptr) {
    tile_.load(y, count, rounding);
    if (r_ > 0) {
      moments_.run(tile_, count, frozen);
    }
    for (int w = 0; w < tile_.lanes(); ++w) {
      for (int k = 0; k < p_; ++k) {
        in_[tile_at(k, w)] = tile_.beta(k, w);
      }
      for (int j = 0; j < r_; ++j) {
        in_[tile_at(p_ + j, w)] = tile_.z(j, w) * moments_.s(j, w);
      }
    }
    mean_.multiply(in_.data(), estimate_.data(), tile_.lanes());
    if (moments_.few()) {
      few_.run(tile_, moments_.weights(), variance_);
    } else if (r_ > 0) {
      error_.multiply(moments_.column(), variance_.data(), tile_.lanes());
      if (!moments_.by_pairs()) {
        between(count);
      }
    }
  }

  int r() const { return r_; }
  // What fit() costs, roughly: products of the tables with a tile.
  double tile_operations() const {
    const double lambdas =
        moments_.by_pairs() && !moments_.few() ? 1 : lambda_points;
    const double columns = p_ + r_;
    return tile_width * (lambdas * static_cast<double>(level_.size()) +
                         3.0 * lambda_points + columns) * columns;
  }
  double estimate(int k, int w) const {
    return estimate_[tile_at(k, w)] * tile_.unit(w) +
           level_[k] * tile_.base(w);
  }
  double std_error(int k, int w) const {
    return r_ == 0 ? none()
                   : std::sqrt(variance_[tile_at(k, w)]) * tile_.unit(w);
  }
  spline_summary summary(int w) const {
    if (r_ == 0) {
      return {none(), none(), none(), static_cast<double>(p_), none()};
    }
    double edf = p_;
    for (int j = 0; j < r_; ++j) {
      edf += moments_.s(j, w);
    }
    return {moments_.log_lambda(w), moments_.end_weight(0, w),
            moments_.end_weight(moments_.points() - 1, w), edf,
            std::sqrt(moments_.mean_s2(w)) * tile_.unit(w)};
  }
  double shrink(int j, int w) const { return moments_.s(j, w); }  // E[s_j]
  double z(int j, int w) const { return tile_.z(j, w) * tile_.unit(w); }
  double weight(int g, int w) const {
    return r_ == 0 ? none() : moments_.weight_at(g, w);
  }

 private:
  static double none() { return std::numeric_limits<double>::quiet_NaN(); }
  bool by_table() const { return r_ > 0 && !moments_.few(); }

  // Its row of either table.
  void functional(const spline_functionals& f, Eigen::Index i, int row) {
    level_[row] = f.level()[i];
    double* mean = mean_.row(row);
    for (int k = 0; k < p_; ++k, mean += 4) {
      *mean = f.rho()(k, i);
    }
    for (int j = 0; j < r_; ++j, mean += 4) {
      *mean = f.phi()(j, i);
    }
    if (by_table()) {
      error(f, i, row);
    }
  }

  void error(const spline_functionals& f, Eigen::Index i, int row) {
    const double* phi = &f.phi()(0, i);
    double* error = error_.row(row);
    error[0] = f.rho().col(i).squaredNorm();
    error[4] = f.kriging(i);
    error += 8;
    for (int j = 0; j < r_; ++j) {
      *error = phi[j] * phi[j];
      error += 4;
      for (int k = j + 1; moments_.by_pairs() && k < r_; ++k, error += 4) {
        *error = 2.0 * phi[j] * phi[k];
      }
    }
  }

  // Variance between lambdas for many directions: the deviation of every
  // functional at every lambda.
  void between(int count) {
    std::fill(in_.begin(), in_.end(), 0.0);
    for (int g = 0; moments_.points() > 1 && g < moments_.points(); ++g) {
      for (int w = 0; w < count; ++w) {
        const double root = std::sqrt(moments_.weight_at(g, w));
        const double lambda = moments_.lambda_at(g, w);
        for (int j = 0; j < r_; ++j) {
          in_[tile_at(p_ + j, w)] = root * tile_.z(j, w) *
              (1.0 / (1.0 + lambda * e_[j]) - moments_.d(j, w));
        }
      }
      mean_.multiply(in_.data(), deviation_.data(), tile_.lanes());
      for (std::size_t i = 0; i < deviation_.size(); ++i) {
        variance_[i] += deviation_[i] * deviation_[i];
      }
    }
  }

  int p_ = 0, r_ = 0;
  Eigen::VectorXd e_;
  spline_tile tile_;
  spline_moments moments_;
  spline_few few_;
  tile_table mean_, error_;
  std::vector<double> level_, in_, estimate_, deviation_, variance_;
};

}  // namespace nidcode

#endif
