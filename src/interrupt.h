#ifndef NIDCODE_INTERRUPT_H
#define NIDCODE_INTERRUPT_H

#include <Rcpp.h>

#include <algorithm>
#include <cstddef>

// Asks R between blocks whether the user pressed escape, and counts how often
// it was asked, so that a test can see that long work stays interruptible.
struct r_interrupt {
  std::size_t asked = 0;
  std::size_t done = 0;
  std::size_t longest = 0;

  void step(std::size_t now) {
    // Inside a long item, or in the next of several loops, nothing is added.
    longest = std::max(longest, now > done ? now - done : 0);
    done = now;
    ++asked;
    Rcpp::checkUserInterrupt();
  }
};

#endif
