// Linear rates: from R's lists to the kernel and back.

// RcppEigen's header sets Eigen up for R.
#include <RcppEigen.h>
#include <nidcode/linear-batch.h>

#include "interrupt.h"
#include "must.h"
#include "read-grids.h"
#include "read-window.h"
#include "room.h"

using Rcpp::_;

namespace {

nidcode::linear_kind kind_of(const std::string& name) {
  using kind = nidcode::linear_kind;
  must(name == "difference" || name == "central" || name == "local" ||
           name == "custom",
       "no such rate");
  return name == "difference" ? kind::difference
         : name == "central"  ? kind::central
         : name == "local"    ? kind::local
                              : kind::custom;
}

// What R hands in, kept alive while the kernel reads it.
struct request_reader {
  std::vector<Rcpp::NumericMatrix> matrices;
  Rcpp::NumericVector sum_weight, sum_offset, rounding;
  Rcpp::IntegerVector sum_count;
  nidcode::linear_request ask;
  nidcode::linear_series in;

  r_interrupt progress;
  nidcode::pulse beat{[this] { progress.step(0); }};

  request_reader(const Rcpp::List& grids, const Rcpp::List& rate,
                 int order = 0) {
    must(order >= 0 && order < nidcode::rate_orders, "no such order");
    ask.grids = read_grids(grids);
    ask.missing = NA_REAL;
    ask.rate.kind = kind_of(rate["kind"]);
    if (ask.rate.kind == nidcode::linear_kind::local) {
      ask.rate.local = read_window(rate);
      if (rate.containsElementNamed("rounding")) {
        rounding = rate["rounding"];
      }
      ask.rate.steps = rate["steps"];
    } else if (ask.rate.kind == nidcode::linear_kind::custom) {
      custom(rate["matrices"]);
    }
  }

  void custom(const Rcpp::List& pairs) {
    must(pairs.size() == ask.grids.size, "not one pair of matrices a grid");
    for (int g = 0; g < ask.grids.size; ++g) {
      const Rcpp::List pair = pairs[g];
      must(pair.size() == 2, "not two matrices a grid");
      nidcode::custom_matrices both;
      for (int k = 0; k < 2; ++k) {
        const Rcpp::NumericMatrix one = pair[k];
        must(one.nrow() == ask.grids.length(g) && one.ncol() == one.nrow(),
             "matrices and times differ in size");
        matrices.push_back(one);
        both[static_cast<std::size_t>(k)] = one.begin();
      }
      ask.rate.custom.push_back(both);
    }
  }

  void wanted(const Rcpp::IntegerVector& orders, const Rcpp::List& rows) {
    must_lie(orders, 0, nidcode::rate_orders - 1, "no such order");
    ask.orders = Rcpp::as<std::vector<int>>(orders);
    if (rows.size() > 0) {
      sums(rows["row"], rows["offset"], rows["k"]);
      ask.sums.levels =
          rows.containsElementNamed("levels") && Rcpp::as<bool>(rows["levels"]);
    }
  }

  void sums(const Rcpp::NumericVector& weight,
            const Rcpp::NumericVector& offset, const Rcpp::IntegerVector& k) {
    must(k.size() == ask.grids.size && offset.size() == k.size() + 1,
         "sums and grids do not agree");
    for (int g = 0; g < ask.grids.size; ++g) {
      const double size = static_cast<double>(ask.grids.length(g)) * k[g];
      must(k[g] >= 0 && offset[g] >= 0 &&
               offset[g] + size <= static_cast<double>(weight.size()),
           "sums and grids do not agree");
    }
    sum_weight = weight;
    sum_offset = offset;
    sum_count = k;
    ask.sums.weight = sum_weight.begin();
    ask.sums.offset = sum_offset.begin();
    ask.sums.count = sum_count.begin();
  }

  void series(const Rcpp::NumericVector& values,
              const Rcpp::IntegerVector& grid,
              const Rcpp::NumericVector& known_sd) {
    must_lie(grid, 1, ask.grids.size, "no such grid");
    in.values = values.begin();
    in.grid = grid.begin();
    in.count = grid.size();
    in.value = places([this](int g) { return ask.grids.length(g); });
    in.sum = places([this](int g) { return ask.sums.of(g); });
    must(in.value.total() == values.size(), "values and grids do not agree");
    must(known_sd.size() <= 1 || known_sd.size() == values.size(),
         "errors: not one for all or for each value");
    ask.known_sd = known_sd.size() > 0 ? known_sd.begin() : nullptr;
    ask.one_sd = known_sd.size() == 1;
    must(rounding.size() == 0 || rounding.size() == in.count,
         "rounding: not one for each series");
    in.rounding = rounding.size() > 0 ? rounding.begin() : nullptr;
  }

  template <typename Length>
  nidcode::series_places places(Length length) const {
    return nidcode::series_places(in.grid, in.count, ask.grids.size, length);
  }
};

// What R gets back, as the places where the kernel writes.
struct result_writer {
  Rcpp::NumericMatrix estimate, std_error;
  Rcpp::NumericVector sum_estimate, sum_std_error, sigma;
  nidcode::linear_result out;

  result_writer(const nidcode::linear_request& ask,
                const nidcode::linear_series& in)
      : estimate(
            room(ask.orders.empty() ? 0 : in.value.total(), ask.orders.size())),
        std_error(room(ask.errors() ? estimate.nrow() : 0, ask.orders.size())),
        sum_estimate(Rcpp::no_init(in.sum.total())),
        sum_std_error(Rcpp::no_init(ask.errors() ? in.sum.total() : 0)),
        sigma(Rcpp::no_init(ask.rate.fitted() ? in.count : 0)) {
    out.estimate = estimate.begin();
    out.std_error = std_error.begin();
    out.sum_estimate = sum_estimate.begin();
    out.sum_std_error = sum_std_error.begin();
    out.sigma = sigma.begin();
  }

  Rcpp::List list(const r_interrupt& progress) const {
    return Rcpp::List::create(
        _["estimate"] = estimate, _["std.error"] = std_error,
        _["sum.estimate"] = sum_estimate, _["sum.std.error"] = sum_std_error,
        _["sigma"] = sigma, _["asked"] = static_cast<double>(progress.asked));
  }
};

}  // namespace

// Where the rate of an order exists, over the pool of grids; the residual
// degrees of freedom of each grid and the trace of its smoother.
// [[Rcpp::export(rng = false)]]
Rcpp::List linear_defined_cpp(const Rcpp::List& grids, const Rcpp::List& rate,
                              int order) {
  request_reader from(grids, rate, order);
  Rcpp::LogicalVector defined(from.ask.grids.cells());
  Rcpp::NumericVector df(from.ask.grids.size), trace(from.ask.grids.size);
  nidcode::linear_facts(from.ask, order, defined.begin(), df.begin(),
                        trace.begin(), from.progress);
  return Rcpp::List::create(_["defined"] = defined, _["df"] = df,
                            _["trace"] = trace);
}

// The operator of order 0, 1 or 2 of one grid (one-based).
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix linear_operator_cpp(const Rcpp::List& grids, int g,
                                        const Rcpp::List& rate, int order) {
  request_reader from(grids, rate, order);
  must(g >= 1 && g <= from.ask.grids.size, "no such grid");
  const int n = from.ask.grids.length(g - 1);
  Rcpp::NumericMatrix out(n, n);
  from.ask.rate(from.ask.grids, g - 1, from.beat)[order].write(out.begin(), n,
                                                               NA_REAL);
  return out;
}

// Sums over the times of a grid as rows of weights on its values, made once for
// all series of the grid. `weight` holds, grid after grid, n x k weights of
// the rate of `order` at each time; so does the answer, of the values.
// [[Rcpp::export(rng = false)]]
Rcpp::List linear_sums_cpp(const Rcpp::List& grids, const Rcpp::List& rate,
                           const Rcpp::NumericVector& weight,
                           const Rcpp::IntegerVector& k, int order) {
  request_reader from(grids, rate, order);
  must(k.size() == from.ask.grids.size, "not one number of sums a grid");
  Rcpp::NumericVector offset(k.size() + 1), row(Rcpp::no_init(weight.size()));
  for (int g = 0; g < k.size(); ++g) {
    offset[g + 1] =
        offset[g] + static_cast<double>(from.ask.grids.length(g)) * k[g];
  }
  must(offset[k.size()] == static_cast<double>(weight.size()),
       "weights and grids do not agree");
  from.sums(weight, offset, k);
  nidcode::linear_sums(from.ask, order, row.begin(), from.progress);
  return Rcpp::List::create(_["row"] = row, _["offset"] = offset, _["k"] = k,
                            _["levels"] = order == 0);
}

// Rates of `orders` at every value and k sums a series. `sums` comes from
// linear_sums_cpp(), or is empty; `known_sd`, of the error of a value, is
// empty, one number, or one a value. Errors come from it or, for a local fit,
// from the residuals.
// [[Rcpp::export(rng = false)]]
Rcpp::List linear_rates_cpp(const Rcpp::NumericVector& values,
                            const Rcpp::IntegerVector& grid,
                            const Rcpp::List& grids, const Rcpp::List& rate,
                            const Rcpp::IntegerVector& orders,
                            const Rcpp::List& sums,
                            const Rcpp::NumericVector& known_sd, int threads) {
  request_reader from(grids, rate);
  from.wanted(orders, sums);
  from.series(values, grid, known_sd);
  const result_writer to(from.ask, from.in);
  nidcode::fit_linear_rates(from.ask, from.in, to.out, threads, from.progress);
  return to.list(from.progress);
}
