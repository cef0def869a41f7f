// Glue of <nidcode/tick-pairs.h> and <nidcode/shares.h>.

#include <Rcpp.h>
#include <RcppEigen.h>
#include <nidcode/shares.h>
#include <nidcode/tick-pairs.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

using int_map = Eigen::Map<Eigen::VectorXi>;
using real_map = Eigen::Map<Eigen::VectorXd>;

// [[Rcpp::depends(RcppEigen)]]
// [[Rcpp::export]]
Rcpp::List count_pairs_cpp(const Eigen::Map<Eigen::MatrixXi>& x,
                           const Eigen::Map<Eigen::VectorXi>& group,
                           int groups, int leading, int threads) {
  must(groups >= 0, "a number of groups is negative");
  r_interrupt progress;
  const auto tables =
      nidcode::count_pairs(x, group, groups, leading, threads, progress);
  Rcpp::List out(tables.size());
  for (std::size_t g = 0; g < tables.size(); ++g) {
    out[g] = Rcpp::List::create(
        _["both"] = tables[g].both,
        _["ticked"] = tables[g].ticked,
        _["first"] = tables[g].first,
        _["complete"] = tables[g].complete,
        _["n_complete"] = tables[g].n_complete);
  }
  return out;
}

// [[Rcpp::export]]
Rcpp::List weighted_shares_cpp(const Eigen::Map<Eigen::MatrixXi>& x,
                               const Eigen::Map<Eigen::VectorXd>& weight,
                               const Eigen::Map<Eigen::VectorXi>& group,
                               int groups,
                               const Eigen::Map<Eigen::VectorXi>& psu,
                               const Eigen::Map<Eigen::VectorXi>& stratum,
                               const Eigen::Map<Eigen::VectorXd>& remains) {
  must(groups >= 0, "a number of groups is negative");
  r_interrupt progress;
  const nidcode::share_design design{weight, group,   groups,
                                     psu,    stratum, remains};
  const auto out = nidcode::weighted_shares(x, design, progress);
  return Rcpp::List::create(_["estimate"] = out.estimate,
                            _["weight"] = out.weight,
                            _["weight_square"] = out.weight_square,
                            _["df"] = out.df,
                            _["within"] = out.within,
                            _["across"] = out.across);
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

}  // namespace

// Plain logical, integer or double columns to one integer matrix; `bad` is
// the first column (from 1) with a value that is no tick, or 0.
// [[Rcpp::export]]
Rcpp::List read_ticks_cpp(Rcpp::List columns, int n) {
  must(n >= 0, "a number of rows is negative");
  Rcpp::IntegerMatrix ticks(Rcpp::no_init(n, columns.size()));
  int bad = 0;
  const auto na_int = [](int v) { return v == NA_INTEGER; };
  const auto na_real = [](double v) { return v != v; };
  for (R_xlen_t i = 0; i < columns.size() && bad == 0; ++i) {
    SEXP x = columns[i];
    int* to = n > 0 ? &ticks[0] + i * static_cast<R_xlen_t>(n) : nullptr;
    must(Rf_xlength(x) == n, "columns differ in length");
    const bool good =
        TYPEOF(x) == REALSXP  ? write_ticks(REAL(x), n, na_real, to)
        : TYPEOF(x) == LGLSXP ? write_ticks(LOGICAL(x), n, na_int, to)
                              : write_ticks(INTEGER(x), n, na_int, to);
    bad = good ? 0 : static_cast<int>(i) + 1;
  }
  return Rcpp::List::create(_["ticks"] = ticks,
                            _["bad"] = bad);
}
