#include "softmax.h"

#include <math.h>
#include <stdbool.h>

#include "exponential.h"

// Floats are added over this many classes at most before their sum joins a double.
enum { PIECE = 64 };

CK_INLINE void maximum_of(const float *x, ptrdiff_t stride, ptrdiff_t classes, lanes16 *maximum, lanes16i *first) {
  lanes16 best = CK_LOAD(x), chosen = CK_ZERO;
  for (ptrdiff_t c = 1; c < classes; c++) {
    const lanes16 value = CK_LOAD(x + c * stride);
    const lanes16i better = value > best;
    best = CK_SELECT(better, value, best);
    chosen = CK_SELECT(better, (lanes16)((lanes16i){0} + (int32_t)c), chosen);
  }
  *maximum = best;
  *first = (lanes16i)chosen;
}

/// Sum of e^(x - maximum); the terms are stored when `terms` is given, which may be x.
CK_INLINE void sum_of_exponentials(const float *x, ptrdiff_t stride, ptrdiff_t classes, const lanes16 *maximum,
                                   float *terms, ptrdiff_t terms_stride, lanes16d *total) {
  *total = (lanes16d){0};
  for (ptrdiff_t start = 0; start < classes; start += PIECE) {
    lanes16 sum = CK_ZERO;
    for (ptrdiff_t c = start; c < classes && c < start + PIECE; c++) {
      lanes16 term = CK_LOAD(x + c * stride) - *maximum;
      ck_exponential(&term);
      if (terms) CK_STORE(terms + c * terms_stride, term);
      sum += term;
    }
    *total += __builtin_convertvector(sum, lanes16d);
  }
}

/// Sum of the values, each times its weight where there are weights.
CK_INLINE void sum_over_classes(const float *values, ptrdiff_t stride, const float *weights, ptrdiff_t weights_stride,
                                ptrdiff_t classes, lanes16 *result) {
  lanes16d total = {0};
  for (ptrdiff_t start = 0; start < classes; start += PIECE) {
    lanes16 sum = CK_ZERO;
    for (ptrdiff_t c = start; c < classes && c < start + PIECE; c++)
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
      lanes16i first;
      lanes16d total;
      maximum_of(x, input_strides.channel, classes, &maximum, &first);
      sum_of_exponentials(x, input_strides.channel, classes, &maximum, y, step, &total);
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
      lanes16i first;
      lanes16d total;
      maximum_of(x, input_strides.channel, classes, &maximum, &first);
      sum_of_exponentials(x, input_strides.channel, classes, &maximum, NULL, 0, &total);
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

CK_DISPATCHED ck_classification ck_cross_entropy_of_logits(const float *logits, ptrdiff_t class_stride,
                                                           ptrdiff_t classes, ptrdiff_t lanes, ptrdiff_t live,
                                                           const int32_t *labels, float smoothing,
                                                           const float *class_weights, float *gradient,
                                                           ptrdiff_t gradient_stride, float scale) {
  ck_classification result = {0, 0};
  const float others = smoothing / (float)classes;
  for (ptrdiff_t block = 0; block < lanes; block += 16) {
    const float *z = logits + block;
    float *dz = gradient ? gradient + block : NULL;
    lanes16 maximum;
    lanes16i first;
    lanes16d total, logit_sum = {0};
    maximum_of(z, class_stride, classes, &maximum, &first);
    const ptrdiff_t alive = live - block < 16 ? live - block : 16;
    if (smoothing != 0)
      for (ptrdiff_t c = 0; c < classes; c++)
        logit_sum += __builtin_convertvector(CK_LOAD(z + c * class_stride), lanes16d);
    double chosen[16];
    for (ptrdiff_t lane = 0; lane < alive; lane++) chosen[lane] = (double)z[labels[block + lane] * class_stride + lane];
    lanes16 weight = {0};
    for (ptrdiff_t lane = 0; lane < alive; lane++)
      weight[lane] = class_weights ? class_weights[labels[block + lane]] : 1;
    sum_of_exponentials(z, class_stride, classes, &maximum, dz, gradient_stride, &total);
    // -sum over classes of target * log(p), where the target is (1 - smoothing) * one-hot + smoothing / classes.
    for (ptrdiff_t lane = 0; lane < alive; lane++) {
      const double target =
          (1 - (double)smoothing) * chosen[lane] + (double)smoothing * logit_sum[lane] / (double)classes;
      result.loss += (double)weight[lane] * (log(total[lane]) + (double)maximum[lane] - target);
      result.correct += first[lane] == labels[block + lane];
    }
    if (!gradient) continue;
    const lanes16 factor = __builtin_convertvector((double)scale / total, lanes16);
    const lanes16i living = CK_LIVE(alive < 0 ? 0 : alive);
    for (ptrdiff_t c = 0; c < classes; c++) {
      const lanes16 value = CK_LOAD(dz + c * gradient_stride) * factor - others * scale;
      CK_STORE(dz + c * gradient_stride, CK_SELECT(living, value * weight, CK_ZERO));
    }
    for (ptrdiff_t lane = 0; lane < alive; lane++)
      dz[labels[block + lane] * gradient_stride + lane] -= (1 - smoothing) * scale * weight[lane];
  }
  return result;
}
