#ifndef NIDCODE_ROOM_H
#define NIDCODE_ROOM_H

#include <Rcpp.h>

#include <cstddef>

#include "must.h"

// A matrix that a kernel will fill.
inline Rcpp::NumericMatrix room(std::ptrdiff_t rows, std::size_t columns) {
  must(rows <= 2147483647, "more than 2^31 - 1 rows");
  return Rcpp::NumericMatrix(
      Rcpp::no_init(static_cast<int>(rows), static_cast<int>(columns)));
}

#endif
