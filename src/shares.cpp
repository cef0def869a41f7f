// Glue of <nidcode/shares.h>: counts of pairs and weighted shares.

#include <Rcpp.h>
#include <RcppEigen.h>
#include <nidcode/shares.h>

#include "interrupt.h"

using int_map = Eigen::Map<Eigen::VectorXi>;
using real_map = Eigen::Map<Eigen::VectorXd>;

// [[Rcpp::depends(RcppEigen)]]
// [[Rcpp::export]]
Rcpp::List count_pairs_cpp(const Eigen::Map<Eigen::MatrixXi>& x,
                           const Eigen::Map<Eigen::VectorXi>& group,
                           int groups, int leading, int threads) {
  r_interrupt progress;
  const auto tables =
      nidcode::count_pairs(x, group, groups, leading, threads, progress);
  Rcpp::List out(tables.size());
  for (std::size_t g = 0; g < tables.size(); ++g) {
    out[g] = Rcpp::List::create(
        Rcpp::Named("both") = tables[g].both,
        Rcpp::Named("ticked") = tables[g].ticked,
        Rcpp::Named("first") = tables[g].first,
        Rcpp::Named("complete") = tables[g].complete,
        Rcpp::Named("n_complete") = tables[g].n_complete);
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
  r_interrupt progress;
  const nidcode::share_design design{weight, group,   groups,
                                     psu,    stratum, remains};
  const auto out = nidcode::weighted_shares(x, design, progress);
  return Rcpp::List::create(Rcpp::Named("estimate") = out.estimate,
                            Rcpp::Named("weight") = out.weight,
                            Rcpp::Named("weight_square") = out.weight_square,
                            Rcpp::Named("df") = out.df,
                            Rcpp::Named("within") = out.within,
                            Rcpp::Named("across") = out.across);
}
