#include "loss_walk.h"

/// log(cosh d) = |d| + log(1 + e^-2|d|) - log 2; near 0, where that cancels, its series.
CK_INLINE void log_cosh_of(lanes16 *d) {
  const lanes16 magnitude = CK_MAGNITUDE(*d), square = *d * *d;
  lanes16 tail = -2.0f * magnitude;
  ck_exponential(&tail);
  ck_logarithm_of_one_plus(&tail);
  const lanes16 far = magnitude + tail - 0.69314718056f;
  lanes16 near = square * (31.0f / 14175) - 17.0f / 2520;
  near = near * square + 1.0f / 45;
  near = near * square - 1.0f / 12;
  near = (near * square + 0.5f) * square;
  *d = CK_SELECT(magnitude < 0.25f, near, far);
}

/// The weight of an element, by the class that its target is.
#define CLASS_WEIGHT(f, target) ((f)->weight_of_zero + ((f)->weight_of_one - (f)->weight_of_zero) * (target))

/// Cross-entropy b, focal factor base q, and what each moves by when p does.
typedef struct {
  lanes16 entropy, entropy_slope, base, base_slope, weight;
} focal_parts;

CK_INLINE void focal_parts_of_probability(const ck_element_function *f, const lanes16 *prediction,
                                          const lanes16 *target, focal_parts *parts) {
  const lanes16 p = *prediction, t = *target * (1 - f->smoothing) + f->smoothing / 2, other = 1.0f - t;
  const lanes16 clipped = CK_CLIPPED(p, CK_EPSILON, 1.0f - CK_EPSILON);
  lanes16 yes = clipped, no = 1.0f - clipped;
  ck_natural_logarithm(&yes);
  ck_natural_logarithm(&no);
  parts->entropy = -(t * yes + other * no);
  const lanes16i inside = (p >= CK_EPSILON) & (p <= 1.0f - CK_EPSILON);
  parts->entropy_slope = CK_SELECT(inside, other / (1.0f - clipped) - t / clipped, CK_ZERO);
  parts->base = t * (1.0f - p) + other * p;
  parts->base_slope = other - t;
  parts->weight = (t * f->positive + other * f->negative) * CLASS_WEIGHT(f, *target);
}

CK_INLINE void focal_parts_of_logit(const ck_element_function *f, const lanes16 *logit, const lanes16 *target,
                                    focal_parts *parts) {
  const lanes16 z = *logit, t = *target * (1 - f->smoothing) + f->smoothing / 2, other = 1.0f - t;
  const lanes16i negative = z < CK_ZERO;
  lanes16 e = CK_SELECT(negative, z, -z);
  ck_exponential(&e);
  const lanes16 large = 1.0f / (1.0f + e), small = e / (1.0f + e);
  const lanes16 p = CK_SELECT(negative, small, large), rest = CK_SELECT(negative, large, small);
  ck_logarithm_of_one_plus(&e);
  parts->entropy = CK_SELECT(negative, CK_ZERO, z) - t * z + e;
  parts->entropy_slope = other * p - t * rest;
  parts->base = t * rest + other * p;
  parts->base_slope = (other - t) * p * rest;
  parts->weight = (t * f->positive + other * f->negative) * CLASS_WEIGHT(f, *target);
}

CK_INLINE void focal_value(const focal_parts *parts, float gamma, lanes16 *value) {
  lanes16 factor = parts->base;
  ck_power_of(&factor, gamma);
  *value = parts->weight * factor * parts->entropy;
}

/// w (q^gamma b' + gamma q^(gamma - 1) q' b); where q is 0 the second term is.
CK_INLINE void focal_slope(const focal_parts *parts, float gamma, lanes16 *slope) {
  lanes16 factor = parts->base;
  ck_power_of(&factor, gamma);
  const lanes16 moved = gamma * factor / parts->base * parts->base_slope * parts->entropy;
  *slope = parts->weight * (factor * parts->entropy_slope + CK_SELECT(parts->base == CK_ZERO, CK_ZERO, moved));
}

/// Of 16 images, which have targets of 0 and 1 alone.
CK_INLINE void find_binary(const ck_walk *walk, const float *t, lanes16i *binary) {
  lanes16i found = (lanes16i){0} - 1;
  CK_FOR_INNER(walk) {
    const lanes16 target = CK_LOAD(t + CK_INNER(walk, second));
    found &= (target == CK_ZERO) | (target == CK_ONE);
  }
  *binary = found;
}

#define SIGN(d) CK_SELECT((d) > CK_ZERO, CK_ONE, CK_SELECT((d) < CK_ZERO, -CK_ONE, (d)))
#define SIGNED_TARGET CK_SELECT(binary, 2.0f * t - 1.0f, t)
#define LARGER(x, low) CK_SELECT((x) < (low), CK_ZERO + (low), (x))

#define SUM(prepare, statement)                                                                               \
  CK_FOR_GROUPS(&walk, input) {                                                                               \
    const float *predictions = CK_FIRST_PREDICTION(&walk, input), *targets = CK_FIRST_TARGET(&walk, input);   \
    lanes16d total = {0};                                                                                     \
    prepare;                                                                                                  \
    CK_FOR_INNER(&walk) {                                                                                     \
      const lanes16 p = CK_LOAD(predictions + CK_INNER(&walk, first));                                        \
      const lanes16 t = CK_LOAD(targets + CK_INNER(&walk, second));                                           \
      lanes16 v;                                                                                              \
      statement;                                                                                              \
      CK_ADD_WIDE(total, v);                                                                                  \
    }                                                                                                         \
    CK_ADD_LOSSES(losses, at, total);                                                                         \
  }                                                                                                           \
  return

#define NOTHING
#define FIND_BINARY lanes16i binary; find_binary(&walk, targets, &binary)

CK_DISPATCHED void ck_element_loss(const ck_element_function *function, const ck_predictions *input, double *losses) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  const float delta = function->delta;
  switch (function->kind) {
    case CK_SQUARED_LOSS: SUM(NOTHING, v = (p - t) * (p - t));
    case CK_ABSOLUTE_LOSS: SUM(NOTHING, v = CK_MAGNITUDE(p - t));
    case CK_PERCENTAGE_LOSS: SUM(NOTHING, v = 100.0f * CK_MAGNITUDE(p - t) / LARGER(CK_MAGNITUDE(t), CK_EPSILON));
    case CK_LOGARITHMIC_LOSS:
      SUM(NOTHING, v = LARGER(p, CK_EPSILON) + 1.0f; lanes16 w = LARGER(t, CK_EPSILON) + 1.0f;
          ck_natural_logarithm(&v); ck_natural_logarithm(&w); v = (v - w) * (v - w));
    case CK_HUBER_LOSS:
      SUM(NOTHING, const lanes16 d = CK_MAGNITUDE(p - t);
          v = CK_SELECT(d <= delta, 0.5f * d * d, delta * d - 0.5f * delta * delta));
    case CK_LOG_COSH_LOSS: SUM(NOTHING, v = p - t; log_cosh_of(&v));
    case CK_POISSON_LOSS: SUM(NOTHING, v = p + CK_EPSILON; ck_natural_logarithm(&v); v = p - t * v);
    case CK_DIVERGENCE:
      SUM(NOTHING, const lanes16 q = CK_CLIPPED(t, CK_EPSILON, 1.0f); v = q / CK_CLIPPED(p, CK_EPSILON, 1.0f);
          ck_natural_logarithm(&v); v *= q);
    case CK_HINGE_LOSS: SUM(FIND_BINARY, v = 1.0f - SIGNED_TARGET * p; v = LARGER(v, 0.0f));
    case CK_SQUARED_HINGE_LOSS: SUM(FIND_BINARY, v = 1.0f - SIGNED_TARGET * p; v = LARGER(v, 0.0f); v *= v);
    case CK_BINARY_FOCAL:
      SUM(NOTHING, focal_parts parts; focal_parts_of_probability(function, &p, &t, &parts);
          focal_value(&parts, function->gamma, &v));
    case CK_BINARY_FOCAL_OF_LOGITS:
      SUM(NOTHING, focal_parts parts; focal_parts_of_logit(function, &p, &t, &parts);
          focal_value(&parts, function->gamma, &v));
    case CK_BINARY_ENTROPY:
    case CK_BINARY_ENTROPY_OF_LOGITS: return;  // ck_binary_loss
  }
}

#define DIFFERENTIATE(prepare, statement)                                                                     \
  CK_FOR_GROUPS(&walk, input) {                                                                               \
    const float *predictions = CK_FIRST_PREDICTION(&walk, input), *targets = CK_FIRST_TARGET(&walk, input);   \
    float *results = CK_FIRST_RESULT(&walk, output);                                                          \
    const lanes16 dy = CK_LOAD(output->gradient + at) * output->scale;                                        \
    prepare;                                                                                                  \
    CK_FOR_INNER(&walk) {                                                                                     \
      const lanes16 p = CK_LOAD(predictions + CK_INNER(&walk, first));                                        \
      const lanes16 t = CK_LOAD(targets + CK_INNER(&walk, second));                                           \
      lanes16 v;                                                                                              \
      statement;                                                                                              \
      CK_STORE(results + CK_INNER(&walk, third), CK_SLOPE(dy, v));                                            \
    }                                                                                                         \
  }                                                                                                           \
  return

CK_DISPATCHED void ck_element_loss_backward(const ck_element_function *function, const ck_predictions *input,
                                            const ck_loss_gradient *output) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, output->steps, input->lanes, 0, &walk);
  const float delta = function->delta;
  switch (function->kind) {
    case CK_SQUARED_LOSS: DIFFERENTIATE(NOTHING, v = 2.0f * (p - t));
    case CK_ABSOLUTE_LOSS: DIFFERENTIATE(NOTHING, v = SIGN(p - t));
    case CK_PERCENTAGE_LOSS:
      DIFFERENTIATE(NOTHING, v = 100.0f * SIGN(p - t) / LARGER(CK_MAGNITUDE(t), CK_EPSILON));
    case CK_LOGARITHMIC_LOSS:
      DIFFERENTIATE(NOTHING, const lanes16 q = LARGER(p, CK_EPSILON) + 1.0f; v = q;
                    lanes16 w = LARGER(t, CK_EPSILON) + 1.0f; ck_natural_logarithm(&v); ck_natural_logarithm(&w);
                    v = CK_SELECT(p < CK_EPSILON, CK_ZERO, 2.0f * (v - w) / q));
    case CK_HUBER_LOSS: DIFFERENTIATE(NOTHING, v = p - t; v = CK_CLIPPED(v, -delta, delta));
    case CK_LOG_COSH_LOSS: DIFFERENTIATE(NOTHING, v = p - t; ck_tanh_of(&v));
    case CK_POISSON_LOSS: DIFFERENTIATE(NOTHING, v = 1.0f - t / (p + CK_EPSILON));
    case CK_DIVERGENCE:
      DIFFERENTIATE(NOTHING, v = -CK_CLIPPED(t, CK_EPSILON, 1.0f) / p;
                    v = CK_SELECT((p < CK_EPSILON) | (p > CK_ONE), CK_ZERO, v));
    case CK_HINGE_LOSS:
      DIFFERENTIATE(FIND_BINARY, const lanes16 s = SIGNED_TARGET; v = CK_SELECT(1.0f - s * p < CK_ZERO, CK_ZERO, -s));
    case CK_SQUARED_HINGE_LOSS:
      DIFFERENTIATE(FIND_BINARY, const lanes16 s = SIGNED_TARGET; v = 1.0f - s * p; v = -2.0f * s * LARGER(v, 0.0f));
    case CK_BINARY_FOCAL:
      DIFFERENTIATE(NOTHING, focal_parts parts; focal_parts_of_probability(function, &p, &t, &parts);
                    focal_slope(&parts, function->gamma, &v));
    case CK_BINARY_FOCAL_OF_LOGITS:
      DIFFERENTIATE(NOTHING, focal_parts parts; focal_parts_of_logit(function, &p, &t, &parts);
                    focal_slope(&parts, function->gamma, &v));
    case CK_BINARY_ENTROPY:
    case CK_BINARY_ENTROPY_OF_LOGITS: return;  // ck_binary_loss_backward
  }
}
