#include "limited_relu.h"

#include "operations.h"

CK_DISPATCHED void ck_relu_limited(const float *input, ck_strides input_strides, float *output,
                                   ck_strides output_strides, ck_extent extent, float maximum) {
  const lanes16 limit = CK_ZERO + maximum;
  CK_FOR_RUNS(extent) {
    const float *x = input + CK_RUN(input_strides);
    float *y = output + CK_RUN(output_strides);
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const lanes16 value = CK_LOAD(x + i);
      const lanes16 positive = CK_SELECT(value < CK_ZERO, CK_ZERO, value);
      CK_STORE(y + i, CK_SELECT(positive > limit, limit, positive));
    }
  }
}

CK_DISPATCHED void ck_relu_limited_backward(const float *output, ck_strides output_strides, const float *gradient,
                                            ck_strides gradient_strides, float *input_gradient,
                                            ck_strides input_gradient_strides, ck_extent extent, float maximum) {
  CK_FOR_RUNS(extent) {
    const float *outputs = output + CK_RUN(output_strides);
    const float *gradients = gradient + CK_RUN(gradient_strides);
    float *results = input_gradient + CK_RUN(input_gradient_strides);
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const lanes16 y = CK_LOAD(outputs + i), dy = CK_LOAD(gradients + i);
      CK_STORE(results + i, CK_SELECT((y > CK_ZERO) & (y < maximum), dy, CK_ZERO));
    }
  }
}
