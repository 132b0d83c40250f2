#include "activations.h"

#include "transcendental.h"

/// NaN stays NaN: a maximum with zero would hide it.
CK_INLINE void relu(lanes16 *x) { *x = CK_SELECT(*x < CK_ZERO, CK_ZERO, *x); }

#define FORWARD(name, function)                                                                                   \
  CK_DISPATCHED void name(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, \
                          ck_extent extent) {                                                                     \
    CK_FOR_RUNS(extent) {                                                                                         \
      const float *x = input + CK_RUN(input_strides);                                                             \
      float *y = output + CK_RUN(output_strides);                                                                 \
      for (ptrdiff_t i = 0; i < extent.count; i += 16) {                                                          \
        lanes16 value = CK_LOAD(x + i);                                                                           \
        function(&value);                                                                                         \
        CK_STORE(y + i, value);                                                                                   \
      }                                                                                                           \
    }                                                                                                             \
  }

FORWARD(ck_relu, relu)
FORWARD(ck_tanh, ck_tanh_of)
FORWARD(ck_sigmoid, ck_sigmoid_of)

#define BACKWARD(name, expression)                                                                               \
  CK_DISPATCHED void name(const float *output, ck_strides output_strides, const float *gradient,                 \
                          ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides, \
                          ck_extent extent) {                                                                    \
    CK_FOR_RUNS(extent) {                                                                                        \
      const float *outputs = output + CK_RUN(output_strides);                                                    \
      const float *gradients = gradient + CK_RUN(gradient_strides);                                              \
      float *results = input_gradient + CK_RUN(input_gradient_strides);                                          \
      for (ptrdiff_t i = 0; i < extent.count; i += 16) {                                                         \
        const lanes16 y = CK_LOAD(outputs + i), dy = CK_LOAD(gradients + i);                                     \
        CK_STORE(results + i, expression);                                                                       \
      }                                                                                                          \
    }                                                                                                            \
  }

BACKWARD(ck_relu_backward, CK_SELECT(y > CK_ZERO, dy, CK_ZERO))
BACKWARD(ck_tanh_backward, dy * (1.0f - y * y))
BACKWARD(ck_sigmoid_backward, dy * (y * (1.0f - y)))
