#ifndef NIDCODE_GROUPED_LEAST_SQUARES_H
#define NIDCODE_GROUPED_LEAST_SQUARES_H

// One regression per group of a long table, the groups of any length, rows of
// a group together: coefficients, iid and HC3 standard errors. The numbers of
// a group depend on its own rows only, so they are the same bits for any
// number of threads.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/least-squares.h>

namespace nidcode {

// Columns are groups; rows of the matrices are terms.
struct grouped_fits {
  Eigen::MatrixXd coefficient, error_iid, error_hc3;
  Eigen::VectorXd sigma, r_squared, condition;
  std::vector<int> rank;

  grouped_fits(Eigen::Index terms, Eigen::Index groups)
      : coefficient(terms, groups),
        error_iid(terms, groups),
        error_hc3(terms, groups),
        sigma(groups),
        r_squared(groups),
        condition(groups),
        rank(static_cast<std::size_t>(groups)) {}
};

// A point that its own coefficient fits exactly (leverage 1) has no residual
// to judge its error by: HC3 does not exist. Here 1 - leverage.
constexpr double full_leverage = 1e-10;

inline void store_fit(const least_squares& fit, const design_spec& spec,
                      Eigen::Index n, Eigen::Index g, grouped_fits& out,
                      std::vector<double>& scaled) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const double sigma = fit.sigma();
  out.sigma[g] = sigma;
  out.r_squared[g] = fit.r_squared(spec);
  out.condition[g] = fit.condition();
  out.rank[static_cast<std::size_t>(g)] = static_cast<int>(fit.rank());
  const std::size_t size = static_cast<std::size_t>(n);
  scaled.resize(3 * size);
  double* left = scaled.data();
  double* product = left + size;
  double* error = product + size;
  std::fill(left, left + n, 1.0);
  for (Eigen::Index k = 0; k < fit.rank(); ++k) {
    const double* q = fit.qr().q_column(k);
    for (Eigen::Index i = 0; i < n; ++i) {
      left[i] -= q[i] * q[i];
    }
  }
  const double* residual = fit.scaled_residuals();
  for (Eigen::Index i = 0; i < n; ++i) {
    error[i] = left[i] > full_leverage ? residual[i] / left[i] : none;
  }
  for (Eigen::Index j = 0; j < spec.columns(); ++j) {
    out.coefficient(j, g) = fit.coefficient(j);
    const bool lost = fit.is_aliased(j);
    out.error_iid(j, g) = lost ? none : sigma * fit.error_of(j);
    out.error_hc3(j, g) =
        lost ? none
             : fit.error_of(j, error, fit.residual_exponent(), product);
  }
}

// `first` has the row at which each group starts, and the number of rows at
// its end.
template <typename Progress>
void grouped_least_squares(const design_spec& spec,
                           const Eigen::Ref<const Eigen::MatrixXd>& x,
                           const Eigen::Ref<const Eigen::VectorXd>& y,
                           const std::vector<int>& first, int threads,
                           Progress& progress, grouped_fits& out) {
  check_design(spec, x.cols());
  if (first.empty() || first.front() != 0 || first.back() != y.size() ||
      x.rows() != y.size()) {
    throw std::invalid_argument("groups do not cover the rows");
  }
  const double* x_data = x.data();
  const double* y_data = y.data();
  const Eigen::Index stride = x.outerStride();
  const Eigen::Index variables = x.cols();
  for_each_block(
      static_cast<std::ptrdiff_t>(first.size()) - 1, threads, progress,
      [&](std::ptrdiff_t begin, std::ptrdiff_t end) {
        least_squares fit;
        std::vector<double> scaled;
        for (std::ptrdiff_t g = begin; g < end; ++g) {
          const int from = first[static_cast<std::size_t>(g)];
          const Eigen::Index n = first[static_cast<std::size_t>(g) + 1] - from;
          fit.compute(spec, x_data + from, stride, variables, y_data + from,
                      n);
          store_fit(fit, spec, n, g, out, scaled);
        }
      });
}

}  // namespace nidcode

#endif
