#ifndef NIDCODE_SPLINE_FUNCTIONAL_H
#define NIDCODE_SPLINE_FUNCTIONAL_H

// Linear functionals of the curve: its value and derivatives at any times, and
// sums of them. Given lambda and sigma, a functional has
//   mean      rho' (Q_X' y) + sum_j phi_j s_j z_j,
//             s_j = lambda e_j / (1 + lambda e_j),
//   variance  sigma^2 [ rho'rho + sum_j phi_j^2 s_j + lambda R ]
// (two steps: R is the variance left when the curve is known without error at
// the observed times, kriging; the rest is what the observed values leave,
// smoothing). R = int kappa^2 with kappa the Peano kernel of the functional
// less its best interpolation, so covariances of two functionals are products.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/pulse.h>
#include <nidcode/spline-basis.h>

namespace nidcode {

// Functionals that are worked on side by side: enough for the processor's
// lanes, few enough that work on a long series can be stopped between them.
constexpr int functionals_abreast = 64;

// B-splines that overlap at a point, m at most.
constexpr int splines_at_point = 3;

class spline_functionals {
 public:
  // Derivatives `order[i]` at `time[i]`, units of time^-order. Values include
  // the steps that came before. All elements share one set of Gauss points, so
  // that sums and covariances of them are exact; cost grows with
  // q (n + distinct times outside the grid).
  void compute(const spline_basis& basis, const int* order, const double* time,
               int q, pulse& beat) {
    rho_.setZero(basis.polynomial().cols(), q);
    phi_.setZero(basis.directions().cols(), q);
    level_.resize(q);
    if (basis.smooth()) {
      gauss(basis, time, q);
    }
    kernel_.setZero(q, u_.size());
    for (int k = 0; k < q; ++k) {
      level_[k] = order[k] == 0;
      polynomial(basis, order[k], basis.scaled(time[k]), k);
    }
    const int most = functionals_abreast;
    for (int from = 0; basis.smooth() && from < q; from += most) {
      const int count = std::min(most, q - from);
      elements(basis, order + from, time + from, from, count);
      beat.work(count * (2.0 * basis.n() * basis.r() +
                         4.0 * static_cast<double>(u_.size())));
    }
    kriging_ = kernel_.rowwise().squaredNorm();
  }

  // Only sums and covariances need the kernel, the largest part.
  void forget_kernel() { kernel_.resize(0, 0); }

  // Sums of the elements of `x` from element `first` on: a column of `weight`
  // for each.
  void combine(const spline_functionals& x, Eigen::Index first,
               const Eigen::Ref<const Eigen::MatrixXd>& weight, pulse& beat) {
    const Eigen::Index n = weight.rows();
    rho_.noalias() = x.rho_.middleCols(first, n) * weight;
    phi_.noalias() = x.phi_.middleCols(first, n) * weight;
    kernel_.noalias() = weight.transpose() * x.kernel_.middleRows(first, n);
    level_.noalias() = weight.transpose() * x.level_.segment(first, n);
    kriging_ = kernel_.rowwise().squaredNorm();
    beat.work(2.0 * static_cast<double>(kernel_.cols() + phi_.rows()) *
              static_cast<double>(weight.size()));
  }

  // What elements `first`, `first` + 1, ... of `x`, one at each time, change by
  // over the step to theirs, per unit of time. The first has no step; where a
  // curve cannot bend there `exists` none.
  void change(const spline_functionals& x, Eigen::Index first,
              const double* time, Eigen::Index n, bool exists, pulse& beat) {
    const Eigen::Index steps = n - 1;
    const Eigen::Map<const Eigen::ArrayXd> t(time, n);
    const Eigen::ArrayXd h = t.tail(steps) - t.head(steps);
    const double none = std::numeric_limits<double>::quiet_NaN();
    rho_.setConstant(x.rho_.rows(), n, none);
    phi_.setConstant(x.phi_.rows(), n, none);
    kernel_.setConstant(n, x.kernel_.cols(), none);
    level_.setZero(n);
    if (exists) {
      rho_.rightCols(steps) = per_step(
          x.rho_.middleCols(first, n).transpose(), h).transpose();
      phi_.rightCols(steps) = per_step(
          x.phi_.middleCols(first, n).transpose(), h).transpose();
      kernel_.bottomRows(steps) = per_step(x.kernel_.middleRows(first, n), h);
    }
    kriging_ = kernel_.rowwise().squaredNorm();
    beat.work(2.0 * static_cast<double>(kernel_.size() + phi_.size()));
  }

  Eigen::Index size() const { return rho_.cols(); }
  const Eigen::MatrixXd& rho() const { return rho_; }     // p x q
  const Eigen::MatrixXd& phi() const { return phi_; }     // r x q
  const Eigen::MatrixXd& kernel() const { return kernel_; }  // q x points
  const Eigen::VectorXd& level() const { return level_; }  // of a constant 1
  double kriging(Eigen::Index k) const { return kriging_[k]; }

 private:
  // Differences of neighbouring rows over h.
  static Eigen::MatrixXd per_step(const Eigen::Ref<const Eigen::MatrixXd>& x,
                                  const Eigen::ArrayXd& h) {
    return (x.bottomRows(h.size()) - x.topRows(h.size())).array().colwise() / h;
  }

  static double unit(const spline_basis& basis, int order) {
    const double per = 1.0 / basis.span();
    return order == 0 ? 1.0 : order == 1 ? per : per * per;
  }

  // Gauss points of every piece between neighbours among grid and new times.
  void gauss(const spline_basis& basis, const double* time, int q) {
    knot_.assign(basis.s().data(), basis.s().data() + basis.n());
    for (int k = 0; k < q; ++k) {
      const double s = basis.scaled(time[k]);
      if (!std::binary_search(knot_.begin(), knot_.begin() + basis.n(), s)) {
        knot_.push_back(s);
      }
    }
    if (knot_.size() > static_cast<std::size_t>(basis.n())) {
      std::sort(knot_.begin(), knot_.end());
      knot_.erase(std::unique(knot_.begin(), knot_.end()), knot_.end());
    }
    const int pieces = static_cast<int>(knot_.size()) - 1;
    const int m = basis.m(), n0 = basis.n_spline();
    u_.resize(static_cast<std::size_t>(pieces) * gauss_points);
    root_.resize(u_.size());
    first_.resize(u_.size());
    spline_.assign(u_.size() * splines_at_point, 0.0);
    int at = 0;  // the piece of the grid: s[at] <= u < s[at + 1]
    for (int piece = 0, i = 0; piece < pieces; ++piece) {
      const double half = 0.5 * (knot_[piece + 1] - knot_[piece]);
      for (int g = 0; g < gauss_points; ++g, ++i) {
        u_[i] = knot_[piece] + half * (1.0 + gauss_node(g));
        root_[i] = std::sqrt(half) * gauss_root_weight(g);
        while (at + 1 < basis.n() && basis.s()[at + 1] <= u_[i]) {
          ++at;
        }
        first_[i] = at;
        const bool inside = u_[i] >= 0.0 && at + 1 < basis.n();
        for (int k = 0; inside && k < m; ++k) {
          const int j = at - m + 1 + k;
          if (j >= 0 && j < n0) {
            spline_[i * splines_at_point + k] =
                root_[i] * (pieces + 1 == basis.n() ? basis.gauss(i)[k]
                                                    : basis.spline(j, u_[i]));
          }
        }
      }
    }
  }

  void polynomial(const spline_basis& basis, int order, double s, int k) {
    const int degree = basis.degree();
    double* rho = rho_.col(k).data();
    if (order > degree) {
      rho_.col(k).setConstant(std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const double c = 2.0 * s - 1.0;
    if (order == 0) {
      rho[0] = 1.0;
      if (degree > 0) rho[1] = c;
      if (degree > 1) rho[2] = c * c;
      for (Eigen::Index j = 0; j < basis.steps().cols(); ++j) {
        rho[degree + 1 + j] = steps_before(basis, j, s);
      }
    } else if (order == 1) {
      rho[1] = 2.0;
      if (degree > 1) rho[2] = 4.0 * c;
    } else {
      rho[2] = 8.0;
    }
    const Eigen::MatrixXd& r = basis.triangle();  // rho <- R^-T rho
    for (Eigen::Index i = 0; i < r.cols(); ++i) {
      for (Eigen::Index j = 0; j < i; ++j) {
        rho[i] -= r(j, i) * rho[j];
      }
      rho[i] /= r(i, i);
    }
    rho_.col(k) *= unit(basis, order);
  }

  // Is the break of column j at or before s?
  static double steps_before(const spline_basis& basis, Eigen::Index j,
                             double s) {
    Eigen::Index i = 0;
    while (basis.steps()(i, j) == 0.0) {
      ++i;
    }
    return s >= basis.s()[i] ? 1.0 : 0.0;
  }

  // Functionals that are worked on side by side: a row each of weight_, v_ and
  // step_, and from row `from` on of kernel_.
  void elements(const spline_basis& basis, const int* order,
                const double* time, int from, int count) {
    weight_.setZero(count, basis.n());
    v_.setZero(count, basis.n_spline() + 2 * splines_at_point);
    step_.setZero(count, basis.steps().cols());
    for (int k = 0; k < count; ++k) {
      begin(basis, order[k], basis.scaled(time[k]), k, from + k);
    }
    correct(basis, from, count);
    phi_.middleCols(from, count).noalias() =
        basis.directions().transpose() * weight_.transpose();
  }

  // The interpolation from the nearest points; on a point its value is that of
  // the point, and nothing is left.
  void begin(const spline_basis& basis, int order, double s, int k, int row) {
    const int m = basis.m(), n = basis.n();
    const double* x = basis.s().data();
    const int above =
        static_cast<int>(std::upper_bound(x, x + n, s) - x);  // x[above] > s
    const bool on_grid = above > 0 && x[above - 1] == s;
    if (on_grid && order == 0) {
      weight_(k, above - 1) = 1.0;
    } else {
      int i0 = on_grid ? above - 2 : above - m / 2 - 1;
      i0 = std::max(0, std::min(i0, n - m));
      local_kernel(basis, order, s, i0, k, row);
    }
    for (Eigen::Index j = 0; order == 0 && j < step_.cols(); ++j) {
      step_(k, j) = steps_before(basis, j, s);
    }
  }

  // kernel <- that of the functional less its interpolation from the m points
  // at i0, in root weights; v_ <- its products with the B-splines.
  void local_kernel(const spline_basis& basis, int order, double s, int i0,
                    int k, int row) {
    const int m = basis.m();
    const double* x = basis.s().data() + i0;
    const double from = std::min(s, x[0]), to = std::max(s, x[m - 1]);
    double minus[3];
    derivative_weights(m, order, x, s, minus);
    for (int i = 0; i < m; ++i) {
      weight_(k, i0 + i) = minus[i] * unit(basis, order);
      minus[i] = -minus[i];
    }
    const point_functional l = {x, minus, m, order, s};
    std::size_t i = std::lower_bound(u_.begin(), u_.end(), from) - u_.begin();
    for (; i < u_.size() && u_[i] < to; ++i) {
      const double value =
          unit(basis, order) * root_[i] * peano_kernel(m, l, u_[i]);
      kernel_(row, i) = value;
      for (int a = 0; a < splines_at_point; ++a) {
        v_(k, first_[i] + a) += spline_[i * splines_at_point + a] * value;
      }
    }
  }

  // The best interpolation: kernel <- kernel - sum_i c_i M_i, weight <- weight
  // + D c, c = L^-T w, w = L^-1 v; breaks fix part of w, since the weights
  // must give a step what the functional gives it.
  void correct(const spline_basis& basis, int from, int count) {
    const int m = basis.m(), n0 = basis.n_spline();
    auto v = v_.middleCols(m - 1, n0);
    basis.forward(v);
    const Eigen::MatrixXd &q1 = basis.condition(),
                          &r1 = basis.condition_triangle();
    if (q1.cols() > 0) {
      step_ -= weight_ * basis.steps();
      for (Eigen::Index j = 0; j < q1.cols(); ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
          step_.col(j) -= r1(i, j) * step_.col(i);
        }
        step_.col(j) /= r1(j, j);
      }
      step_ -= v * q1;
      v += step_ * q1.transpose();
    }
    basis.backward(v);
    for (int i = 0; i < n0; ++i) {
      for (int a = 0; a <= m; ++a) {
        weight_.col(i + a) += basis.difference()(a, i) * v.col(i);
      }
    }
    for (std::size_t i = 0; i < u_.size(); ++i) {
      const double* b = &spline_[i * splines_at_point];
      const int at = first_[i];
      kernel_.col(i).segment(from, count) -=
          b[0] * v_.col(at) + b[1] * v_.col(at + 1) + b[2] * v_.col(at + 2);
    }
  }

  std::vector<double> knot_, u_, root_, spline_;
  // Place in v_ of the first B-spline at each Gauss point. v_ has room for
  // those that would begin before the first time or end after the last.
  std::vector<int> first_;
  Eigen::MatrixXd weight_, v_, step_;
  Eigen::VectorXd level_, kriging_;
  Eigen::MatrixXd rho_, phi_, kernel_;
};

}  // namespace nidcode

#endif
