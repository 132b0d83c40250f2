#pragma once

#include "runs.h"

// y = f(x); output may be input.
void ck_relu(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, ck_extent extent);
void ck_tanh(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, ck_extent extent);
void ck_sigmoid(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                ck_extent extent);

// dx = dy * f'(x), with f' expressed by y; input_gradient may be gradient.
void ck_relu_backward(const float *output, ck_strides output_strides, const float *gradient,
                      ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                      ck_extent extent);
void ck_tanh_backward(const float *output, ck_strides output_strides, const float *gradient,
                      ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                      ck_extent extent);
void ck_sigmoid_backward(const float *output, ck_strides output_strides, const float *gradient,
                         ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                         ck_extent extent);
