// Glue of <nidcode/shared-noise.h>.

#include <RcppEigen.h>
#include <nidcode/joint-sign.h>
#include <nidcode/shared-noise.h>

#include "interrupt.h"
#include "must.h"
#include "read-grids.h"
#include "read-window.h"
#include "room.h"

using Rcpp::_;

namespace {

// What R hands in, kept alive while the kernel reads it.
struct noise_reader {
  Rcpp::IntegerVector pattern;
  Rcpp::IntegerMatrix entry;
  std::vector<Rcpp::NumericVector> numbers;
  std::vector<Rcpp::IntegerVector> counts;
  Rcpp::NumericMatrix product, free;
  Rcpp::List shared;
  nidcode::noise_request ask;
  nidcode::noise_result out;

  noise_reader(const Rcpp::List& meet, const Rcpp::List& sets) {
    pattern = meet["pattern"];
    entry = Rcpp::as<Rcpp::IntegerMatrix>(meet["entry"]);
    ask.common = read_grids(meet["common"]);
    ask.regions = pattern.size();
    ask.codes = entry.ncol();
    must(entry.nrow() == ask.common.size, "not one row of grids a pattern");
    must_lie(pattern, 0, ask.common.size, "no such pattern");
    ask.pattern = pattern.begin();
    ask.entry = entry.begin();
    const std::size_t pairs =
        static_cast<std::size_t>(ask.codes) * (ask.codes - 1) / 2;
    product = room(ask.regions, pairs);
    free = room(ask.regions, pairs);
    std::fill(product.begin(), product.end(), 0.0);
    std::fill(free.begin(), free.end(), 0.0);
    out.product = product.begin();
    out.free = free.begin();
    for (const Rcpp::List set : sets) {
      read_set(set, pairs);
    }
  }

  // The grid of code c in region r, from 0; -1 for none.
  int grid_of(int c, std::ptrdiff_t r) const {
    return pattern[r] == 0 ? -1 : entry(pattern[r] - 1, c) - 1;
  }

  const double* keep(const Rcpp::NumericVector& x) {
    numbers.push_back(x);
    return x.begin();
  }

  void read_set(const Rcpp::List& set, std::size_t pairs) {
    const Rcpp::NumericMatrix error =
        Rcpp::as<Rcpp::NumericMatrix>(set["std.error"]);
    const Rcpp::NumericVector place = set["place"];
    must(error.ncol() == ask.codes && place.size() == ask.regions + 1 &&
             place[0] == 0 && place[ask.regions] == error.nrow() &&
             std::is_sorted(place.begin(), place.end()),
         "sets: places and errors do not agree");
    Rcpp::NumericMatrix to = room(error.nrow(), pairs);
    std::fill(to.begin(), to.end(), 0.0);
    shared.push_back(to);
    nidcode::noise_set one;
    one.std_error = keep(error);
    one.place = keep(place);
    one.rows = error.nrow();
    one.shared = to.begin();
    out.sets.push_back(one);
  }

  // What sums code c is asked for: `grids` of its own, of `size` times.
  template <typename Size>
  void read_sums(int c, const Rcpp::List& sums, int grids, Size size,
                 nidcode::noise_code& to) {
    must(sums.size() == static_cast<R_xlen_t>(out.sets.size()),
         "sums: not one for each set");
    for (const Rcpp::List one : sums) {
      to.order.push_back(Rcpp::as<int>(one["order"]));
      must(to.order.back() >= 0 && to.order.back() < nidcode::rate_orders,
           "sums: no such order");
      to.at_times.push_back(!one.containsElementNamed("row"));
      nidcode::grid_sums rows;
      if (!to.at_times.back()) {
        const Rcpp::NumericVector weight = one["row"], offset = one["offset"];
        counts.push_back(one["k"]);
        must(counts.back().size() == grids && offset.size() == grids + 1,
             "sums and grids do not agree");
        for (int g = 0; g < grids; ++g) {
          must(
              offset[g] >= 0 && counts.back()[g] >= 0 &&
                  offset[g] + static_cast<double>(size(g)) * counts.back()[g] <=
                      weight.size(),
              "sums and grids do not agree");
        }
        rows.weight = keep(weight);
        rows.offset = keep(offset);
        rows.count = counts.back().begin();
      }
      to.sums.push_back(rows);
      agree(c, to.sums.size() - 1, rows);
    }
  }

  // Sums of code c are as many as set j has places for them.
  void agree(int c, std::size_t j, const nidcode::grid_sums& sums) const {
    const double* place = out.sets[j].place;
    for (std::ptrdiff_t r = 0; r < ask.regions; ++r) {
      const int g = grid_of(c, r);
      must(g < 0 ||
               place[r + 1] - place[r] ==
                   (sums.weight == nullptr ? ask.common.length(pattern[r] - 1)
                                           : sums.of(g)),
           "sums and places do not agree");
    }
  }

  // Where what a code keeps of each region begins; `length` of each grid.
  template <typename Length>
  std::vector<std::ptrdiff_t> places(int c, int grids, R_xlen_t total,
                                     Length length) const {
    std::vector<std::ptrdiff_t> out;
    std::ptrdiff_t at = 0;
    for (std::ptrdiff_t r = 0; r < ask.regions; ++r) {
      out.push_back(at);
      const int g = grid_of(c, r);
      must(g < grids, "no such grid");
      at += g < 0 ? 0 : length(g);
    }
    must(at == total, "a code and its regions do not agree");
    return out;
  }
};

// The grids of the parts of each grid of a code, and which they are.
void read_parts(const Rcpp::List& code, nidcode::spline_noise_code& out) {
  out.parts = read_grids(code["pool"]);
  out.part.assign(1, 0);
  for (const int one : Rcpp::IntegerVector(SEXP(code["parts"]))) {
    must(one >= 1, "a grid without a part");
    out.part.push_back(out.part.back() + one);
  }
  must(out.part.back() == out.parts.size &&
           (out.parts.size == 0 || out.parts.step != nullptr),
       "parts do not add up");
}

// The directions that are free in all parts of a grid.
std::ptrdiff_t free_directions(const nidcode::spline_noise_code& code, int g) {
  std::ptrdiff_t sum = 0;
  for (int p = code.part[g]; p < code.part[g + 1]; ++p) {
    sum += nidcode::spline_basis::directions_of(
        code.m, code.parts.step + code.parts.offset[p], code.parts.length(p));
  }
  return sum;
}

nidcode::spline_noise_code read_spline(noise_reader& from, int c,
                                       const Rcpp::List& code) {
  nidcode::spline_noise_code out;
  out.m = code["m"];
  read_parts(code, out);
  const int grids = static_cast<int>(out.part.size()) - 1;
  const Rcpp::NumericVector shrink = code["shrink"], z = code["z"],
                            sigma = code["sigma"];
  must(shrink.size() == z.size(), "shares and coefficients differ in number");
  out.first = from.places(c, grids, z.size(),
                          [&out](int g) { return free_directions(out, g); });
  out.first_part = from.places(c, grids, sigma.size(), [&out](int g) {
    return out.part[g + 1] - out.part[g];
  });
  out.shrink = from.keep(shrink);
  out.z = from.keep(z);
  out.sigma = from.keep(sigma);
  from.read_sums(
      c, code["sums"], grids,
      [&out](int g) {
        return out.parts.offset[out.part[g + 1]] -
               out.parts.offset[out.part[g]];
      },
      out);
  return out;
}

nidcode::linear_noise_code read_linear(noise_reader& from, int c,
                                       const Rcpp::List& code) {
  nidcode::linear_noise_code out;
  out.grids = read_grids(code["pool"]);
  out.rate.kind = nidcode::linear_kind::local;
  out.rate.local = read_window(code["rate"]);
  const Rcpp::NumericVector residual = code["residual"], sigma = code["sigma"];
  auto length = [&out](int g) { return out.grids.length(g); };
  out.first = from.places(c, out.grids.size, residual.size(), length);
  out.series =
      from.places(c, out.grids.size, sigma.size(), [](int) { return 1; });
  out.residual = from.keep(residual);
  out.sigma = from.keep(sigma);
  from.read_sums(c, code["sums"], out.grids.size, length, out);
  return out;
}

template <typename Noise, typename Read>
Rcpp::List share(const Rcpp::List& codes, const Rcpp::List& meet,
                 const Rcpp::List& sets, int threads, Read read) {
  noise_reader from(meet, sets);
  must(codes.size() == from.ask.codes, "not one grid a code");
  std::vector<typename Noise::code> in;
  for (int c = 0; c < codes.size(); ++c) {
    in.push_back(read(from, c, codes[c]));
  }
  r_interrupt progress;
  nidcode::share_noise<Noise>(from.ask, in, from.out, threads, progress);
  return Rcpp::List::create(_["product"] = from.product, _["free"] = from.free,
                            _["shared"] = from.shared);
}

}  // namespace

// shared_noise() in R says what the arguments are.
// [[Rcpp::export(rng = false)]]
Rcpp::List shared_noise_cpp(const Rcpp::List& codes, const Rcpp::List& meet,
                            const Rcpp::List& sets, bool spline, int threads) {
  return spline ? share<nidcode::spline_noise>(codes, meet, sets, threads,
                                               read_spline)
                : share<nidcode::linear_noise>(codes, meet, sets, threads,
                                               read_linear);
}

// Rows of correlations of pairs of codes (1 2, 1 3, ..., 2 3, ...), each to the
// next that a matrix of correlations has.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix next_correlation_cpp(const Rcpp::NumericMatrix& pairs,
                                         int codes) {
  must(codes >= 2 && pairs.ncol() == codes * (codes - 1) / 2,
       "pairs and codes do not agree");
  Rcpp::NumericMatrix out = Rcpp::clone(pairs);
  nidcode::next_correlations(out.begin(), out.nrow(), codes);
  return out;
}

// joint_probability() in R says what the arguments are.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector joint_sign_cpp(const Rcpp::NumericMatrix& level,
                                   const Rcpp::NumericMatrix& pairs,
                                   const Rcpp::NumericMatrix& normal,
                                   int threads) {
  const int codes = level.ncol();
  must(codes >= 1 && pairs.nrow() == level.nrow() &&
           pairs.ncol() == codes * (codes - 1) / 2 && normal.ncol() == codes,
       "rows and codes do not agree");
  must(std::is_sorted(normal.begin(), normal.begin() + normal.nrow()),
       "draws do not ascend");
  const nidcode::joint_draws draws = {
      Eigen::Map<const Eigen::ArrayXXd>(normal.begin(), normal.nrow(), codes)
          .cast<float>()};
  Rcpp::NumericVector out(level.nrow());
  r_interrupt progress;
  nidcode::joint_signs(level.begin(), pairs.begin(), level.nrow(), codes, draws,
                       out.begin(), threads, progress);
  return out;
}
