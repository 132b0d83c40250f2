#include "pointwise.h"

#include "slopes.h"
#include "transcendental.h"

static const float SELU_SCALE = 1.0507009873554805f, SELU_ALPHA = 1.6732632423543772f;

CK_INLINE void elu(lanes16 *x, float alpha, float scale) {
  const lanes16 value = *x;
  const lanes16i negative = value < CK_ZERO;
  lanes16 e = CK_SELECT(negative, value, CK_ZERO);
  ck_exponential_minus_one(&e);
  *x = scale * CK_SELECT(negative, alpha * e, value);
}

CK_INLINE void gelu(lanes16 *x) {
  lanes16 probability = *x, density;
  ck_normal_distribution(&probability, &density);
  *x *= probability;
}

CK_INLINE void gelu_slope(lanes16 *x) {
  lanes16 probability = *x, density;
  ck_normal_distribution(&probability, &density);
  *x = probability + *x * (density * 0.39894228040143268f);
}

/// 2 sqrt(2 / pi) (x + 0.044715 x^3), whose sigmoid stands for the probability; x is cut off where that is 0 or 1.
CK_INLINE void gelu_tanh_argument(const lanes16 *x, lanes16 *argument, lanes16 *slope) {
  lanes16 value = CK_SELECT(*x > 20.0f, CK_ZERO + 20.0f, *x);
  value = CK_SELECT(value < -20.0f, CK_ZERO - 20.0f, value);
  const lanes16 square = value * value;
  *argument = 1.5957691216057308f * value * (square * 0.044715f + 1.0f);
  *slope = 1.5957691216057308f * (square * 0.134145f + 1.0f);
}

CK_INLINE void gelu_tanh(lanes16 *x) {
  lanes16 s, slope;
  gelu_tanh_argument(x, &s, &slope);
  ck_sigmoid_of(&s);
  *x *= s;
}

CK_INLINE void gelu_tanh_slope(lanes16 *x) {
  lanes16 s, slope;
  gelu_tanh_argument(x, &s, &slope);
  lanes16 rest = -s;
  ck_sigmoid_of(&s);
  ck_sigmoid_of(&rest);
  *x = s + CK_SELECT(CK_MAGNITUDE(*x) > 20.0f, CK_ZERO, *x) * (s * rest) * slope;
}

CK_INLINE void silu(lanes16 *x) {
  lanes16 s = *x;
  ck_sigmoid_of(&s);
  *x *= s;
}

CK_INLINE void silu_slope(lanes16 *x) {
  lanes16 s = *x;
  ck_sigmoid_of(&s);
  *x = s * (*x * (1.0f - s) + 1.0f);
}

CK_INLINE void mish(lanes16 *x) {
  lanes16 t = *x, complement;
  ck_tanh_of_softplus(&t, &complement);
  *x *= t;
}

CK_INLINE void mish_slope(lanes16 *x) {
  lanes16 t = *x, s = *x, complement;
  ck_tanh_of_softplus(&t, &complement);
  ck_sigmoid_of(&s);
  *x = t + *x * complement * s;
}

CK_INLINE void hard_silu(lanes16 *x) {
  lanes16 s = *x * (1.0f / 6) + 0.5f;
  s = CK_SELECT(s < CK_ZERO, CK_ZERO, s);
  *x *= CK_SELECT(s > CK_ONE, CK_ONE, s);
}

CK_INLINE void hard_silu_slope(lanes16 *x) {
  const lanes16 inside = CK_SELECT(*x < 3.0f, *x * (1.0f / 3) + 0.5f, CK_ONE);
  *x = CK_SELECT(*x > -3.0f, inside, CK_ZERO);
}

CK_INLINE void tanh_shrink(lanes16 *x) {
  lanes16 t = *x;
  ck_tanh_of(&t);
  *x -= t;
}

CK_INLINE void tanh_shrink_slope(lanes16 *x) {
  ck_tanh_of(x);
  *x *= *x;
}

CK_INLINE void soft_shrink(lanes16 *x, float a) {
  const lanes16 value = *x;
  const lanes16 lower = CK_SELECT(value < -a, value + a, CK_ZERO);
  // Written so that NaN is none of the three.
  *x = CK_SELECT(CK_MAGNITUDE(value) <= a, CK_ZERO, CK_SELECT(value < CK_ZERO, lower, value - a));
}

/// For x < 0 as 2 / (sqrt(x^2 + 4) - x), so that nothing cancels.
CK_INLINE void squareplus(lanes16 *x) {
  const lanes16 value = *x, root = __builtin_elementwise_sqrt(value * value + 4.0f);
  *x = CK_SELECT(value < CK_ZERO, 2.0f / (root - value), 0.5f * (value + root));
}

CK_INLINE void sparse_plus(lanes16 *x) {
  const lanes16 value = *x, shifted = value + 1.0f;
  const lanes16 middle = CK_SELECT(value < CK_ONE, shifted * shifted * 0.25f, value);
  *x = CK_SELECT(value <= -1.0f, CK_ZERO, middle);
}

CK_INLINE void softplus_slope(lanes16 *y) {
  lanes16 e = -*y;
  ck_exponential_minus_one(&e);
  *y = -e;
}

CK_INLINE void log_sigmoid(lanes16 *x) {
  lanes16 value = -*x;
  ck_softplus_of(&value);
  *x = -value;
}

CK_INLINE void log_sigmoid_slope(lanes16 *y) {
  ck_exponential_minus_one(y);
  *y = -*y;
}

/// Runs a statement on every vector, which it finds and leaves in v.
#define FORWARD(statement)                                       \
  CK_FOR_RUNS(extent) {                                          \
    const float *x = input + CK_RUN(input_strides);              \
    float *y = output + CK_RUN(output_strides);                  \
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {           \
      lanes16 v = CK_LOAD(x + i);                                \
      statement;                                                 \
      CK_STORE(y + i, v);                                        \
    }                                                            \
  }                                                              \
  return

CK_DISPATCHED void ck_pointwise(ck_function function, float parameter, const float *input, ck_strides input_strides,
                                float *output, ck_strides output_strides, ck_extent extent) {
  const float a = parameter;
  switch (function) {
    case CK_LEAKY_RELU: FORWARD(v = CK_SELECT(v < CK_ZERO, v * a, v));
    case CK_THRESHOLDED_RELU: FORWARD(v = CK_SELECT(v <= a, CK_ZERO, v));
    case CK_ELU: FORWARD(elu(&v, a, 1));
    case CK_SELU: FORWARD(elu(&v, SELU_ALPHA, SELU_SCALE));
    case CK_GELU: FORWARD(gelu(&v));
    case CK_GELU_TANH: FORWARD(gelu_tanh(&v));
    case CK_SILU: FORWARD(silu(&v));
    case CK_SOFTPLUS: FORWARD(ck_softplus_of(&v));
    case CK_SOFTSIGN: FORWARD(v = v / (CK_MAGNITUDE(v) + 1.0f));
    case CK_EXPONENTIAL: FORWARD(ck_exponential(&v));
    case CK_MISH: FORWARD(mish(&v));
    case CK_HARD_SILU: FORWARD(hard_silu(&v));
    case CK_LOG_SIGMOID: FORWARD(log_sigmoid(&v));
    case CK_TANH_SHRINK: FORWARD(tanh_shrink(&v));
    case CK_SOFT_SHRINK: FORWARD(soft_shrink(&v, a));
    case CK_HARD_SHRINK: FORWARD(v = CK_SELECT(CK_MAGNITUDE(v) <= a, CK_ZERO, v));
    case CK_SQUAREPLUS: FORWARD(squareplus(&v));
    case CK_SPARSE_PLUS: FORWARD(sparse_plus(&v));
  }
}

#define BACKWARD(...) CK_DIFFERENTIATE(values, value_strides, __VA_ARGS__)

CK_DISPATCHED void ck_pointwise_backward(ck_function function, float parameter, const float *values,
                                         ck_strides value_strides, const float *gradient, ck_strides gradient_strides,
                                         float *input_gradient, ck_strides input_gradient_strides, ck_extent extent) {
  const float a = parameter;
  switch (function) {
    case CK_LEAKY_RELU: BACKWARD(v = CK_SELECT(v > CK_ZERO, CK_ONE, CK_ZERO + a));
    case CK_THRESHOLDED_RELU:
    case CK_SOFT_SHRINK:
    case CK_HARD_SHRINK: BACKWARD(v = CK_SELECT(v == CK_ZERO, CK_ZERO, CK_ONE));
    case CK_ELU: BACKWARD(v = CK_SELECT(v > CK_ZERO, CK_ONE, v + a));
    case CK_SELU: BACKWARD(v = CK_SELECT(v > CK_ZERO, CK_ZERO + SELU_SCALE, v + SELU_ALPHA * SELU_SCALE));
    case CK_GELU: BACKWARD(gelu_slope(&v));
    case CK_GELU_TANH: BACKWARD(gelu_tanh_slope(&v));
    case CK_SILU: BACKWARD(silu_slope(&v));
    case CK_SOFTPLUS: BACKWARD(softplus_slope(&v));
    case CK_SOFTSIGN: BACKWARD(v = 1.0f - CK_MAGNITUDE(v); v = v * v);
    case CK_EXPONENTIAL: BACKWARD((void)v);
    case CK_MISH: BACKWARD(mish_slope(&v));
    case CK_HARD_SILU: BACKWARD(hard_silu_slope(&v));
    case CK_LOG_SIGMOID: BACKWARD(log_sigmoid_slope(&v));
    case CK_TANH_SHRINK: BACKWARD(tanh_shrink_slope(&v));
    case CK_SQUAREPLUS: BACKWARD(v = 1.0f / (1.0f / (v * v) + 1.0f));
    case CK_SPARSE_PLUS: BACKWARD(v = __builtin_elementwise_sqrt(CK_SELECT(v > CK_ONE, CK_ONE, v)));
  }
}

CK_DISPATCHED void ck_clip(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                           ck_extent extent, float slope, float offset, float low, float high) {
  FORWARD(v = v * slope + offset; v = CK_SELECT(v < low, CK_ZERO + low, v); v = CK_SELECT(v > high, CK_ZERO + high, v));
}

CK_DISPATCHED void ck_clip_backward(const float *output, ck_strides output_strides, const float *gradient,
                                    ck_strides gradient_strides, float *input_gradient,
                                    ck_strides input_gradient_strides, ck_extent extent, float slope, float low,
                                    float high) {
  const float *values = output;
  const ck_strides value_strides = output_strides;
  BACKWARD(v = CK_SELECT((v > low) & (v < high), CK_ZERO + slope, CK_ZERO));
}

CK_DISPATCHED void ck_rectify(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                              ck_extent extent, float slope, float threshold, float maximum) {
  FORWARD(const lanes16 below = CK_SELECT(v >= threshold, v, slope * (v - threshold));
          v = CK_SELECT(v >= maximum, CK_ZERO + maximum, below));
}

CK_DISPATCHED void ck_rectify_backward(const float *values, ck_strides value_strides, const float *gradient,
                                       ck_strides gradient_strides, float *input_gradient,
                                       ck_strides input_gradient_strides, ck_extent extent, float slope,
                                       float threshold, float maximum) {
  BACKWARD(const lanes16 below = CK_SELECT(v >= threshold, CK_ONE, CK_ZERO + slope);
           v = CK_SELECT(v >= maximum, CK_ZERO, below));
}
