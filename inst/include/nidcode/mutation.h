#ifndef NIDCODE_MUTATION_H
#define NIDCODE_MUTATION_H

// Did a curve change abruptly? A change is a column x_b beside the polynomial
// part: 1(s >= s_b) where the level jumps, (s - s_b)_+ where the rate does.
//
// On the free directions z = (Q U)' y of the spline, d_b = (Q U)' x_b, given
// lambda the share of the whitened residual that one change explains is
//   c_gb = (sum_j d_b z / (1 + lambda e))^2 /
//          (sum_j d_b^2 / (1 + lambda e) sum_j z^2 / (1 + lambda e)).
//   T1 = sum_g p_g max_b c_gb,
//   T2 = max_b log BF_b, BF_b = sum_g p_g sqrt(RSS_g) v_gb^(-1/2)
//        (1 - c_gb)^(-(r - 1)/2) / sigma,
// v_gb = sum d_b^2 / (1 + lambda e) / sum d_b^2, p_g the posterior weights of
// lambda without a change, sigma^2 = sum_g p_g RSS_g / r.

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/lambda-grid.h>
#include <nidcode/orthonormal.h>
#include <nidcode/pulse.h>
#include <nidcode/rate-operator.h>
#include <nidcode/spline-basis.h>

namespace nidcode {

constexpr double least_log_weight = -200.0;
// Every second lambda of the averaged spline costs half; of a series of 12 times
// it changes T1 by .05 % (median; of 40 by .7 %) and T2 by less than .001 (.01).
constexpr int mutation_points = (lambda_points - 1) / 2 + 1;

// Series worked on at once stay in the cache.
constexpr Eigen::Index null_series = 256;

struct mutation_place {
  bool rate;  // the rate jumps, not the level
  int at;     // the first time of the new regime
};

struct mutation_kinds {
  bool level = true, rate = true;
  int trim = 1;  // candidates left out at each end
};

struct mutation_size {
  double estimate = 0.0, std_error = 0.0;
};

class mutation_test {
 public:
  void compute(const time_grid& grid, int m, const mutation_kinds& kinds,
               const std::vector<mutation_place>& known, pulse& beat) {
    spline_basis basis;
    basis.compute(m, grid.time, grid.step, grid.n, beat);
    s_ = basis.s();
    span_ = basis.span();
    p_ = basis.directions();
    e_ = basis.e();
    for (const mutation_place& one : known) {
      add(column(one));
    }
    places_.clear();
    if (r() >= 3) {
      find_places(kinds);
      tables();
    }
  }

  int r() const { return static_cast<int>(e_.size()); }
  const std::vector<mutation_place>& places() const { return places_; }
  const Eigen::MatrixXd& directions() const { return p_; }
  const Eigen::VectorXd& e() const { return e_; }
  const lambda_grid& lambdas() const { return grid_; }

  // Columns of z are series. After run() t1() and t2() hold a number each,
  // share() and bayes() a column each, over the places.
  void run(const Eigen::Ref<const Eigen::MatrixXd>& z) {
    const Eigen::Index n = z.cols();
    weigh(z);
    t1_.setZero(n);
    share_.setZero(count(), n);
    bayes_.setZero(count(), n);
    for (int g = 0; g < mutation_points; ++g) {
      c_.noalias() = unit_[static_cast<std::size_t>(g)] * z;
      c_ = (c_.cwiseAbs2().array().rowwise() * per_rss_.row(g))
               .min(1.0)
               .matrix();
      t1_ += weight_.row(g).transpose() *
             c_.colwise().maxCoeff().transpose().array();
      share_ += c_.array().rowwise() * weight_.row(g);
      bayes_ += (power((1.0 - c_.array()).max(least_)).rowwise() *
                 root_.row(g)).colwise() *
                ratio_.col(g).array();
    }
  }
  const Eigen::ArrayXd& t1() const { return t1_; }
  Eigen::ArrayXd t2() const {
    return bayes_.colwise().maxCoeff().transpose().log();
  }
  const Eigen::ArrayXXd& share() const { return share_; }
  const Eigen::ArrayXXd& bayes() const { return bayes_; }

  // The jump at a place, by generalised least squares given lambda, averaged
  // over the weights of lambda with the change in the model.
  mutation_size size(const Eigen::VectorXd& z, int place) const {
    Eigen::ArrayXd w(mutation_points), b(mutation_points), v(mutation_points);
    const double half = 0.5 * (r() - 1);
    for (int g = 0; g < mutation_points; ++g) {
      const auto d = grid_.d().row(g).transpose().array();
      const auto x = change_.row(place).transpose().array();
      const double xx = (x * x * d).sum(), rss = (z.array().square() * d).sum();
      b[g] = (x * z.array() * d).sum() / xx;
      const double left =
          ((z.array() - b[g] * x).square() * d).sum();
      v[g] = left / (r() - 1) / xx;
      w[g] = grid_.log_prior()[g] + grid_.log_root_det()[g] -
             0.5 * std::log(xx) -
             half * std::log(std::max(left, least_ * rss));
    }
    w = (w - w.maxCoeff()).exp();
    w /= w.sum();
    const double mean = (w * b).sum();
    const double unit = places_[static_cast<std::size_t>(place)].rate
                            ? span_ : 1.0;
    return {mean / unit,
            std::sqrt((w * (v + (b - mean).square())).sum()) / unit};
  }

 private:
  int count() const { return static_cast<int>(places_.size()); }

  Eigen::VectorXd column(const mutation_place& place) const {
    const double from = s_[place.at];
    if (place.rate) {
      return (s_.array() - from).max(0.0);
    }
    return (s_.array() >= from).cast<double>();
  }

  // The directions that a further column leaves, and their eigenvalues.
  void add(const Eigen::VectorXd& x) {
    Eigen::MatrixXd d = p_.transpose() * x;
    if (!(d.norm() > free_share * x.norm())) {
      return;
    }
    d /= d.norm();
    const Eigen::MatrixXd rest = orthonormal_complement(d);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        rest.transpose() * e_.asDiagonal() * rest);
    p_ = (p_ * rest * solver.eigenvectors()).eval();
    e_ = solver.eigenvalues().cwiseMax(eigen_floor *
                                       solver.eigenvalues().maxCoeff());
  }

  void find_places(const mutation_kinds& kinds) {
    const int n = static_cast<int>(s_.size());
    for (const bool rate : {false, true}) {
      const int last = n - 1 - kinds.trim - rate;
      for (int at = 1 + kinds.trim;
           (rate ? kinds.rate : kinds.level) && at <= last; ++at) {
        const Eigen::VectorXd x = column({rate, at});
        if ((p_.transpose() * x).norm() > free_share * x.norm()) {
          places_.push_back({rate, at});
        }
      }
    }
    change_.resize(count(), r());
    for (int b = 0; b < count(); ++b) {
      change_.row(b).noalias() =
          column(places_[static_cast<std::size_t>(b)]).transpose() * p_;
    }
  }

  void tables() {
    grid_.compute(e_, mutation_points);
    unit_.resize(mutation_points);
    ratio_.resize(count(), mutation_points);
    // Beyond this a power would leave the range of numbers.
    least_ = std::max(1e-14, std::pow(10.0, -500.0 / std::max(r() - 1, 1)));
    const Eigen::VectorXd whole = change_.rowwise().squaredNorm();
    for (int g = 0; g < mutation_points; ++g) {
      const Eigen::VectorXd d = grid_.d().row(g);
      const Eigen::VectorXd xx = change_.cwiseAbs2() * d;
      unit_[static_cast<std::size_t>(g)] =
          xx.cwiseSqrt().cwiseInverse().asDiagonal() * change_ *
          d.asDiagonal();
      ratio_.col(g) = whole.cwiseQuotient(xx).cwiseSqrt();
    }
  }

  // RSS, the weights p_g, and p_g sqrt(RSS_g) / sigma.
  void weigh(const Eigen::Ref<const Eigen::MatrixXd>& z) {
    rss_ = (grid_.d() * z.cwiseAbs2()).array();
    per_rss_ = rss_.inverse();
    weight_ = rss_.log() * (-0.5 * r());
    weight_.colwise() +=
        (grid_.log_prior() + grid_.log_root_det()).array();
    // Weights near the smallest numbers would be slow and tell nothing.
    weight_ = (weight_.rowwise() - weight_.colwise().maxCoeff().eval())
                  .max(least_log_weight)
                  .exp();
    weight_.rowwise() /= weight_.colwise().sum().eval();
    const Eigen::Array<double, 1, Eigen::Dynamic> sigma =
        ((weight_ * rss_).colwise().sum() / r()).sqrt();
    root_ = (weight_ * rss_.sqrt()).rowwise() / sigma;
  }

  // x^(-(r - 1)/2) by products.
  Eigen::ArrayXXd power(Eigen::ArrayXXd x) const {
    x = x.inverse();
    Eigen::ArrayXXd out = Eigen::ArrayXXd::Ones(x.rows(), x.cols());
    if (r() % 2 == 0) {
      out = x.sqrt();
    }
    for (int k = (r() - 1) / 2; k > 0; k /= 2) {
      if (k % 2 == 1) {
        out *= x;
      }
      x *= x;
    }
    return out;
  }

  double span_ = 1.0, least_ = 0.0;
  Eigen::VectorXd s_, e_;
  Eigen::MatrixXd p_, change_, ratio_, c_;
  std::vector<mutation_place> places_;
  std::vector<Eigen::MatrixXd> unit_;
  lambda_grid grid_;
  Eigen::ArrayXd t1_;
  Eigen::ArrayXXd rss_, per_rss_, weight_, root_, share_, bayes_;
};

// Null worlds on the free directions: the spline itself at every second lambda,
// and curves (columns of `curve`, of range 1) with noise of each `sd`.
class mutation_worlds {
 public:
  mutation_worlds(const mutation_test& test, const Eigen::MatrixXd& curve,
                  const Eigen::VectorXd& sd) {
    const int lambdas = (mutation_points - 1) / 2 + 1;
    const Eigen::Index size = lambdas + curve.cols() * sd.size();
    mean_.setZero(test.r(), size);
    sd_.resize(test.r(), size);
    for (int k = 0; k < lambdas; ++k) {
      sd_.col(k) = (1.0 + test.lambdas().lambda()[2 * k] * test.e().array())
                       .sqrt();
    }
    Eigen::Index at = lambdas;
    for (Eigen::Index j = 0; j < curve.cols(); ++j) {
      for (Eigen::Index k = 0; k < sd.size(); ++k, ++at) {
        mean_.col(at) = test.directions().transpose() * curve.col(j);
        sd_.col(at).setConstant(sd[k]);
      }
    }
  }

  Eigen::Index size() const { return mean_.cols(); }
  Eigen::Index directions() const { return mean_.rows(); }
  // Series of a world from standard normal columns.
  Eigen::MatrixXd draw(Eigen::Index world,
                       const Eigen::Ref<const Eigen::MatrixXd>& normal) const {
    return (sd_.col(world).asDiagonal() * normal).colwise() + mean_.col(world);
  }

 private:
  Eigen::MatrixXd mean_, sd_;
};

// T1 and T2 of some worlds, a column each, from standard normal columns, of
// which more rows than directions are left aside. An item is a block of a
// world's runs, each thread has a test of its own: the same bits for any number
// of them.
template <typename Progress>
void null_tests(const mutation_test& test, const mutation_worlds& worlds,
                const Eigen::Ref<const Eigen::MatrixXd>& normal,
                const std::vector<Eigen::Index>& wanted, int threads,
                Eigen::MatrixXd& t1, Eigen::MatrixXd& t2,
                Progress& progress) {
  const Eigen::Index runs = normal.cols();
  const Eigen::Index parts = (runs + null_series - 1) / null_series;
  const Eigen::Index n = static_cast<Eigen::Index>(wanted.size());
  t1.resize(runs, n);
  t2.resize(runs, n);
  for_each_long_block(
      parts * n, threads, progress,
      [&](std::ptrdiff_t begin, std::ptrdiff_t end, pulse& beat) {
        mutation_test own = test;
        for (std::ptrdiff_t i = begin; i < end; ++i) {
          const Eigen::Index w = i / parts, at = i % parts * null_series;
          const Eigen::Index size = std::min(null_series, runs - at);
          own.run(worlds.draw(wanted[static_cast<std::size_t>(w)],
                              normal.block(0, at, worlds.directions(), size)));
          t1.col(w).segment(at, size) = own.t1();
          t2.col(w).segment(at, size) = own.t2();
          beat.work(5e4 * static_cast<double>(size));
        }
      });
}

}  // namespace nidcode

#endif
