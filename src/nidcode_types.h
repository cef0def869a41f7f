#ifndef NIDCODE_TYPES_H
#define NIDCODE_TYPES_H

#include <RcppEigen.h>

// Types of arguments of exports: RcppExports.cpp includes a header of this
// name.

// Numbers that are only read. Of one of Rcpp's vectors R is asked for memory to
// write into, and copies what several vectors share.
class const_numbers {
 public:
  explicit const_numbers(SEXP x)
      : held_(Rcpp::r_cast<REALSXP>(x)),
        begin_(REAL_RO(held_)),
        size_(Rf_xlength(held_)) {}

  const double* begin() const {
    return begin_;
  }
  R_xlen_t size() const {
    return size_;
  }
  SEXP dim() const {
    return Rf_getAttrib(held_, R_DimSymbol);
  }

 private:
  Rcpp::RObject held_;
  const double* begin_;
  R_xlen_t size_;
};

#endif
