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
    kernel_.setZero(u_.size(), q);
    for (int k = 0; k < q; ++k) {
      const double s = basis.scaled(time[k]);
      level_[k] = order[k] == 0;
      beat.work(2.0 * basis.n() * basis.r() +
                4.0 * static_cast<double>(u_.size()));
      polynomial(basis, order[k], s, k);
      if (basis.smooth()) {
        element(basis, order[k], s, k);
      }
      const double unit = std::pow(basis.span(), -order[k]);
      if (order[k] > 0) {
        rho_.col(k) *= unit;
        phi_.col(k) *= unit;
        kernel_.col(k) *= unit;
      }
    }
    kriging_ = kernel_.colwise().squaredNorm().transpose();
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
    kernel_.noalias() = x.kernel_.middleCols(first, n) * weight;
    level_.noalias() = weight.transpose() * x.level_.segment(first, n);
    kriging_ = kernel_.colwise().squaredNorm().transpose();
    beat.work(2.0 * static_cast<double>(kernel_.rows() + phi_.rows()) *
              static_cast<double>(weight.size()));
  }

  Eigen::Index size() const { return rho_.cols(); }
  const Eigen::MatrixXd& rho() const { return rho_; }     // p x q
  const Eigen::MatrixXd& phi() const { return phi_; }     // r x q
  const Eigen::MatrixXd& kernel() const { return kernel_; }
  const Eigen::VectorXd& level() const { return level_; }  // of a constant 1
  double kriging(Eigen::Index k) const { return kriging_[k]; }

 private:
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
                root_[i] * basis.spline(j, u_[i]);
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

  void element(const spline_basis& basis, int order, double s, int k) {
    const int m = basis.m(), n = basis.n(), n0 = basis.n_spline();
    const double* x = basis.s().data();
    const int above =
        static_cast<int>(std::upper_bound(x, x + n, s) - x);  // x[above] > s
    const bool on_grid = above > 0 && x[above - 1] == s;
    int i0 = on_grid ? above - 2 : above - m / 2 - 1;
    i0 = std::max(0, std::min(i0, n - m));
    weight_.setZero(n);
    derivative_weights(m, order, x + i0, s, &weight_[i0]);
    v_.setZero(n0 + 2 * splines_at_point);
    if (on_grid && order == 0) {
      phi_.col(k) = basis.directions().row(above - 1).transpose();
      return;
    }
    local_kernel(basis, order, s, i0, k);
    correct(basis, order, s, k);
    phi_.col(k).noalias() = basis.directions().transpose() * weight_;
  }

  // kernel <- that of the functional less its interpolation from the m points
  // at i0, in root weights; v_ <- its products with the B-splines.
  void local_kernel(const spline_basis& basis, int order, double s, int i0,
                    int k) {
    const int m = basis.m();
    const double* x = basis.s().data() + i0;
    const double from = std::min(s, x[0]), to = std::max(s, x[m - 1]);
    double minus[3];
    for (int i = 0; i < m; ++i) {
      minus[i] = -weight_[i0 + i];
    }
    const point_functional l = {x, minus, m, order, s};
    std::size_t i = std::lower_bound(u_.begin(), u_.end(), from) - u_.begin();
    for (; i < u_.size() && u_[i] < to; ++i) {
      const double value = root_[i] * peano_kernel(m, l, u_[i]);
      kernel_(i, k) = value;
      for (int a = 0; a < splines_at_point; ++a) {
        v_[first_[i] + a] += spline_[i * splines_at_point + a] * value;
      }
    }
  }

  // The best interpolation: kernel <- kernel - sum_i c_i M_i, weight <- weight
  // + D c, c = L^-T w, w = L^-1 v; breaks fix part of w, since the weights
  // must give a step what the functional gives it.
  void correct(const spline_basis& basis, int order, double s, int k) {
    const int m = basis.m(), n0 = basis.n_spline();
    auto v = v_.segment(m - 1, n0);
    basis.forward(v.data());
    const Eigen::MatrixXd& q1 = basis.condition();
    if (q1.cols() > 0) {
      step_.resize(q1.cols());
      for (Eigen::Index j = 0; j < q1.cols(); ++j) {
        step_[j] = (order == 0 ? steps_before(basis, j, s) : 0.0) -
                   basis.steps().col(j).dot(weight_);
        for (Eigen::Index i = 0; i < j; ++i) {
          step_[j] -= basis.condition_triangle()(i, j) * step_[i];
        }
        step_[j] /= basis.condition_triangle()(j, j);
      }
      step_ -= q1.transpose() * v;
      v += q1 * step_;
    }
    basis.backward(v.data());
    for (int i = 0; i < n0; ++i) {
      for (int a = 0; a <= m; ++a) {
        weight_[i + a] += basis.difference()(a, i) * v[i];
      }
    }
    for (std::size_t i = 0; i < u_.size(); ++i) {
      const double* b = &spline_[i * splines_at_point];
      const double* c = &v_[first_[i]];
      kernel_(i, k) -= b[0] * c[0] + b[1] * c[1] + b[2] * c[2];
    }
  }

  std::vector<double> knot_, u_, root_, spline_;
  // Place in v_ of the first B-spline at each Gauss point. v_ has room for
  // those that would begin before the first time or end after the last.
  std::vector<int> first_;
  Eigen::VectorXd weight_, v_, step_, level_, kriging_;
  Eigen::MatrixXd rho_, phi_, kernel_;
};

}  // namespace nidcode

#endif
