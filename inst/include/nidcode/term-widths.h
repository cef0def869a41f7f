#ifndef NIDCODE_TERM_WIDTHS_H
#define NIDCODE_TERM_WIDTHS_H

// Widths of the terms of formula (2) as an integral over time, and which terms
// a grid has.

#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/grid-pool.h>
#include <nidcode/rate-operator.h>

namespace nidcode {

// `backward`: a difference stands for the last two steps, so its width is half
// of what they span; other rates stand for their own time and take half a step
// to either side. Where breaks `split`, no width reaches over one.
inline void term_widths(const time_grid& grid, bool backward, bool split,
                        double* out) {
  const double* t = grid.time;
  for (int i = 0; i < grid.n; ++i) {
    const bool left = i > 0 && !(split && grid.breaks_at(i));
    if (backward) {
      const bool two = left && i > 1 && !(split && grid.breaks_at(i - 1));
      out[i] = two ? (t[i] - t[i - 2]) / 2 : 0;
      continue;
    }
    const bool right = i + 1 < grid.n && !(split && grid.breaks_at(i + 1));
    const double before = left ? t[i] - t[i - 1] : 0;
    const double after = right ? t[i + 1] - t[i] : 0;
    out[i] = (before + after) / 2;
  }
}

// The widths of all grids, one behind the other.
template <typename Progress>
void pool_widths(const grid_pool& grids, bool backward, bool split, double* out,
                 Progress& progress) {
  for_each_block(
      grids.size, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (int g = static_cast<int>(from); g < to; ++g) {
          term_widths(grids[g], backward, split, out + grids.offset[g]);
        }
      });
}

// Number of terms of each grid, the times of the first and the last.
struct told_terms {
  std::vector<int> count;
  std::vector<double> first, last;
};

// `terms` is not 0 at a term's time; `none` is the time of no term.
template <typename Progress>
told_terms terms_told(const grid_pool& grids, const int* terms, double none,
                      Progress& progress) {
  const auto size = static_cast<std::size_t>(grids.size);
  told_terms out = {std::vector<int>(size), std::vector<double>(size, none),
                    std::vector<double>(size, none)};
  for_each_block(
      grids.size, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (auto g = static_cast<std::size_t>(from);
             g < static_cast<std::size_t>(to); ++g) {
          for (int i = grids.offset[g]; i < grids.offset[g + 1]; ++i) {
            if (terms[i] != 0) {
              out.first[g] = out.count[g] == 0 ? grids.time[i] : out.first[g];
              out.last[g] = grids.time[i];
              ++out.count[g];
            }
          }
        }
      });
  return out;
}

}  // namespace nidcode

#endif
