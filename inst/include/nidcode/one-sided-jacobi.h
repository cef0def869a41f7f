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
#include <nidcode/tolerance.h>

namespace nidcode {

// Turns columns x and y of n numbers until they are orthogonal, the shorter one
// in x; `xx` and `yy` are their squared lengths. Gives the square of the sine
// of the turn or of the cosine before it, whichever is larger; 1 where they
// change places, 0 where they are orthogonal already.
inline double turn_columns(double* x, double* y, Eigen::Index n, double& xx,
                           double& yy, double tolerance) {
  using four = Eigen::Map<Eigen::Array4d>;
  const Eigen::Index whole = n / 4 * 4;
  Eigen::Array4d parts = Eigen::Array4d::Zero();
  for (Eigen::Index k = 0; k < whole; k += 4) {
    parts += four(x + k) * four(y + k);
  }
  double c = parts.sum();
  for (Eigen::Index k = whole; k < n; ++k) {
    c += x[k] * y[k];
  }
  if (c * c <= tolerance * tolerance * xx * yy) {
    return 0.0;
  }
  // The smaller of the two angles has tan 2a = 2 c / |yy - xx|.
  const double apart = std::fabs(yy - xx);
  const double h = std::sqrt(apart * apart + 4.0 * c * c);
  const double more = std::sqrt(0.5 + 0.5 * (apart / h)), less = c / (h * more);
  const bool swap = yy < xx;
  const double cs = swap ? std::fabs(less) : more;
  const double sn = swap ? std::copysign(more, c) : less;
  for (Eigen::Index k = 0; k < whole; k += 4) {
    const Eigen::Array4d u = four(x + k), v = four(y + k);
    four(x + k) = cs * u - sn * v;
    four(y + k) = sn * u + cs * v;
  }
  for (Eigen::Index k = whole; k < n; ++k) {
    const double u = x[k], v = y[k];
    x[k] = cs * u - sn * v;
    y[k] = sn * u + cs * v;
  }
  const double cosine = c * c / (xx * yy);
  // Exact but for rounding; the next sweep begins with fresh lengths.
  const double gain = swap ? 0.5 * (apart + h) : less / more * c;
  xx = std::max(xx - gain, 0.0);
  yy += gain;
  return swap ? 1.0 : std::max(less * less, cosine);
}

// On return the columns of `a` are orthogonal, in ascending order of length;
// `sigma` has the lengths. Returns false if 60 sweeps were not enough. A sweep
// is a tournament: pairs that follow each other have no column in common, so
// that the processor need not wait for one turn to begin the next.
inline bool one_sided_jacobi(Eigen::MatrixXd& a, Eigen::VectorXd& sigma,
                             pulse& beat) {
  const Eigen::Index r = a.cols(), n = a.rows(), rounds = r - 1 + r % 2;
  const double eps = std::numeric_limits<double>::epsilon();
  // Rounding of a scalar product of this length.
  const double tolerance = eps * std::sqrt(static_cast<double>(n));
  sigma.resize(r);
  double turned = 1.0;
  for (int sweep = 0; turned > small_turn && sweep < 60; ++sweep) {
    turned = 0.0;
    sigma = a.colwise().squaredNorm();
    for (Eigen::Index round = 0; round < rounds; ++round) {
      beat.work(4.0 * static_cast<double>(rounds * n));
      for (Eigen::Index k = 0; 2 * k < rounds; ++k) {
        // Player `rounds` stays; without one, who should meet it rests.
        const Eigen::Index one = k == 0 ? rounds : (round + k) % rounds;
        const Eigen::Index two = (round + rounds - k) % rounds;
        const Eigen::Index i = std::min(one, two), j = std::max(one, two);
        if (j < r) {
          turned =
              std::max(turned, turn_columns(&a(0, i), &a(0, j), n, sigma[i],
                                            sigma[j], tolerance));
        }
      }
    }
  }
  sigma = a.colwise().squaredNorm();
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
  return turned <= small_turn;
}

}  // namespace nidcode

#endif
