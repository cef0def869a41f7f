#ifndef NIDCODE_ORTHONORMAL_H
#define NIDCODE_ORTHONORMAL_H

// Orthonormal bases of a few columns and of what they leave.

#include <Eigen/Core>

namespace nidcode {

// Orthonormal columns q and upper triangular r with x = q r: Gram-Schmidt,
// twice (Giraud, Langou and Rozloznik 2005: twice is enough). x becomes q.
inline void gram_schmidt(Eigen::MatrixXd& x, Eigen::MatrixXd& r) {
  r.setZero(x.cols(), x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    for (int pass = 0; pass < 2; ++pass) {
      for (Eigen::Index i = 0; i < j; ++i) {
        const double c = x.col(i).dot(x.col(j));
        r(i, j) += c;
        x.col(j) -= c * x.col(i);
      }
    }
    r(j, j) = x.col(j).norm();
    x.col(j) /= r(j, j);
  }
}

// The complement of orthonormal columns: the last columns of the product of
// the Householder reflections that take them to unit vectors.
inline Eigen::MatrixXd orthonormal_complement(const Eigen::MatrixXd& q) {
  const Eigen::Index n = q.rows(), b = q.cols();
  Eigen::MatrixXd h = Eigen::MatrixXd::Identity(n, n), x = q;
  for (Eigen::Index j = 0; j < b; ++j) {
    Eigen::VectorXd v = x.col(j);
    v.head(j).setZero();
    v[j] += v[j] < 0.0 ? -v.norm() : v.norm();
    const double vv = v.squaredNorm();
    x -= (2.0 / vv) * v * (v.transpose() * x).eval();
    h -= (2.0 / vv) * (h * v).eval() * v.transpose();
  }
  return h.rightCols(n - b);
}

}  // namespace nidcode

#endif
