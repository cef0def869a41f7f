#ifndef NIDCODE_LOOKALIKES_H
#define NIDCODE_LOOKALIKES_H

// Names that a reader could take for one another.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nidcode/key-index.h>
#include <nidcode/progress.h>

namespace nidcode {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Without the blanks and the footnote marks at the end: "1)", "2) 3)", "*".
inline std::size_t unmarked_length(const std::string& x) {
  std::size_t end = x.size();
  for (;;) {
    while (end > 0 && x[end - 1] == ' ') {
      --end;
    }
    std::size_t at = end;
    while (at > 0 && x[at - 1] == '*') {
      --at;
    }
    if (at == end && at > 1 && x[at - 1] == ')') {
      --at;
      const std::size_t close = at;
      while (at > 0 && is_digit(x[at - 1])) {
        --at;
      }
      // "(1)" belongs to the name.
      if (at == close || at == 0 || x[at - 1] == '(') {
        return end;
      }
    }
    // A name of marks alone has no other part to be told by.
    if (at == end || x.find_first_not_of(' ') >= at) {
      return end;
    }
    end = at;
  }
}

// A name as a reader takes it, of what ASCII has: small letters, one blank for
// many and none around a hyphen, no footnote marks, no leading zeros where all
// are digits. Bytes of other letters stay as they are.
inline void fold_name(const char* x, std::string& out) {
  out.clear();
  for (; *x != 0; ++x) {
    const bool blank = *x == ' ' || (*x >= '\t' && *x <= '\r');
    if (blank) {
      if (!out.empty() && out.back() != ' ' && out.back() != '-') {
        out.push_back(' ');
      }
      continue;
    }
    if (*x == '-' && !out.empty() && out.back() == ' ') {
      out.pop_back();
    }
    out.push_back(*x >= 'A' && *x <= 'Z' ? static_cast<char>(*x - 'A' + 'a')
                                         : *x);
  }
  out.resize(unmarked_length(out));
  if (std::all_of(out.begin(), out.end(), is_digit)) {
    const std::size_t at = out.find_first_not_of('0');
    out.erase(
        0, at == std::string::npos ? (out.empty() ? 0 : out.size() - 1) : at);
  }
}

// Names that equal an earlier one after fold_name(): 0 for a name that is the
// first of its kind, else the number (from 1) of that first one. name(i) is a
// zero-terminated name.
template <typename Name, typename Progress>
void find_lookalikes(std::ptrdiff_t n, Name name, int* twin,
                     Progress& progress) {
  key_index index(static_cast<std::size_t>(n));
  std::vector<int> first;
  std::string folded, other;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    fold_name(name(i), folded);
    std::uint64_t hash = 1469598103934665603ULL;
    for (const char c : folded) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    bool fresh = false;
    const std::size_t number =
        static_cast<std::size_t>(index.number(hash, fresh));
    twin[i] = 0;
    if (fresh) {
      first.push_back(static_cast<int>(i));
    } else {
      fold_name(name(first[number]), other);
      twin[i] = folded == other ? first[number] + 1 : 0;
    }
    if (i % report_rows == 0) {
      progress.step(static_cast<std::size_t>(i));
    }
  }
}

}  // namespace nidcode

#endif
