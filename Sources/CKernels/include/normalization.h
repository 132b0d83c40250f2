#pragma once

#include "runs.h"

/// Batch normalisation of one tensor: `channels` values each, `gamma` and `beta` may be NULL (1 and 0). When
/// `rectified`, the result goes through min(max(0, .), maximum) and gradients through its derivative.
typedef struct {
  const float *mean, *variance, *gamma, *beta;
  float epsilon;
  int rectified;
  /// Of the rectifier; infinite for max(0, .).
  float maximum;
} ck_normalization;

// Everywhere: runs are joined up to whole planes at most, lanes from `live` on are dead.

/// Sum of the live elements of each channel.
void ck_channel_sums(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                     float *sums);

/// Sets the gradient of a rectified output, min(max(0, .), maximum), to zero where the rectifier is closed, and sums
/// what is left of each channel over all lanes; `sums` may be NULL.
void ck_close_and_sum(const float *output, ck_strides output_strides, float *gradient, ck_strides gradient_strides,
                      ck_extent extent, float maximum, float *sums);

/// Mean, and sum of squared deviations from it, of the live elements of each channel; both 0 when nothing lives.
void ck_moments(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                float *mean, float *squares);

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, past the caches with `streams_output`.
void ck_normalize(const ck_normalization *normalization, const float *input, ck_strides input_strides, float *output,
                  ck_strides output_strides, ck_extent extent, int streams_output);

/// Sums over the live elements of each channel of dy and of dy * (x - mean) / sqrt(variance + epsilon).
void ck_normalize_sums(const ck_normalization *normalization, const float *input, ck_strides input_strides,
                       const float *gradient, ck_strides gradient_strides, ck_extent extent, ptrdiff_t lanes,
                       ptrdiff_t live, float *gradient_sum, float *product_sum);

/// dx = gamma / std * (dy - gradient_sum / count - xhat * product_sum / count); without sums (NULL) dx = gamma / std *
/// dy. Past the caches with `streams_gradient`.
void ck_normalize_backward(const ck_normalization *normalization, const float *input, ck_strides input_strides,
                           const float *gradient, ck_strides gradient_strides, float *input_gradient,
                           ck_strides input_gradient_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                           const float *gradient_sum, const float *product_sum, double count, int streams_gradient);
