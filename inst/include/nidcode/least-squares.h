#ifndef NIDCODE_LEAST_SQUARES_H
#define NIDCODE_LEAST_SQUARES_H

// One least-squares fit to (nearly) the last digit. The centred design is
// factored by Householder reflections; coefficients c and residuals r are then
// refined together on the augmented system
//     r + A c = y,   A'r = 0
// (A. Bjorck, "Iterative refinement of linear least squares solutions I",
// BIT 7, 1967), its residuals computed in twice the working precision. The
// coefficients stay in two parts until they are taken back to raw variables.
//
// Everything that is said about errors starts from the weights W (n x p): raw
// coefficient j is sum_i W_ij y_i. Hence the iid covariance s^2 W'W, HC
// W' diag(u) W, and sums of W_i r_i over clusters or lags.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/centred-design.h>
#include <nidcode/double-double.h>
#include <nidcode/householder.h>
#include <nidcode/tolerance.h>

namespace nidcode {

class least_squares {
 public:
  // x: n x variables, column-major with leading dimension `stride`.
  void compute(const design_spec& spec, const double* x, Eigen::Index stride,
               Eigen::Index variables, const double* y, Eigen::Index n) {
    n_ = n;
    p_ = spec.columns();
    reserve();
    design_.compute(spec, x, n, stride, variables);
    qr_.compute(design_.hi());
    if (frees_powers(spec, variables) &&
        design_.uncentre(spec, x, n, stride, marked_)) {
      qr_.compute(design_.hi());
    }
    condition_ = qr_.condition();
    scale_response(y);
    solve();
    coefficients(spec);
    weights(spec);
  }

  Eigen::Index rank() const { return qr_.rank(); }
  // Residual sd on n - rank degrees of freedom, NaN when none are left.
  double sigma() const {
    const Eigen::Index df = n_ - rank();
    if (df <= 0) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    const double sum = dot_product(residual_.data(), residual_.data(), n_);
    return scale_binary(std::sqrt(sum / static_cast<double>(df)),
                      response_exponent_);
  }
  double condition() const { return condition_; }
  // Raw coefficient j; NaN when aliased.
  double coefficient(Eigen::Index j) const { return coefficient_[j]; }
  bool is_aliased(Eigen::Index j) const { return position_[j] < 0; }
  double residual(Eigen::Index i) const {
    return scale_binary(residual_[i], response_exponent_);
  }
  double leverage(Eigen::Index i) const {
    double sum = 0;
    for (Eigen::Index k = 0; k < rank(); ++k) {
      sum += qr_.q(i, k) * qr_.q(i, k);
    }
    return sum;
  }
  // W_ij, zero when aliased; W_ij = weight 2^weight_exponent(j).
  const double* weight_column(Eigen::Index j) const {
    return weight_.data() + j * n_;
  }
  int weight_exponent(Eigen::Index j) const { return weight_exponent_[j]; }
  // sqrt(sum_i W_ij^2): the standard error for errors of sd 1.
  double error_of(Eigen::Index j) const {
    const double* w = weight_column(j);
    return scale_binary(std::sqrt(dot_product(w, w, n_)),
                        weight_exponent_[j]);
  }
  // sqrt(sum_i W_ij^2 u_i^2) 2^exponent; `u` of n, `product` scratch of n.
  double error_of(Eigen::Index j, const double* u, int exponent,
                  double* product) const {
    const double* w = weight_column(j);
    for (Eigen::Index i = 0; i < n_; ++i) {
      product[i] = w[i] * u[i];
    }
    return scale_binary(std::sqrt(dot_product(product, product, n_)),
                        weight_exponent_[j] + exponent);
  }
  // Residuals in units of 2^residual_exponent().
  const double* scaled_residuals() const { return residual_.data(); }
  int residual_exponent() const { return response_exponent_; }
  // 1 - RSS / TSS, about the mean with an intercept and about 0 without.
  double r_squared(const design_spec& spec) const {
    double mean = 0;
    if (spec.intercept) {
      for (Eigen::Index i = 0; i < n_; ++i) {
        mean += response_[i];
      }
      mean /= static_cast<double>(n_);
    }
    double total = 0;
    for (Eigen::Index i = 0; i < n_; ++i) {
      total += (response_[i] - mean) * (response_[i] - mean);
    }
    const double left =
        dot_product(residual_.data(), residual_.data(), n_);
    return total > 0 ? 1 - left / total
                     : std::numeric_limits<double>::quiet_NaN();
  }
  const householder_qr& qr() const { return qr_; }

 private:
  void reserve() {
    const std::size_t n = static_cast<std::size_t>(n_);
    const std::size_t p = static_cast<std::size_t>(p_);
    for (std::vector<double>* v : {&response_, &residual_, &f_}) {
      if (v->size() < n) {
        v->resize(n);
      }
    }
    if (sums_.size() < std::max(n, p)) {
      sums_.resize(std::max(n, p));
    }
    if (weight_.size() < n * p) {
      weight_.resize(n * p);
    }
    if (c_.size() < p) {
      for (std::vector<double>* v :
           {&c_, &c_lo_, &g_, &step_, &coefficient_, &entry_}) {
        v->resize(p);
      }
      raw_.resize(p * p);
    }
    columns_.resize(p);
    weight_exponent_.assign(p, 0);
  }

  // Marks variables that lost a term while a higher power of them stayed:
  // the lower raw coefficient would then not be free to be nonzero.
  bool frees_powers(const design_spec& spec, Eigen::Index variables) {
    place();
    marked_.assign(static_cast<std::size_t>(variables), false);
    const Eigen::Index first = spec.intercept ? 1 : 0;
    bool any = false;
    for (Eigen::Index j = first; j < p_; ++j) {
      const design_term& lost = spec.terms[static_cast<std::size_t>(j - first)];
      if (position_[static_cast<std::size_t>(j)] >= 0) {
        continue;
      }
      for (Eigen::Index k = first; k < p_; ++k) {
        const design_term& kept =
            spec.terms[static_cast<std::size_t>(k - first)];
        if (position_[static_cast<std::size_t>(k)] >= 0 &&
            kept.variable == lost.variable && kept.power > lost.power) {
          marked_[static_cast<std::size_t>(lost.variable)] = true;
          any = true;
        }
      }
    }
    return any;
  }

  void place() {
    position_.assign(static_cast<std::size_t>(p_), -1);
    for (Eigen::Index k = 0; k < qr_.rank(); ++k) {
      position_[static_cast<std::size_t>(
          qr_.kept()[static_cast<std::size_t>(k)])] = static_cast<int>(k);
    }
  }

  void scale_response(const double* y) {
    response_exponent_ = binary_exponent(y, n_);
    for (Eigen::Index i = 0; i < n_; ++i) {
      response_[i] = scale_binary(y[i], -response_exponent_);
    }
  }

  const double* hi(Eigen::Index k) const {
    return design_.hi_column(qr_.kept()[static_cast<std::size_t>(k)]);
  }
  const double* lo(Eigen::Index k) const {
    return design_.lo_column(qr_.kept()[static_cast<std::size_t>(k)]);
  }

  int steps() const { return condition_ > second_step_above ? 2 : 1; }

  // Solves r + A c = f, A'r = g for the working factors: f becomes the change
  // of r, step_ that of c.
  void solve_augmented(double* f) {
    const Eigen::Index rank = qr_.rank();
    qr_.solve_r_transposed(g_.data());
    for (Eigen::Index k = 0; k < rank; ++k) {
      step_[k] = dot_product(qr_.q_column(k), f, n_) - g_[k];
    }
    for (Eigen::Index k = 0; k < rank; ++k) {
      const double* q = qr_.q_column(k);
      for (Eigen::Index i = 0; i < n_; ++i) {
        f[i] -= q[i] * step_[k];
      }
    }
    qr_.solve_r(step_.data());
  }

  // r = Q R^-T g: what is left of the above when f = 0 and c is not wanted.
  void combine_weights(double* r) {
    qr_.solve_r_transposed(g_.data());
    std::fill(r, r + n_, 0.0);
    for (Eigen::Index k = 0; k < qr_.rank(); ++k) {
      const double* q = qr_.q_column(k);
      for (Eigen::Index i = 0; i < n_; ++i) {
        r[i] += q[i] * g_[k];
      }
    }
  }

  // f = target - r - A c and g = goal - A'r, each rounded once. The sums run
  // side by side, so that the processor need not wait for any of them.
  void augmented_residuals(const double* target, const double* goal,
                           const double* r) {
    const Eigen::Index rank = qr_.rank();
    const bool parts = design_.in_two_parts();
    double_double* sum = sums_.data();
    for (Eigen::Index i = 0; i < n_; ++i) {
      sum[i] = two_sum(target == nullptr ? 0.0 : target[i], -r[i]);
    }
    for (Eigen::Index k = 0; k < rank; ++k) {
      const double* a = hi(k);
      const double c = -c_[k];
      const double c_lo = -c_lo_[k];
      for (Eigen::Index i = 0; i < n_; ++i) {
        add_product(sum[i], c, a[i]);
        sum[i].lo += c_lo * a[i];
      }
    }
    for (Eigen::Index k = 0; parts && k < rank; ++k) {
      const double* a = lo(k);
      for (Eigen::Index i = 0; i < n_; ++i) {
        sum[i].lo -= c_[k] * a[i];
      }
    }
    for (Eigen::Index i = 0; i < n_; ++i) {
      f_[i] = sum[i].hi + sum[i].lo;
    }
    for (Eigen::Index k = 0; k < rank; ++k) {
      sum[k] = {goal == nullptr ? 0.0 : goal[k], 0.0};
      columns_[k] = hi(k);
    }
    for (Eigen::Index i = 0; i < n_; ++i) {
      for (Eigen::Index k = 0; k < rank; ++k) {
        add_product(sum[k], -r[i], columns_[k][i]);
      }
    }
    for (Eigen::Index k = 0; k < rank; ++k) {
      const double* a = lo(k);
      for (Eigen::Index i = 0; parts && i < n_; ++i) {
        sum[k].lo -= r[i] * a[i];
      }
      g_[k] = sum[k].hi + sum[k].lo;
    }
  }

  // One solution of the augmented system and its refinement; c_ + c_lo_ and r.
  void solve_refined(const double* target, const double* goal, double* r,
                     int refinements) {
    const Eigen::Index rank = qr_.rank();
    for (Eigen::Index k = 0; k < rank; ++k) {
      g_[k] = goal == nullptr ? 0.0 : goal[k];
    }
    if (target == nullptr && refinements == 0) {
      combine_weights(r);
      return;
    }
    for (Eigen::Index i = 0; i < n_; ++i) {
      r[i] = target == nullptr ? 0.0 : target[i];
    }
    solve_augmented(r);
    for (Eigen::Index k = 0; k < rank; ++k) {
      c_[k] = step_[k];
      c_lo_[k] = 0;
    }
    for (int s = 0; s < refinements; ++s) {
      augmented_residuals(target, goal, r);
      solve_augmented(f_.data());
      for (Eigen::Index i = 0; i < n_; ++i) {
        r[i] += f_[i];
      }
      for (Eigen::Index k = 0; k < rank; ++k) {
        const double_double sum =
            add(double_double{c_[k], c_lo_[k]}, step_[k]);
        c_[k] = sum.hi;
        c_lo_[k] = sum.lo;
      }
    }
  }

  void solve() {
    solve_refined(response_.data(), nullptr, residual_.data(), steps());
  }

  void coefficients(const design_spec& spec) {
    for (Eigen::Index j = 0; j < p_; ++j) {
      if (position_[static_cast<std::size_t>(j)] < 0) {
        coefficient_[j] = std::numeric_limits<double>::quiet_NaN();
        continue;
      }
      double_double sum = {0.0, 0.0};
      for (Eigen::Index k = 0; k < qr_.rank(); ++k) {
        const double_double entry = design_.raw_entry(
            spec, j, qr_.kept()[static_cast<std::size_t>(k)]);
        raw_[j * p_ + k] = entry.hi;
        if (entry.hi != 0) {
          sum = add(sum, multiply(entry, double_double{c_[k], c_lo_[k]}));
        }
      }
      coefficient_[j] =
          scale_binary(sum.hi + sum.lo,
                     response_exponent_ + design_.raw_exponent(spec, j));
    }
  }

  // W_j = A (A'A)^-1 l, l the row that makes raw coefficient j of the centred
  // ones: the augmented system with right side (0, l).
  void weights(const design_spec& spec) {
    const int refinements = condition_ > weights_refined_above ? steps() : 0;
    for (Eigen::Index j = 0; j < p_; ++j) {
      double* w = weight_.data() + j * n_;
      if (position_[static_cast<std::size_t>(j)] < 0) {
        std::fill(w, w + n_, 0.0);
        continue;
      }
      for (Eigen::Index k = 0; k < qr_.rank(); ++k) {
        entry_[k] = raw_[j * p_ + k];
      }
      const int e = binary_exponent(entry_.data(), qr_.rank());
      for (Eigen::Index k = 0; k < qr_.rank(); ++k) {
        entry_[k] = scale_binary(entry_[k], -e);
      }
      weight_exponent_[static_cast<std::size_t>(j)] =
          e + design_.raw_exponent(spec, j);
      solve_refined(nullptr, entry_.data(), w, refinements);
    }
  }

  Eigen::Index n_ = 0;
  Eigen::Index p_ = 0;
  int response_exponent_ = 0;
  double condition_ = 0;
  centred_design design_;
  householder_qr qr_;
  std::vector<int> position_, weight_exponent_;
  std::vector<bool> marked_;
  std::vector<double_double> sums_;
  std::vector<const double*> columns_;
  std::vector<double> response_, residual_, f_, weight_;
  std::vector<double> c_, c_lo_, g_, step_, coefficient_, entry_, raw_;
};

}  // namespace nidcode

#endif
