#ifndef NIDCODE_INTERRUPT_H
#define NIDCODE_INTERRUPT_H

#include <Rcpp.h>

#include <cstddef>

// Asks R between blocks whether the user pressed escape, and counts how often
// it was asked, so that a test can see that long work stays interruptible.
struct r_interrupt {
  std::size_t asked = 0;
  std::size_t done = 0;
  std::size_t longest = 0;

  void step(std::size_t now) {
    longest = std::max(longest, now - done);
    done = now;
    ++asked;
    Rcpp::checkUserInterrupt();
  }
};

#endif
