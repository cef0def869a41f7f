#ifndef NIDCODE_LAMBDA_GRID_H
#define NIDCODE_LAMBDA_GRID_H

// The grid of lambda of the averaged smoothing spline and its prior: sqrt(u)
// uniform on (0, 1), u(lambda) = mean_j s_j the share of free degrees of
// freedom in use, s_j = lambda e_j / (1 + lambda e_j). Proper at both ends,
// without a constant to tune, unchanged by the unit of time and by n.

#include <Eigen/Core>

#include <cmath>

#include <nidcode/tolerance.h>

namespace nidcode {

class lambda_grid {
 public:
  void compute(const Eigen::VectorXd& e, int points = lambda_points) {
    const int r = static_cast<int>(e.size());
    lambda_.resize(points);
    log_lambda_.resize(points);
    log_prior_.resize(points);
    log_root_det_.resize(points);
    s_.resize(points, r);
    d_.resize(points, r);
    const double low = std::log(lambda_least / e.sum());
    const double high = std::log(e.cwiseInverse().sum() / lambda_rest);
    const double h = (high - low) / (points - 1);
    for (int g = 0; g < points; ++g) {
      log_lambda_[g] = low + h * g;
      lambda_[g] = std::exp(log_lambda_[g]);
      double log_det = 0.0, det = 1.0, u = 0.0, rest = 0.0, slope = 0.0;
      for (int j = 0; j < r; ++j) {
        const double a = lambda_[g] * e[j], below = 1.0 + a;
        const double d = 1.0 / below, s = a * d;
        s_(g, j) = s;
        d_(g, j) = d;
        u += s;
        rest += d;
        slope += s * d;
        det *= below;
        if (det > 1e200) {  // one logarithm for many factors
          log_det += std::log(det);
          det = 1.0;
        }
      }
      log_root_det_[g] = -0.5 * (log_det + std::log(det));
      const double root = std::sqrt(u / r);
      double mass = h * (slope / r) / (2.0 * root);
      if (g == 0) {
        mass = 0.5 * mass + root;
      } else if (g == points - 1) {
        mass = 0.5 * mass + (rest / r) / (1.0 + root);  // 1 - sqrt(u)
      }
      log_prior_[g] = std::log(mass);
    }
  }

  int size() const { return static_cast<int>(lambda_.size()); }
  const Eigen::VectorXd& lambda() const { return lambda_; }
  const Eigen::VectorXd& log_lambda() const { return log_lambda_; }
  const Eigen::VectorXd& log_prior() const { return log_prior_; }
  // log of prod_j (1 + lambda e_j)^(-1/2)
  const Eigen::VectorXd& log_root_det() const { return log_root_det_; }
  const Eigen::MatrixXd& s() const { return s_; }  // points x r
  const Eigen::MatrixXd& d() const { return d_; }  // 1 - s, to full precision

 private:
  Eigen::VectorXd lambda_, log_lambda_, log_prior_, log_root_det_;
  Eigen::MatrixXd s_, d_;
};

}  // namespace nidcode

#endif
