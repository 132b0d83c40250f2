#include "softmax.h"

#include <math.h>

#include "exponential_sums.h"

/// Sum of the values, each times its weight where there are weights.
CK_INLINE void sum_over_classes(const float *values, ptrdiff_t stride, const float *weights, ptrdiff_t weights_stride,
                                ptrdiff_t classes, lanes16 *result) {
  lanes16d total = {0};
  for (ptrdiff_t start = 0; start < classes; start += CK_CLASSES) {
    lanes16 sum = CK_ZERO;
    for (ptrdiff_t c = start; c < classes && c < start + CK_CLASSES; c++)
      sum += weights ? CK_LOAD(weights + c * weights_stride) * CK_LOAD(values + c * stride)
                     : CK_LOAD(values + c * stride);
    total += __builtin_convertvector(sum, lanes16d);
  }
  *result = __builtin_convertvector(total, lanes16);
}

CK_DISPATCHED void ck_softmax(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                              ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = output_strides.channel;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i;
      float *y = output + CK_RUN(output_strides) + i;
      lanes16 maximum;
      lanes16d total;
      ck_maximum_of(x, input_strides.channel, classes, &maximum);
      ck_sum_of_exponentials(x, input_strides.channel, classes, &maximum, y, step, &total);
      const lanes16 sum = __builtin_convertvector(total, lanes16);
      for (ptrdiff_t c = 0; c < classes; c++) CK_STORE(y + c * step, CK_LOAD(y + c * step) / sum);
    }
  }
}

CK_DISPATCHED void ck_softmax_backward(const float *output, ck_strides output_strides, const float *gradient,
                                       ck_strides gradient_strides, float *input_gradient,
                                       ck_strides input_gradient_strides, ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *y = output + CK_RUN(output_strides) + i, *dy = gradient + CK_RUN(gradient_strides) + i;
      float *dx = input_gradient + CK_RUN(input_gradient_strides) + i;
      lanes16 mean;
      sum_over_classes(dy, gradient_strides.channel, y, output_strides.channel, classes, &mean);
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16 value =
            CK_LOAD(y + c * output_strides.channel) * (CK_LOAD(dy + c * gradient_strides.channel) - mean);
        CK_STORE(dx + c * input_gradient_strides.channel, value);
      }
    }
  }
}

CK_DISPATCHED void ck_log_softmax(const float *input, ck_strides input_strides, float *output,
                                  ck_strides output_strides, ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i;
      float *y = output + CK_RUN(output_strides) + i;
      lanes16 maximum;
      lanes16d total;
      ck_maximum_of(x, input_strides.channel, classes, &maximum);
      ck_sum_of_exponentials(x, input_strides.channel, classes, &maximum, NULL, 0, &total);
      for (int lane = 0; lane < 16; lane++) total[lane] = log(total[lane]);
      const lanes16 logarithm = __builtin_convertvector(total, lanes16);
      for (ptrdiff_t c = 0; c < classes; c++)
        CK_STORE(y + c * output_strides.channel, CK_LOAD(x + c * input_strides.channel) - maximum - logarithm);
    }
  }
}

CK_DISPATCHED void ck_log_softmax_backward(const float *output, ck_strides output_strides, const float *gradient,
                                           ck_strides gradient_strides, float *input_gradient,
                                           ck_strides input_gradient_strides, ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *y = output + CK_RUN(output_strides) + i, *dy = gradient + CK_RUN(gradient_strides) + i;
      float *dx = input_gradient + CK_RUN(input_gradient_strides) + i;
      lanes16 sum;
      sum_over_classes(dy, gradient_strides.channel, NULL, 0, classes, &sum);
      for (ptrdiff_t c = 0; c < classes; c++) {
        lanes16 p = CK_LOAD(y + c * output_strides.channel);
        ck_exponential(&p);
        CK_STORE(dx + c * input_gradient_strides.channel, CK_LOAD(dy + c * gradient_strides.channel) - p * sum);
      }
    }
  }
}
