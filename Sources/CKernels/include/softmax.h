#pragma once

#include "runs.h"

// Over the channels of every position and lane; the output may be the input, the input's gradient the gradient.
void ck_softmax(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                ck_extent extent);
void ck_softmax_backward(const float *output, ck_strides output_strides, const float *gradient,
                         ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                         ck_extent extent);

// The logarithm of softmax, and dx = dy - e^y sum over channels of dy.
void ck_log_softmax(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                    ck_extent extent);
void ck_log_softmax_backward(const float *output, ck_strides output_strides, const float *gradient,
                             ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                             ck_extent extent);

// Keras's sparsemax: y = max(x - t, 0), t = (sum of s_1 ... s_n - 1) / n, where s_k is the sum of the k largest
// channels and n the size of the support of sparsemax. Martins and Astudillo's t is (s_n - 1) / n: the same for n = 1
// only. From x and dy:
void ck_sparsemax(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                  ck_extent extent);
void ck_sparsemax_backward(const float *input, ck_strides input_strides, const float *gradient,
                           ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                           ck_extent extent);
