// Smoothing splines: from R's lists to the kernel and back.

#include <RcppEigen.h>
#include <nidcode/spline-batch.h>

#include "interrupt.h"

namespace {

nidcode::offsets running_sum(const Rcpp::IntegerVector& size) {
  nidcode::offsets first(size.size() + 1, 0);
  for (R_xlen_t i = 0; i < size.size(); ++i) {
    first[i + 1] = first[i] + size[i];
  }
  return first;
}

// Offsets of series of which grid[b] has size first[grid + 1] - first[grid].
nidcode::offsets by_series(const nidcode::offsets& first,
                           const std::vector<int>& grid) {
  nidcode::offsets to(grid.size() + 1, 0);
  for (std::size_t b = 0; b < grid.size(); ++b) {
    to[b + 1] = to[b] + first[grid[b] + 1] - first[grid[b]];
  }
  return to;
}

void must(bool holds, const char* what) {
  if (!holds) {
    throw std::invalid_argument(what);
  }
}

nidcode::spline_mode mode_of(const std::string& name) {
  using mode = nidcode::spline_mode;
  return name == "average" ? mode::average
         : name == "reml"  ? mode::reml
         : name == "gcv"   ? mode::gcv
         : name == "df"    ? mode::df
         : name == "frozen" ? mode::frozen
                           : mode::lambda;
}

Rcpp::NumericMatrix room(nidcode::offsets const& to, R_xlen_t columns) {
  const double rows = to.empty() ? 0 : static_cast<double>(to.back());
  must(rows < 2147483647.0, "more than 2^31 rows");
  return Rcpp::NumericMatrix(Rcpp::no_init(static_cast<int>(rows),
                                           static_cast<int>(columns)));
}

template <typename Of>
Rcpp::IntegerVector by_grid(const nidcode::spline_request& ask, Of of) {
  Rcpp::IntegerVector out(ask.first.size() - 1);
  for (R_xlen_t g = 0; g < out.size(); ++g) {
    out[g] = of(ask.m, ask.step + ask.first[g],
                static_cast<int>(ask.first[g + 1] - ask.first[g]));
  }
  return out;
}

}  // namespace

// See spline_fit() in R for the arguments.
// [[Rcpp::export]]
Rcpp::List spline_fit_cpp(Rcpp::NumericVector values, Rcpp::IntegerVector grid,
                          Rcpp::List grids, Rcpp::List want, Rcpp::List tuning,
                          Rcpp::CharacterVector keep, int threads) {
  nidcode::spline_request ask;
  const Rcpp::NumericVector time = grids["time"];
  const Rcpp::IntegerVector step = grids["step"];
  const Rcpp::IntegerVector size = grids["size"];
  ask.m = tuning["m"];
  ask.tuning.mode = mode_of(tuning["mode"]);
  ask.tuning.value = tuning["value"];
  ask.time = time.begin();
  ask.step = step.begin();
  ask.first = running_sum(size);
  must(ask.first.back() == time.size() && time.size() == step.size(),
       "grids: sizes do not add up");
  must(size.size() == 0 || Rcpp::min(size) >= 1, "grids: an empty grid");

  nidcode::spline_series in;
  std::vector<int> which(grid.size());
  for (R_xlen_t b = 0; b < grid.size(); ++b) {
    must(grid[b] >= 1 && grid[b] <= size.size(), "grid: no such grid");
    which[b] = grid[b] - 1;
  }
  in.values = values.begin();
  in.grid = which.data();
  in.count = grid.size();
  in.value = by_series(ask.first, which);
  must(in.value.back() == values.size(), "values: not one for each time");

  ask.orders = Rcpp::as<std::vector<int>>(want["orders"]);
  ask.new_orders = Rcpp::as<std::vector<int>>(want["new_orders"]);
  const Rcpp::NumericVector new_time = want["new_time"];
  const Rcpp::IntegerVector new_size = want["new_size"];
  if (new_size.size() > 0) {
    ask.new_time = new_time.begin();
    ask.new_first = running_sum(new_size);
    must(new_size.size() == size.size() &&
             ask.new_first.back() == new_time.size(),
         "new times: sizes do not add up");
    in.fresh = by_series(ask.new_first, which);
  }
  const Rcpp::NumericVector sum_weight = want["sum_weight"];
  const Rcpp::IntegerVector sum_size = want["sum_size"];
  if (sum_size.size() > 0) {
    ask.sum_order = want["sum_order"];
    ask.sum_weight = sum_weight.begin();
    must(sum_size.size() == size.size(), "sums: not one count a grid");
    ask.sum_first = running_sum(sum_size);
    ask.sum_offset.assign(size.size() + 1, 0);
    for (R_xlen_t g = 0; g < size.size(); ++g) {
      ask.sum_offset[g + 1] = ask.sum_offset[g] +
                              static_cast<std::ptrdiff_t>(sum_size[g]) * size[g];
    }
    must(ask.sum_offset.back() == sum_weight.size(),
         "sums: weights do not add up");
    in.sum = by_series(ask.sum_first, which);
  }
  auto right_order = [&ask](int order) {
    return order >= 0 && order < ask.m;
  };
  must(std::all_of(ask.orders.begin(), ask.orders.end(), right_order) &&
           std::all_of(ask.new_orders.begin(), ask.new_orders.end(),
                       right_order) &&
           (sum_size.size() == 0 || right_order(ask.sum_order)),
       "an order is not below m");
  const Rcpp::NumericMatrix weights = tuning["weights"];
  const Rcpp::NumericMatrix lambda = tuning["lambda"];
  if (ask.tuning.mode == nidcode::spline_mode::frozen) {
    must(weights.ncol() == grid.size() && weights.nrow() >= 1,
         "frozen: not one column of weights a series");
    ask.frozen_points = weights.nrow();
    ask.frozen_weight = weights.begin();
    must(lambda.ncol() == 0 ? weights.nrow() == nidcode::lambda_points
                            : lambda.ncol() == weights.ncol() &&
                                  lambda.nrow() == weights.nrow(),
         "frozen: lambda and weights differ in shape");
    ask.frozen_lambda = lambda.ncol() == 0 ? nullptr : lambda.begin();
  }

  auto kept = [&keep](const char* name) {
    return std::find(keep.begin(), keep.end(), name) != keep.end();
  };
  const bool keep_weight = kept("weight") &&
                           ask.tuning.mode == nidcode::spline_mode::average;
  const bool keep_shrink = kept("shrink"), keep_z = kept("z");
  const Rcpp::IntegerVector df =
      by_grid(ask, nidcode::spline_basis::directions_of);
  if (keep_shrink || keep_z) {
    in.direction = by_series(running_sum(df), which);
  }
  const R_xlen_t count = grid.size();
  Rcpp::NumericMatrix estimate = room(in.value, ask.orders.size());
  Rcpp::NumericMatrix std_error = room(in.value, ask.orders.size());
  Rcpp::NumericMatrix new_estimate = room(in.fresh, ask.new_orders.size());
  Rcpp::NumericMatrix new_std_error = room(in.fresh, ask.new_orders.size());
  const R_xlen_t sums = in.sum.empty() ? 0 : in.sum.back();
  Rcpp::NumericVector sum_estimate(sums), sum_std_error(sums);
  Rcpp::NumericVector log_lambda(count), first(count), last(count), edf(count),
      sigma(count);
  Rcpp::NumericMatrix weight(keep_weight ? nidcode::lambda_points : 0,
                             keep_weight ? static_cast<int>(count) : 0);
  const R_xlen_t directions = in.direction.empty() ? 0 : in.direction.back();
  Rcpp::NumericVector shrink(keep_shrink ? directions : 0),
      z(keep_z ? directions : 0);
  nidcode::spline_result out;
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
  r_interrupt progress;
  nidcode::fit_splines(ask, in, out, threads, progress);
  using Rcpp::_;
  return Rcpp::List::create(
      _["estimate"] = estimate, _["std.error"] = std_error,
      _["new.estimate"] = new_estimate, _["new.std.error"] = new_std_error,
      _["sum.estimate"] = sum_estimate,
      _["sum.std.error"] = sum_std_error,
      _["series"] = Rcpp::List::create(
          _["log.lambda"] = log_lambda, _["first"] = first, _["last"] = last,
          _["edf"] = edf, _["sigma"] = sigma),
      _["df"] = df,
      _["degree"] = by_grid(ask, nidcode::spline_basis::degree_of),
      _["weight"] = weight, _["shrink"] = shrink, _["z"] = z,
      _["asked"] = static_cast<double>(progress.asked),
      _["longest"] = static_cast<double>(progress.longest));
}

// One grid's pieces, from which R builds operators and joint draws.
// [[Rcpp::export]]
Rcpp::List spline_pieces_cpp(Rcpp::NumericVector time, Rcpp::IntegerVector step,
                             int m, Rcpp::IntegerVector order,
                             Rcpp::NumericVector at) {
  must(time.size() == step.size() && order.size() == at.size(),
       "time and step, order and at: lengths differ");
  must(order.size() == 0 || (Rcpp::min(order) >= 0 && Rcpp::max(order) < m),
       "an order is not below m");
  nidcode::spline_basis basis;
  basis.compute(m, time.begin(), step.begin(), static_cast<int>(time.size()));
  nidcode::spline_functionals f;
  f.compute(basis, order.begin(), at.begin(), static_cast<int>(at.size()));
  nidcode::lambda_grid grid;
  if (basis.smooth()) {
    grid.compute(basis.e());
  }
  using Rcpp::_;
  const Eigen::MatrixXd kriging = f.kernel().transpose() * f.kernel();
  return Rcpp::List::create(
      _["polynomial"] = basis.polynomial(), _["directions"] = basis.directions(),
      _["e"] = basis.e(), _["lambda"] = grid.lambda(),
      _["log.prior"] = grid.log_prior(),
      _["rho"] = Eigen::MatrixXd(f.rho().transpose()),
      _["phi"] = Eigen::MatrixXd(f.phi().transpose()),
      _["level"] = f.level(), _["kriging"] = kriging,
      _["df"] = basis.r(), _["degree"] = basis.degree(),
      _["smooth"] = basis.smooth(), _["span"] = basis.span(),
      _["converged"] = basis.converged());
}
