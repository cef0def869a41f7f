// Glue of <nidcode/tick-pairs.h> and <nidcode/shares.h>.

#include <Rcpp.h>
#include <RcppEigen.h>
#include <nidcode/shares.h>
#include <nidcode/tick-pairs.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

Rcpp::List wrap_pairs(const nidcode::pair_table& one) {
  return Rcpp::List::create(
      _["both"] = one.both, _["ticked"] = one.ticked, _["first"] = one.first,
      _["complete"] = one.complete, _["n_complete"] = one.n_complete);
}

Rcpp::List wrap_shares(const nidcode::share_table& one) {
  return Rcpp::List::create(
      _["estimate"] = one.estimate, _["weight"] = one.weight,
      _["weight_square"] = one.weight_square, _["df"] = one.df,
      _["within"] = one.within, _["across"] = one.across);
}

}  // namespace

// [[Rcpp::depends(RcppEigen)]]
// [[Rcpp::export(rng = false)]]
Rcpp::List count_pairs_cpp(const Eigen::Map<Eigen::MatrixXi>& x,
                           const Eigen::Map<Eigen::VectorXi>& group, int groups,
                           int leading, int threads) {
  must(groups >= 0, "a number of groups is negative");
  r_interrupt progress;
  const auto tables =
      nidcode::count_pairs(x, group, groups, leading, threads, progress);
  return Rcpp::List(tables.begin(), tables.end(), wrap_pairs);
}

// [[Rcpp::export(rng = false)]]
Rcpp::List weighted_shares_cpp(const Eigen::Map<Eigen::MatrixXi>& x,
                               const Eigen::Map<Eigen::VectorXd>& weight,
                               const Eigen::Map<Eigen::VectorXi>& group,
                               int groups,
                               const Eigen::Map<Eigen::VectorXi>& psu,
                               const Eigen::Map<Eigen::VectorXi>& stratum,
                               const Eigen::Map<Eigen::VectorXd>& remains) {
  must(groups >= 0, "a number of groups is negative");
  r_interrupt progress;
  return wrap_shares(nidcode::weighted_shares(
      x, {weight, group, groups, psu, stratum, remains}, progress));
}

namespace {

// Writes one column of 0, 1 or NA; false at any other value.
template <typename Value, typename IsNa>
bool write_ticks(const Value* from, R_xlen_t n, IsNa is_na, int* to) {
  int bad = 0;
  for (R_xlen_t r = 0; r < n; ++r) {
    const Value v = from[r];
    const bool na = is_na(v), one = v == 1;
    bad |= !(na | one | (v == 0));
    to[r] = na ? NA_INTEGER : static_cast<int>(one);
  }
  return bad == 0;
}

// Of a column of n numbers of any type.
bool read_ticks(SEXP x, R_xlen_t n, int* to) {
  must(Rf_xlength(x) == n, "columns differ in length");
  const auto na_int = [](int v) { return v == NA_INTEGER; };
  switch (TYPEOF(x)) {
    case REALSXP:
      return write_ticks(
          REAL(x), n, [](double v) { return v != v; }, to);
    case LGLSXP:
      return write_ticks(LOGICAL(x), n, na_int, to);
    default:
      return write_ticks(INTEGER(x), n, na_int, to);
  }
}

}  // namespace

// Plain logical, integer or double columns to one integer matrix; `bad` is
// the first column (from 1) with a value that is no tick, or 0.
// [[Rcpp::export(rng = false)]]
Rcpp::List read_ticks_cpp(Rcpp::List columns, int n) {
  must(n >= 0, "a number of rows is negative");
  Rcpp::IntegerMatrix ticks(Rcpp::no_init(n, columns.size()));
  int bad = 0;
  for (R_xlen_t i = 0; i < columns.size() && bad == 0; ++i) {
    int* to = ticks.begin() + i * static_cast<R_xlen_t>(n);
    bad = read_ticks(columns[i], n, to) ? 0 : static_cast<int>(i) + 1;
  }
  return Rcpp::List::create(_["ticks"] = ticks, _["bad"] = bad);
}
