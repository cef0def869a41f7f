#ifndef NIDCODE_TEXT_PRINTS_H
#define NIDCODE_TEXT_PRINTS_H

// A whole number below 2^53 for a text, by which many are told apart in little
// room: of n texts two agree by chance with a probability of n^2 / 2^54.

#include <cstddef>
#include <cstdint>

namespace nidcode {

// FNV-1a of 64 bits, mixed (splitmix64), of which the upper 53 are kept.
inline double text_print(const char* text, std::size_t size) {
  std::uint64_t h = 14695981039346656037u;
  for (std::size_t i = 0; i < size; ++i) {
    h = (h ^ static_cast<unsigned char>(text[i])) * 1099511628211u;
  }
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
  return static_cast<double>((h ^ (h >> 31)) >> 11);
}

}  // namespace nidcode

#endif  // NIDCODE_TEXT_PRINTS_H
