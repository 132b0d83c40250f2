// The walk over positions, for what metrics count and sum.
#pragma once

#include "measures.h"
#include "operations.h"

/// Visits the rows of positions: `i0`, `i1` and `i2` are set in the body.
#define CK_FOR_ROWS(positions)                              \
  for (ptrdiff_t i0 = 0; i0 < (positions).count[0]; i0++)   \
    for (ptrdiff_t i1 = 0; i1 < (positions).count[1]; i1++) \
      for (ptrdiff_t i2 = 0; i2 < (positions).count[2]; i2++)

/// The first float of the current row.
#define CK_ROW(tensor, strides) ((tensor) + i0 * (strides)[0] + i1 * (strides)[1] + i2 * (strides)[2])
