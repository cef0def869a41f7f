// Smoothing splines: from R's lists to the kernel and back.

#include <RcppEigen.h>
#include <nidcode/spline-batch.h>

#include "interrupt.h"
#include "must.h"
#include "room.h"

using Rcpp::_;

namespace {

nidcode::offsets running_sum(const Rcpp::IntegerVector& size) {
  nidcode::offsets first(size.size() + 1, 0);
  for (R_xlen_t i = 0; i < size.size(); ++i) {
    must(size[i] >= 0, "a size is negative");
    first[i + 1] = first[i] + size[i];
  }
  return first;
}

nidcode::spline_mode mode_of(const std::string& name) {
  using mode = nidcode::spline_mode;
  must(name == "average" || name == "reml" || name == "gcv" || name == "df" ||
           name == "frozen" || name == "lambda",
       "mode: no such choice of lambda");
  return name == "average"  ? mode::average
         : name == "reml"   ? mode::reml
         : name == "gcv"    ? mode::gcv
         : name == "df"     ? mode::df
         : name == "frozen" ? mode::frozen
                            : mode::lambda;
}

// What R hands in, kept alive while the kernel reads it.
struct request_reader {
  Rcpp::NumericVector time, new_time, sum_weight, rounding;
  Rcpp::IntegerVector step, size;
  Rcpp::NumericMatrix weights, lambda;
  nidcode::spline_request ask;
  nidcode::spline_series in;

  request_reader(const Rcpp::NumericVector& values,
                 const Rcpp::IntegerVector& grid, const Rcpp::List& pool,
                 const Rcpp::List& want, const Rcpp::List& how) {
    ask.missing = NA_REAL;
    tuning(how);
    grids(pool);
    series(values, grid);
    times(want);
    sums(want);
    frozen();
    in.direction =
        places(running_sum(of_grids(nidcode::spline_basis::directions_of)));
  }

 private:
  void grids(const Rcpp::List& grids) {
    time = grids["time"];
    step = grids["step"];
    size = grids["size"];
    ask.time = time.begin();
    ask.step = step.begin();
    ask.first = running_sum(size);
    must(ask.first.back() == time.size() && time.size() == step.size(),
         "grids: sizes do not add up");
    must(size.size() == 0 || Rcpp::min(size) >= 1, "grids: an empty grid");
  }

  void series(const Rcpp::NumericVector& values,
              const Rcpp::IntegerVector& grid) {
    must_lie(grid, 1, size.size(), "grid: no such grid");
    in.values = values.begin();
    in.grid = grid.begin();
    in.count = grid.size();
    in.value = places(ask.first);
    must(in.value.total() == values.size(), "values: not one for each time");
    must(rounding.size() == 0 || rounding.size() == in.count,
         "rounding: not one for each series");
    in.rounding = rounding.size() > 0 ? rounding.begin() : nullptr;
  }

  // Of series of which grid g takes first[g + 1] - first[g] places.
  nidcode::series_places places(const nidcode::offsets& first) const {
    return nidcode::series_places(
        in.grid, in.count, static_cast<int>(size.size()),
        [&first](int g) { return first[g + 1] - first[g]; });
  }

  std::vector<int> orders(const Rcpp::IntegerVector& orders) const {
    must_lie(orders, 0, ask.m - 1, "an order is not below m");
    return Rcpp::as<std::vector<int>>(orders);
  }

  void times(const Rcpp::List& want) {
    const Rcpp::IntegerVector own = want["orders"];
    ask.steps = want["steps"];
    must_lie(own, 0, ask.steps ? 2 : ask.m - 1, "an order is not below m");
    ask.orders = Rcpp::as<std::vector<int>>(own);
    const Rcpp::IntegerVector new_size = want["new_size"];
    new_time = want["new_time"];
    must_be_finite(new_time, "new times: not finite");
    if (new_size.size() > 0) {
      ask.new_orders = orders(want["new_orders"]);
      ask.new_time = new_time.begin();
      ask.new_first = running_sum(new_size);
      must(new_size.size() == size.size() &&
               ask.new_first.back() == new_time.size(),
           "new times: sizes do not add up");
      in.fresh = places(ask.new_first);
    }
  }

  void sums(const Rcpp::List& want) {
    const Rcpp::IntegerVector count = want["sum_size"];
    sum_weight = want["sum_weight"];
    if (count.size() == 0) {
      return;
    }
    must(count.size() == size.size(), "sums: not one count a grid");
    const std::vector<int> order = orders(want["sum_order"]);
    must(order.size() == 1, "sums: not one order");
    ask.sum_order = order[0];
    ask.sum_weight = sum_weight.begin();
    ask.sum_first = running_sum(count);
    ask.sum_offset.assign(size.size() + 1, 0);
    for (R_xlen_t g = 0; g < size.size(); ++g) {
      ask.sum_offset[g + 1] =
          ask.sum_offset[g] + static_cast<std::ptrdiff_t>(count[g]) * size[g];
    }
    must(ask.sum_offset.back() == sum_weight.size(),
         "sums: weights do not add up");
    in.sum = places(ask.sum_first);
  }

  void tuning(const Rcpp::List& tuning) {
    ask.m = tuning["m"];
    ask.tuning.mode = mode_of(tuning["mode"]);
    ask.tuning.value = tuning["value"];
    weights = Rcpp::as<Rcpp::NumericMatrix>(tuning["weights"]);
    lambda = Rcpp::as<Rcpp::NumericMatrix>(tuning["lambda"]);
    rounding = tuning["rounding"];
  }

  // After series().
  void frozen() {
    if (ask.tuning.mode != nidcode::spline_mode::frozen) {
      return;
    }
    must(weights.ncol() == in.count && weights.nrow() >= 1,
         "frozen: not one column of weights a series");
    must(lambda.ncol() == 0 ? weights.nrow() == nidcode::lambda_points
                            : lambda.ncol() == weights.ncol() &&
                                  lambda.nrow() == weights.nrow(),
         "frozen: lambda and weights differ in shape");
    ask.frozen_points = weights.nrow();
    ask.frozen_weight = weights.begin();
    ask.frozen_lambda = lambda.ncol() == 0 ? nullptr : lambda.begin();
  }

 public:
  // A number that the kernel gives each grid by (m, step, n).
  template <typename Of>
  Rcpp::IntegerVector of_grids(Of of) const {
    Rcpp::IntegerVector out(size.size());
    for (R_xlen_t g = 0; g < out.size(); ++g) {
      out[g] = of(ask.m, ask.step + ask.first[g], size[g]);
    }
    return out;
  }
};

// What R gets back, as the places where the kernel writes.
struct result_writer {
  Rcpp::NumericMatrix estimate, std_error, new_estimate, new_std_error, weight;
  Rcpp::NumericVector sum_estimate, sum_std_error, log_lambda, first, last, edf,
      sigma, shrink, z;
  nidcode::spline_result out;

  static bool kept(const Rcpp::CharacterVector& keep, const char* name) {
    return std::find(keep.begin(), keep.end(), name) != keep.end();
  }

  result_writer(const nidcode::spline_request& ask,
                const nidcode::spline_series& in,
                const Rcpp::CharacterVector& keep)
      : result_writer(ask, in,
                      kept(keep, "weight") &&
                          ask.tuning.mode == nidcode::spline_mode::average,
                      kept(keep, "shrink"), kept(keep, "z")) {}

  result_writer(const nidcode::spline_request& ask,
                const nidcode::spline_series& in, bool keep_weight,
                bool keep_shrink, bool keep_z)
      : estimate(room(in.value.total(), ask.orders.size())),
        std_error(room(in.value.total(), ask.orders.size())),
        new_estimate(room(in.fresh.total(), ask.new_orders.size())),
        new_std_error(room(in.fresh.total(), ask.new_orders.size())),
        weight(keep_weight ? nidcode::lambda_points : 0,
               keep_weight ? static_cast<int>(in.count) : 0),
        sum_estimate(in.sum.total()),
        sum_std_error(sum_estimate.size()),
        log_lambda(in.count),
        first(in.count),
        last(in.count),
        edf(in.count),
        sigma(in.count),
        shrink(keep_shrink ? in.direction.total() : 0),
        z(keep_z ? in.direction.total() : 0) {
    out.estimate = estimate.begin();
    out.std_error = std_error.begin();
    out.new_estimate = new_estimate.begin();
    out.new_std_error = new_std_error.begin();
    out.sum_estimate = sum_estimate.begin();
    out.sum_std_error = sum_std_error.begin();
    out.log_lambda = log_lambda.begin();
    out.first = first.begin();
    out.last = last.begin();
    out.edf = edf.begin();
    out.sigma = sigma.begin();
    out.weight = keep_weight ? weight.begin() : nullptr;
    out.shrink = keep_shrink ? shrink.begin() : nullptr;
    out.z = keep_z ? z.begin() : nullptr;
  }

  Rcpp::List list(const request_reader& from,
                  const r_interrupt& progress) const {
    return Rcpp::List::create(
        _["estimate"] = estimate, _["std.error"] = std_error,
        _["new.estimate"] = new_estimate, _["new.std.error"] = new_std_error,
        _["sum.estimate"] = sum_estimate, _["sum.std.error"] = sum_std_error,
        _["series"] = Rcpp::List::create(_["log.lambda"] = log_lambda,
                                         _["first"] = first, _["last"] = last,
                                         _["edf"] = edf, _["sigma"] = sigma),
        _["weight"] = weight, _["shrink"] = shrink, _["z"] = z,
        _["df"] = from.of_grids(nidcode::spline_basis::directions_of),
        _["degree"] = from.of_grids(nidcode::spline_basis::degree_of),
        _["asked"] = static_cast<double>(progress.asked),
        _["longest"] = static_cast<double>(progress.longest));
  }
};

Rcpp::List wrap_pieces(const nidcode::spline_basis& basis,
                       const nidcode::spline_functionals& f) {
  nidcode::lambda_grid grid;
  if (basis.smooth()) {
    grid.compute(basis.e());
  }
  return Rcpp::List::create(
      _["polynomial"] = basis.polynomial(),
      _["directions"] = basis.directions(), _["e"] = basis.e(),
      _["lambda"] = grid.lambda(), _["log.prior"] = grid.log_prior(),
      _["rho"] = Eigen::MatrixXd(f.rho().transpose()),
      _["phi"] = Eigen::MatrixXd(f.phi().transpose()), _["level"] = f.level(),
      _["kriging"] = Eigen::MatrixXd(f.kernel() * f.kernel().transpose()),
      _["df"] = basis.r(), _["degree"] = basis.degree(),
      _["span"] = basis.span(), _["converged"] = basis.converged());
}

}  // namespace

// spline_fit() in R says what the arguments are.
// [[Rcpp::export(rng = false)]]
Rcpp::List spline_fit_cpp(Rcpp::NumericVector values, Rcpp::IntegerVector grid,
                          Rcpp::List grids, Rcpp::List want, Rcpp::List tuning,
                          Rcpp::CharacterVector keep, int threads) {
  const request_reader from(values, grid, grids, want, tuning);
  const result_writer to(from.ask, from.in, keep);
  r_interrupt progress;
  nidcode::fit_splines(from.ask, from.in, to.out, threads, progress);
  return to.list(from, progress);
}

// spline_pieces() in R: one grid, from which operators and draws are made.
// [[Rcpp::export(rng = false)]]
Rcpp::List spline_pieces_cpp(Rcpp::NumericVector time, Rcpp::IntegerVector step,
                             int m, Rcpp::IntegerVector order,
                             Rcpp::NumericVector at) {
  must(time.size() == step.size() && order.size() == at.size(),
       "time and step, order and at: lengths differ");
  must_lie(order, 0, m - 1, "an order is not below m");
  must_be_finite(at, "new times: not finite");
  r_interrupt progress;
  nidcode::pulse beat([&progress] { progress.step(0); });
  nidcode::spline_basis basis;
  nidcode::spline_functionals f;
  basis.compute(m, time.begin(), step.begin(), time.size(), beat);
  f.compute(basis, order.begin(), at.begin(), at.size(), beat);
  return wrap_pieces(basis, f);
}
