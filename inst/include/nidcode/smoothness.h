#ifndef NIDCODE_SMOOTHNESS_H
#define NIDCODE_SMOOTHNESS_H

// What series of one grid say together of the order of smoothness, by their
// deviations from their mean curve and by themselves. On the directions that
// are free of parabolas and steps they have under order m
//   L_ig = prod_j (1 + lambda_g e_j)^(-1/2) RSS_ig^(-r/2),
//   RSS_ig = sum_j z_ij^2 / (1 + lambda_g e_j),
// and the series share a prior of lambda, which is estimated (EM):
//   P_ig = pi_g L_ig / sum_g pi_g L_ig, pi_g <- (sum_i P_ig + 2 b_g)/(R + 2).
// The evidence is sum_i log sum_g pi_g L_ig under m = 2 less that under m = 3.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <nidcode/double-double.h>
#include <nidcode/lambda-grid.h>
#include <nidcode/rate-operator.h>
#include <nidcode/spline-basis.h>
#include <nidcode/tolerance.h>

namespace nidcode {

struct order_evidence {
  double evidence = 0.0;        // of the deviations
  double curves = 0.0;          // of the series themselves
  std::ptrdiff_t used = 0;      // series whose deviations it is of
  std::ptrdiff_t parabola = 0;  // that have no free part
};

// sum_i log sum_g pi_g L_ig; the columns of `z`, of length 1, are parts on the
// free directions of the basis.
inline double log_likelihood(const Eigen::VectorXd& e, const Eigen::MatrixXd& z,
                             pulse& beat) {
  lambda_grid grid;
  grid.compute(e);
  const Eigen::Index series = z.cols();
  const double half = 0.5 * static_cast<double>(z.rows());
  Eigen::ArrayXXd like = (grid.d() * z.cwiseAbs2()).array().log() * -half;
  like.colwise() += grid.log_root_det().array();
  const Eigen::ArrayXd top = like.colwise().maxCoeff();
  like = (like.rowwise() - top.transpose()).exp().eval();

  const Eigen::VectorXd prior = grid.log_prior().array().exp();
  const Eigen::VectorXd anchor = prior_anchor / prior.sum() * prior;
  Eigen::VectorXd pi = anchor / prior_anchor;
  double last = 0.0;
  for (bool first = true;; first = false) {
    beat.work(4.0 * static_cast<double>(like.size()));
    const Eigen::VectorXd each = like.matrix().transpose() * pi;
    const double now = each.array().log().sum();
    if (!first && !(now - last >= prior_gain * static_cast<double>(series))) {
      return now + top.sum();
    }
    last = now;
    pi = (pi.cwiseProduct(like.matrix() * each.cwiseInverse()) + anchor) /
         (static_cast<double>(series) + prior_anchor);
  }
}

class order_test {
 public:
  // `grid` has at least two free directions under m = 3. `value`: series after
  // series, all of them finite; of more than `most` as many are taken.
  order_evidence run(const time_grid& grid, const double* value,
                     std::ptrdiff_t series, int most, pulse& beat) {
    n_ = grid.n;
    most_ = most;
    smooth_.compute(3, grid.time, grid.step, n_, beat);
    rough_.compute(2, grid.time, grid.step, n_, beat, 2);
    order_evidence out;
    out.curves = evidence(value, series, false, beat);
    out.evidence = evidence(value, series, true, beat);
    out.used = z_.cols();
    out.parabola = series - static_cast<std::ptrdiff_t>(size_.size());
    return out;
  }

 private:
  double evidence(const double* value, std::ptrdiff_t series, bool deviations,
                  pulse& beat) {
    free_parts(value, series, deviations, beat);
    thin();
    return z_.cols() == 0 ? 0.0
                          : log_likelihood(rough_.e(), turn() * z_, beat) -
                                log_likelihood(smooth_.e(), z_, beat);
  }

  // Deviations in a unit (a power of two: exact) whose squares neither overflow
  // nor vanish. Nothing here depends on the order of the series.
  void free_parts(const double* value, std::ptrdiff_t series, bool deviations,
                  pulse& beat) {
    const Eigen::Map<const Eigen::MatrixXd> y(value, n_, series);
    int power = 0;
    std::frexp(series > 0 ? y.cwiseAbs().maxCoeff() : 1.0, &power);
    const double scale =
        std::ldexp(1.0, std::max(-1000, std::min(-power, 1000)));
    if (deviations) {
      mean(y, scale);
    }
    z_.resize(smooth_.r(), series);
    size_.clear();
    Eigen::VectorXd own(n_), part(z_.rows());
    for (std::ptrdiff_t i = 0; i < series; ++i) {
      own = scale * y.col(i);
      if (deviations) {
        own -= mean_;
      } else {
        own.array() -= own[0];
      }
      part.noalias() = smooth_.directions().transpose() * own;
      const double size = part.norm();
      if (size > free_share * own.norm()) {
        z_.col(static_cast<Eigen::Index>(size_.size())) = part / size;
        size_.push_back(size);
      }
      beat.work(2.0 * static_cast<double>(n_ * z_.rows()));
    }
    z_.conservativeResize(Eigen::NoChange,
                          static_cast<Eigen::Index>(size_.size()));
  }

  void mean(const Eigen::Map<const Eigen::MatrixXd>& y, double scale) {
    std::vector<double_double> sum(static_cast<std::size_t>(n_), {0.0, 0.0});
    for (Eigen::Index i = 0; i < y.cols(); ++i) {
      for (int t = 0; t < n_; ++t) {
        double_double& one = sum[static_cast<std::size_t>(t)];
        one = add(one, scale * y(t, i));
      }
    }
    mean_.resize(n_);
    for (int t = 0; t < n_; ++t) {
      mean_[t] = sum[static_cast<std::size_t>(t)].hi /
                 static_cast<double>(y.cols());
    }
  }

  // In the order of their free parts, and of those evenly many.
  void thin() {
    using sized = std::pair<double, Eigen::Index>;
    std::vector<sized> by;
    for (Eigen::Index i = 0; i < z_.cols(); ++i) {
      by.emplace_back(size_[static_cast<std::size_t>(i)], i);
    }
    std::sort(by.begin(), by.end(), [this](const sized& a, const sized& b) {
      const double *one = &z_(0, a.second), *two = &z_(0, b.second);
      return a.first != b.first
                 ? a.first < b.first
                 : std::lexicographical_compare(one, one + z_.rows(), two,
                                                two + z_.rows());
    });
    const Eigen::Index all = z_.cols();
    const Eigen::Index kept = std::min<Eigen::Index>(all, most_);
    Eigen::MatrixXd sorted(z_.rows(), kept);
    for (Eigen::Index k = 0; k < kept; ++k) {
      const Eigen::Index at = (2 * k + 1) * all / (2 * kept);
      sorted.col(k) = z_.col(by[static_cast<std::size_t>(at)].second);
    }
    z_.swap(sorted);
  }

  // From the directions of m = 3 to those of m = 2: one space.
  Eigen::MatrixXd turn() const {
    return rough_.directions().transpose() * smooth_.directions();
  }

  int n_ = 0, most_ = 0;
  spline_basis smooth_, rough_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd z_;
  std::vector<double> size_;
};

}  // namespace nidcode

#endif
