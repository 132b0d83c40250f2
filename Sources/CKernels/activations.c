#include "activations.h"

#include "exponential.h"

/// NaN stays NaN: a maximum with zero would hide it.
CK_INLINE void relu(lanes16 *x) { *x = CK_SELECT(*x < CK_ZERO, CK_ZERO, *x); }

/// 1 / (1 + e^-x), from e^-|x| so that nothing overflows and small results keep their digits.
CK_INLINE void sigmoid(lanes16 *x) {
  const lanes16i negative = *x < CK_ZERO;
  lanes16 e = CK_SELECT(negative, *x, -*x);
  ck_exponential(&e);
  *x = CK_SELECT(negative, e, CK_ZERO + 1.0f) / (e + 1.0f);
}

/// An odd polynomial below 0.625 (coefficients: Moshier, Cephes, tanhf.c), 1 - 2 / (e^2x + 1) above.
CK_INLINE void hyperbolic_tangent(lanes16 *x) {
  const lanes16 value = *x, square = value * value;
  lanes16 p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const lanes16 near_zero = p * square * value + value;
  const lanes16 magnitude = CK_SELECT(value < CK_ZERO, -value, value);
  lanes16 e = magnitude + magnitude;
  ck_exponential(&e);
  const lanes16 far = 1.0f - 2.0f / (e + 1.0f);
  const lanes16 signed_far = CK_SELECT(value < CK_ZERO, -far, far);
  *x = CK_SELECT(magnitude < 0.625f, near_zero, signed_far);
}

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
FORWARD(ck_tanh, hyperbolic_tangent)
FORWARD(ck_sigmoid, sigmoid)

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
