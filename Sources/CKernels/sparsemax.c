#include "softmax.h"

#include "operations.h"

/// Of the channels at one place: the largest, the limit above which an element is in the support of sparsemax, counted
/// from the largest, and how many are. The limit is (sum - 1) / n over the n elements of the support, found from the
/// elements within 1 of the largest by leaving out those below it until there are none (Michelot, 1986).
CK_INLINE void support_of(const float *x, ptrdiff_t step, ptrdiff_t classes, lanes16 *maximum, lanes16 *limit,
                          lanes16 *count) {
  *maximum = CK_LOAD(x);
  for (ptrdiff_t c = 1; c < classes; c++) {
    const lanes16 value = CK_LOAD(x + c * step);
    *maximum = CK_SELECT(value > *maximum, value, *maximum);
  }
  *limit = CK_ZERO - 1.0f;
  *count = CK_ZERO;
  for (ptrdiff_t round = 0; round < classes; round++) {
    lanes16 sum = CK_ZERO, above = CK_ZERO;
    for (ptrdiff_t c = 0; c < classes; c++) {
      const lanes16 value = CK_LOAD(x + c * step) - *maximum;
      sum += CK_SELECT(value > *limit, value, CK_ZERO);
      above += CK_SELECT(value > *limit, CK_ZERO + 1.0f, CK_ZERO);
    }
    const lanes16i changed = above != *count;
    int32_t any = 0;
    for (int lane = 0; lane < 16; lane++) any |= changed[lane];
    if (!any) break;
    *count = above;
    *limit = (sum - 1.0f) / above;
  }
}

/// In how many of the sums over the 1, 2, ... largest of the support an element is; 0 outside of it.
CK_INLINE void weight_of(const float *x, ptrdiff_t step, ptrdiff_t classes, ptrdiff_t c, const lanes16 *maximum,
                         const lanes16 *limit, lanes16 *weight) {
  const lanes16 value = CK_LOAD(x + c * step);
  *weight = CK_ZERO;
  for (ptrdiff_t d = 0; d < classes; d++) {
    const lanes16 other = CK_LOAD(x + d * step);
    const lanes16i follows = d < c ? other < value : other <= value;
    *weight += CK_SELECT(follows & (other - *maximum > *limit), CK_ZERO + 1.0f, CK_ZERO);
  }
  *weight = CK_SELECT(value - *maximum > *limit, *weight, CK_ZERO);
}

/// What Keras takes off, counted from the largest.
CK_INLINE void threshold_of(const float *x, ptrdiff_t step, ptrdiff_t classes, const lanes16 *maximum,
                            const lanes16 *limit, const lanes16 *count, lanes16 *threshold) {
  lanes16 sum = CK_ZERO;
  for (ptrdiff_t c = 0; c < classes; c++) {
    lanes16 weight;
    weight_of(x, step, classes, c, maximum, limit, &weight);
    sum += weight * CK_SELECT(weight > CK_ZERO, CK_LOAD(x + c * step) - *maximum, CK_ZERO);
  }
  *threshold = (sum - 1.0f) / *count + *maximum * 0.5f * (*count - 1.0f);
}

CK_DISPATCHED void ck_sparsemax(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                                ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i;
      float *y = output + CK_RUN(output_strides) + i;
      lanes16 maximum, limit, count, threshold;
      support_of(x, input_strides.channel, classes, &maximum, &limit, &count);
      threshold_of(x, input_strides.channel, classes, &maximum, &limit, &count, &threshold);
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16 value = CK_LOAD(x + c * input_strides.channel) - maximum - threshold;
        CK_STORE(y + c * output_strides.channel, CK_SELECT(value < CK_ZERO, CK_ZERO, value));
      }
    }
  }
}

CK_DISPATCHED void ck_sparsemax_backward(const float *input, ck_strides input_strides, const float *gradient,
                                         ck_strides gradient_strides, float *input_gradient,
                                         ck_strides input_gradient_strides, ck_extent extent) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i, *dy = gradient + CK_RUN(gradient_strides) + i;
      float *dx = input_gradient + CK_RUN(input_gradient_strides) + i;
      lanes16 maximum, limit, count, threshold, sum = CK_ZERO;
      support_of(x, input_strides.channel, classes, &maximum, &limit, &count);
      threshold_of(x, input_strides.channel, classes, &maximum, &limit, &count, &threshold);
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16i open = CK_LOAD(x + c * input_strides.channel) - maximum > threshold;
        sum += CK_SELECT(open, CK_LOAD(dy + c * gradient_strides.channel), CK_ZERO);
      }
      for (ptrdiff_t c = 0; c < classes; c++) {
        lanes16 weight;
        weight_of(x, input_strides.channel, classes, c, &maximum, &limit, &weight);
        const lanes16i open = CK_LOAD(x + c * input_strides.channel) - maximum > threshold;
        const lanes16 slope = CK_SELECT(open, CK_LOAD(dy + c * gradient_strides.channel), CK_ZERO);
        CK_STORE(dx + c * input_gradient_strides.channel, slope - weight * sum / count);
      }
    }
  }
}
