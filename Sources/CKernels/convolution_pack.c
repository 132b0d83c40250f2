// Weights in the order in which direct convolutions read them.

#include "convolution.h"
#include "vectors.h"

CK_INLINE void pack(const float *kernel, ptrdiff_t outer_stride, ptrdiff_t block_stride, ptrdiff_t count, float *packed,
                    ptrdiff_t packed_stride, const int BLOCK) {
  for (ptrdiff_t outer = 0; outer < count; outer++) {
    CK_UNROLL for (int i = 0; i < BLOCK; i++) packed[i] = kernel[i * block_stride];
    kernel += outer_stride;
    packed += packed_stride;
  }
}

void ck_pack_tap(const float *kernel, ptrdiff_t outer_stride, ptrdiff_t block_stride, ptrdiff_t count, ptrdiff_t block,
                 float *packed, ptrdiff_t packed_stride) {
#define CASE(BLOCK) \
  case BLOCK: \
    pack(kernel, outer_stride, block_stride, count, packed, packed_stride, BLOCK); \
    break;
  switch (block) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) }
}
