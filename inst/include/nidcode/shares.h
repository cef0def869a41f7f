#ifndef NIDCODE_SHARES_H
#define NIDCODE_SHARES_H

// Weighted shares of respondents and their design-based covariance.

#include <Eigen/Core>

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/tick-pairs.h>

namespace nidcode {

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

inline share_table sum_shares(const tick_matrix& x, const share_design& d,
                              pulse& beat) {
  share_table out;
  const Eigen::Index p = x.cols();
  out.estimate = Eigen::MatrixXd::Zero(p, d.groups);
  out.weight = out.weight_square = out.df = out.estimate;
  const binned_rows rows(d.group, d.groups);
  for (Eigen::Index i = 0; i < p; ++i) {
    beat.work(10.0 * static_cast<double>(x.rows()));
    for (int g = 0; g < d.groups; ++g) {
      const std::size_t at = static_cast<std::size_t>(g);
      double weight = 0, square = 0, ticked = 0;
      for (Eigen::Index k = rows.start[at]; k < rows.start[at + 1]; ++k) {
        const Eigen::Index r = rows.row[static_cast<std::size_t>(k)];
        const int v = x(r, i);
        if (answered(v)) {
          // v is 0 or 1; a product instead of a choice spares a branch that
          // no processor can foresee.
          const double w = d.weight[r];
          weight += w;
          square += w * w;
          ticked += w * v;
        }
      }
      out.weight(i, g) = weight;
      out.weight_square(i, g) = square;
      out.estimate(i, g) = ticked;
    }
  }
  // 0/0 is NaN: an item that a group was not asked has no share there.
  out.estimate = out.estimate.cwiseQuotient(out.weight);
  return out;
}

// Units wait until this many make one matrix product worth its while.
constexpr Eigen::Index unit_batch = 64;

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
    const std::size_t groups = static_cast<std::size_t>(d.groups);
    total_.setZero();
    per_weight_ = out.weight.cwiseInverse();
    zero_within_ = Eigen::MatrixXd::Zero(p, p);
    zero_across_ = Eigen::MatrixXd::Zero(d.groups, d.groups);
    out_.within.assign(groups, zero_within_);
    out_.across.assign(static_cast<std::size_t>(p), zero_across_);
    waiting_.assign(groups, Eigen::MatrixXd(p, unit_batch));
    n_waiting_.assign(groups, 0);
    sum_ = total_;
    begin_stratum();
  }

  void add_unit(int unit, const Eigen::Index* begin, const Eigen::Index* end) {
    touched_.clear();
    for (const Eigen::Index* r = begin; r != end; ++r) {
      const int g = d_.group[*r];
      const double w = d_.weight[*r];
      if (g < 0 || !(w > 0)) {
        continue;
      }
      if (!seen_[static_cast<std::size_t>(g)]) {
        seen_[static_cast<std::size_t>(g)] = 1;
        touched_.push_back(g);
      }
      add_respondent(*r, g, w, unit);
    }
    cross_products();
  }

  // `units` sampling units of this stratum have been added. Only the lower
  // halves are right until finish().
  void end_stratum(double units, double remains) {
    // One unit alone says nothing about the variance, unless all were sampled.
    const double scale =
        !(remains > 0.0) ? 0.0
        : units > 1.0    ? remains * units / (units - 1.0)
                         : std::numeric_limits<double>::quiet_NaN();
    for (std::size_t g = 0; g < within_.size(); ++g) {
      flush(g);
      const Eigen::VectorXd s = sum_.col(static_cast<Eigen::Index>(g));
      within_[g].noalias() -= s * s.transpose() / units;
      out_.within[g] += scale * within_[g];
    }
    for (std::size_t i = 0; i < across_.size(); ++i) {
      const Eigen::VectorXd s =
          sum_.row(static_cast<Eigen::Index>(i)).transpose();
      across_[i].noalias() -= s * s.transpose() / units;
      out_.across[i] += scale * across_[i];
    }
    begin_stratum();
  }

  // Fills the upper halves, and the diagonals that both kinds share.
  void finish() {
    for (std::size_t i = 0; i < out_.across.size(); ++i) {
      const Eigen::Index at = static_cast<Eigen::Index>(i);
      for (std::size_t g = 0; g < out_.within.size(); ++g) {
        const Eigen::Index h = static_cast<Eigen::Index>(g);
        out_.across[i](h, h) = out_.within[g](at, at);
      }
      out_.across[i].triangularView<Eigen::StrictlyUpper>() =
          out_.across[i].transpose();
    }
    for (auto& v : out_.within) {
      v.triangularView<Eigen::StrictlyUpper>() = v.transpose();
    }
  }

 private:
  const tick_matrix& x_;
  const share_design& d_;
  share_table& out_;
  Eigen::MatrixXd total_, sum_, per_weight_, zero_within_, zero_across_;
  std::vector<Eigen::MatrixXd> within_, across_, waiting_;
  std::vector<Eigen::Index> n_waiting_;
  std::vector<int> touched_;
  std::vector<char> seen_;
  Eigen::MatrixXi last_unit_, last_stratum_;

  void begin_stratum() {
    sum_.setZero();
    within_.assign(out_.within.size(), zero_within_);
    across_.assign(out_.across.size(), zero_across_);
  }

  void flush(std::size_t g) {
    within_[g].selfadjointView<Eigen::Lower>().rankUpdate(
        waiting_[g].leftCols(n_waiting_[g]));
    n_waiting_[g] = 0;
  }

  void add_respondent(Eigen::Index r, int g, double w, int unit) {
    const Eigen::Index items = x_.cols(), stride = x_.outerStride();
    const int* v = x_.data() + r;
    const double* share = out_.estimate.col(g).data();
    const double* inverse = per_weight_.col(g).data();
    double* total = total_.col(g).data();
    int* last = last_unit_.col(g).data();
    for (Eigen::Index i = 0; i < items; ++i, v += stride) {
      if (answered(*v)) {
        total[i] += w * (*v - share[i]) * inverse[i];
        if (last[i] != unit) {
          last[i] = unit;
          count_unit(i, g, d_.stratum[unit]);
        }
      }
    }
  }

  void count_unit(Eigen::Index i, int g, int stratum) {
    out_.df(i, g) += 1;
    if (last_stratum_(i, g) != stratum) {
      last_stratum_(i, g) = stratum;
      out_.df(i, g) -= 1;
    }
  }

  void cross_products() {
    for (const int g : touched_) {
      const std::size_t at = static_cast<std::size_t>(g);
      waiting_[at].col(n_waiting_[at]++) = total_.col(g);
      sum_.col(g) += total_.col(g);
      if (n_waiting_[at] == unit_batch) {
        flush(at);
      }
      for (const int h : touched_) {
        for (std::size_t i = 0; h < g && i < across_.size(); ++i) {
          const Eigen::Index item = static_cast<Eigen::Index>(i);
          across_[i](g, h) += total_(item, g) * total_(item, h);
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
  pulse reading([&progress] { progress.step(0); });
  share_table out = sum_shares(x, d, reading);
  share_variance variance(x, d, out);
  const Eigen::Index units = d.stratum.size();
  if (x.cols() == 0 || d.groups == 0 || units == 0) {
    return out;
  }
  const binned_rows rows(d.psu, units);
  // One thread: units of a stratum share their sum, and the order of the
  // additions must not depend on the number of threads.
  Eigen::Index first = 0;
  const double items = static_cast<double>(x.cols());
  for_each_long_block(
      units, 1, progress,
      [&](std::ptrdiff_t begin, std::ptrdiff_t end, pulse& beat) {
        for (std::ptrdiff_t u = begin; u < end; ++u) {
          beat.work(items * (d.groups + items));
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
