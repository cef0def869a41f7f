#ifndef NIDCODE_INTEGRATED_WIENER_H
#define NIDCODE_INTEGRATED_WIENER_H

// The prior of a curve: f is an (m - 1)-fold integrated Wiener process, that
// is, its m-th derivative is white noise; m = 2 or 3.
//
// A functional L that sends every polynomial of degree < m to 0 is
//   L f = int kappa(u) f^(m)(u) du,  Cov(L f, M f) = int kappa_L kappa_M du,
// kappa(u) = L applied to (x - u)_+^(m-1) / (m - 1)! (Peano's theorem). We
// work with such kernels only, never with the covariance K(a, b) itself:
// kappa is local when L is a value or a derivative less its interpolation from
// the nearest points, so a variance is a sum of squares of small numbers, while
// K(t, t) - k' K^-1 k is a difference of two numbers near 1 and in double
// precision has no correct digit left on a dense grid. The kernels are
// piecewise polynomials of degree < m, so three Gauss points on each piece
// integrate their products exactly.

#include <algorithm>

namespace nidcode {

constexpr int gauss_points = 3;

// Three-point Gauss-Legendre rule on [-1, 1]: exact to degree 5; 2 (m - 1) = 4.
inline double gauss_node(int i) {
  constexpr double node[gauss_points] = {-0.77459666924148337704, 0.0,
                                         0.77459666924148337704};
  return node[i];
}

inline double gauss_root_weight(int i) {  // square roots of 5/9, 8/9, 5/9
  constexpr double root[gauss_points] = {
      0.74535599249992989880, 0.94280904158206336587, 0.74535599249992989880};
  return root[i];
}

// x^degree / degree!, the k-th derivative of x^(m-1) / (m-1)! for
// degree = m - 1 - k.
inline double power_term(int degree, double x) {
  return degree == 0 ? 1.0 : degree == 1 ? x : 0.5 * x * x;
}

// Weights w of the derivative of order k at t of the polynomial through the m
// points x[0..m-1] (k < m).
inline void derivative_weights(int m, int k, const double* x, double t,
                               double* w) {
  if (m == 2) {
    const double h = x[1] - x[0];
    w[0] = k == 0 ? (x[1] - t) / h : -1.0 / h;
    w[1] = k == 0 ? (t - x[0]) / h : 1.0 / h;
    return;
  }
  for (int i = 0; i < 3; ++i) {
    const double a = x[(i + 1) % 3], b = x[(i + 2) % 3];
    const double below = (x[i] - a) * (x[i] - b);
    w[i] = k == 0   ? ((t - a) / (x[i] - a)) * ((t - b) / (x[i] - b))
           : k == 1 ? ((t - a) + (t - b)) / below
                    : 2.0 / below;
  }
}

// Weights of the divided difference f[x_0, ..., x_m].
inline void difference_weights(int m, const double* x, double* w) {
  for (int i = 0; i <= m; ++i) {
    double below = 1.0;
    for (int j = 0; j <= m; ++j) {
      if (j != i) {
        below *= x[i] - x[j];
      }
    }
    w[i] = 1.0 / below;
  }
}

// A functional as a sum of point values and at most one derivative:
// sum_i w[i] f(x[i]) + [derivative of order k at t].
struct point_functional {
  const double* x;
  const double* w;
  int n;       // points, ascending in x
  int order;   // -1: no derivative term
  double t;
};

// Its Peano kernel at u, given that it annihilates polynomials of degree < m.
// The terms right of u and minus the terms left of u are the same number; we
// add up the side that has fewer of them, and so keep the digits.
inline double peano_kernel(int m, const point_functional& l, double u) {
  int left = 0;
  while (left < l.n && l.x[left] <= u) {
    ++left;
  }
  const bool use_left = left < l.n - left;
  double sum = 0.0;
  for (int i = use_left ? 0 : left; i < (use_left ? left : l.n); ++i) {
    sum += l.w[i] * power_term(m - 1, l.x[i] - u);
  }
  if (l.order >= 0 && (l.t <= u) == use_left) {
    sum += power_term(m - 1 - l.order, l.t - u);
  }
  return use_left ? -sum : sum;
}

}  // namespace nidcode

#endif
