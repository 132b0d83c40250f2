#include "global_pooling.h"

#include "operations.h"

CK_DISPATCHED void ck_global_average(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes,
                                     float *output, ptrdiff_t output_stride) {
  const double count = (double)(extent.slices * extent.rows * extent.count / lanes);
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++)
    for (ptrdiff_t block = 0; block < lanes; block += 16) {
      lanes16d total = {0};
      lanes16 sum = CK_ZERO;
      int pending = 0;
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        const float *x = input + CK_RUN(input_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += lanes) {
          sum += CK_LOAD(x + i);
          if (++pending < 32) continue;
          total += __builtin_convertvector(sum, lanes16d);
          sum = CK_ZERO;
          pending = 0;
        }
      }
      total += __builtin_convertvector(sum, lanes16d);
      CK_STORE(output + channel * output_stride + block, __builtin_convertvector(total / count, lanes16));
    }
}

CK_DISPATCHED void ck_global_average_backward(const float *gradient, ptrdiff_t gradient_stride, float *input_gradient,
                                              ck_strides input_gradient_strides, ck_extent extent, ptrdiff_t lanes) {
  const float count = (float)(extent.slices * extent.rows * extent.count / lanes);
  CK_FOR_RUNS(extent) {
    float *dx = input_gradient + CK_RUN(input_gradient_strides);
    for (ptrdiff_t block = 0; block < lanes; block += 16) {
      const lanes16 share = CK_LOAD(gradient + channel * gradient_stride + block) / count;
      for (ptrdiff_t i = block; i < extent.count; i += lanes) CK_STORE(dx + i, share);
    }
  }
}

CK_DISPATCHED void ck_global_maximum(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes,
                                     float *output, ptrdiff_t output_stride, int32_t *positions) {
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++)
    for (ptrdiff_t block = 0; block < lanes; block += 16) {
      lanes16 best = CK_LOAD(input + channel * input_strides.channel + block);
      lanes16 chosen = CK_ZERO;
      lanes16i position = {0};
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        const float *x = input + CK_RUN(input_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += lanes) {
          const lanes16 value = CK_LOAD(x + i);
          const lanes16i better = (value > best) | (value != value);
          best = CK_SELECT(better, value, best);
          chosen = CK_SELECT(better, (lanes16)position, chosen);
          position += 1;
        }
      }
      CK_STORE(output + channel * output_stride + block, best);
      if (positions) *(lanes16i *)(positions + channel * lanes + block) = (lanes16i)chosen;
    }
}

CK_DISPATCHED void ck_global_maximum_backward(const float *gradient, ptrdiff_t gradient_stride,
                                              const int32_t *positions, float *input_gradient,
                                              ck_strides input_gradient_strides, ck_extent extent, ptrdiff_t lanes) {
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++)
    for (ptrdiff_t block = 0; block < lanes; block += 16) {
      const lanes16 dy = CK_LOAD(gradient + channel * gradient_stride + block);
      const lanes16i chosen = *(const lanes16i *)(positions + channel * lanes + block);
      lanes16i position = {0};
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        float *dx = input_gradient + CK_RUN(input_gradient_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += lanes) {
          CK_STORE(dx + i, CK_SELECT(chosen == position, dy, CK_ZERO));
          position += 1;
        }
      }
    }
}
