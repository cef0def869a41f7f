#ifndef NIDCODE_CELL_SHAPES_H
#define NIDCODE_CELL_SHAPES_H

// Texts of cells by their shape: texts that differ in digits alone are told
// apart by nothing else, so that patterns are matched against a few dozen
// shapes instead of a million texts.

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <nidcode/progress.h>

namespace nidcode {

inline bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

// Digits as 1, but a 0 that leads. Bytes of other letters stay as they are.
inline void digit_shape(const char* text, std::string& out) {
  out.clear();
  bool inside = false;
  for (; *text != 0; ++text) {
    const bool digit = is_ascii_digit(*text);
    out.push_back(digit && (inside || *text != '0') ? '1' : *text);
    inside = digit;
  }
}

// The distinct shapes of n texts in the order in which they come, and the
// (one-based) number of each text's. `text(i)` gives a text that ends with 0.
template <typename Text, typename Progress>
std::vector<std::string> find_shapes(std::ptrdiff_t n, Text text, int* at,
                                     Progress& progress) {
  std::vector<std::string> each;
  std::unordered_map<std::string, int> known;
  std::string shape;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if (i % report_rows == 0) {
      progress.step(i);
    }
    digit_shape(text(i), shape);
    const auto found = known.emplace(shape, static_cast<int>(each.size()) + 1);
    if (found.second) {
      each.push_back(shape);
    }
    at[i] = found.first->second;
  }
  return each;
}

// The number as a plain text: the digits of `text`, in their order, in the
// places of those of `pattern`, which may be fewer.
inline void fill_digits(const std::string& pattern, const char* text,
                        std::string& out) {
  out = pattern;
  for (char& c : out) {
    if (!is_ascii_digit(c)) {
      continue;
    }
    while (*text != 0 && !is_ascii_digit(*text)) {
      ++text;
    }
    if (*text == 0) {
      return;
    }
    c = *text++;
  }
}

// The numbers of n texts, of which at[i] (one-based) says the shape and that
// how the number stands in it; none where it is empty. `parse` reads a plain
// text.
template <typename Text, typename Parse, typename Progress>
void read_numbers(std::ptrdiff_t n, Text text, const int* at,
                  const std::vector<std::string>& shape, Parse parse,
                  double* value, Progress& progress) {
  std::string number;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if (i % report_rows == 0) {
      progress.step(i);
    }
    const std::string& form = shape[static_cast<std::size_t>(at[i]) - 1];
    if (!form.empty()) {
      fill_digits(form, text(i), number);
      value[i] = parse(number.c_str());
    }
  }
}

}  // namespace nidcode

#endif
