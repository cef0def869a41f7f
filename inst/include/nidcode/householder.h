#ifndef NIDCODE_HOUSEHOLDER_H
#define NIDCODE_HOUSEHOLDER_H

// Orthogonal triangular factors of a small tall matrix by Householder
// reflections (Golub & Van Loan, "Matrix Computations", section 5.2). Columns
// are taken in the order given: one that adds nothing to the earlier ones is
// left out and reported, so that the terms that stay are those the user named
// first. One object serves many matrices without allocating again.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nidcode/tolerance.h>

namespace nidcode {

inline double dot_product(const double* a, const double* b, Eigen::Index n) {
  double sum = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

class householder_qr {
 public:
  // Factors `a` (n x p). `kept` then lists the columns that stay, in order.
  void compute(const Eigen::Ref<const Eigen::MatrixXd>& a) {
    const Eigen::Index n = a.rows();
    const Eigen::Index p = a.cols();
    reserve(n, p);
    kept_.clear();
    Eigen::Index k = 0;
    for (Eigen::Index j = 0; j < p; ++j) {
      double* column = work_.data() + k * n;
      for (Eigen::Index i = 0; i < n; ++i) {
        column[i] = a(i, j);
      }
      const double length = dot_product(column, column, n);
      for (Eigen::Index m = 0; m < k; ++m) {
        reflect(m, n, column);
      }
      const double left = dot_product(column + k, column + k, n - k);
      if (k == n || !(std::sqrt(left) > aliased_share * std::sqrt(length))) {
        continue;
      }
      make_reflector(k, column, std::sqrt(left));
      kept_.push_back(j);
      ++k;
    }
    rows_ = n;
    form_q();
  }

  Eigen::Index rank() const { return static_cast<Eigen::Index>(kept_.size()); }
  const std::vector<Eigen::Index>& kept() const { return kept_; }

  // The n x rank orthonormal factor.
  Eigen::Map<const Eigen::MatrixXd> q() const {
    return Eigen::Map<const Eigen::MatrixXd>(q_.data(), rows_, rank());
  }
  double q(Eigen::Index i, Eigen::Index j) const { return q_[i + j * rows_]; }
  const double* q_column(Eigen::Index j) const { return q_.data() + j * rows_; }

  // Entry of the triangular factor, i <= j.
  double r(Eigen::Index i, Eigen::Index j) const {
    return i == j ? diagonal_[j] : work_[i + j * rows_];
  }

  // x = R^-1 x and x = R^-T x, in place.
  void solve_r(double* x) const {
    for (Eigen::Index i = rank() - 1; i >= 0; --i) {
      double sum = x[i];
      for (Eigen::Index j = i + 1; j < rank(); ++j) {
        sum -= r(i, j) * x[j];
      }
      x[i] = sum / diagonal_[i];
    }
  }
  void solve_r_transposed(double* x) const {
    for (Eigen::Index i = 0; i < rank(); ++i) {
      double sum = x[i];
      for (Eigen::Index j = 0; j < i; ++j) {
        sum -= r(j, i) * x[j];
      }
      x[i] = sum / diagonal_[i];
    }
  }

  // ||R||_1 ||R^-1||_1, the condition number in the 1-norm.
  double condition() const {
    double norm = 0;
    double norm_inverse = 0;
    std::vector<double>& x = scratch_;
    for (Eigen::Index j = 0; j < rank(); ++j) {
      double sum = 0;
      for (Eigen::Index i = 0; i <= j; ++i) {
        sum += std::abs(r(i, j));
        x[i] = i == j ? 1.0 : 0.0;
      }
      norm = std::max(norm, sum);
      // Column j of the inverse: zero below j.
      sum = 0;
      for (Eigen::Index i = j; i >= 0; --i) {
        for (Eigen::Index m = i + 1; m <= j; ++m) {
          x[i] -= r(i, m) * x[m];
        }
        x[i] /= diagonal_[i];
        sum += std::abs(x[i]);
      }
      norm_inverse = std::max(norm_inverse, sum);
    }
    return norm * norm_inverse;
  }

 private:
  void reserve(Eigen::Index n, Eigen::Index p) {
    const std::size_t cells = static_cast<std::size_t>(n) *
                              static_cast<std::size_t>(p + 1);
    if (work_.size() < cells) {
      work_.resize(cells);
      q_.resize(cells);
    }
    const std::size_t columns = static_cast<std::size_t>(p);
    if (diagonal_.size() < columns) {
      diagonal_.resize(columns);
      factor_.resize(columns);
      scratch_.resize(columns);
    }
  }

  // Column k holds the vector v of its reflector I - factor v v' from row k
  // down, and R above; R's diagonal is kept apart.
  void make_reflector(Eigen::Index k, double* column, double norm) {
    const double head = column[k];
    diagonal_[k] = head > 0 ? -norm : norm;
    column[k] = head - diagonal_[k];
    factor_[k] = 1.0 / (norm * (norm + std::abs(head)));
  }

  void reflect(Eigen::Index m, Eigen::Index n, double* column) const {
    const double* v = work_.data() + m * n;
    const double dot = factor_[m] * dot_product(v + m, column + m, n - m);
    for (Eigen::Index i = m; i < n; ++i) {
      column[i] -= dot * v[i];
    }
  }

  void form_q() {
    for (Eigen::Index j = 0; j < rank(); ++j) {
      double* column = q_.data() + j * rows_;
      for (Eigen::Index i = 0; i < rows_; ++i) {
        column[i] = i == j ? 1.0 : 0.0;
      }
      // Reflectors after j leave the j-th unit vector alone.
      for (Eigen::Index m = j; m >= 0; --m) {
        reflect(m, rows_, column);
      }
    }
  }

  Eigen::Index rows_ = 0;
  std::vector<Eigen::Index> kept_;
  std::vector<double> work_, q_, diagonal_, factor_;
  mutable std::vector<double> scratch_;
};

}  // namespace nidcode

#endif
