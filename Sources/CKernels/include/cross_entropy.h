#pragma once

#include "runs.h"

// Cross-entropy of classes at every position against one class number there, of logits or of probabilities. The target
// has one channel. What is given for a lane is an array of `lanes`.

typedef struct {
  float smoothing;
  /// The number that does not count; may be NULL.
  const float *ignored;
  /// The weight of positions of each class; NULL where all count the same.
  const float *class_weights;
  /// The divisor of the sum of each lane; 1 for 0.
  const float *counts;
} ck_class_numbers;

/// The positions of each image that count.
void ck_count_positions(const float *target, ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                        const float *ignored, float *counts);

/// The sum over the positions of each live image over its count, 0 in the other lanes; NaN where a number is none of a
/// class.
void ck_cross_entropy_of_logits(const ck_class_numbers *numbers, const float *logits, ck_strides logit_strides,
                                const float *target, ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                ptrdiff_t live, double *losses);
void ck_cross_entropy_of_probabilities(const ck_class_numbers *numbers, const float *values, ck_strides value_strides,
                                       const float *target, ck_strides target_strides, ck_extent extent,
                                       ptrdiff_t lanes, ptrdiff_t live, double *losses);

/// Its gradient times `factors`, one for each lane; 0 in the lanes from `live` on.
void ck_cross_entropy_of_logits_backward(const ck_class_numbers *numbers, const float *logits,
                                         ck_strides logit_strides, const float *target, ck_strides target_strides,
                                         ck_extent extent, ptrdiff_t lanes, ptrdiff_t live, const float *factors,
                                         float *input_gradient, ck_strides input_gradient_strides);
void ck_cross_entropy_of_probabilities_backward(const ck_class_numbers *numbers, const float *values,
                                                ck_strides value_strides, const float *target,
                                                ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                                ptrdiff_t live, const float *factors, float *input_gradient,
                                                ck_strides input_gradient_strides);

/// (1 - p^power) / power of the probability p of the class, power being above 0 and at most 1, in the same way.
void ck_generalized_cross_entropy(const ck_class_numbers *numbers, double power, const float *values,
                                  ck_strides value_strides, const float *target, ck_strides target_strides,
                                  ck_extent extent, ptrdiff_t lanes, ptrdiff_t live, double *losses);
void ck_generalized_cross_entropy_backward(const ck_class_numbers *numbers, double power, const float *values,
                                           ck_strides value_strides, const float *target, ck_strides target_strides,
                                           ck_extent extent, ptrdiff_t lanes, ptrdiff_t live, const float *factors,
                                           float *input_gradient, ck_strides input_gradient_strides);
