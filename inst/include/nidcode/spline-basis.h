#ifndef NIDCODE_SPLINE_BASIS_H
#define NIDCODE_SPLINE_BASIS_H

// Everything about a smoothing spline that depends on the times alone:
//   y = X b + f + e,  X = [1, c, c^2 (m = 3), 1(i >= break), ...],
// s = (t - t_0) / (t_n - t_0), c = 2 s - 1, f an integrated Wiener process of
// variance sigma^2 lambda, e of variance sigma^2.
//
// With D the matrix of divided differences of order m and M_i their Peano
// kernels (B-splines), D'KD = int M M' = G = L L'. Columns D L^-T w span the
// complement of the polynomials, and K is there the identity over w: so the
// singular values of A = D L^-T are e_j^(-1/2), its left singular vectors are
// the basis Q U of method.md. G is well conditioned where K is hopeless. A
// break is a linear condition on w, taken out by an orthonormal basis. So may
// the parabola c^2 be under m = 2: then its directions are those of m = 3.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <nidcode/integrated-wiener.h>
#include <nidcode/one-sided-jacobi.h>
#include <nidcode/orthonormal.h>
#include <nidcode/pulse.h>
#include <nidcode/tolerance.h>

namespace nidcode {

class spline_basis {
 public:
  // `step[i]` != 0: a break at time[i] (never at the first). Times ascend.
  // `degree`: of the polynomials that directions are free of, m - 1, or 2.
  void compute(int m, const double* time, const int* step, int n, pulse& beat,
               int degree = 0) {
    check(m, time, n);
    m_ = m;
    n_ = n;
    const bool parabola = degree >= m;
    scale_time(time);
    polynomials(step, parabola);
    r_ = directions_of(parabola ? m + 1 : m, step, n);
    if (!smooth()) {
      p_.resize(n, 0);
      e_.resize(0);
      return;
    }
    splines();
    without_breaks();
    eigen(beat);
  }

  // What compute() throws at, for callers who must not have it throw later.
  static void check(int m, const double* time, int n) {
    if ((m != 2 && m != 3) || n < 1) {
      throw std::invalid_argument("a spline needs m = 2 or 3 and a time");
    }
    const double span = time[n - 1] - time[0];
    for (int i = 1; i < n; ++i) {
      if (!(time[i] > time[i - 1] &&
            (time[i] - time[0]) / span > (time[i - 1] - time[0]) / span)) {
        throw std::invalid_argument("times must ascend");
      }
    }
  }

  static int breaks_of(const int* step, int n) {
    int b = 0;
    for (int i = 1; i < n; ++i) {
      b += step[i] != 0;
    }
    return b;
  }
  // A short series keeps the polynomial of highest degree that it determines:
  // degree m - 1 needs n >= m + breaks.
  static int degree_of(int m, const int* step, int n) {
    return std::min(m - 1, n - breaks_of(step, n) - 1);
  }
  // Directions that a curve can be smoothed in; one alone gives no error.
  static int directions_of(int m, const int* step, int n) {
    const int r = n - m - breaks_of(step, n);
    return r >= 2 ? r : 0;
  }

  int m() const { return m_; }
  int n() const { return n_; }
  int degree() const { return degree_; }          // of the polynomial part
  int r() const { return r_; }                    // 0: a polynomial only
  bool smooth() const { return r_ > 0; }
  bool converged() const { return converged_; }
  double origin() const { return origin_; }
  double span() const { return span_; }
  double scaled(double time) const { return (time - origin_) / span_; }
  const Eigen::VectorXd& s() const { return s_; }
  const Eigen::MatrixXd& polynomial() const { return q_; }     // n x p
  const Eigen::MatrixXd& triangle() const { return rx_; }      // X = q rx
  const Eigen::MatrixXd& directions() const { return p_; }     // n x r, Q U
  const Eigen::VectorXd& e() const { return e_; }              // descending
  const Eigen::MatrixXd& steps() const { return steps_; }      // n x breaks
  const Eigen::MatrixXd& difference() const { return d_; }     // (m+1) x n0
  const Eigen::MatrixXd& condition() const { return q1_; }     // n0 x breaks
  const Eigen::MatrixXd& condition_triangle() const { return r1_; }
  int n_spline() const { return n_ - m_; }

  // The B-splines at Gauss point i of the pieces between the times, from the
  // first that reaches its piece on.
  const double* gauss(int i) const { return &gauss_(0, i); }
  double spline(int i, double u) const {  // M_i(u)
    const point_functional l = {&s_[i], &d_(0, i), m_ + 1, -1, 0.0};
    return peano_kernel(m_, l, u);
  }

  // Each row v of `x`: v <- L^-1 v and v <- L^-T v, L the banded Cholesky
  // factor of G.
  void forward(Eigen::Ref<Eigen::MatrixXd> x) const {
    for (int i = 0; i < n_spline(); ++i) {
      for (int k = 1; k < m_ && k <= i; ++k) {
        x.col(i) -= l_(k, i) * x.col(i - k);
      }
      x.col(i) *= 1.0 / l_(0, i);
    }
  }
  void backward(Eigen::Ref<Eigen::MatrixXd> x) const {
    for (int i = n_spline() - 1; i >= 0; --i) {
      x.col(i) *= 1.0 / l_(0, i);
      for (int k = 1; k < m_ && k <= i; ++k) {
        x.col(i - k) -= l_(k, i) * x.col(i);
      }
    }
  }

 private:
  void scale_time(const double* time) {
    origin_ = time[0];
    span_ = n_ > 1 ? time[n_ - 1] - time[0] : 1.0;
    s_.resize(n_);
    for (int i = 0; i < n_; ++i) {
      s_[i] = scaled(time[i]);
    }
  }

  void polynomials(const int* step, bool parabola) {
    const int b = breaks_of(step, n_) + parabola;
    degree_ = degree_of(m_, step, n_);
    q_.resize(n_, degree_ + 1 + b);
    steps_.resize(n_, b);
    for (int i = 0; i < n_; ++i) {
      const double c = 2.0 * s_[i] - 1.0;
      double power = 1.0;
      for (int k = 0; k <= degree_; ++k, power *= c) {
        q_(i, k) = power;
      }
    }
    for (int i = 1, k = 0; i < n_; ++i) {
      if (step[i] != 0) {
        for (int j = 0; j < n_; ++j) {
          steps_(j, k) = j >= i ? 1.0 : 0.0;
        }
        ++k;
      }
    }
    if (parabola) {
      steps_.col(b - 1) = 2.0 * s_.array() - 1.0;
      steps_.col(b - 1).array() *= steps_.col(b - 1).array();
    }
    q_.rightCols(b) = steps_;
    gram_schmidt(q_, rx_);
  }

  void splines() {
    const int n0 = n_spline();
    d_.resize(m_ + 1, n0);
    for (int i = 0; i < n0; ++i) {
      difference_weights(m_, &s_[i], &d_(0, i));
    }
    gauss_.resize(m_, (n_ - 1) * gauss_points);
    l_.setZero(m_, n0);  // l_(k, i) = G(i, i - k), then L(i, i - k)
    for (int piece = 0; piece + 1 < n_; ++piece) {
      const double half = 0.5 * (s_[piece + 1] - s_[piece]);
      for (int g = 0; g < gauss_points; ++g) {
        const double u = s_[piece] + half * (1.0 + gauss_node(g));
        const double w = half * gauss_root_weight(g) * gauss_root_weight(g);
        double* value = &gauss_(0, piece * gauss_points + g);
        const int first = piece - m_ + 1;
        for (int k = 0; k < m_; ++k) {
          const int i = first + k;
          value[k] = i >= 0 && i < n0 ? spline(i, u) : 0.0;
        }
        for (int k = 0; k < m_; ++k) {
          for (int j = 0; j <= k; ++j) {
            if (first + j >= 0 && first + k < n0) {
              l_(k - j, first + k) += w * value[k] * value[j];
            }
          }
        }
      }
    }
    for (int i = 0; i < n0; ++i) {  // banded Cholesky in place
      for (int k = std::min(m_ - 1, i); k >= 0; --k) {
        const int j = i - k;
        double sum = l_(k, i);
        for (int a = k + 1; a < m_ && a <= i; ++a) {
          sum -= l_(a, i) * l_(a - k, j);
        }
        l_(k, i) = k == 0 ? std::sqrt(sum) : sum / l_(0, j);
      }
    }
  }

  // A = D L^-T, turned by start_ (its own inverse), less the directions that a
  // break takes: p_ holds it.
  void without_breaks() {
    const int n0 = n_spline(), b = static_cast<int>(steps_.cols());
    p_.setZero(n_, n0);
    for (int j = 0; j < n0; ++j) {
      p_.col(j).segment(j, m_ + 1) = d_.col(j);
    }
    forward(p_);  // a row of A is L^-1 (row of D)
    const Eigen::VectorXd length = p_.colwise().squaredNorm();
    if (length.minCoeff() > even_columns * length.maxCoeff()) {
      sines(n0);
      p_ = (p_ * start_).eval();
    } else {
      start_.setIdentity(n0, n0);
      sines_ = 0;
    }
    q1_.resize(n0, b);
    if (b > 0) {
      q1_.noalias() = start_ * (p_.transpose() * steps_);
      gram_schmidt(q1_, r1_);
      p_ = (p_ * orthonormal_complement(start_ * q1_)).eval();
    }
  }

  // Columns of equal steps are shifts of one another, so that sines make them
  // all but orthogonal. Short columns between long ones, of times nearly on top
  // of each other, would lose their digits.
  void sines(int size) {
    if (size == sines_) {
      return;
    }
    sines_ = size;
    start_.resize(size, size);
    const double step = std::acos(-1.0) / (size + 1);
    const double scale = std::sqrt(2.0 / (size + 1));
    for (int i = 0; i < size; ++i) {
      for (int j = 0; j < size; ++j) {
        const int turn = (i + 1) * (j + 1) % (2 * size + 2);
        start_(i, j) = scale * std::sin(turn * step);
      }
    }
  }

  void eigen(pulse& beat) {
    converged_ = one_sided_jacobi(p_, e_, beat);
    for (int j = 0; j < r_; ++j) {
      p_.col(j) /= e_[j];
      for (int pass = 0; pass < 2; ++pass) {  // against the polynomials
        for (Eigen::Index k = 0; k < q_.cols(); ++k) {
          p_.col(j) -= q_.col(k).dot(p_.col(j)) * q_.col(k);
        }
      }
      e_[j] = 1.0 / (e_[j] * e_[j]);
      e_[j] = std::max(e_[j], eigen_floor * e_[0]);
    }
  }

  int m_ = 3, n_ = 0, degree_ = 0, r_ = 0, sines_ = 0;
  bool converged_ = true;
  double origin_ = 0.0, span_ = 1.0;
  Eigen::VectorXd s_, e_;
  Eigen::MatrixXd q_, rx_, steps_, d_, l_, gauss_, q1_, r1_, start_, p_;
};

}  // namespace nidcode

#endif
