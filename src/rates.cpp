// Glue of the linear rates: operators of grids, and their products with
// series.

#include <Rcpp.h>
// RcppEigen's header sets Eigen up for R.
#include <RcppEigen.h>
#include <nidcode/central.h>
#include <nidcode/divided-difference.h>
#include <nidcode/linear-rates.h>
#include <nidcode/local-polynomial.h>
#include <nidcode/term-widths.h>
#include <nidcode/tolerance.h>

#include "interrupt.h"
#include "must.h"

namespace {

// Makes the operator of a grid for the rate that R names.
class operator_maker {
 public:
  operator_maker(const Rcpp::List& rate, const nidcode::grid_pool& pool)
      : pool_(pool), kind_(Rcpp::as<std::string>(rate["kind"])) {
    must(kind_ == "local" || kind_ == "custom" || kind_ == "central" ||
             kind_ == "difference",
         "no such rate");
    if (kind_ == "local") {
      local_.span = rate["span"];
      local_.width = rate["width"];
      local_.degree = rate["degree"];
      local_.shift = rate["shift"];
      must(local_.degree >= 0 && local_.degree <= 60 && local_.span >= 1 &&
               local_.width >= 0,
           "no such window");
      const std::string kernel = rate["kernel"];
      local_.kernel = kernel == "uniform" ? nidcode::kernel_shape::uniform
                      : kernel == "tricube"
                          ? nidcode::kernel_shape::tricube
                          : nidcode::kernel_shape::epanechnikov;
    } else if (kind_ == "custom") {
      const Rcpp::List matrices = rate["matrices"];
      must(matrices.size() == pool.size, "not one pair of matrices a grid");
      for (int g = 0; g < pool.size; ++g) {
        const Rcpp::List both = matrices[g];
        must(both.size() == 2, "not two matrices a grid");
        custom_.push_back(read_custom(both[0], both[1], pool[g].n));
      }
    }
  }

  nidcode::rate_operator operator()(int g, nidcode::pulse& beat) const {
    beat.work(100 * pool_[g].n);
    if (kind_ == "custom") {
      return custom_[static_cast<std::size_t>(g)];
    }
    if (kind_ == "central") {
      return nidcode::central_difference(pool_[g]);
    }
    if (kind_ == "local") {
      return nidcode::local_polynomial(pool_[g], local_, beat);
    }
    return nidcode::divided_difference(pool_[g]);
  }

 private:
  // NA rows of the user's matrices are times without a rate.
  static nidcode::rate_operator read_custom(const Rcpp::NumericMatrix& r1,
                                            const Rcpp::NumericMatrix& r2,
                                            int n) {
    must(r1.nrow() == n && r1.ncol() == n && r2.nrow() == n && r2.ncol() == n,
         "matrices and times differ in size");
    nidcode::rate_operator out;
    out.rate[0].add_identity(n);
    std::vector<double> row(static_cast<std::size_t>(n));
    for (std::size_t order = 1; order < 3; ++order) {
      const Rcpp::NumericMatrix& from = order == 1 ? r1 : r2;
      for (int i = 0; i < n; ++i) {
        bool whole = true;
        for (int j = 0; j < n; ++j) {
          row[static_cast<std::size_t>(j)] = from(i, j);
          whole = whole && from(i, j) == from(i, j);
        }
        if (whole) {
          out.rate[order].add(0, row.data(), n);
        } else {
          out.rate[order].add_none();
        }
      }
    }
    return out;
  }

  nidcode::grid_pool pool_;
  std::string kind_;
  nidcode::local_options local_;
  std::vector<nidcode::rate_operator> custom_;
};

// The pool points into R's vectors, so they must not be converted.
nidcode::grid_pool read_pool(const Rcpp::List& grids) {
  must(TYPEOF(grids["offset"]) == INTSXP && TYPEOF(grids["time"]) == REALSXP &&
           TYPEOF(grids["step"]) == INTSXP,
       "grids are no vectors of their types");
  const Rcpp::IntegerVector offset = grids["offset"];
  const Rcpp::NumericVector time = grids["time"];
  const Rcpp::IntegerVector step = grids["step"];
  must_cover(offset, time.size(), "grids do not cover the times");
  must(step.size() == 0 || step.size() == time.size(),
       "times and steps differ in number");
  return {offset.begin(), time.begin(),
          step.size() == 0 ? nullptr : step.begin(),
          static_cast<int>(offset.size()) - 1};
}

// Series ordered by grid, so that each operator is made once a block.
std::vector<int> order_by_grid(const Rcpp::IntegerVector& grid, int size) {
  std::vector<int> next(static_cast<std::size_t>(size) + 1, 0);
  for (int g : grid) {
    ++next[static_cast<std::size_t>(g)];
  }
  for (std::size_t g = 1; g < next.size(); ++g) {
    next[g] += next[g - 1];
  }
  std::vector<int> by(static_cast<std::size_t>(grid.size()));
  for (R_xlen_t s = 0; s < grid.size(); ++s) {
    by[static_cast<std::size_t>(
        next[static_cast<std::size_t>(grid[s]) - 1]++)] = static_cast<int>(s);
  }
  return by;
}

}  // namespace

// Where the rate of an order exists, over the pool of grids; the residual
// degrees of freedom of each grid and the trace of its smoother.
// [[Rcpp::export]]
Rcpp::List linear_defined_cpp(const Rcpp::List& grids, const Rcpp::List& rate,
                              int order) {
  const nidcode::grid_pool pool = read_pool(grids);
  must(order >= 0 && order <= 2, "no such order");
  const operator_maker make(rate, pool);
  Rcpp::LogicalVector defined(pool.size > 0 ? pool.offset[pool.size] : 0);
  Rcpp::NumericVector df(pool.size), trace(pool.size);
  r_interrupt progress;
  nidcode::pulse beat([&progress] { progress.step(progress.done); });
  for (int g = 0; g < pool.size; ++g) {
    const nidcode::rate_operator op = make(g, beat);
    for (int i = 0; i < pool[g].n; ++i) {
      defined[pool.offset[g] + i] =
          op.rate[static_cast<std::size_t>(order)].defined(i);
    }
    for (int i = 0; i < pool[g].n; ++i) {
      trace[g] += op.rate[0].own_weight(i);
    }
    df[g] = op.df >= nidcode::least_df ? op.df : NA_REAL;
    if ((g & 0xfff) == 0) {
      progress.step(static_cast<std::size_t>(g));
    }
  }
  return Rcpp::List::create(Rcpp::Named("defined") = defined,
                            Rcpp::Named("df") = df,
                            Rcpp::Named("trace") = trace);
}

// Widths of the terms of formula (2) as an integral, over the pool of grids.
// [[Rcpp::export]]
Rcpp::NumericVector term_widths_cpp(const Rcpp::List& grids, bool backward,
                                    bool split) {
  const nidcode::grid_pool pool = read_pool(grids);
  Rcpp::NumericVector out(pool.size > 0 ? pool.offset[pool.size] : 0);
  double* const width = out.begin();
  r_interrupt progress;
  nidcode::for_each_block(pool.size, 1, progress, [&](std::ptrdiff_t from,
                                                      std::ptrdiff_t to) {
    for (int g = static_cast<int>(from); g < to; ++g) {
      nidcode::term_widths(pool[g], backward, split, width + pool.offset[g]);
    }
  });
  return out;
}

// Number of terms of each grid, the times of the first and the last.
// [[Rcpp::export]]
Rcpp::List terms_told_cpp(const Rcpp::List& grids,
                          const Rcpp::LogicalVector& terms) {
  const nidcode::grid_pool pool = read_pool(grids);
  must(terms.size() == pool.offset[pool.size],
       "terms and times differ in number");
  Rcpp::IntegerVector count(pool.size);
  Rcpp::NumericVector first(pool.size, NA_REAL), last(pool.size, NA_REAL);
  r_interrupt progress;
  nidcode::for_each_block(pool.size, 1, progress, [&](std::ptrdiff_t from,
                                                      std::ptrdiff_t to) {
    for (int g = static_cast<int>(from); g < to; ++g) {
      for (int i = pool.offset[g]; i < pool.offset[g + 1]; ++i) {
        if (terms[i]) {
          first[g] = count[g] == 0 ? pool.time[i] : first[g];
          last[g] = pool.time[i];
          ++count[g];
        }
      }
    }
  });
  return Rcpp::List::create(Rcpp::Named("count") = count,
                            Rcpp::Named("first") = first,
                            Rcpp::Named("last") = last);
}

// The operator of order 0, 1 or 2 of one grid (one-based).
// [[Rcpp::export]]
Rcpp::NumericMatrix linear_operator_cpp(const Rcpp::List& grids, int g,
                                        const Rcpp::List& rate, int order) {
  const nidcode::grid_pool pool = read_pool(grids);
  must(order >= 0 && order <= 2, "no such order");
  must(g >= 1 && g <= pool.size, "no such grid");
  const operator_maker make(rate, pool);
  r_interrupt progress;
  nidcode::pulse beat([&progress] { progress.step(progress.done); });
  const nidcode::rate_operator op = make(g - 1, beat);
  const nidcode::rate_rows& rows = op.rate[static_cast<std::size_t>(order)];
  const int n = pool[g - 1].n;
  Rcpp::NumericMatrix out(n, n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n && !rows.defined(i); ++j) {
      out(i, j) = NA_REAL;
    }
    for (int j = 0; j < rows.size(i); ++j) {
      out(i, rows.first(i) + j) = rows.weight(i)[j];
    }
  }
  return out;
}

// Sums over the times of a grid as rows of weights on its values, made once for
// all series of the grid. `weight` holds, grid after grid, n x k weights of
// the rate of `order` at each time; so does the answer, of the values.
// [[Rcpp::export]]
Rcpp::List linear_sums_cpp(const Rcpp::List& grids, const Rcpp::List& rate,
                           const Rcpp::NumericVector& weight,
                           const Rcpp::IntegerVector& k, int order) {
  const nidcode::grid_pool pool = read_pool(grids);
  const operator_maker make(rate, pool);
  must(order >= 0 && order <= 2, "no such order");
  must(k.size() == pool.size, "not one number of sums a grid");
  must_lie(k, 0, 2147483647, "a number of sums is negative");
  Rcpp::NumericVector offset(pool.size + 1);
  for (int g = 0; g < pool.size; ++g) {
    offset[g + 1] = offset[g] + static_cast<double>(pool[g].n) * k[g];
  }
  must(offset[pool.size] == static_cast<double>(weight.size()),
       "weights and grids do not agree");
  Rcpp::NumericVector row(Rcpp::no_init(weight.size()));
  r_interrupt progress;
  nidcode::pulse beat([&progress] { progress.step(progress.done); });
  for (int g = 0; g < pool.size; ++g) {
    if (k[g] > 0) {
      const int n = pool[g].n;
      const nidcode::rate_operator op = make(g, beat);
      const double* w = weight.begin() + static_cast<R_xlen_t>(offset[g]);
      double* out = row.begin() + static_cast<R_xlen_t>(offset[g]);
      for (int j = 0; j < k[g]; ++j, w += n, out += n) {
        nidcode::sum_weights(op, static_cast<std::size_t>(order), w, n, out);
        beat.work(10.0 * n);
      }
    }
    if ((g & 0xfff) == 0) {
      progress.step(static_cast<std::size_t>(g));
    }
  }
  return Rcpp::List::create(Rcpp::Named("row") = row,
                            Rcpp::Named("offset") = offset,
                            Rcpp::Named("k") = k);
}

// Rates of `orders` at every value and k sums a series. `sums` comes from
// linear_sums_cpp(), or is empty; `known_sd`, of the error of a value, is empty, one
// number, or one a value. Errors come from it or, for a local fit, from the residuals.
// [[Rcpp::export]]
Rcpp::List linear_rates_cpp(const Rcpp::NumericVector& values,
                            const Rcpp::IntegerVector& grid,
                            const Rcpp::List& grids, const Rcpp::List& rate,
                            const Rcpp::IntegerVector& orders,
                            const Rcpp::List& sums,
                            const Rcpp::NumericVector& known_sd, int threads) {
  const nidcode::grid_pool pool = read_pool(grids);
  must_lie(grid, 1, pool.size, "no such grid");
  must_lie(orders, 0, 2, "no such order");
  must(known_sd.size() <= 1 || known_sd.size() == values.size(),
       "errors: not one for all or for each value");
  const operator_maker make(rate, pool);
  const std::string kind = rate["kind"];
  const bool local = kind == "local";
  // A user's own matrices need not send constants to zero.
  const bool centre = kind != "custom";
  const bool errors = local || known_sd.size() > 0;
  const bool one_error = known_sd.size() == 1;
  const R_xlen_t series = grid.size();
  const int n_orders = static_cast<int>(orders.size());
  const bool summed = sums.size() > 0;
  const Rcpp::NumericVector row =
      summed ? Rcpp::as<Rcpp::NumericVector>(sums["row"])
             : Rcpp::NumericVector();
  const Rcpp::NumericVector row_offset =
      summed ? Rcpp::as<Rcpp::NumericVector>(sums["offset"])
             : Rcpp::NumericVector();
  const Rcpp::IntegerVector k = summed
                                    ? Rcpp::as<Rcpp::IntegerVector>(sums["k"])
                                    : Rcpp::IntegerVector();
  must(!summed || (k.size() == pool.size && row_offset.size() == pool.size + 1),
       "sums and grids do not agree");
  for (int g = 0; summed && g < pool.size; ++g) {
    must(k[g] >= 0 && row_offset[g] >= 0 &&
             row_offset[g] + static_cast<double>(pool[g].n) * k[g] <=
                 static_cast<double>(row.size()),
         "sums and grids do not agree");
  }
  // Sums alone need no operator, so their series may come in any order.
  const bool operators = n_orders > 0 || local;
  // With one grid for all, where a series starts is a product: tables as long
  // as the series would cost as much memory as the sums themselves.
  const bool one_grid = pool.size == 1;
  const std::size_t entries =
      one_grid ? 0 : static_cast<std::size_t>(series) + 1;
  std::vector<R_xlen_t> start_table(entries, 0), sum_table(entries, 0);
  const R_xlen_t one_n = one_grid ? pool[0].n : 0;
  const R_xlen_t one_k = one_grid && k.size() > 0 ? k[0] : 0;
  auto start = [&start_table, one_grid, one_n](R_xlen_t s) {
    return one_grid ? s * one_n : start_table[static_cast<std::size_t>(s)];
  };
  auto sum_start = [&sum_table, one_grid, one_k](R_xlen_t s) {
    return one_grid ? s * one_k : sum_table[static_cast<std::size_t>(s)];
  };
  for (R_xlen_t s = 0; s < series && !one_grid; ++s) {
    const std::size_t at = static_cast<std::size_t>(s);
    start_table[at + 1] = start_table[at] + pool[grid[s] - 1].n;
    sum_table[at + 1] = sum_table[at] + (summed ? k[grid[s] - 1] : 0);
  }
  const R_xlen_t n_values = pool.size > 0 ? start(series) : 0;
  const R_xlen_t n_sums = pool.size > 0 ? sum_start(series) : 0;
  must(n_values == values.size(), "values and grids do not agree");
  Rcpp::NumericMatrix estimate(
      Rcpp::no_init(n_orders ? n_values : 0, n_orders));
  Rcpp::NumericMatrix error(
      Rcpp::no_init(n_orders && errors ? n_values : 0, n_orders));
  Rcpp::NumericVector sum_estimate(Rcpp::no_init(n_sums));
  Rcpp::NumericVector sum_error(Rcpp::no_init(errors ? n_sums : 0));
  Rcpp::NumericVector sigma(Rcpp::no_init(local ? series : 0));
  const std::vector<int> by =
      one_grid || !operators ? std::vector<int>()
                             : order_by_grid(grid, pool.size);
  double* const est = estimate.begin();
  double* const err = error.begin();
  const double* const y_all = values.begin();
  const double* const row_all = row.begin();
  const double* const row_start = row_offset.begin();
  const double* const known = known_sd.begin();
  double* const sum_est = sum_estimate.begin();
  double* const sum_err = sum_error.begin();
  double* const sigma_all = sigma.begin();
  const int* const grid_of = grid.begin();
  const int* const order_of = orders.begin();
  const int* const k_of = k.begin();
  r_interrupt progress;
  nidcode::for_each_long_block(series, threads, progress, [&](
      std::ptrdiff_t from, std::ptrdiff_t to, nidcode::pulse& beat) {
    int current = -1;
    nidcode::rate_operator op;
    for (std::ptrdiff_t at = from; at < to; ++at) {
      const R_xlen_t s =
          by.empty() ? at : by[static_cast<std::size_t>(at)];
      const int g = one_grid ? 0 : grid_of[s] - 1;
      const int n = pool[g].n;
      if (operators && g != current) {
        current = g;
        op = make(g, beat);
      }
      const double* y = y_all + start(s);
      const double zero = centre && n > 0 ? y[0] : 0;
      beat.work(100.0 * n);
      const double sd = local          ? nidcode::residual_sd(op, y, n)
                        : one_error ? known[0]
                                       : 1;
      const double* v = errors && !local && !one_error ? known + start(s)
                                                          : nullptr;
      if (local) {
        sigma_all[s] = sd;
      }
      for (int o = 0; o < n_orders; ++o) {
        const int order = order_of[o];
        const nidcode::rate_rows& rows =
            op.rate[static_cast<std::size_t>(order)];
        for (int i = 0; i < n; ++i) {
          const double* w = rows.weight(i);
          const int first = rows.first(i), size = rows.size(i);
          const R_xlen_t cell = static_cast<R_xlen_t>(o) * n_values +
                                start(s) + i;
          const double* here = v == nullptr ? nullptr : v + first;
          est[cell] = size == 0 ? NA_REAL
                                : nidcode::weigh(w, y + first, size, zero) +
                                      (order == 0 ? zero : 0);
          if (errors) {
            err[cell] =
                size == 0 ? NA_REAL : sd * nidcode::row_norm(w, here, size);
          }
        }
      }
      const int sums_here = summed ? k_of[g] : 0;
      for (int j = 0; j < sums_here; ++j) {
        const double* w = row_all + static_cast<R_xlen_t>(row_start[g]) +
                          static_cast<R_xlen_t>(j) * n;
        const R_xlen_t cell = sum_start(s) + j;
        sum_est[cell] = nidcode::weigh(w, y, n, zero);
        beat.work(4.0 * n);
        if (errors) {
          sum_err[cell] = sd * nidcode::row_norm(w, v, n);
        }
      }
    }
  });
  return Rcpp::List::create(
      Rcpp::Named("estimate") = estimate, Rcpp::Named("std.error") = error,
      Rcpp::Named("sum.estimate") = sum_estimate,
      Rcpp::Named("sum.std.error") = sum_error, Rcpp::Named("sigma") = sigma,
      Rcpp::Named("asked") = static_cast<double>(progress.asked));
}
