#ifndef NIDCODE_KEY_INDEX_H
#define NIDCODE_KEY_INDEX_H

// Numbers 64-bit keys 0, 1, 2, ... in order of first appearance. Open
// addressing, because std::unordered_map costs an allocation a key and panels
// have millions of regions.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nidcode {

inline std::uint64_t mix_bits(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return x;
}

constexpr int empty_slot = -1;

class key_index {
 public:
  explicit key_index(std::size_t expected = 16) {
    std::size_t size = 32;
    while (size < 2 * expected) {
      size *= 2;
    }
    slots_.assign(size, empty_slot);
  }

  // The number of the key; `fresh` says whether it is new.
  int number(std::uint64_t key, bool& fresh) {
    if (2 * (keys_.size() + 1) > slots_.size()) {
      grow();
    }
    std::size_t at = mix_bits(key) & (slots_.size() - 1);
    while (slots_[at] != empty_slot) {
      if (keys_[static_cast<std::size_t>(slots_[at])] == key) {
        fresh = false;
        return slots_[at];
      }
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = static_cast<int>(keys_.size());
    keys_.push_back(key);
    fresh = true;
    return slots_[at];
  }

  std::size_t size() const { return keys_.size(); }
  const std::vector<std::uint64_t>& keys() const { return keys_; }

 private:
  void grow() {
    std::vector<int> bigger(2 * slots_.size(), empty_slot);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      std::size_t at = mix_bits(keys_[i]) & (bigger.size() - 1);
      while (bigger[at] != empty_slot) {
        at = (at + 1) & (bigger.size() - 1);
      }
      bigger[at] = static_cast<int>(i);
    }
    slots_.swap(bigger);
  }

  std::vector<int> slots_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace nidcode

#endif
