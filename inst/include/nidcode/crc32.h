#ifndef NIDCODE_CRC32_H
#define NIDCODE_CRC32_H

// The check sum of zip and gzip (CRC-32, polynomial 0xEDB88320 reflected).

#include <array>
#include <cstddef>
#include <cstdint>

namespace nidcode {

inline std::array<std::uint32_t, 256> crc32_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1u) ? (value >> 1) ^ 0xEDB88320u : value >> 1;
    }
    table[byte] = value;
  }
  return table;
}

// `sum` is that of the bytes before, 0 at the beginning.
inline std::uint32_t crc32(const unsigned char* bytes, std::size_t size,
                           std::uint32_t sum) {
  static const std::array<std::uint32_t, 256> table = crc32_table();
  sum = ~sum;
  for (std::size_t i = 0; i < size; ++i) {
    sum = (sum >> 8) ^ table[(sum ^ bytes[i]) & 0xFFu];
  }
  return ~sum;
}

}  // namespace nidcode

#endif  // NIDCODE_CRC32_H
