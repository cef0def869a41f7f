#ifndef NIDCODE_SHARES_H
#define NIDCODE_SHARES_H

// Shares of respondents: how many ticked each item, how many ticked each pair
// of items, and the design-based covariance of weighted shares. A tick is 1,
// "not ticked" 0, anything else is item non-response and leaves the base.

#include <Eigen/Core>

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "blocks.h"

namespace nidcode {

using tick_matrix = Eigen::Ref<const Eigen::MatrixXi>;
using int_vector = Eigen::Ref<const Eigen::VectorXi>;
using real_vector = Eigen::Ref<const Eigen::VectorXd>;

// Rows of each bin, in row order (a counting sort). A bin below 0 is left out.
struct binned_rows {
  std::vector<Eigen::Index> start, row;

  binned_rows(const int_vector& bin, Eigen::Index bins)
      : start(static_cast<std::size_t>(bins) + 1, 0) {
    for (Eigen::Index r = 0; r < bin.size(); ++r) {
      if (bin[r] >= bins) {
        throw std::invalid_argument("a row belongs to no bin");
      }
      if (bin[r] >= 0) {
        ++start[static_cast<std::size_t>(bin[r]) + 1];
      }
    }
    for (std::size_t b = 1; b < start.size(); ++b) {
      start[b] += start[b - 1];
    }
    row.resize(static_cast<std::size_t>(start.back()));
    std::vector<Eigen::Index> next(start.begin(), start.end() - 1);
    for (Eigen::Index r = 0; r < bin.size(); ++r) {
      if (bin[r] >= 0) {
        row[static_cast<std::size_t>(next[static_cast<std::size_t>(bin[r])]++)]
            = r;
      }
    }
  }
};

// One group of respondents. both(i,j): answered i and j; ticked(i,j): ticked i
// and j; first(i,j): ticked i and answered j. complete(i,j): ticked i and j
// among those who answered every one of the first `leading` items.
struct pair_table {
  Eigen::MatrixXd both, ticked, first, complete;
  double n_complete = 0;
};

// Sixty-four respondents at a time: an item is a string of bits, a pair one
// `and` and one count of bits.
class bit_items {
 public:
  bit_items(const tick_matrix& x, const binned_rows& rows, std::size_t group,
            Eigen::Index leading)
      : items_(x.cols()) {
    const Eigen::Index from = rows.start[group], to = rows.start[group + 1];
    words_ = static_cast<std::size_t>((to - from + 63) / 64);
    tick_.assign(words_ * static_cast<std::size_t>(items_), 0);
    answer_ = tick_;
    complete_.assign(words_, ~std::uint64_t(0));
    for (Eigen::Index i = 0; i < items_; ++i) {
      std::uint64_t* tick = &tick_[0] + words_ * static_cast<std::size_t>(i);
      std::uint64_t* answer =
          &answer_[0] + words_ * static_cast<std::size_t>(i);
      for (Eigen::Index k = from; k < to; ++k) {
        const int v = x(rows.row[static_cast<std::size_t>(k)], i);
        const std::size_t at = static_cast<std::size_t>(k - from);
        const std::uint64_t bit = std::uint64_t(1) << (at % 64);
        if (v == 1) {
          tick[at / 64] |= bit;
        }
        if (v == 0 || v == 1) {
          answer[at / 64] |= bit;
        }
      }
      for (std::size_t w = 0; i < leading && w < words_; ++w) {
        complete_[w] &= answer[w];
      }
    }
  }

  void column(Eigen::Index j, pair_table& out) const {
    for (Eigen::Index i = 0; i < items_; ++i) {
      std::size_t both = 0, ticked = 0, first = 0, complete = 0;
      for (std::size_t w = 0; w < words_; ++w) {
        const std::uint64_t ti = word(tick_, i, w), tj = word(tick_, j, w);
        const std::uint64_t ai = word(answer_, i, w), aj = word(answer_, j, w);
        both += bits(ai & aj);
        ticked += bits(ti & tj);
        first += bits(ti & aj);
        complete += bits(ti & tj & complete_[w]);
      }
      out.both(i, j) = static_cast<double>(both);
      out.ticked(i, j) = static_cast<double>(ticked);
      out.first(i, j) = static_cast<double>(first);
      out.complete(i, j) = static_cast<double>(complete);
    }
  }

  // Bits beyond the last respondent are set in complete_ when leading is 0,
  // but then nobody asks.
  double n_complete() const {
    std::size_t n = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      n += bits(complete_[w]);
    }
    return static_cast<double>(n);
  }

 private:
  Eigen::Index items_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> tick_, answer_, complete_;

  std::uint64_t word(const std::vector<std::uint64_t>& from, Eigen::Index item,
                     std::size_t w) const {
    return from[words_ * static_cast<std::size_t>(item) + w];
  }

  static std::size_t bits(std::uint64_t w) {
    return std::bitset<64>(w).count();
  }
};

template <typename Progress>
std::vector<pair_table> count_pairs(const tick_matrix& x,
                                    const int_vector& group, int groups,
                                    Eigen::Index leading, int threads,
                                    Progress& progress) {
  if (group.size() != x.rows() || groups < 0) {
    throw std::invalid_argument("one group for each row is needed");
  }
  const binned_rows rows(group, groups);
  const Eigen::Index p = x.cols();
  std::vector<pair_table> out(static_cast<std::size_t>(groups));
  for (std::size_t g = 0; g < out.size(); ++g) {
    out[g].both = Eigen::MatrixXd::Zero(p, p);
    out[g].ticked = out[g].first = out[g].complete = out[g].both;
    if (p == 0 || rows.start[g] == rows.start[g + 1]) {
      continue;
    }
    const bit_items items(x, rows, g, leading);
    out[g].n_complete = leading > 0 ? items.n_complete() : 0.0;
    pair_table& table = out[g];
    for_each_block(p, threads, progress,
                   [&](std::ptrdiff_t begin, std::ptrdiff_t end) {
                     for (std::ptrdiff_t j = begin; j < end; ++j) {
                       items.column(j, table);
                     }
                   });
  }
  return out;
}

// Weighted shares of every item in every group, items x groups, and their
// linearised covariance: within a group between items, across groups for the
// same item. df counts sampling units less strata among those who answered.
struct share_table {
  Eigen::MatrixXd estimate, weight, weight_square, df;
  std::vector<Eigen::MatrixXd> within;  // a p x p matrix for each group
  std::vector<Eigen::MatrixXd> across;  // a G x G matrix for each item
};

struct share_design {
  real_vector weight;   // of each respondent
  int_vector group;     // of each respondent, below 0 outside all groups
  int groups;
  int_vector psu;       // sampling unit of each respondent
  int_vector stratum;   // of each sampling unit, never decreasing
  real_vector remains;  // of each stratum, the part not sampled (1: infinite)
};

inline void check_share_design(const tick_matrix& x, const share_design& d) {
  const Eigen::Index n = x.rows();
  if (d.weight.size() != n || d.group.size() != n || d.psu.size() != n) {
    throw std::invalid_argument("weights, groups, units: one for each row");
  }
  for (Eigen::Index u = 0; u < d.stratum.size(); ++u) {
    if (d.stratum[u] < 0 || d.stratum[u] >= d.remains.size() ||
        (u > 0 && d.stratum[u] < d.stratum[u - 1])) {
      throw std::invalid_argument("units must come stratum by stratum");
    }
  }
  for (Eigen::Index r = 0; r < n; ++r) {
    if (d.group[r] >= d.groups || d.psu[r] < 0 ||
        d.psu[r] >= d.stratum.size()) {
      throw std::invalid_argument("a row has no group or no unit");
    }
  }
}

inline bool answered(int v) { return v == 0 || v == 1; }

inline share_table sum_shares(const tick_matrix& x, const share_design& d) {
  share_table out;
  const Eigen::Index p = x.cols();
  out.estimate = Eigen::MatrixXd::Zero(p, d.groups);
  out.weight = out.weight_square = out.df = out.estimate;
  for (Eigen::Index i = 0; i < p; ++i) {
    for (Eigen::Index r = 0; r < x.rows(); ++r) {
      const int v = x(r, i), g = d.group[r];
      if (g >= 0 && answered(v)) {
        const double w = d.weight[r];
        out.weight(i, g) += w;
        out.weight_square(i, g) += w * w;
        out.estimate(i, g) += v == 1 ? w : 0.0;
      }
    }
  }
  // 0/0 is NaN: an item that a group was not asked has no share there.
  out.estimate = out.estimate.cwiseQuotient(out.weight);
  return out;
}

// Accumulates sum over strata of f_h n_h/(n_h - 1) times the centred cross
// products of the units' totals of w (x - p) / W, the linearised share.
// A unit in which a group has nobody counts with a total of zero.
class share_variance {
 public:
  share_variance(const tick_matrix& x, const share_design& d, share_table& out)
      : x_(x), d_(d), out_(out), total_(x.cols(), d.groups),
        seen_(static_cast<std::size_t>(d.groups), 0),
        last_unit_(Eigen::MatrixXi::Constant(x.cols(), d.groups, -1)),
        last_stratum_(last_unit_) {
    const Eigen::Index p = x.cols();
    total_.setZero();
    zero_within_ = Eigen::MatrixXd::Zero(p, p);
    zero_across_ = Eigen::MatrixXd::Zero(d.groups, d.groups);
    out_.within.assign(static_cast<std::size_t>(d.groups), zero_within_);
    out_.across.assign(static_cast<std::size_t>(p), zero_across_);
    sum_ = total_;
    begin_stratum();
  }

  void add_unit(int unit, const Eigen::Index* begin, const Eigen::Index* end) {
    touched_.clear();
    for (const Eigen::Index* r = begin; r != end; ++r) {
      const int g = d_.group[*r];
      if (g < 0 || !(d_.weight[*r] > 0)) {
        continue;
      }
      if (!seen_[static_cast<std::size_t>(g)]) {
        seen_[static_cast<std::size_t>(g)] = 1;
        touched_.push_back(g);
      }
      for (Eigen::Index i = 0; i < x_.cols(); ++i) {
        const int v = x_(*r, i);
        if (answered(v)) {
          total_(i, g) += d_.weight[*r] * (v - out_.estimate(i, g)) /
                          out_.weight(i, g);
          count_df(i, g, unit);
        }
      }
    }
    cross_products();
  }

  // `units` sampling units of this stratum have been added.
  void end_stratum(double units, double remains) {
    // One unit alone says nothing about the variance, unless all were sampled.
    const double scale =
        !(remains > 0.0) ? 0.0
        : units > 1.0    ? remains * units / (units - 1.0)
                         : std::numeric_limits<double>::quiet_NaN();
    for (std::size_t g = 0; g < within_.size(); ++g) {
      const Eigen::Index at = static_cast<Eigen::Index>(g);
      within_[g].selfadjointView<Eigen::Lower>().rankUpdate(sum_.col(at),
                                                            -1.0 / units);
      out_.within[g] += scale * within_[g];
    }
    for (std::size_t i = 0; i < across_.size(); ++i) {
      const Eigen::Index at = static_cast<Eigen::Index>(i);
      const Eigen::VectorXd s = sum_.row(at).transpose();
      across_[i].selfadjointView<Eigen::Lower>().rankUpdate(s, -1.0 / units);
      out_.across[i] += scale * across_[i];
    }
    begin_stratum();
  }

  void finish() {
    for (auto& v : out_.within) {
      v.triangularView<Eigen::StrictlyUpper>() = v.transpose();
    }
    for (auto& v : out_.across) {
      v.triangularView<Eigen::StrictlyUpper>() = v.transpose();
    }
  }

 private:
  const tick_matrix& x_;
  const share_design& d_;
  share_table& out_;
  Eigen::MatrixXd total_, sum_, zero_within_, zero_across_;
  std::vector<Eigen::MatrixXd> within_, across_;
  std::vector<int> touched_;
  std::vector<char> seen_;
  Eigen::MatrixXi last_unit_, last_stratum_;

  void begin_stratum() {
    sum_.setZero();
    within_.assign(out_.within.size(), zero_within_);
    across_.assign(out_.across.size(), zero_across_);
  }

  void count_df(Eigen::Index i, int g, int unit) {
    if (last_unit_(i, g) != unit) {
      last_unit_(i, g) = unit;
      out_.df(i, g) += 1;
      if (last_stratum_(i, g) != d_.stratum[unit]) {
        last_stratum_(i, g) = d_.stratum[unit];
        out_.df(i, g) -= 1;
      }
    }
  }

  void cross_products() {
    for (const int g : touched_) {
      within_[static_cast<std::size_t>(g)]
          .selfadjointView<Eigen::Lower>()
          .rankUpdate(total_.col(g));
      sum_.col(g) += total_.col(g);
    }
    for (const int g : touched_) {
      for (const int h : touched_) {
        for (std::size_t i = 0; h <= g && i < across_.size(); ++i) {
          const Eigen::Index at = static_cast<Eigen::Index>(i);
          across_[i](g, h) += total_(at, g) * total_(at, h);
        }
      }
    }
    for (const int g : touched_) {
      total_.col(g).setZero();
      seen_[static_cast<std::size_t>(g)] = 0;
    }
  }
};

template <typename Progress>
share_table weighted_shares(const tick_matrix& x, const share_design& d,
                            Progress& progress) {
  check_share_design(x, d);
  share_table out = sum_shares(x, d);
  share_variance variance(x, d, out);
  const Eigen::Index units = d.stratum.size();
  if (x.cols() == 0 || d.groups == 0 || units == 0) {
    return out;
  }
  const binned_rows rows(d.psu, units);
  // One thread: units of a stratum share their sum, and the order of the
  // additions must not depend on the number of threads.
  Eigen::Index first = 0;
  for_each_block(
      units, 1, progress, [&](std::ptrdiff_t begin, std::ptrdiff_t end) {
        for (std::ptrdiff_t u = begin; u < end; ++u) {
          const std::size_t at = static_cast<std::size_t>(u);
          variance.add_unit(static_cast<int>(u),
                            rows.row.data() + rows.start[at],
                            rows.row.data() + rows.start[at + 1]);
          if (u + 1 == units || d.stratum[u + 1] != d.stratum[u]) {
            variance.end_stratum(static_cast<double>(u + 1 - first),
                                 d.remains[d.stratum[u]]);
            first = u + 1;
          }
        }
      });
  variance.finish();
  return out;
}

}  // namespace nidcode

#endif
