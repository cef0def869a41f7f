#include <RcppEigen.h>
#include <nidcode/grouped-least-squares.h>

#include <algorithm>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

nidcode::design_spec as_design(const Rcpp::IntegerVector& variable,
                               const Rcpp::IntegerVector& power,
                               bool intercept) {
  nidcode::design_spec spec;
  spec.intercept = intercept;
  must(variable.size() == power.size(), "variable and power differ in length");
  must_lie(variable, 1, 2147483647, "a term names no variable");
  for (R_xlen_t j = 0; j < variable.size(); ++j) {
    spec.terms.push_back({variable[j] - 1, power[j]});
  }
  return spec;
}

Rcpp::List wrap_fit(const nidcode::least_squares& fit,
                    const nidcode::design_spec& spec, Eigen::Index n) {
  const Eigen::Index p = spec.columns();
  Rcpp::NumericVector coefficient(p), residual(n), leverage(n);
  Rcpp::LogicalVector aliased(p);
  Rcpp::NumericMatrix weight(n, p);
  for (Eigen::Index j = 0; j < p; ++j) {
    coefficient[j] = fit.is_aliased(j) ? NA_REAL : fit.coefficient(j);
    aliased[j] = fit.is_aliased(j);
    for (Eigen::Index i = 0; i < n; ++i) {
      weight(i, j) =
          std::ldexp(fit.weight_column(j)[i], fit.weight_exponent(j));
    }
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    residual[i] = fit.residual(i);
    leverage[i] = fit.leverage(i);
  }
  return Rcpp::List::create(
      _["coefficients"] = coefficient, _["residuals"] = residual,
      _["leverage"] = leverage, _["weights"] = weight, _["aliased"] = aliased,
      _["rank"] = static_cast<int>(fit.rank()), _["sigma"] = fit.sigma(),
      _["r.squared"] = fit.r_squared(spec), _["kappa"] = fit.condition(),
      _["q"] = Eigen::MatrixXd(fit.qr().q()));
}

Rcpp::List wrap_fits(const nidcode::grouped_fits& fits) {
  return Rcpp::List::create(
      _["estimate"] = fits.coefficient, _["std.error"] = fits.error_iid,
      _["std.error.hc3"] = fits.error_hc3, _["sigma"] = fits.sigma,
      _["r.squared"] = fits.r_squared, _["kappa"] = fits.condition,
      _["rank"] = fits.rank);
}

}  // namespace

// One fit. `variable` (from 1) and `power` describe the terms.
// [[Rcpp::export(rng = false)]]
Rcpp::List fit_least_squares_cpp(const Eigen::Map<Eigen::MatrixXd>& x,
                                 const Eigen::Map<Eigen::VectorXd>& y,
                                 const Rcpp::IntegerVector& variable,
                                 const Rcpp::IntegerVector& power,
                                 bool intercept) {
  const nidcode::design_spec spec = as_design(variable, power, intercept);
  nidcode::check_design(spec, x.cols());
  const Eigen::Index n = y.size();
  must(x.rows() == n, "x and y differ in rows");
  nidcode::least_squares fit;
  fit.compute(spec, x.data(), x.rows(), x.cols(), y.data(), n);
  return wrap_fit(fit, spec, n);
}

// A fit per group; `first` has the rows (from 0) at which groups start, and
// the number of rows.
// [[Rcpp::export(rng = false)]]
Rcpp::List fit_groups_cpp(const Eigen::Map<Eigen::MatrixXd>& x,
                          const Eigen::Map<Eigen::VectorXd>& y,
                          const std::vector<int>& first,
                          const Rcpp::IntegerVector& variable,
                          const Rcpp::IntegerVector& power, bool intercept,
                          int threads) {
  const nidcode::design_spec spec = as_design(variable, power, intercept);
  must(!first.empty(), "groups do not cover the rows");
  must(std::is_sorted(first.begin(), first.end()), "groups do not ascend");
  nidcode::grouped_fits out(spec.columns(),
                            static_cast<Eigen::Index>(first.size()) - 1);
  r_interrupt progress;
  nidcode::grouped_least_squares(spec, x, y, first, threads, progress, out);
  return wrap_fits(out);
}

namespace {

template <int RTYPE>
SEXP starts_of(const Rcpp::Vector<RTYPE>& key) {
  std::vector<int> first;
  const R_xlen_t n = key.size();
  for (R_xlen_t i = 0; i < n; ++i) {
    if (i == 0 || key[i] > key[i - 1]) {
      first.push_back(static_cast<int>(i));
    } else if (key[i] < key[i - 1]) {
      return R_NilValue;
    }
  }
  first.push_back(static_cast<int>(n));
  return Rcpp::wrap(first);
}

}  // namespace

// The rows (from 0) at which a sorted numeric key changes, and the number of
// rows; NULL when it is not sorted.
// [[Rcpp::export(rng = false)]]
SEXP group_starts_cpp(SEXP key) {
  if (TYPEOF(key) == INTSXP) {
    return starts_of<INTSXP>(key);
  }
  return starts_of<REALSXP>(key);
}
