#ifndef NIDCODE_SHARED_NOISE_H
#define NIDCODE_SHARED_NOISE_H

// How the errors of two codes of a region go together: codes share the noise
// of their values, not the smoothing of their curves. With o the row of a
// functional's operator over the values of its code, at posterior mean shares s
//   o = rho' P' + (phi * s)' Z',
// the noise parts of two functionals have the product
//   sigma_c sigma_d sum_t o_c(t) o_d(t)   over the times that both observe.
// And how far the noise itself goes together, from the residuals e at the same
// shares and the rows of I - H that leave them:
//   N = sum_t e_c(t) e_d(t) / (sigma_c sigma_d),
//   d = sum_tu (I - H_c)_tu (I - H_d)_tu, so that E N = rho d.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/linear-batch.h>
#include <nidcode/spline-functional.h>

namespace nidcode {

// Weights of the values from place `first` on.
struct noise_row {
  const double* weight;
  int first, size;
};

// Places of two ascending series of times at which they are the same.
template <typename Visit>
void visit_common(const double* a, int n, const double* b, int m, Visit visit) {
  for (int i = 0, j = 0; i < n && j < m;) {
    if (a[i] == b[j]) {
      visit(i++, j++);
    } else {
      a[i] < b[j] ? ++i : ++j;
    }
  }
}

inline double common_product(const noise_row& a, const double* time_a,
                             const noise_row& b, const double* time_b) {
  double sum = 0.0;
  visit_common(time_a + a.first, a.size, time_b + b.first, b.size,
               [&](int i, int j) { sum += a.weight[i] * b.weight[j]; });
  return sum;
}

// What is asked of every code: for each set sums of rates of an order, or,
// where `weight` has none, the rate at each time that all codes have.
struct noise_code {
  std::vector<int> order;
  std::vector<grid_sums> sums;
  std::vector<char> at_times;
};

// A code under the smoothing spline. Segments between breaks are curves of
// their own, so its matrices have a block for each; what they have no error
// for is left out.
struct spline_noise_code : noise_code {
  int m = 3;
  grid_pool parts;        // the segments of grid g are
  std::vector<int> part;  // part[g], ..., part[g + 1] - 1
  const double *shrink = nullptr, *z = nullptr, *sigma = nullptr;
  std::vector<std::ptrdiff_t> first, first_part;  // of each region in those
};

class spline_noise {
 public:
  using code = spline_noise_code;
  explicit spline_noise(const code& in) : in_(in) {}

  void grid(int g, const time_grid& common, pulse& beat) {
    const grid_pool& parts = in_.parts;
    from_ = in_.part[static_cast<std::size_t>(g)];
    to_ = in_.part[static_cast<std::size_t>(g) + 1];
    time_ = parts.time + parts.offset[from_];
    step_ = parts.step;
    n_ = parts.offset[to_] - parts.offset[from_];
    basis_.resize(static_cast<std::size_t>(to_ - from_));
    Eigen::Index columns = 0;
    for (int p = from_; p < to_; ++p) {
      spline_basis& basis = basis_[static_cast<std::size_t>(p - from_)];
      basis.compute(in_.m, parts.time + parts.offset[p],
                    parts.step + parts.offset[p], parts.length(p), beat);
      columns += columns_of(basis);
    }
    map_.setZero(n_, columns);
    coefficient_.setZero(columns, functionals(g, common));
    Eigen::Index column = 0;
    for (int p = from_; p < to_; ++p) {
      const spline_basis& basis = basis_[static_cast<std::size_t>(p - from_)];
      if (basis.smooth()) {
        block(basis, g, parts.offset[p] - parts.offset[from_], column, common,
              beat);
      }
      column += columns_of(basis);
    }
    square_ = coefficient_.cwiseAbs2();
    u_.resize(columns);
    v_.resize(columns);
  }

  // Whether two codes have one basis: their rows need not be made.
  static bool alike(const spline_noise& a, const spline_noise& b) {
    return a.in_.m == b.in_.m && a.n_ == b.n_ &&
           a.to_ - a.from_ == b.to_ - b.from_ &&
           std::equal(a.time_, a.time_ + a.n_, b.time_) &&
           std::equal(a.steps(), a.steps() + a.n_, b.steps()) &&
           a.same_parts(b);
  }

  void series(std::ptrdiff_t region) {
    const std::ptrdiff_t part = in_.first_part[region];
    std::ptrdiff_t at = in_.first[region];
    unit_ = 0.0;
    for (int p = 0; p < to_ - from_; ++p) {
      unit_ = std::max(unit_, known(in_.sigma[part + p]));
    }
    Eigen::VectorXd own(u_.size());
    Eigen::Index column = 0;
    for (int p = 0; p < to_ - from_; ++p) {
      const spline_basis& basis = basis_[static_cast<std::size_t>(p)];
      const Eigen::Index k = basis.polynomial().cols(), r = basis.r();
      if (r == 0) {
        continue;
      }
      const double sigma = known(in_.sigma[part + p]);
      const double size = unit_ > 0.0 ? sigma / unit_ : 0.0;
      const Eigen::Map<const Eigen::VectorXd> s(in_.shrink + at, r),
          z(in_.z + at, r);
      at += r;
      u_.segment(column, k).setConstant(size);
      v_.segment(column, k).setZero();
      u_.segment(column + k, r) = size * s;
      v_.segment(column + k, r) = (1.0 - s.array()).matrix();
      own.segment(column, k).setZero();
      own.segment(column + k, r) = v_.segment(column + k, r).cwiseProduct(z) *
                                   (sigma > 0.0 ? 1.0 / sigma : 0.0);
      column += k + r;
    }
    residual_.noalias() = map_ * own;
  }
  void rows() {
    row_.noalias() = map_ * u_.asDiagonal() * coefficient_;
  }

  double unit() const {
    return unit_;
  }
  noise_row residual() const {
    return {residual_.data(), 0, n_};
  }
  const double* time() const {
    return time_;
  }

  // Products of the noise of all functionals of two codes, in their units.
  static void products(const spline_noise& a, const spline_noise& b, bool alike,
                       Eigen::VectorXd& out) {
    if (alike) {
      out.setZero(a.square_.cols());
      // Nothing is at the address of an empty matrix: Eigen would refer to it.
      if (a.square_.size() > 0) {
        out.noalias() += a.square_.transpose() * a.u_.cwiseProduct(b.u_);
      }
      return;
    }
    out.resize(a.row_.cols());
    for (Eigen::Index k = 0; k < out.size(); ++k) {
      out[k] = common_product({&a.row_(0, k), 0, a.n_}, a.time_,
                              {&b.row_(0, k), 0, b.n_}, b.time_);
    }
  }
  // What the free() of a pair of grids is made of.
  static Eigen::MatrixXd meet(const spline_noise& a, const spline_noise& b,
                              bool alike) {
    Eigen::MatrixXd out;
    if (!alike) {
      out.setZero(a.map_.cols(), b.map_.cols());
      visit_common(a.time_, a.n_, b.time_, b.n_, [&](int i, int j) {
        out.noalias() += a.map_.row(i).transpose() * b.map_.row(j);
      });
      out = out.cwiseAbs2().eval();
    }
    return out;
  }
  static double free(const spline_noise& a, const spline_noise& b, bool alike,
                     const Eigen::MatrixXd& met) {
    return alike ? a.v_.dot(b.v_) : a.v_.dot(met * b.v_);
  }

 private:
  static double known(double sigma) {
    return sigma > 0.0 ? sigma : 0.0;
  }
  static Eigen::Index columns_of(const spline_basis& basis) {
    return basis.smooth() ? basis.polynomial().cols() + basis.r() : 0;
  }
  const int* steps() const {
    return step_ + (time_ - in_.parts.time);
  }
  bool same_parts(const spline_noise& other) const {
    for (int p = 0; p < to_ - from_; ++p) {
      if (in_.parts.length(from_ + p) !=
          other.in_.parts.length(other.from_ + p)) {
        return false;
      }
    }
    return true;
  }

  Eigen::Index functionals(int g, const time_grid& common) const {
    Eigen::Index out = 0;
    for (std::size_t j = 0; j < in_.sums.size(); ++j) {
      out += in_.at_times[j] ? common.n : in_.sums[j].of(g);
    }
    return out;
  }

  // One segment, whose values begin at place `from` of the grid.
  void block(const spline_basis& basis, int g, int from, Eigen::Index column,
             const time_grid& common, pulse& beat) {
    const int n = basis.n();
    const Eigen::Index p = basis.polynomial().cols(), r = basis.r();
    map_.block(from, column, n, p) = basis.polynomial();
    map_.block(from, column + p, n, r) = basis.directions();
    int last = -1;
    Eigen::Index k = 0;
    for (std::size_t j = 0; j < in_.sums.size(); ++j) {
      if (in_.order[j] != last) {
        last = in_.order[j];
        const std::vector<int> order(static_cast<std::size_t>(n), last);
        terms_.compute(basis, order.data(), time_ + from, n, beat);
      }
      sum_.combine(terms_, 0, weights(j, g, from, n, common), beat);
      coefficient_.block(column, k, p, sum_.size()) = sum_.rho();
      coefficient_.block(column + p, k, r, sum_.size()) = sum_.phi();
      k += sum_.size();
    }
  }

  Eigen::MatrixXd weights(std::size_t j, int g, int from, int n,
                          const time_grid& common) const {
    if (!in_.at_times[j]) {
      const grid_sums& sums = in_.sums[j];
      return Eigen::Map<const Eigen::MatrixXd>(sums.begin(g), n_, sums.of(g))
          .middleRows(from, n);
    }
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n, common.n);
    visit_common(time_ + from, n, common.time, common.n,
                 [&](int i, int t) { out(i, t) = 1.0; });
    return out;
  }

  const code& in_;
  int from_ = 0, to_ = 0, n_ = 0;
  const double* time_ = nullptr;
  const int* step_ = nullptr;
  std::vector<spline_basis> basis_;
  spline_functionals terms_, sum_;
  // [P, Z] of all segments, coefficients of every functional on them.
  Eigen::MatrixXd map_, coefficient_, square_, row_;
  // Of one series: sigma and sigma s, 0 and 1 - s, on the same columns.
  Eigen::VectorXd u_, v_, residual_;
  double unit_ = 0.0;
};

// A code under a local fit: its rows are those of the grid.
struct linear_noise_code : noise_code {
  grid_pool grids;
  linear_rate rate;
  const double *residual = nullptr, *sigma = nullptr;
  std::vector<std::ptrdiff_t> first, series;  // of each region in those
};

class linear_noise {
 public:
  using code = linear_noise_code;
  explicit linear_noise(const code& in) : in_(in) {}

  void grid(int g, const time_grid& common, pulse& beat) {
    op_ = in_.rate(in_.grids, g, beat);
    const time_grid own = in_.grids[g];
    time_ = own.time;
    n_ = own.n;
    row_.clear();
    for (std::size_t j = 0; j < in_.sums.size(); ++j) {
      if (in_.at_times[j]) {
        const std::size_t from = row_.size();
        row_.resize(from + static_cast<std::size_t>(common.n), {nullptr, 0, 0});
        visit_common(time_, n_, common.time, common.n, [&](int i, int t) {
          row_[from + static_cast<std::size_t>(t)] =
              row_of(op_[in_.order[j]], i);
        });
      }
      for (int k = 0; !in_.at_times[j] && k < in_.sums[j].of(g); ++k) {
        row_.push_back(
            {in_.sums[j].begin(g) + static_cast<std::ptrdiff_t>(k) * n_, 0,
             n_});
      }
    }
  }
  static bool alike(const linear_noise&, const linear_noise&) {
    return false;
  }
  void series(std::ptrdiff_t region) {
    const double sigma = in_.sigma[in_.series[region]];
    unit_ = sigma > 0.0 ? sigma : 0.0;
    residual_.resize(n_);
    for (int i = 0; i < n_; ++i) {
      const double e = in_.residual[in_.first[region] + i];
      residual_[i] = unit_ > 0.0 && e == e ? e / unit_ : 0.0;
    }
  }
  void rows() {}

  double unit() const {
    return unit_;
  }
  noise_row residual() const {
    return {residual_.data(), 0, n_};
  }
  const double* time() const {
    return time_;
  }

  static void products(const linear_noise& a, const linear_noise& b, bool,
                       Eigen::VectorXd& out) {
    out.resize(static_cast<Eigen::Index>(a.row_.size()));
    for (std::size_t k = 0; k < a.row_.size(); ++k) {
      out[static_cast<Eigen::Index>(k)] =
          common_product(a.row_[k], a.time_, b.row_[k], b.time_);
    }
  }
  // (I - H_a) (I - H_b)' over the common times.
  static Eigen::MatrixXd meet(const linear_noise& a, const linear_noise& b,
                              bool) {
    double sum = 0.0;
    const rate_rows &h = a.op_[0], &k = b.op_[0];
    visit_common(a.time_, a.n_, b.time_, b.n_, [&](int i, int j) {
      if (h.defined(i) && k.defined(j)) {
        sum += 1.0 - h.own_weight(i) - k.own_weight(j) +
               common_product(row_of(h, i), a.time_, row_of(k, j), b.time_);
      }
    });
    return Eigen::MatrixXd::Constant(1, 1, sum);
  }
  static double free(const linear_noise& a, const linear_noise& b, bool,
                     const Eigen::MatrixXd& met) {
    return a.unit_ > 0.0 && b.unit_ > 0.0 ? met(0, 0) : 0.0;
  }

 private:
  static noise_row row_of(const rate_rows& rows, int i) {
    return {rows.weight(i), rows.first(i), rows.size(i)};
  }

  const code& in_;
  rate_operator op_;
  const double* time_ = nullptr;
  int n_ = 0;
  std::vector<noise_row> row_;
  Eigen::VectorXd residual_;
  double unit_ = 0.0;
};

// Codes meet in patterns of grids: `entry`, pattern x code, is the grid of each
// (from 1; 0: the regions lack it), `common` the times that all have.
struct noise_request {
  int codes = 0;
  std::ptrdiff_t regions = 0;
  const int *pattern = nullptr, *entry = nullptr;
  grid_pool common;
};

// Of every set the errors of its functionals, a column a code, their first
// place in each region, and to be filled, a column a pair of codes (1 2, 1 3,
// ..., 2 3, ...), the product of the noise parts over that of the errors; no
// noise is taken to be more than the error. N and d have a row a region.
struct noise_set {
  const double *std_error = nullptr, *place = nullptr;
  std::ptrdiff_t rows = 0;
  double* shared = nullptr;
};

struct noise_result {
  double *product = nullptr, *free = nullptr;
  std::vector<noise_set> sets;
};

template <typename Noise>
class noise_worker {
 public:
  noise_worker(const noise_request& ask,
               const std::vector<typename Noise::code>& in,
               const noise_result& out)
      : ask_(ask), out_(out), product_(in.size()) {
    for (const auto& one : in) {
      code_.emplace_back(one);
    }
  }

  void run(std::ptrdiff_t region, pulse& beat) {
    if (ask_.pattern[region] != pattern_) {
      pattern_ = ask_.pattern[region];
      begin(beat);
    }
    for (const int c : here_) {
      Noise& one = code_[static_cast<std::size_t>(c)];
      one.series(region);
      if (unlike_) {
        one.rows();
      }
      Eigen::VectorXd& own = product_[static_cast<std::size_t>(c)];
      Noise::products(one, one, true, own);
      own = own.cwiseSqrt();
      beat.work(10.0 * static_cast<double>(own.size()) * common_.n);
    }
    for (const pair& p : pairs_) {
      write(region, p);
    }
  }

 private:
  struct pair {
    int a, b;
    std::ptrdiff_t column;
    bool alike;
    Eigen::MatrixXd met;
  };

  void begin(pulse& beat) {
    const int p = pattern_ - 1;
    common_ = ask_.common[p];
    here_.clear();
    pairs_.clear();
    unlike_ = false;
    std::ptrdiff_t column = 0;
    for (int c = 0; c < ask_.codes; ++c) {
      const int g =
          ask_.entry[p + static_cast<std::ptrdiff_t>(c) * ask_.common.size];
      if (g > 0) {
        code_[static_cast<std::size_t>(c)].grid(g - 1, common_, beat);
        here_.push_back(c);
      }
    }
    for (int a = 0; a < ask_.codes; ++a) {
      for (int b = a + 1; b < ask_.codes; ++b, ++column) {
        if (has(a) && has(b)) {
          const Noise &x = of(a), &y = of(b);
          const bool same = Noise::alike(x, y);
          unlike_ = unlike_ || !same;
          pairs_.push_back({a, b, column, same, Noise::meet(x, y, same)});
        }
      }
    }
  }

  void write(std::ptrdiff_t region, const pair& p) {
    const Noise &a = of(p.a), &b = of(p.b);
    const std::ptrdiff_t at = region + p.column * ask_.regions;
    out_.free[at] = Noise::free(a, b, p.alike, p.met);
    out_.product[at] =
        common_product(a.residual(), a.time(), b.residual(), b.time());
    Noise::products(a, b, p.alike, both_);
    Eigen::Index k = 0;
    for (std::size_t j = 0; j < out_.sets.size(); ++j) {
      const noise_set& set = out_.sets[j];
      const std::ptrdiff_t from =
                               static_cast<std::ptrdiff_t>(set.place[region]),
                           to = static_cast<std::ptrdiff_t>(
                               set.place[region + 1]);
      for (std::ptrdiff_t i = from; i < to; ++i, ++k) {
        const double most = size(p.a, k, set, i) * size(p.b, k, set, i);
        const double share = most > 0.0 ? both_[k] / most : 0.0;
        set.shared[i + p.column * set.rows] =
            std::max(-1.0, std::min(share, 1.0));
      }
    }
  }

  // Of the noise, or of the error where that is larger, in the code's unit.
  double size(int c, Eigen::Index k, const noise_set& set,
              std::ptrdiff_t i) const {
    const double unit = of(c).unit();
    return unit > 0.0 ? std::max(product_[static_cast<std::size_t>(c)][k],
                                 set.std_error[i + c * set.rows] / unit)
                      : 0.0;
  }

  const Noise& of(int c) const {
    return code_[static_cast<std::size_t>(c)];
  }
  bool has(int c) const {
    return std::find(here_.begin(), here_.end(), c) != here_.end();
  }

  const noise_request& ask_;
  const noise_result& out_;
  std::vector<Noise> code_;
  std::vector<Eigen::VectorXd> product_;
  std::vector<int> here_;
  std::vector<pair> pairs_;
  Eigen::VectorXd both_;
  time_grid common_ = {nullptr, nullptr, 0};
  int pattern_ = 0;
  bool unlike_ = false;
};

template <typename Noise, typename Progress>
void share_noise(const noise_request& ask,
                 const std::vector<typename Noise::code>& codes,
                 const noise_result& out, int threads, Progress& progress) {
  std::vector<int> pattern(ask.pattern, ask.pattern + ask.regions);
  for (int& p : pattern) {  // regions without any code come last
    p = p == 0 ? ask.common.size + 1 : p;
  }
  const std::vector<std::ptrdiff_t> by =
      series_by_grid(pattern.data(), ask.regions, ask.common.size + 1);
  for_each_long_block(ask.regions, threads, progress,
                      [&](std::ptrdiff_t from, std::ptrdiff_t to, pulse& beat) {
                        noise_worker<Noise> worker(ask, codes, out);
                        for (std::ptrdiff_t i = from; i < to; ++i) {
                          const std::ptrdiff_t region =
                              by[static_cast<std::size_t>(i)];
                          if (ask.pattern[region] > 0) {
                            worker.run(region, beat);
                          }
                        }
                      });
}

}  // namespace nidcode

#endif
