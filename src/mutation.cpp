// Glue of <nidcode/mutation.h>.

#include <RcppEigen.h>
#include <nidcode/mutation.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

// `known`: a column a change that is known, whether of the rate and where
// (one-based).
struct mutation_reader {
  r_interrupt progress;
  nidcode::pulse beat{[this] { progress.step(0); }};
  nidcode::mutation_test test;

  mutation_reader(const Rcpp::List& grid, int m, const Rcpp::List& kinds,
                  const Rcpp::IntegerMatrix& known) {
    const Rcpp::NumericVector time = grid["time"];
    const Rcpp::IntegerVector step = grid["step"];
    const int n = time.size();
    must(step.size() == n && n > 0, "times and steps differ in number");
    nidcode::mutation_kinds which;
    which.level = kinds["level"];
    which.rate = kinds["rate"];
    which.trim = kinds["trim"];
    must(which.trim >= 0, "no such trim");
    std::vector<nidcode::mutation_place> places;
    for (int k = 0; k < known.ncol(); ++k) {
      must(known.nrow() == 2 && known(1, k) > 1 && known(1, k) <= n,
           "a change at no time");
      places.push_back({known(0, k) == 1, known(1, k) - 1});
    }
    test.compute({time.begin(), step.begin(), n}, m, which, places, beat);
  }
};

Rcpp::List sizes(const nidcode::mutation_test& test, const Eigen::MatrixXd& z,
                 const std::vector<int>& place) {
  Rcpp::NumericVector size(place.size()), error(place.size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    const nidcode::mutation_size one =
        test.size(z.col(static_cast<Eigen::Index>(i)), place[i]);
    size[i] = one.estimate;
    error[i] = one.std_error;
  }
  return Rcpp::List::create(_["size"] = size, _["size.se"] = error);
}

// The best place of each series by a measure over the places.
Rcpp::List best(const nidcode::mutation_test& test, const Eigen::MatrixXd& z,
                const Eigen::ArrayXXd& by, const Eigen::ArrayXXd& bayes) {
  std::vector<int> place(z.cols());
  Rcpp::IntegerVector at(z.cols());
  Rcpp::LogicalVector rate(z.cols());
  Rcpp::NumericVector share(z.cols());
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    by.col(i).maxCoeff(&place[i]);
    at[i] = test.places()[place[i]].at + 1;
    rate[i] = test.places()[place[i]].rate;
    share[i] = bayes(place[i], i) / bayes.col(i).sum();
  }
  Rcpp::List out = sizes(test, z, place);
  out["at"] = at;
  out["rate"] = rate;
  out["share"] = share;
  return out;
}

}  // namespace

// Series (columns of `value`) of one grid, an empty list where no change can be
// told; `log_bayes`: T2.
// [[Rcpp::export(rng = false)]]
Rcpp::List mutations_cpp(const Eigen::Map<Eigen::MatrixXd>& value,
                         const Rcpp::List& grid, int m, const Rcpp::List& kinds,
                         const Rcpp::IntegerMatrix& known) {
  mutation_reader from(grid, m, kinds, known);
  nidcode::mutation_test& test = from.test;
  must(value.rows() == test.directions().rows(), "values and times differ");
  if (test.places().empty()) {
    return Rcpp::List();
  }
  const Eigen::MatrixXd z = test.directions().transpose() * value;
  test.run(z);
  return Rcpp::List::create(
      _["share"] = test.t1(), _["log_bayes"] = test.t2(),
      _["by_share"] = best(test, z, test.share(), test.bayes()),
      _["by_bayes"] = best(test, z, test.bayes(), test.bayes()));
}

// T1 and T2 under the null worlds `wanted` (from 1), a column each. `normal`:
// standard normal, a column a run; more rows than directions are left aside.
// [[Rcpp::export(rng = false)]]
Rcpp::List mutation_null_cpp(const Rcpp::List& grid, int m,
                             const Rcpp::List& kinds,
                             const Rcpp::IntegerMatrix& known,
                             const Eigen::Map<Eigen::MatrixXd>& normal,
                             const Eigen::Map<Eigen::MatrixXd>& curve,
                             const Eigen::Map<Eigen::VectorXd>& sd,
                             const Rcpp::IntegerVector& wanted, int threads) {
  mutation_reader from(grid, m, kinds, known);
  const nidcode::mutation_test& test = from.test;
  must(!test.places().empty(), "no change can be told here");
  must(normal.rows() >= test.r() && curve.rows() == test.directions().rows(),
       "draws, curves and times differ in size");
  const nidcode::mutation_worlds worlds(test, curve, sd);
  std::vector<Eigen::Index> some;
  for (const int w : wanted) {
    must(w >= 1 && w <= worlds.size(), "no such world");
    some.push_back(w - 1);
  }
  Eigen::MatrixXd t1, t2;
  nidcode::null_tests(test, worlds, normal, some, threads, t1, t2,
                      from.progress);
  return Rcpp::List::create(_["share"] = t1, _["log_bayes"] = t2);
}
