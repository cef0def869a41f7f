#ifndef NIDCODE_PANEL_ORDER_H
#define NIDCODE_PANEL_ORDER_H

// Brings rows into the order of a panel, by region, then by time, and names
// the distinct grids of times. Linear in the rows: rows that stand in order
// are only read once; others take a counting sort by region and a short sort
// by time inside each.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include <nidcode/grid.h>
#include <nidcode/key-index.h>
#include <nidcode/progress.h>
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

  void expect(std::size_t regions) {
    offset.reserve(regions + 1);
    first.reserve(regions);
    grid.reserve(regions);
  }
};

// Whether so many from x on are the same, byte by byte.
template <typename Value>
bool all_alike(const Value* x, std::size_t n) {
  return n < 2 || std::memcmp(x, x + 1, (n - 1) * sizeof(Value)) == 0;
}

// How rows are told apart by region. `bits` are alike for equal regions, and
// `alike` is true only of such, if not of all; `prefix` never contradicts
// `less`, which decides where prefixes tie; `meet` is told a row of each region
// before either is asked, `read` the first row of each in order as it is read.
struct no_regions {
  std::uint64_t bits(std::ptrdiff_t) const { return 0; }
  bool alike(std::ptrdiff_t, std::size_t) const { return true; }
  std::uint64_t prefix(std::ptrdiff_t) const { return 0; }
  bool less(std::ptrdiff_t, std::ptrdiff_t) const { return false; }
  void meet(const std::vector<int>&) {}
  void read(std::ptrdiff_t) const {}
};

template <typename Number>
struct number_regions {
  const Number* x;
  std::vector<Number>* label;  // that of each region as it is read

  std::uint64_t bits(std::ptrdiff_t i) const {
    const Number value = x[i] + Number(0);  // -0 is 0
    std::uint64_t out = 0;
    std::memcpy(&out, &value, sizeof value);
    return out;
  }
  bool alike(std::ptrdiff_t i, std::size_t n) const {
    return all_alike(x + i, n);
  }
  // The bits of a double ascend with it, those of a negative one descend.
  std::uint64_t prefix(std::ptrdiff_t i) const {
    const double value = static_cast<double>(x[i]) + 0.0;
    std::uint64_t out;
    std::memcpy(&out, &value, sizeof value);
    return value < 0 ? ~out : out | (std::uint64_t(1) << 63);
  }
  bool less(std::ptrdiff_t i, std::ptrdiff_t j) const { return x[i] < x[j]; }
  void meet(const std::vector<int>&) {}
  void read(std::ptrdiff_t i) const { label->push_back(x[i]); }
};

// Names in UTF-8, in the order of their bytes: text(i) is that of row i.
template <typename Text>
std::size_t common_prefix(const std::vector<int>& rows, Text text) {
  const char* a = text(rows[0]);
  std::size_t length = std::strlen(a);
  for (int i : rows) {
    const char* b = text(i);
    std::size_t j = 0;
    while (j < length && a[j] == b[j]) {
      ++j;
    }
    length = j;
  }
  return length;
}

// The next eight bytes as a number in their order.
inline std::uint64_t eight_bytes(const char* x) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) {
    out = (out << 8) | static_cast<unsigned char>(*x);
    x += *x != 0;
  }
  return out;
}

// For each row the number of its region, and for each region the row where it
// is met first.
struct numbered_rows {
  std::vector<int> region;
  std::vector<int> first;
};

template <typename Regions, typename Progress>
numbered_rows number_rows(std::ptrdiff_t n, const Regions& regions,
                          Progress& progress) {
  numbered_rows out;
  out.region.resize(static_cast<std::size_t>(n));
  key_index index;
  std::uint64_t last = 0;
  int number = -1;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const std::uint64_t now = regions.bits(i);
    if (number < 0 || now != last) {
      bool fresh = false;
      number = index.number(now, fresh);
      last = now;
      if (fresh) {
        out.first.push_back(static_cast<int>(i));
      }
    }
    out.region[static_cast<std::size_t>(i)] = number;
    if (i % report_rows == 0) {
      progress.step(static_cast<std::size_t>(i));
    }
  }
  return out;
}

// Renumbers regions by the order of their names.
template <typename Regions>
void sort_regions(numbered_rows& rows, const Regions& regions) {
  const std::size_t k = rows.first.size();
  using entry = std::pair<std::uint64_t, int>;
  std::vector<entry> by(k);
  for (std::size_t i = 0; i < k; ++i) {
    by[i] = entry(regions.prefix(rows.first[i]), static_cast<int>(i));
  }
  auto before = [&](const entry& a, const entry& b) {
    return a.first != b.first
               ? a.first < b.first
               : regions.less(rows.first[static_cast<std::size_t>(a.second)],
                              rows.first[static_cast<std::size_t>(b.second)]);
  };
  std::sort(by.begin(), by.end(), before);
  // Names that are neither less than the other are one region.
  std::vector<int> rank(k), first;
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t at = static_cast<std::size_t>(by[i].second);
    if (i == 0 || before(by[i - 1], by[i])) {
      first.push_back(rows.first[at]);
    }
    rank[at] = static_cast<int>(first.size()) - 1;
  }
  rows.first.swap(first);
  for (int& region : rows.region) {
    region = rank[static_cast<std::size_t>(region)];
  }
}

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

// Where the region of row `from` ends, mostly after as many rows as the one
// before, which began at `before`.
template <typename Regions>
std::ptrdiff_t region_end(std::ptrdiff_t before, std::ptrdiff_t from,
                          std::ptrdiff_t n, const Regions& regions) {
  const std::uint64_t own = regions.bits(from);
  std::ptrdiff_t i = from + 1;
  const std::ptrdiff_t size = from - before;
  if (size > 1 && size <= n - from &&
      regions.alike(from, static_cast<std::size_t>(size))) {
    i = from + size;
  }
  while (i < n && regions.bits(i) == own) {
    ++i;
  }
  return i;
}

// Rows in order: regions strictly ascending, times never descending.
// False (and `out` to be thrown away) at the first row that is not. A region
// mostly has the times of the one before, row by row, and is not asked again.
template <typename Time, typename Regions, typename Progress>
bool read_ordered_rows(panel_order& out, std::ptrdiff_t n, const Time* time,
                       const Regions& regions, Progress& progress) {
  std::vector<double> times;
  std::ptrdiff_t before = 0;  // where the last region began
  for (std::ptrdiff_t from = 0, to = 0; from < n; from = to) {
    if (from > 0 && !regions.less(from - 1, from)) {
      return false;
    }
    to = region_end(before, from, n, regions);
    const std::size_t size = static_cast<std::size_t>(to - from);
    if (from == 0) {
      out.expect(static_cast<std::size_t>(n) / size);
    }
    out.first.push_back(static_cast<int>(from));
    regions.read(from);
    if (to - from == from - before && out.same.empty() && out.close.empty() &&
        std::memcmp(time + from, time + before, size * sizeof(Time)) == 0) {
      out.offset.push_back(static_cast<int>(to));
      out.grid.push_back(out.grid.back());
    } else if (std::is_sorted(time + from, time + to)) {
      times.assign(time + from, time + to);
      for (double& one : times) {
        one += 0.0;  // -0 is 0
      }
      add_region_times(out, times.data(), static_cast<int>(size));
    } else {
      return false;
    }
    before = from;
    if (from / report_rows != to / report_rows) {
      progress.step(static_cast<std::size_t>(to));
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

template <typename Time, typename Regions, typename Progress>
panel_order order_panel(std::ptrdiff_t n, const Time* time, Regions regions,
                        Progress& progress) {
  panel_order out;
  if (read_ordered_rows(out, n, time, regions, progress)) {
    return out;
  }
  out = panel_order();
  numbered_rows rows = number_rows(n, regions, progress);
  regions.meet(rows.first);
  sort_regions(rows, regions);
  order_rows(out, rows.region, rows.first, time, progress);
  return out;
}

}  // namespace nidcode

#endif
