#ifndef NIDCODE_PANEL_ORDER_H
#define NIDCODE_PANEL_ORDER_H

// Brings rows into the order of a panel, by region, then by time, and names
// the distinct grids of times. Linear in the rows: rows that stand in order
// are only read once; others take a counting sort by region and a short sort
// by time inside each.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <nidcode/grid.h>
#include <nidcode/tolerance.h>

namespace nidcode {

struct panel_order {
  std::vector<int> row;        // source row of each panel row; empty: the same
  std::vector<int> offset{0};  // first panel row of each region, and the end
  std::vector<int> first;      // a source row of each region
  std::vector<int> same;       // panel rows that repeat a time of the region
  std::vector<int> close;      // panel rows too close to the one before
  std::vector<int> grid;       // grid of each region
  sequence_index grids;
};

// Reports every this many rows, so that a long sort can be interrupted.
constexpr std::ptrdiff_t report_rows = 1 << 19;

// Takes the times of the next region, in order: checks the steps and names
// the grid.
inline void add_region_times(panel_order& out, const double* time, int n) {
  const int from = out.offset.back();
  const double least = n > 1 ? close_times * (time[n - 1] - time[0]) : 0;
  for (int i = 1; i < n; ++i) {
    const double step = time[i] - time[i - 1];
    if (step == 0) {
      out.same.push_back(from + i);
    } else if (step < least) {
      out.close.push_back(from + i);
    }
  }
  out.offset.push_back(from + n);
  out.grid.push_back(out.grids.number(time, n));
}

// Rows in order: regions strictly ascending by `less`, times never descending.
// False (and `out` to be thrown away) at the first row that is not.
template <typename Time, typename Same, typename Less, typename Progress>
bool read_ordered_rows(panel_order& out, std::ptrdiff_t n, const Time* time,
                       Same same_region, Less less, Progress& progress) {
  std::vector<double> times;
  for (std::ptrdiff_t i = 0; i < n;) {
    const std::ptrdiff_t from = i;
    if (from > 0 && !less(from - 1, from)) {
      return false;
    }
    times.clear();
    do {
      if (i > from && time[i] < time[i - 1]) {
        return false;
      }
      times.push_back(0.0 + time[i]);
      ++i;
    } while (i < n && same_region(i - 1, i));
    out.first.push_back(static_cast<int>(from));
    add_region_times(out, times.data(), static_cast<int>(times.size()));
    if (from / report_rows != i / report_rows) {
      progress.step(static_cast<std::size_t>(i));
    }
  }
  return true;
}

// Stable, and without allocation for the short runs that panels are made of.
template <typename Time>
void sort_by_time(std::vector<std::pair<Time, int>>& keys) {
  if (keys.size() > 64) {
    std::sort(keys.begin(), keys.end());  // rows break ties, so it is stable
    return;
  }
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const std::pair<Time, int> key = keys[i];
    std::size_t j = i;
    for (; j > 0 && key.first < keys[j - 1].first; --j) {
      keys[j] = keys[j - 1];
    }
    keys[j] = key;
  }
}

// Rows in any order; `region` numbers the region of each row, 0, 1, ... in
// their final order, `first` is a row of each.
template <typename Time, typename Progress>
void order_rows(panel_order& out, const std::vector<int>& region,
                const std::vector<int>& first, const Time* time,
                Progress& progress) {
  const std::size_t n = region.size();
  std::vector<int> next(first.size() + 1, 0);
  for (std::size_t i = 0; i < n; ++i) {
    ++next[static_cast<std::size_t>(region[i]) + 1];
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  const std::vector<int> start = next;
  progress.step(n);
  std::vector<std::pair<Time, int>> sorted(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = static_cast<std::size_t>(
        next[static_cast<std::size_t>(region[i])]++);
    sorted[at] = std::make_pair(time[i], static_cast<int>(i));
  }
  progress.step(n);
  out.row.resize(n);
  out.first = first;
  std::vector<std::pair<Time, int>> keys;
  std::vector<double> times;
  for (std::size_t r = 0; r < first.size(); ++r) {
    const std::size_t from = static_cast<std::size_t>(start[r]);
    const std::size_t to = static_cast<std::size_t>(start[r + 1]);
    keys.assign(sorted.begin() + static_cast<std::ptrdiff_t>(from),
                sorted.begin() + static_cast<std::ptrdiff_t>(to));
    sort_by_time(keys);
    times.clear();
    for (std::size_t i = from; i < to; ++i) {
      times.push_back(0.0 + keys[i - from].first);
      out.row[i] = keys[i - from].second;
    }
    add_region_times(out, times.data(), static_cast<int>(times.size()));
    if (from / static_cast<std::size_t>(report_rows) !=
        to / static_cast<std::size_t>(report_rows)) {
      progress.step(to);
    }
  }
}

}  // namespace nidcode

#endif
