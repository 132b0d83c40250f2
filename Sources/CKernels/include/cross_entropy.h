#pragma once

#include "runs.h"

// Cross-entropy of the logits of classes at every position against one class number there. The target has one channel;
// positions where it is `*ignored` (which may be NULL) do not count. What is given for a lane is an array of `lanes`.

/// The positions of each image that count.
void ck_count_positions(const float *target, ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                        const float *ignored, float *counts);

/// The mean over the positions of each live image, 0 in the other lanes; NaN where a number is none of a class.
void ck_cross_entropy_of_logits(const float *logits, ck_strides logit_strides, const float *target,
                                ck_strides target_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                                float smoothing, const float *ignored, const float *counts, double *losses);

/// Its gradient times `factors`, one for each lane; 0 in the lanes from `live` on.
void ck_cross_entropy_of_logits_backward(const float *logits, ck_strides logit_strides, const float *target,
                                         ck_strides target_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                                         float smoothing, const float *ignored, const float *counts,
                                         const float *factors, float *input_gradient,
                                         ck_strides input_gradient_strides);
