#ifndef NIDCODE_SURE_PAIRS_H
#define NIDCODE_SURE_PAIRS_H

// Of many numbers with errors of Student's t, independent of one another: how
// many are surely above and below each, which is where the gap of two is more
// than critical(df) times the root of the sum of their squared errors, df by
// Satterthwaite. Numbers of nearly the same error and df are a bin, sorted. For
// two bins the critical gap lies between two bounds: what is beyond the wider
// is counted in one walk along both, and only what lies between is looked at.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/law.h>
#include <nidcode/t-quantile.h>

namespace nidcode {

// Bins by error and, in each, by df, at least: the bounds move apart as bins
// grow, the walks cost as many as there are pairs of bins. Few numbers need few;
// beyond 100,000 both costs are even where bins grow with the root of their
// number.
constexpr std::size_t sure_bins = 120, sure_df_bins = 2, sure_bin_size = 32;

// Points of 1/df at which the critical value is tabled; it rises with 1/df, so
// that two neighbours bound it.
constexpr std::size_t sure_points = 2048;

// A bound is moved outwards by more than its rounding.
constexpr double sure_margin = 1e-12;

// critical(df) falls with df; errors are such that their fourth powers are
// numbers.
template <typename Critical>
class sure_pairs {
 public:
  sure_pairs(const law_of_estimates& law, Critical critical)
      : critical_(critical),
        above_(static_cast<std::size_t>(law.n)),
        below_(above_.size()) {
    for (std::size_t k = 0; k <= sure_points; ++k) {
      const double inverse = static_cast<double>(k) / sure_points;
      const double c = critical_(k == 0 ? infinite() : 1 / inverse);
      table_.push_back(c * c);
    }
    for (std::ptrdiff_t i = 0; i < law.n; ++i) {
      const double square = law.error[i] * law.error[i], df = law.df[i];
      all_.push_back({law.estimate[i], square, square * square / df, df,
                      static_cast<std::size_t>(i)});
    }
    make_bins();
  }

  std::size_t bins() const { return bins_.size(); }

  // Adds the pairs of which one is in bin k and another above it.
  void count(std::size_t k) {
    for (const bin& other : bins_) {
      walk(bins_[k], other, (1 - sure_margin) * bound(bins_[k], other, true),
           (1 + sure_margin) * bound(bins_[k], other, false));
    }
  }

  // How many are above and below each.
  void tell(int* above, int* below) const {
    for (std::size_t k = 0; k < all_.size(); ++k) {
      above[all_[k].number] = above_[k];
      below[all_[k].number] = below_[k];
    }
  }

 private:
  // A number, its squared error, that squared over df, df, its place outside.
  struct item {
    double x, square, share, df;
    std::size_t number;
  };

  struct bin {
    std::size_t from, to;
    double low, high, share_low, share_high;
  };

  static double infinite() {
    return std::numeric_limits<double>::infinity();
  }

  // 1/df of a sum of squared errors.
  static double inverse_df(double share, double total) {
    return total > 0 ? share / (total * total) : 0;
  }

  // A bound of the square of the critical value, from below or (more = 1) above.
  double tabled(double inverse, std::size_t more) const {
    const double at = inverse * sure_points;
    return at < sure_points ? table_[static_cast<std::size_t>(at) + more]
           : more > 0       ? infinite()
                            : table_.back();
  }

  // The least or the largest critical gap of what is in two bins.
  double bound(const bin& a, const bin& b, bool least) const {
    const double near = a.low + b.low, far = a.high + b.high;
    if (least) {
      return std::sqrt(
          near * tabled(inverse_df(a.share_low + b.share_low, far), 0));
    }
    const double share = a.share_high + b.share_high;
    const double inverse = near > 0    ? inverse_df(share, near)
                           : share > 0 ? infinite()
                                       : 0;
    return far > 0 ? std::sqrt(far * tabled(inverse, 1)) : 0;
  }

  // Of every number of a and b of which the second is above the first: j and
  // m are the first of b beyond the bounds from the i-th of a.
  void walk(const bin& a, const bin& b, double low, double high) {
    std::size_t j = b.from, m = b.from;
    for (std::size_t i = a.from; i < a.to; ++i) {
      const double x = all_[i].x;
      while (j < b.to && !(all_[j].x - x > low)) {
        ++j;
      }
      m = std::max(m, j);
      while (m < b.to && !(all_[m].x - x > high)) {
        ++m;
      }
      int sure = static_cast<int>(b.to - m);
      for (std::size_t k = j; k < m; ++k) {
        const int one = is_sure(all_[i], all_[k]);
        sure += one;
        below_[k] += one;
      }
      above_[i] += sure;
    }
    std::size_t i = a.from;
    for (std::size_t k = b.from; k < b.to; ++k) {
      while (i < a.to && all_[k].x - all_[i].x > high) {
        ++i;
      }
      below_[k] += static_cast<int>(i - a.from);
    }
  }

  // Both bounds are compared without a branch: which holds is a toss.
  bool is_sure(const item& a, const item& b) {
    const double total = a.square + b.square, gap = b.x - a.x;
    const double inverse = inverse_df(a.share + b.share, total);
    const double square = gap * gap;
    const bool beyond =
        square > tabled(inverse, 1) * total * (1 + sure_margin);
    const bool within =
        square > tabled(inverse, 0) * total * (1 - sure_margin);
    return beyond == within
               ? beyond
               : gap > critical_(inverse > 0 ? 1 / inverse : infinite()) *
                           std::sqrt(total);
  }

  void make_bins() {
    const std::size_t n = all_.size(), room = n / sure_bin_size + 1;
    const auto root =
        static_cast<std::size_t>(std::sqrt(static_cast<double>(n)));
    const std::size_t bins = std::max(sure_bins, 3 * root / 8);
    const std::size_t df_bins = std::max(sure_df_bins, root / 250);
    split(0, n, std::min(room, bins), &item::square,
          [&](std::size_t a, std::size_t b) {
            split(a, b, std::min(room / bins + 1, df_bins), &item::df,
                  [&](std::size_t c, std::size_t d) { add_bin(c, d); });
          });
  }

  // Numbers at places a to b in `parts` runs of the same size, by `key`.
  template <typename Visit>
  void split(std::size_t a, std::size_t b, std::size_t parts,
             double item::*key, Visit visit) {
    order(a, b, key);
    for (std::size_t k = 0; k < parts; ++k) {
      const std::size_t from = a + (b - a) * k / parts;
      const std::size_t to = a + (b - a) * (k + 1) / parts;
      if (from < to) {
        visit(from, to);
      }
    }
  }

  void order(std::size_t a, std::size_t b, double item::*key) {
    std::sort(all_.begin() + static_cast<std::ptrdiff_t>(a),
              all_.begin() + static_cast<std::ptrdiff_t>(b),
              [key](const item& i, const item& j) { return i.*key < j.*key; });
  }

  void add_bin(std::size_t from, std::size_t to) {
    bin one = {from, to, infinite(), 0, infinite(), 0};
    for (std::size_t k = from; k < to; ++k) {
      one.low = std::min(one.low, all_[k].square);
      one.high = std::max(one.high, all_[k].square);
      one.share_low = std::min(one.share_low, all_[k].share);
      one.share_high = std::max(one.share_high, all_[k].share);
    }
    order(from, to, &item::x);
    bins_.push_back(one);
  }

  Critical critical_;
  std::vector<int> above_, below_;
  std::vector<double> table_;
  std::vector<item> all_;
  std::vector<bin> bins_;
};

// The same by exact(level, df), of which many are asked for.
template <typename Exact, typename Progress>
void count_sure_pairs(const law_of_estimates& law, double level, Exact exact,
                      int* above, int* below, Progress& progress) {
  const auto of_df = [=](double df) { return exact(level, df); };
  using quantile = t_quantile<decltype(of_df)>;
  sure_pairs<quantile> pairs(law, quantile(of_df));
  for_each_block(static_cast<std::ptrdiff_t>(pairs.bins()), 1, progress,
                 [&](std::ptrdiff_t from, std::ptrdiff_t to) {
                   for (std::ptrdiff_t k = from; k < to; ++k) {
                     pairs.count(static_cast<std::size_t>(k));
                   }
                 });
  pairs.tell(above, below);
}

}  // namespace nidcode

#endif
