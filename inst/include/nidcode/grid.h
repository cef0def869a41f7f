#ifndef NIDCODE_GRID_H
#define NIDCODE_GRID_H

// A grid is what the operators of a series depend on: its times, which of them
// are observed and where the method of measurement breaks. Few grids serve
// millions of series, so each is kept once.

#include <cstdint>
#include <cstring>
#include <vector>

#include <nidcode/key-index.h>

namespace nidcode {

// Sequences of different lengths, one behind the other.
struct sequence_pool {
  std::vector<int> offset{0};
  std::vector<double> value;

  int size() const { return static_cast<int>(offset.size()) - 1; }
  int length(int i) const {
    return offset[static_cast<std::size_t>(i) + 1] -
           offset[static_cast<std::size_t>(i)];
  }
  const double* begin(int i) const {
    return value.data() + offset[static_cast<std::size_t>(i)];
  }
};

// Numbers equal sequences of doubles alike. Two sequences are equal when they
// are so bit by bit (+0 and -0 are made one beforehand by adding 0).
class sequence_index {
 public:
  int number(const double* x, int n) {
    // Neighbours mostly share a grid.
    if (last_ >= 0 && equal(last_, x, n)) {
      return last_;
    }
    std::uint64_t hash = mix_bits(static_cast<std::uint64_t>(n) + 1);
    for (int i = 0; i < n; ++i) {
      std::uint64_t bits;
      std::memcpy(&bits, x + i, sizeof bits);
      hash = mix_bits(hash ^ bits) + static_cast<std::uint64_t>(i);
    }
    // Different sequences with one hash are told apart by trying on.
    for (;; ++hash) {
      bool fresh = false;
      const int key = keys_.number(hash, fresh);
      if (fresh) {
        pool_.value.insert(pool_.value.end(), x, x + n);
        pool_.offset.push_back(static_cast<int>(pool_.value.size()));
        return last_ = key;
      }
      if (equal(key, x, n)) {
        return last_ = key;
      }
    }
  }

  const sequence_pool& pool() const { return pool_; }

 private:
  bool equal(int key, const double* x, int n) const {
    return pool_.length(key) == n &&
           (n == 0 ||
            std::memcmp(pool_.begin(key), x,
                        static_cast<std::size_t>(n) * sizeof(double)) == 0);
  }

  key_index keys_;
  sequence_pool pool_;
  int last_ = -1;
};

}  // namespace nidcode

#endif
