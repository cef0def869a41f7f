#ifndef NIDCODE_READ_WINDOW_H
#define NIDCODE_READ_WINDOW_H

#include <Rcpp.h>
#include <nidcode/local-polynomial.h>

#include <string>

#include "must.h"

// The window of a local fit.
inline nidcode::local_options read_window(const Rcpp::List& rate) {
  nidcode::local_options out;
  out.span = rate["span"];
  out.width = rate["width"];
  out.degree = rate["degree"];
  out.shift = rate["shift"];
  must(out.degree >= 0 && out.degree <= 60 && out.span >= 1 && out.width >= 0,
       "no such window");
  const std::string kernel = rate["kernel"];
  out.kernel = kernel == "uniform"   ? nidcode::kernel_shape::uniform
               : kernel == "tricube" ? nidcode::kernel_shape::tricube
                                     : nidcode::kernel_shape::epanechnikov;
  return out;
}

#endif
