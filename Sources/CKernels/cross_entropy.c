#include "cross_entropy.h"

#include <math.h>

#include "exponential_sums.h"

CK_DISPATCHED void ck_count_positions(const float *target, ck_strides target_strides, ck_extent extent,
                                      ptrdiff_t lanes, const float *ignored, float *counts) {
  const ptrdiff_t channel = 0;
  for (ptrdiff_t lane = 0; lane < lanes; lane++) counts[lane] = 0;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    const float *labels = target + CK_RUN(target_strides);
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      float *count = counts + i % lanes;
      const lanes16 one = CK_ZERO + 1.0f;
      CK_STORE(count, CK_LOAD(count) + (ignored ? CK_SELECT(CK_LOAD(labels + i) == *ignored, CK_ZERO, one) : one));
    }
  }
}

CK_DISPATCHED void ck_cross_entropy_of_logits(const float *logits, ck_strides logit_strides, const float *target,
                                              ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                              ptrdiff_t live, float smoothing, const float *ignored,
                                              const float *counts, double *losses) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = logit_strides.channel;
  for (ptrdiff_t lane = 0; lane < lanes; lane++) losses[lane] = 0;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const ptrdiff_t block = i % lanes, alive = live - block < 16 ? live - block : 16;
      if (alive <= 0) continue;
      const float *z = logits + CK_RUN(logit_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      lanes16 maximum, chosen = CK_ZERO;
      lanes16i is_class = {0};
      lanes16d total, logit_sum = {0};
      ck_maximum_of(z, step, classes, &maximum);
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16i is_own = label == (float)c;
        chosen = CK_SELECT(is_own, CK_LOAD(z + c * step), chosen);
        is_class |= is_own;
      }
      if (smoothing != 0)
        for (ptrdiff_t c = 0; c < classes; c++) logit_sum += __builtin_convertvector(CK_LOAD(z + c * step), lanes16d);
      ck_sum_of_exponentials(z, step, classes, &maximum, NULL, 0, &total);
      // -sum over classes of target * log(p), where the target is (1 - smoothing) * one-hot + smoothing / classes.
      for (ptrdiff_t lane = 0; lane < alive; lane++) {
        if (ignored && label[lane] == *ignored) continue;
        const double wanted =
            (1 - (double)smoothing) * chosen[lane] + (double)smoothing * logit_sum[lane] / (double)classes;
        losses[block + lane] += is_class[lane] ? log(total[lane]) + (double)maximum[lane] - wanted : NAN;
      }
    }
  }
  for (ptrdiff_t lane = 0; lane < live; lane++)
    if (counts[lane] > 0) losses[lane] /= (double)counts[lane];
}

CK_DISPATCHED void ck_cross_entropy_of_logits_backward(const float *logits, ck_strides logit_strides,
                                                       const float *target, ck_strides target_strides,
                                                       ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                                                       float smoothing, const float *ignored, const float *counts,
                                                       const float *factors, float *input_gradient,
                                                       ck_strides input_gradient_strides) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = input_gradient_strides.channel;
  const float others = smoothing / (float)classes;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const ptrdiff_t block = i % lanes;
      const float *z = logits + CK_RUN(logit_strides) + i;
      float *dz = input_gradient + CK_RUN(input_gradient_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i), count = CK_LOAD(counts + block);
      const lanes16 weight = CK_LOAD(factors + block) / CK_SELECT(count > CK_ZERO, count, CK_ZERO + 1.0f);
      lanes16i counting = CK_LIVE(live - block);
      if (ignored) counting &= label != *ignored;
      lanes16 maximum;
      lanes16d total;
      ck_maximum_of(z, logit_strides.channel, classes, &maximum);
      ck_sum_of_exponentials(z, logit_strides.channel, classes, &maximum, dz, step, &total);
      const lanes16 factor = __builtin_convertvector(__builtin_convertvector(weight, lanes16d) / total, lanes16);
      const lanes16 own = (1 - smoothing) * weight;
      for (ptrdiff_t c = 0; c < classes; c++) {
        lanes16 value = CK_LOAD(dz + c * step) * factor - others * weight;
        value = value - CK_SELECT(label == (float)c, own, CK_ZERO);
        CK_STORE(dz + c * step, CK_SELECT(counting, value, CK_ZERO));
      }
    }
  }
}
