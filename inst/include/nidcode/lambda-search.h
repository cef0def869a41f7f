#ifndef NIDCODE_LAMBDA_SEARCH_H
#define NIDCODE_LAMBDA_SEARCH_H

// One lambda for one series: where the restricted likelihood is highest or
// generalised cross-validation least; or, for a grid, where the trace of the
// smoother has a given value. With z = (QU)'y and d_j = 1 / (1 + lambda e_j):
//   restricted log-likelihood  -1/2 sum log(1 + lambda e_j) - r/2 log RSS,
//     RSS = sum z_j^2 d_j, sigma^2 profiled out;
//   GCV  sum z_j^2 d_j^2 / (sum d_j)^2.

#include <Eigen/Core>

#include <cmath>

#include <nidcode/lambda-grid.h>

namespace nidcode {

// Root of a falling function between a and b, f(a) >= 0 >= f(b): the Illinois
// form of regula falsi, with a bisection whenever it stalls.
template <typename F>
double falling_root(F f, double a, double fa, double b, double fb) {
  int side = 0;
  for (int i = 0; i < 200 && b - a > 1e-12 * (1.0 + std::fabs(a)); ++i) {
    double x = (a * fb - b * fa) / (fb - fa);
    if (!(x > a && x < b) || i % 8 == 7) {
      x = 0.5 * (a + b);
    }
    const double fx = f(x);
    if (fx == 0.0) {
      return x;
    }
    if (fx > 0.0) {
      a = x;
      fa = fx;
      fb = side == 1 ? 0.5 * fb : fb;
      side = 1;
    } else {
      b = x;
      fb = fx;
      fa = side == -1 ? 0.5 * fa : fa;
      side = -1;
    }
  }
  return 0.5 * (a + b);
}

class lambda_search {
 public:
  // `zz` are squares z_j^2, `floor` the least that the residual sum can be.
  lambda_search(const Eigen::VectorXd& e, const Eigen::VectorXd& zz,
                double floor, bool gcv)
      : e_(e), zz_(zz), floor_(floor), gcv_(gcv) {}

  // Highest of all local maxima, lambda = 0 (the polynomial) included.
  double best(const lambda_grid& grid) const {
    double lambda = 0.0, top = value(0.0);
    double a = grid.log_lambda()[0], fa = slope(a);
    // Beyond the grid the curve is an interpolation to 1e-3 of a degree of
    // freedom; if it still rises there, 25 units of log lambda more make it
    // one to 1e-14.
    const double h = grid.log_lambda()[1] - a;
    const double end = grid.log_lambda()[grid.size() - 1] + 25.0;
    for (int g = 1; g < grid.size() || (fa > 0.0 && a < end); ++g) {
      const double b = a + h, fb = slope(b);
      if (fa > 0.0 && fb <= 0.0) {
        const double x =
            falling_root([this](double t) { return slope(t); }, a, fa, b, fb);
        keep(std::exp(x), lambda, top);
      }
      a = b;
      fa = fb;
    }
    if (fa > 0.0) {
      keep(std::exp(a), lambda, top);
    }
    return lambda;
  }

  // What is made as high as possible, and its slope over log lambda, halved
  // or not alike in both criteria.
  double value(double lambda) const {
    double rss = floor_, trace = 0.0, log_det = 0.0;
    for (Eigen::Index j = 0; j < e_.size(); ++j) {
      const double d = 1.0 / (1.0 + lambda * e_[j]);
      rss += zz_[j] * (gcv_ ? d * d : d);
      trace += d;
      log_det += gcv_ ? 0.0 : std::log1p(lambda * e_[j]);
    }
    const double r = static_cast<double>(e_.size());
    return gcv_ ? 2.0 * std::log(trace) - std::log(rss)
                : -0.5 * (log_det + r * std::log(rss));
  }

  // A difference of two shares that are both near 1 at one end of lambda: there
  // it is taken of what they leave, which keeps its digits.
  double slope(double log_lambda) const {
    const double lambda = std::exp(log_lambda);
    double rss = floor_, fall = 0.0, stay = floor_, share = 0.0, rest = 0.0,
           trace = 0.0;
    for (Eigen::Index j = 0; j < e_.size(); ++j) {
      const double a = lambda * e_[j], d = 1.0 / (1.0 + a), s = a * d;
      const double part = zz_[j] * (gcv_ ? d * d : d);
      rss += part;
      fall += part * s;
      stay += part * d;
      share += gcv_ ? d * s : s;
      rest += gcv_ ? d * d : d;
      trace += d;
    }
    const double r = static_cast<double>(e_.size());
    const double whole = gcv_ ? trace : r;
    const double gap = trace > 0.5 * r ? fall / rss - share / whole
                                       : rest / whole - stay / rss;
    return (gcv_ ? 2.0 : 0.5 * r) * gap;
  }

 private:
  void keep(double x, double& lambda, double& top) const {
    const double v = value(x);
    if (v > top) {
      top = v;
      lambda = x;
    }
  }

  const Eigen::VectorXd& e_;
  const Eigen::VectorXd& zz_;
  double floor_;
  bool gcv_;
};

// lambda at which sum_j s_j = used; beyond what exists, the nearest end.
inline double lambda_for_trace(const Eigen::VectorXd& e, double used) {
  const double low = std::log(lambda_least / e.sum()) - 25.0;
  const double high = std::log(e.cwiseInverse().sum() / lambda_rest) + 25.0;
  auto excess = [&e, used](double t) {
    const double lambda = std::exp(t);
    double sum = used;
    for (Eigen::Index j = 0; j < e.size(); ++j) {
      const double a = lambda * e[j];
      sum -= a / (1.0 + a);
    }
    return sum;
  };
  const double a = excess(low), b = excess(high);
  if (a <= 0.0) {
    return 0.0;
  }
  return std::exp(b >= 0.0 ? high : falling_root(excess, low, a, high, b));
}

}  // namespace nidcode

#endif
