#pragma once

#include "runs.h"

/// Functions of one element; a is the parameter of those that have one, y the function's value.
typedef enum {
  /// x, a x where x < 0
  CK_LEAKY_RELU,
  /// x, 0 where x <= a
  CK_THRESHOLDED_RELU,
  /// x, a (e^x - 1) where x < 0
  CK_ELU,
  /// 1.0507009873554805 elu(x) with a = 1.6732632423543772
  CK_SELU,
  /// x P(x), with P the distribution function of the normal distribution
  CK_GELU,
  /// x / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3): x (1 + tanh u) / 2
  CK_GELU_TANH,
  /// x / (1 + e^-x)
  CK_SILU,
  /// log(1 + e^x)
  CK_SOFTPLUS,
  /// x / (1 + |x|)
  CK_SOFTSIGN,
  CK_EXPONENTIAL,
  /// x tanh(log(1 + e^x))
  CK_MISH,
  /// x clip(x / 6 + 1/2, 0, 1)
  CK_HARD_SILU,
  /// -log(1 + e^-x)
  CK_LOG_SIGMOID,
  /// x - tanh x
  CK_TANH_SHRINK,
  /// x - a, 0, x + a where x > a, |x| <= a, x < -a
  CK_SOFT_SHRINK,
  /// x, 0 where |x| <= a
  CK_HARD_SHRINK,
  /// (x + sqrt(x^2 + 4)) / 2
  CK_SQUAREPLUS,
  /// 0, (x + 1)^2 / 4, x where x <= -1, between, x >= 1
  CK_SPARSE_PLUS,
} ck_function;

/// y = f(x); output may be input.
void ck_pointwise(ck_function function, float parameter, const float *input, ck_strides input_strides, float *output,
                  ck_strides output_strides, ck_extent extent);

/// dx = dy f'(x), from `values`: x for GELU, GELU_TANH, SILU, MISH, HARD_SILU and TANH_SHRINK, y for the others. Zero
/// where dy is zero, even if f' is infinite. input_gradient may be gradient.
void ck_pointwise_backward(ck_function function, float parameter, const float *values, ck_strides value_strides,
                           const float *gradient, ck_strides gradient_strides, float *input_gradient,
                           ck_strides input_gradient_strides, ck_extent extent);

/// y = clip(slope x + offset, low, high); NaN stays NaN. Output may be input.
void ck_clip(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, ck_extent extent,
             float slope, float offset, float low, float high);

/// dx = slope dy where low < y < high, 0 elsewhere; input_gradient may be gradient.
void ck_clip_backward(const float *output, ck_strides output_strides, const float *gradient,
                      ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                      ck_extent extent, float slope, float low, float high);

/// y = maximum where x >= maximum, x where x >= threshold, else slope (x - threshold). Output may be input.
void ck_rectify(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                ck_extent extent, float slope, float threshold, float maximum);

/// dx from x and dy; input_gradient may be gradient.
void ck_rectify_backward(const float *values, ck_strides value_strides, const float *gradient,
                         ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                         ck_extent extent, float slope, float threshold, float maximum);
