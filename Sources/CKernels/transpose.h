// Blocks of 16 x 16 floats, turned around.
#pragma once

#include "vectors.h"

/// Rows and columns of 16 vectors exchanged.
CK_INLINE void transpose(const lanes16 *rows, lanes16 *columns) {
  lanes16 a[16], b[16];
  // Blocks of 8 x 8, 4 x 4, 2 x 2 and 1 x 1 change places.
  CK_UNROLL for (int i = 0; i < 8; i++) {
    a[i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    a[i + 8] =
        __builtin_shufflevector(rows[i], rows[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i++) {
    if (i & 4) continue;
    b[i] = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    b[i + 4] = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i++) {
    if (i & 2) continue;
    a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    a[i + 2] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i += 2) {
    columns[i] =
        __builtin_shufflevector(a[i], a[i + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    columns[i + 1] =
        __builtin_shufflevector(a[i], a[i + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
  }
}
