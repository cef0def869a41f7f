#ifndef NIDCODE_CODE_GRIDS_H
#define NIDCODE_CODE_GRIDS_H

// The distinct grids of one code: for each region the times at which it is
// observed, and where its method of measurement breaks. A break at a time that
// is not observed passes to the next one that is; one before the first observed
// time breaks nothing.

#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/grid.h>

namespace nidcode {

// The rows of a panel, region after region. `breaks` are rows, from 1 and
// ascending, that start a new method.
struct code_rows {
  const double* value;  // NaN: not observed
  const double* time;
  const int* offset;
  std::ptrdiff_t regions;
  const int* breaks;
  std::ptrdiff_t n_breaks;
};

struct code_grids {
  std::vector<int> offset{0};
  std::vector<double> time;
  std::vector<int> step;  // 1: a break
};

// `grid[r]` becomes the number of region r's grid, from 1; 0: nothing observed.
template <typename Progress>
code_grids find_code_grids(const code_rows& rows, int* grid,
                           Progress& progress) {
  sequence_index index;
  std::vector<double> key;  // time, break, time, break, ...
  const int* next = rows.breaks;
  const int* const last = rows.breaks + rows.n_breaks;
  for_each_block(
      rows.regions, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t r = from; r < to; ++r) {
          key.clear();
          bool pending = false;
          for (int row = rows.offset[r]; row < rows.offset[r + 1]; ++row) {
            for (; next != last && *next <= row + 1; ++next) {
              pending = pending || *next == row + 1;
            }
            if (rows.value[row] == rows.value[row]) {
              key.push_back(rows.time[row]);
              key.push_back(pending && key.size() > 1 ? 1 : 0);
              pending = false;
            }
          }
          const int size = static_cast<int>(key.size());
          grid[r] = size == 0 ? 0 : index.number(key.data(), size) + 1;
        }
      });
  const sequence_pool& pool = index.pool();
  code_grids out;
  for (int g = 0; g < pool.size(); ++g) {
    for (int i = 0; i < pool.length(g); i += 2) {
      out.time.push_back(pool.begin(g)[i]);
      out.step.push_back(pool.begin(g)[i + 1] != 0);
    }
    out.offset.push_back(static_cast<int>(out.time.size()));
  }
  return out;
}

}  // namespace nidcode

#endif
