#ifndef NIDCODE_GRID_POOL_H
#define NIDCODE_GRID_POOL_H

// Distinct grids of times, one behind the other, and where the series that
// lie on them begin.

#include <cstddef>
#include <vector>

#include <nidcode/rate-operator.h>

namespace nidcode {

struct grid_pool {
  const int* offset = nullptr;
  const double* time = nullptr;
  const int* step = nullptr;  // nullptr: no breaks
  int size = 0;

  time_grid operator[](int g) const {
    const int from = offset[g];
    return {time + from, step == nullptr ? nullptr : step + from, length(g)};
  }
  int length(int g) const {
    return offset[g + 1] - offset[g];
  }
  int cells() const {
    return size > 0 ? offset[size] : 0;
  }
};

// First places of series that lie one behind the other, of which a series on
// grid g takes length(g). `grid` counts from 1. With one grid for all they are
// a product: tables as long as the series would cost as much memory as their
// sums.
class series_places {
 public:
  series_places() = default;
  template <typename Length>
  series_places(const int* grid, std::ptrdiff_t series, int grids,
                Length length)
      : each_(grids == 1 ? length(0) : 0), total_(series * each_) {
    if (grids == 1) {
      return;
    }
    at_.resize(static_cast<std::size_t>(series) + 1);
    for (std::ptrdiff_t s = 0; s < series; ++s) {
      at_[static_cast<std::size_t>(s)] = total_;
      total_ += length(grid[s] - 1);
    }
    at_.back() = total_;
  }

  std::ptrdiff_t operator[](std::ptrdiff_t s) const {
    return at_.empty() ? s * each_ : at_[static_cast<std::size_t>(s)];
  }
  std::ptrdiff_t total() const {
    return total_;
  }

 private:
  std::ptrdiff_t each_ = 0, total_ = 0;
  std::vector<std::ptrdiff_t> at_;
};

// Series ordered by grid, so that what a grid costs is paid once a block.
inline std::vector<std::ptrdiff_t> series_by_grid(const int* grid,
                                                  std::ptrdiff_t series,
                                                  int grids) {
  std::vector<std::ptrdiff_t> next(static_cast<std::size_t>(grids) + 1, 0);
  for (std::ptrdiff_t s = 0; s < series; ++s) {
    ++next[static_cast<std::size_t>(grid[s])];
  }
  for (std::size_t g = 1; g < next.size(); ++g) {
    next[g] += next[g - 1];
  }
  std::vector<std::ptrdiff_t> by(static_cast<std::size_t>(series));
  for (std::ptrdiff_t s = 0; s < series; ++s) {
    std::ptrdiff_t& at = next[static_cast<std::size_t>(grid[s]) - 1];
    by[static_cast<std::size_t>(at++)] = s;
  }
  return by;
}

}  // namespace nidcode

#endif
