#ifndef NIDCODE_ONE_SIDED_JACOBI_H
#define NIDCODE_ONE_SIDED_JACOBI_H

// Singular values and left singular vectors of a small tall matrix by plane
// rotations of its columns (Hestenes 1958; de Rijk 1989 for the order). The
// rotations never form A'A, so a singular value is correct to eps times the
// largest one, where an eigen-decomposition of A'A would leave eps times the
// square. No allocation.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <nidcode/pulse.h>

namespace nidcode {

// On return the columns of `a` are orthogonal, in ascending order of length;
// `sigma` has the lengths. Returns false if 60 sweeps were not enough.
inline bool one_sided_jacobi(Eigen::MatrixXd& a, Eigen::VectorXd& sigma,
                             pulse& beat) {
  const Eigen::Index r = a.cols();
  const double eps = std::numeric_limits<double>::epsilon();
  // Rounding of a scalar product of this length.
  const double tolerance = eps * std::sqrt(static_cast<double>(a.rows()));
  sigma.resize(r);
  bool moved = true;
  for (int sweep = 0; moved && sweep < 60; ++sweep) {
    moved = false;
    for (Eigen::Index j = 0; j < r; ++j) {
      sigma[j] = a.col(j).squaredNorm();
    }
    for (Eigen::Index i = 0; i + 1 < r; ++i) {
      beat.work(4.0 * static_cast<double>((r - i) * a.rows()));
      for (Eigen::Index j = i + 1; j < r; ++j) {
        const double c = a.col(i).dot(a.col(j));
        const double aii = sigma[i], ajj = sigma[j];
        if (c * c <= tolerance * tolerance * aii * ajj) {
          continue;
        }
        moved = true;
        // The rotation that leaves the shorter column at i.
        const double z = (ajj - aii) / (2.0 * c);
        double t = 1.0 / (std::fabs(z) + std::sqrt(1.0 + z * z));
        if (z < 0.0) {
          t = -t;
        }
        if (ajj < aii) {
          t = -1.0 / t;
        }
        const double cs = 1.0 / std::sqrt(1.0 + t * t), sn = t * cs;
        double* x = a.col(i).data();
        double* y = a.col(j).data();
        for (Eigen::Index k = 0; k < a.rows(); ++k) {
          const double u = cs * x[k] - sn * y[k];
          const double v = sn * x[k] + cs * y[k];
          x[k] = u;
          y[k] = v;
        }
        // Exact but for rounding; the next sweep begins with fresh lengths, and
        // so does the last one, which moves nothing.
        sigma[i] = std::max(aii - t * c, 0.0);
        sigma[j] = ajj + t * c;
      }
    }
  }
  for (Eigen::Index i = 0; i < r; ++i) {  // selection sort: r is small
    Eigen::Index least = i;
    for (Eigen::Index j = i + 1; j < r; ++j) {
      if (sigma[j] < sigma[least]) {
        least = j;
      }
    }
    if (least != i) {
      a.col(i).swap(a.col(least));
      std::swap(sigma[i], sigma[least]);
    }
  }
  sigma = sigma.cwiseSqrt();
  return !moved;
}

}  // namespace nidcode

#endif
