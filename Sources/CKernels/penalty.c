#include "penalty.h"

#include "operations.h"

CK_DISPATCHED double ck_penalty(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes,
                                ptrdiff_t live, double l1, double l2) {
  double sum = 0;
  CK_FOR_RUNS(extent) {
    const float *x = input + CK_RUN(input_strides);
    lanes16d magnitudes = {0}, squares = {0};
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const lanes16 value = CK_SELECT(CK_LIVE(live - i % lanes), CK_LOAD(x + i), CK_ZERO);
      const lanes16d wide = __builtin_convertvector(value, lanes16d);
      magnitudes += __builtin_elementwise_abs(wide);
      squares += wide * wide;
    }
    sum += l1 * ck_sum_lanes(&magnitudes, 16) + l2 * ck_sum_lanes(&squares, 16);
  }
  return sum;
}

CK_DISPATCHED void ck_penalty_backward(const float *input, ck_strides input_strides, const float *gradient,
                                       ck_strides gradient_strides, float *input_gradient,
                                       ck_strides input_gradient_strides, ck_extent extent, ptrdiff_t lanes,
                                       ptrdiff_t live, float l1, float l2) {
  CK_FOR_RUNS(extent) {
    const float *inputs = input + CK_RUN(input_strides), *gradients = gradient + CK_RUN(gradient_strides);
    float *results = input_gradient + CK_RUN(input_gradient_strides);
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const lanes16 x = CK_LOAD(inputs + i);
      const lanes16 sign = CK_SELECT(x > CK_ZERO, CK_ZERO + 1.0f, CK_SELECT(x < CK_ZERO, CK_ZERO - 1.0f, CK_ZERO));
      const lanes16 dx = CK_LOAD(gradients + i) + l1 * sign + 2 * l2 * x;
      CK_STORE(results + i, CK_SELECT(CK_LIVE(live - i % lanes), dx, CK_ZERO));
    }
  }
}
