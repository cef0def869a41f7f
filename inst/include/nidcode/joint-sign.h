#ifndef NIDCODE_JOINT_SIGN_H
#define NIDCODE_JOINT_SIGN_H

// Correlations of several codes: the next matrix that is one, and how likely
// all codes are positive together, by draws that every row shares.

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>

namespace nidcode {

// A row of pairs (1 2, 1 3, ..., 2 3, ...), `stride` apart, as a matrix.
inline Eigen::MatrixXd matrix_of_pairs(const double* pair,
                                       std::ptrdiff_t stride, int codes) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Identity(codes, codes);
  for (int a = 0; a < codes; ++a) {
    for (int b = a + 1; b < codes; ++b, pair += stride) {
      out(a, b) = out(b, a) = *pair;
    }
  }
  return out;
}

// Negative eigenvalues become 0, the diagonal 1 again. Most matrices have none,
// which a root tells sooner.
inline void next_correlations(double* pairs, std::ptrdiff_t rows, int codes) {
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(codes);
  Eigen::LLT<Eigen::MatrixXd> root(codes);
  for (std::ptrdiff_t i = 0; i < rows; ++i) {
    const Eigen::MatrixXd own = matrix_of_pairs(pairs + i, rows, codes);
    if (root.compute(own).info() == Eigen::Success) {
      continue;
    }
    solver.compute(own);
    if (solver.eigenvalues()[0] >= 0.0) {
      continue;
    }
    const Eigen::MatrixXd half =
        solver.eigenvectors() *
        solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
    double* pair = pairs + i;
    for (int a = 0; a < codes; ++a) {
      for (int b = a + 1; b < codes; ++b, pair += rows) {
        *pair = half.row(a).dot(half.row(b)) /
                (half.row(a).norm() * half.row(b).norm());
      }
    }
  }
}

// Draws of independent normal numbers, a column a code, the first ascending.
// Single precision: they are counted.
struct joint_draws {
  Eigen::ArrayXXf normal;
};

// How likely all of a row's codes are positive, of which each is with
// probability Phi(level) alone: the share of the draws above all levels. The
// code that is positive least often comes first, so that the draws that can
// count stand together.
class joint_sign {
 public:
  explicit joint_sign(const joint_draws& draws) : draws_(draws.normal) {}

  double operator()(const double* level, const double* pairs,
                    std::ptrdiff_t stride, int codes) {
    Eigen::VectorXd h(codes);
    for (int c = 0; c < codes; ++c) {
      h[c] = level[c * stride];
    }
    Eigen::Index first = 0;
    h.minCoeff(&first);
    Eigen::MatrixXd r = matrix_of_pairs(pairs, stride, codes);
    r.row(0).swap(r.row(first));
    r.col(0).swap(r.col(first));
    std::swap(h[0], h[first]);
    // Codes that are one code leave a root of 0, up to rounding.
    r.diagonal().array() += 1e-10;
    root_.compute(r);
    const Eigen::MatrixXf l = root_.matrixL().toDenseMatrix().cast<float>();
    const float* begin = draws_.data();
    const Eigen::Index n = draws_.rows();
    const Eigen::Index from =
        std::upper_bound(begin, begin + n, static_cast<float>(-h[0])) - begin;
    least_.setConstant(n - from, 1.0f);
    for (int c = 1; c < codes; ++c) {
      one_ = l(c, 0) * draws_.col(0).tail(n - from) + static_cast<float>(h[c]);
      for (int d = 1; d <= c; ++d) {
        one_ += l(c, d) * draws_.col(d).tail(n - from);
      }
      least_ = least_.min(one_);
    }
    // A positive number counts as 1, any other as 0.
    return (least_ * 1e30f).max(0.0f).min(1.0f).sum() / static_cast<double>(n);
  }

 private:
  const Eigen::ArrayXXf& draws_;
  Eigen::LLT<Eigen::MatrixXd> root_;
  Eigen::ArrayXf least_, one_;
};

// Rows of levels, a column a code, and of correlations, a column a pair.
template <typename Progress>
void joint_signs(const double* level, const double* pairs, std::ptrdiff_t rows,
                 int codes, const joint_draws& draws, double* out, int threads,
                 Progress& progress) {
  for_each_block(rows, threads, progress,
                 [&](std::ptrdiff_t from, std::ptrdiff_t to) {
                   joint_sign sign(draws);
                   for (std::ptrdiff_t i = from; i < to; ++i) {
                     out[i] = sign(level + i, pairs + i, rows, codes);
                   }
                 });
}

}  // namespace nidcode

#endif
