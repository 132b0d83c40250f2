#include "cross_entropy.h"

#include <math.h>

#include "doubles.h"
#include "exponential_sums.h"

// What Keras keeps probabilities from 0 and 1 by.
#define EPSILON 1e-7f
#define CLIPPED(x) \
  CK_SELECT((x) < EPSILON, CK_ZERO + EPSILON, CK_SELECT((x) > 1.0f - EPSILON, CK_ZERO + (1.0f - EPSILON), (x)))

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

/// The own class of a position: its value there, and how much it counts.
typedef struct {
  lanes16 chosen, weight;
  lanes16i is_class;
} own_class;

CK_INLINE void find_own(const ck_class_numbers *numbers, const float *x, ptrdiff_t step, ptrdiff_t classes,
                        const lanes16 *label, own_class *own) {
  own->chosen = CK_ZERO;
  own->weight = CK_ZERO + 1.0f;
  own->is_class = (lanes16i){0};
  for (ptrdiff_t c = 0; c < classes; c++) {
    const lanes16i is_own = *label == (float)c;
    own->chosen = CK_SELECT(is_own, CK_LOAD(x + c * step), own->chosen);
    own->is_class |= is_own;
    if (numbers->class_weights) own->weight = CK_SELECT(is_own, CK_ZERO + numbers->class_weights[c], own->weight);
  }
}

CK_INLINE void weight_of(const ck_class_numbers *numbers, ptrdiff_t classes, const lanes16 *label, lanes16 *weight) {
  *weight = CK_ZERO + 1.0f;
  if (!numbers->class_weights) return;
  for (ptrdiff_t c = 0; c < classes; c++)
    *weight = CK_SELECT(*label == (float)c, CK_ZERO + numbers->class_weights[c], *weight);
}

/// Adds the losses of 16 images where they count; NaN where a number is none of a class.
CK_INLINE void add_counting(const ck_class_numbers *numbers, const lanes16 *label, const lanes16i *is_class,
                            const lanes16d *loss, ptrdiff_t live, double *losses) {
  lanes16i counting = CK_LIVE(live);
  if (numbers->ignored) counting &= *label != *numbers->ignored;
  const lanes16d known =
      CK_SELECT_WIDE(__builtin_convertvector(*is_class, lanes16l), *loss, CK_ZERO_WIDE + (double)NAN);
  *(lanes16d *)losses += CK_SELECT_WIDE(__builtin_convertvector(counting, lanes16l), known, CK_ZERO_WIDE);
}

CK_INLINE void divide_by_counts(const ck_class_numbers *numbers, ptrdiff_t live, double *losses) {
  for (ptrdiff_t lane = 0; lane < live; lane++)
    if (numbers->counts[lane] > 0) losses[lane] /= (double)numbers->counts[lane];
}

CK_DISPATCHED void ck_cross_entropy_of_logits(const ck_class_numbers *numbers, const float *logits,
                                              ck_strides logit_strides, const float *target,
                                              ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                              ptrdiff_t live, double *losses) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = logit_strides.channel;
  const double smoothing = numbers->smoothing;
  for (ptrdiff_t lane = 0; lane < lanes; lane++) losses[lane] = 0;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const ptrdiff_t block = i % lanes;
      if (block >= live) continue;
      const float *z = logits + CK_RUN(logit_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      lanes16 maximum;
      own_class own;
      lanes16d total, logit_sum = {0};
      ck_maximum_of(z, step, classes, &maximum);
      find_own(numbers, z, step, classes, &label, &own);
      if (smoothing != 0)
        for (ptrdiff_t c = 0; c < classes; c++) logit_sum += __builtin_convertvector(CK_LOAD(z + c * step), lanes16d);
      ck_sum_of_exponentials(z, step, classes, &maximum, NULL, 0, &total);
      // -sum over classes of target * log(p), where the target is (1 - smoothing) * one-hot + smoothing / classes.
      const lanes16d wanted = (1 - smoothing) * CK_WIDE(own.chosen) + smoothing * logit_sum / (double)classes;
      ck_natural_logarithm_wide(&total);
      const lanes16d loss = CK_WIDE(own.weight) * (total + CK_WIDE(maximum) - wanted);
      add_counting(numbers, &label, &own.is_class, &loss, live - block, losses + block);
    }
  }
  divide_by_counts(numbers, live, losses);
}

/// log(sum of p) - sum over classes of target * log(p), of p clipped: Keras takes the logarithms for logits.
CK_DISPATCHED void ck_cross_entropy_of_probabilities(const ck_class_numbers *numbers, const float *values,
                                                     ck_strides value_strides, const float *target,
                                                     ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                                     ptrdiff_t live, double *losses) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = value_strides.channel;
  const double smoothing = numbers->smoothing;
  for (ptrdiff_t lane = 0; lane < lanes; lane++) losses[lane] = 0;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const ptrdiff_t block = i % lanes;
      if (block >= live) continue;
      const float *x = values + CK_RUN(value_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      own_class own;
      find_own(numbers, x, step, classes, &label, &own);
      lanes16d sum = {0}, logarithms = {0};
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16 p = CK_LOAD(x + c * step);
        lanes16d wide = CK_WIDE(CLIPPED(p));
        sum += wide;
        if (smoothing == 0) continue;
        ck_natural_logarithm_wide(&wide);
        logarithms += wide;
      }
      lanes16d chosen = CK_WIDE(CLIPPED(own.chosen));
      ck_natural_logarithm_wide(&chosen);
      ck_natural_logarithm_wide(&sum);
      const lanes16d wanted = (1 - smoothing) * chosen + smoothing / (double)classes * logarithms;
      const lanes16d loss = CK_WIDE(own.weight) * (sum - wanted);
      add_counting(numbers, &label, &own.is_class, &loss, live - block, losses + block);
    }
  }
  divide_by_counts(numbers, live, losses);
}

/// The factor of the derivative at a position, and where there is none: in dead lanes, where the class does not
/// count, and in images of no weight, whatever they hold.
CK_INLINE void weigh(const ck_class_numbers *numbers, ptrdiff_t classes, const lanes16 *label, const float *factors,
                     ptrdiff_t block, ptrdiff_t live, lanes16 *weight, lanes16i *counting) {
  const lanes16 factor = CK_LOAD(factors + block), count = CK_LOAD(numbers->counts + block);
  lanes16 own;
  weight_of(numbers, classes, label, &own);
  *weight = factor / CK_SELECT(count > CK_ZERO, count, CK_ZERO + 1.0f) * own;
  *counting = CK_LIVE(live - block) & (factor != CK_ZERO);
  if (numbers->ignored) *counting &= *label != *numbers->ignored;
}

CK_DISPATCHED void ck_cross_entropy_of_logits_backward(const ck_class_numbers *numbers, const float *logits,
                                                       ck_strides logit_strides, const float *target,
                                                       ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                                       ptrdiff_t live, const float *factors, float *input_gradient,
                                                       ck_strides input_gradient_strides) {
  const ptrdiff_t channel = 0, classes = extent.channels, step = input_gradient_strides.channel;
  const float smoothing = numbers->smoothing, others = smoothing / (float)classes;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *z = logits + CK_RUN(logit_strides) + i;
      float *dz = input_gradient + CK_RUN(input_gradient_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      lanes16 weight, maximum;
      lanes16i counting;
      lanes16d total;
      weigh(numbers, classes, &label, factors, i % lanes, live, &weight, &counting);
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

/// 1 / (sum of p) - target / p; 0 for what was clipped.
CK_DISPATCHED void ck_cross_entropy_of_probabilities_backward(const ck_class_numbers *numbers, const float *values,
                                                              ck_strides value_strides, const float *target,
                                                              ck_strides target_strides, ck_extent extent,
                                                              ptrdiff_t lanes, ptrdiff_t live, const float *factors,
                                                              float *input_gradient,
                                                              ck_strides input_gradient_strides) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  const float smoothing = numbers->smoothing, others = smoothing / (float)classes;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const float *x = values + CK_RUN(value_strides) + i;
      float *dx = input_gradient + CK_RUN(input_gradient_strides) + i;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      lanes16 weight;
      lanes16i counting;
      weigh(numbers, classes, &label, factors, i % lanes, live, &weight, &counting);
      lanes16d total = {0};
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16 p = CK_LOAD(x + c * value_strides.channel);
        total += CK_WIDE(CLIPPED(p));
      }
      const lanes16 common = __builtin_convertvector(1.0 / total, lanes16);
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16 p = CK_LOAD(x + c * value_strides.channel);
        const lanes16 wanted = CK_SELECT(label == (float)c, CK_ZERO + (1 - smoothing + others), CK_ZERO + others);
        const lanes16i inside = counting & (p >= EPSILON) & (p <= 1.0f - EPSILON);
        CK_STORE(dx + c * input_gradient_strides.channel,
                 CK_SELECT(inside, (common - wanted / p) * weight, CK_ZERO));
      }
    }
  }
}

CK_DISPATCHED void ck_generalized_cross_entropy(const ck_class_numbers *numbers, double power, const float *values,
                                                ck_strides value_strides, const float *target,
                                                ck_strides target_strides, ck_extent extent, ptrdiff_t lanes,
                                                ptrdiff_t live, double *losses) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  for (ptrdiff_t lane = 0; lane < lanes; lane++) losses[lane] = 0;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const ptrdiff_t block = i % lanes;
      if (block >= live) continue;
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      own_class own;
      find_own(numbers, values + CK_RUN(value_strides) + i, value_strides.channel, classes, &label, &own);
      const lanes16i is_nothing = own.chosen <= CK_ZERO;
      lanes16d p = CK_WIDE(CK_SELECT(own.chosen > 1.0f, CK_ZERO + 1.0f, own.chosen));
      ck_natural_logarithm_wide(&p);
      p *= power;
      ck_exponential_wide(&p);
      p = CK_SELECT_WIDE(__builtin_convertvector(is_nothing, lanes16l), CK_ZERO_WIDE, p);
      const lanes16d loss = CK_WIDE(own.weight) * (1 - p) / power;
      add_counting(numbers, &label, &own.is_class, &loss, live - block, losses + block);
    }
  }
  divide_by_counts(numbers, live, losses);
}

CK_DISPATCHED void ck_generalized_cross_entropy_backward(const ck_class_numbers *numbers, double power,
                                                         const float *values, ck_strides value_strides,
                                                         const float *target, ck_strides target_strides,
                                                         ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                                                         const float *factors, float *input_gradient,
                                                         ck_strides input_gradient_strides) {
  const ptrdiff_t channel = 0, classes = extent.channels;
  CK_FOR_RUNS_OF_CHANNEL(extent) {
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      const lanes16 label = CK_LOAD(target + CK_RUN(target_strides) + i);
      own_class own;
      find_own(numbers, values + CK_RUN(value_strides) + i, value_strides.channel, classes, &label, &own);
      lanes16 weight;
      lanes16i counting;
      weigh(numbers, classes, &label, factors, i % lanes, live, &weight, &counting);
      lanes16d p = CK_WIDE(CK_SELECT(own.chosen < EPSILON, CK_ZERO + EPSILON, own.chosen));
      // 1 / p^(1 - power), with an exponent of at least 0: within 0...1 for p of at most 1.
      lanes16d slope = CK_SELECT_WIDE(p > 1.0, CK_ZERO_WIDE + 1.0, p);
      ck_natural_logarithm_wide(&slope);
      slope *= 1 - power;
      ck_exponential_wide(&slope);
      const lanes16 dp = -__builtin_convertvector(1.0 / slope, lanes16) * weight;
      for (ptrdiff_t c = 0; c < classes; c++) {
        const lanes16i own_one = counting & (label == (float)c);
        CK_STORE(input_gradient + CK_RUN(input_gradient_strides) + i + c * input_gradient_strides.channel,
                 CK_SELECT(own_one, dp, CK_ZERO));
      }
    }
  }
}
