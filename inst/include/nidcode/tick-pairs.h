#ifndef NIDCODE_TICK_PAIRS_H
#define NIDCODE_TICK_PAIRS_H

// How many respondents ticked each pair of items. A tick is 1, "not ticked" 0,
// anything else is item non-response and leaves the base.

#include <Eigen/Core>

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <nidcode/blocks.h>

namespace nidcode {

using tick_matrix = Eigen::Ref<const Eigen::MatrixXi>;
using int_vector = Eigen::Ref<const Eigen::VectorXi>;
using real_vector = Eigen::Ref<const Eigen::VectorXd>;

inline bool answered(int v) { return v == 0 || v == 1; }

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
            Eigen::Index leading, pulse& beat)
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
      for (std::size_t w = 0; w < words_; ++w) {
        const Eigen::Index begin = from + 64 * static_cast<Eigen::Index>(w);
        const Eigen::Index end = std::min(to, begin + 64);
        std::uint64_t t = 0, a = 0;
        for (Eigen::Index k = begin; k < end; ++k) {
          const int v = x(rows.row[static_cast<std::size_t>(k)], i);
          t |= std::uint64_t(v == 1) << (k - begin);
          a |= std::uint64_t(answered(v)) << (k - begin);
        }
        tick[w] = t;
        answer[w] = a;
      }
      beat.work(5.0 * static_cast<double>(to - from));
      for (std::size_t w = 0; i < leading && w < words_; ++w) {
        complete_[w] &= answer[w];
      }
    }
  }

  // Pairs (i, j) with i up to j, and their mirror images.
  void column(Eigen::Index j, pair_table& out, pulse& beat) const {
    for (Eigen::Index i = 0; i <= j; ++i) {
      beat.work(20.0 * static_cast<double>(words_));
      std::size_t both = 0, ticked = 0, first = 0, second = 0, complete = 0;
      for (std::size_t w = 0; w < words_; ++w) {
        const std::uint64_t ti = word(tick_, i, w), tj = word(tick_, j, w);
        const std::uint64_t ai = word(answer_, i, w), aj = word(answer_, j, w);
        both += bits(ai & aj);
        ticked += bits(ti & tj);
        first += bits(ti & aj);
        second += bits(tj & ai);
        complete += bits(ti & tj & complete_[w]);
      }
      out.both(i, j) = out.both(j, i) = static_cast<double>(both);
      out.ticked(i, j) = out.ticked(j, i) = static_cast<double>(ticked);
      out.first(i, j) = static_cast<double>(first);
      out.first(j, i) = static_cast<double>(second);
      out.complete(i, j) = out.complete(j, i) = static_cast<double>(complete);
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
  pulse reading([&progress] { progress.step(0); });
  for (std::size_t g = 0; g < out.size(); ++g) {
    out[g].both = Eigen::MatrixXd::Zero(p, p);
    out[g].ticked = out[g].first = out[g].complete = out[g].both;
    if (p == 0 || rows.start[g] == rows.start[g + 1]) {
      continue;
    }
    const bit_items items(x, rows, g, leading, reading);
    out[g].n_complete = leading > 0 ? items.n_complete() : 0.0;
    pair_table& table = out[g];
    for_each_long_block(
        p, threads, progress,
        [&](std::ptrdiff_t begin, std::ptrdiff_t end, pulse& beat) {
          for (std::ptrdiff_t j = begin; j < end; ++j) {
            items.column(j, table, beat);
          }
        });
  }
  return out;
}

}  // namespace nidcode

#endif
