#include "neighbourhood.h"

#include "exponential.h"
#include "normal.h"

/// The first and the last channel within the radius.
#define FIRST(c) ((c) > r->radius ? (c)-r->radius : 0)
#define LAST(c, channels) ((c) + r->radius < (channels) ? (c) + r->radius : (channels)-1)

/// s and s^-beta of one channel; s is positive.
CK_INLINE void response_of(const ck_response *r, const float *x, ptrdiff_t stride, ptrdiff_t c, ptrdiff_t channels,
                           lanes16 *s, lanes16 *power) {
  lanes16 sum = CK_ZERO;
  for (ptrdiff_t k = FIRST(c); k <= LAST(c, channels); k++) {
    const lanes16 value = CK_LOAD(x + k * stride);
    sum += value * value;
  }
  *s = sum * r->alpha + r->bias;
  *power = *s;
  ck_logarithm(power);
  *power = *power * -r->beta;
  ck_exponential(power);
}

CK_DISPATCHED void ck_normalize_response(const ck_response *r, const float *input, ck_strides input_strides,
                                         float *output, ck_strides output_strides, ck_extent extent) {
  const ptrdiff_t channel = 0, channels = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i;
      float *y = output + CK_RUN(output_strides) + i;
      for (ptrdiff_t c = 0; c < channels; c++) {
        lanes16 s, power;
        response_of(r, x, input_strides.channel, c, channels, &s, &power);
        CK_STORE(y + c * output_strides.channel, CK_LOAD(x + c * input_strides.channel) * power);
      }
    }
  }
}

CK_DISPATCHED void ck_normalize_response_backward(const ck_response *r, const float *input, ck_strides input_strides,
                                                  const float *gradient, ck_strides gradient_strides,
                                                  float *input_gradient, ck_strides input_gradient_strides,
                                                  ck_extent extent, float *scratch) {
  const ptrdiff_t channel = 0, channels = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = input + CK_RUN(input_strides) + i, *dy = gradient + CK_RUN(gradient_strides) + i;
      float *dx = input_gradient + CK_RUN(input_gradient_strides) + i;
      for (ptrdiff_t c = 0; c < channels; c++) {
        lanes16 s, power;
        response_of(r, x, input_strides.channel, c, channels, &s, &power);
        const lanes16 slope = CK_LOAD(dy + c * gradient_strides.channel) * power;
        CK_STORE(scratch + 32 * c, slope);
        CK_STORE(scratch + 32 * c + 16, slope * CK_LOAD(x + c * input_strides.channel) / s);
      }
      const float factor = 2 * r->alpha * r->beta;
      for (ptrdiff_t c = 0; c < channels; c++) {
        lanes16 sum = CK_ZERO;
        for (ptrdiff_t k = FIRST(c); k <= LAST(c, channels); k++) sum += CK_LOAD(scratch + 32 * k + 16);
        const lanes16 value = CK_LOAD(x + c * input_strides.channel);
        CK_STORE(dx + c * input_gradient_strides.channel, CK_LOAD(scratch + 32 * c) - value * sum * factor);
      }
    }
  }
}
