#include "loss_walk.h"

// Each function below sees one group: `x` and `t` are its first elements, 16 images wide. Sums are in doubles.

#define FOR_CLASSES CK_FOR_INNER(walk)
#define SCORE CK_LOAD(x + CK_INNER(walk, first))
#define RAW_TARGET CK_LOAD(t + CK_INNER(walk, second))
#define TARGET (RAW_TARGET * f->target_scale + f->target_offset)
#define RESULT(address) ((address) + CK_INNER(walk, third))

/// log of a sum that is at least 1, exact where it is hardly more.
CK_INLINE void logarithm_of_sum(const lanes16d *sum, lanes16 *result) {
  const lanes16 excess = CK_NARROW(*sum - 1.0);
  lanes16 near = excess, far = CK_NARROW(*sum);
  ck_logarithm_of_one_plus(&near);
  ck_natural_logarithm(&far);
  *result = CK_SELECT(excess < CK_ONE, near, far);
}

/// What is taken off a logit to get the logarithm of its probability: first the largest logit, then the rest.
typedef struct {
  lanes16 maximum, logarithm;
} softmax_terms;

CK_INLINE void softmax_of(const ck_walk *walk, const float *x, softmax_terms *terms) {
  lanes16 maximum = CK_LOAD(x);
  FOR_CLASSES {
    const lanes16 value = SCORE;
    maximum = CK_SELECT(value > maximum, value, maximum);
  }
  lanes16d total = {0};
  FOR_CLASSES {
    lanes16 term = SCORE - maximum;
    ck_exponential(&term);
    CK_ADD_WIDE(total, term);
  }
  terms->maximum = maximum;
  logarithm_of_sum(&total, &terms->logarithm);
}

CK_INLINE void sum_of(const ck_walk *walk, const float *x, lanes16 *result) {
  lanes16d total = {0};
  FOR_CLASSES CK_ADD_WIDE(total, SCORE);
  *result = CK_NARROW(total);
}

/// p / sum; 0 where the sum is 0: nothing was predicted.
#define SHARE(sum) CK_SELECT((sum) == CK_ZERO, CK_ZERO, SCORE / (sum))

CK_INLINE void entropy_of_logits(const ck_walk *walk, const ck_class_function *f, const float *x, const float *t,
                                 lanes16d *loss) {
  softmax_terms terms;
  softmax_of(walk, x, &terms);
  FOR_CLASSES {
    const lanes16 term = TARGET * (terms.logarithm - (SCORE - terms.maximum));
    CK_ADD_WIDE(*loss, term);
  }
}

/// softmax * sum of t - t
CK_INLINE void entropy_of_logits_backward(const ck_walk *walk, const ck_class_function *f, const float *x,
                                          const float *t, const lanes16 *dy, float *dx) {
  softmax_terms terms;
  softmax_of(walk, x, &terms);
  lanes16d targets = {0};
  FOR_CLASSES CK_ADD_WIDE(targets, TARGET);
  const lanes16 sum = CK_NARROW(targets);
  FOR_CLASSES {
    lanes16 value = SCORE - terms.maximum - terms.logarithm;
    ck_exponential(&value);
    CK_STORE(RESULT(dx), CK_SLOPE(*dy, value * sum - TARGET));
  }
}

CK_INLINE void focal_of_logits(const ck_walk *walk, const ck_class_function *f, const float *x, const float *t,
                               lanes16d *loss) {
  softmax_terms terms;
  softmax_of(walk, x, &terms);
  ptrdiff_t c = 0;
  FOR_CLASSES {
    const lanes16 logarithm = SCORE - terms.maximum - terms.logarithm;
    lanes16 rest = logarithm;
    ck_exponential_minus_one(&rest);
    rest = -rest;
    ck_power_of(&rest, f->gamma);
    const lanes16 term = -f->weights[c++] * TARGET * rest * logarithm;
    CK_ADD_WIDE(*loss, term);
  }
}

/// With l = log o: h = w t (gamma (1 - o)^(gamma - 1) o l - (1 - o)^gamma), and then h - o * sum of h.
CK_INLINE void focal_of_logits_backward(const ck_walk *walk, const ck_class_function *f, const float *x,
                                        const float *t, const lanes16 *dy, float *dx) {
  softmax_terms terms;
  softmax_of(walk, x, &terms);
  lanes16d total = {0};
  ptrdiff_t c = 0;
  FOR_CLASSES {
    const lanes16 logarithm = SCORE - terms.maximum - terms.logarithm;
    lanes16 o = logarithm, rest = logarithm;
    ck_exponential(&o);
    ck_exponential_minus_one(&rest);
    rest = -rest;
    lanes16 factor = rest;
    ck_power_of(&factor, f->gamma);
    // l / (1 - o) is -1 where o is 1.
    const lanes16 ratio = CK_SELECT(rest == CK_ZERO, -CK_ONE, logarithm / rest);
    const lanes16 slope = f->weights[c++] * TARGET * factor * (f->gamma * o * ratio - 1.0f);
    CK_STORE(RESULT(dx), slope);
    CK_ADD_WIDE(total, slope);
  }
  const lanes16 sum = CK_NARROW(total);
  FOR_CLASSES {
    lanes16 o = SCORE - terms.maximum - terms.logarithm;
    ck_exponential(&o);
    const lanes16 slope = CK_LOAD(RESULT(dx)) - o * sum;
    CK_STORE(RESULT(dx), CK_SLOPE(*dy, slope));
  }
}

/// Cross-entropy, or with `is_focal` the focal one.
CK_INLINE void entropy_of_probabilities(const ck_walk *walk, const ck_class_function *f, int is_focal, const float *x,
                                        const float *t, lanes16d *loss) {
  lanes16 sum;
  sum_of(walk, x, &sum);
  ptrdiff_t c = 0;
  FOR_CLASSES {
    const lanes16 share = SHARE(sum), o = CK_CLIPPED(share, CK_EPSILON, 1.0f - CK_EPSILON);
    lanes16 term = o, factor = 1.0f - o;
    ck_natural_logarithm(&term);
    term *= -TARGET;
    if (is_focal) {
      ck_power_of(&factor, f->gamma);
      term *= f->weights[c++] * factor;
    }
    CK_ADD_WIDE(*loss, term);
  }
}

/// With g the derivative by o, 0 where it was clipped: (g - sum of g o) / sum of p.
CK_INLINE void entropy_of_probabilities_backward(const ck_walk *walk, const ck_class_function *f, int is_focal,
                                                 const float *x, const float *t, const lanes16 *dy, float *dx) {
  lanes16 sum;
  sum_of(walk, x, &sum);
  lanes16d total = {0};
  ptrdiff_t c = 0;
  FOR_CLASSES {
    const lanes16 share = SHARE(sum), o = CK_CLIPPED(share, CK_EPSILON, 1.0f - CK_EPSILON);
    lanes16 slope = -TARGET / o;
    if (is_focal) {
      lanes16 factor = 1.0f - o, logarithm = o;
      ck_power_of(&factor, f->gamma);
      ck_natural_logarithm(&logarithm);
      slope = f->weights[c++] * factor * (slope + f->gamma * TARGET * logarithm / (1.0f - o));
    }
    slope = CK_SELECT((share < CK_EPSILON) | (share > 1.0f - CK_EPSILON), CK_ZERO, slope);
    CK_STORE(RESULT(dx), slope);
    CK_ADD_WIDE(total, slope * share);
  }
  const lanes16 mean = CK_NARROW(total);
  FOR_CLASSES {
    const lanes16 slope = CK_SELECT(sum == CK_ZERO, CK_ZERO, (CK_LOAD(RESULT(dx)) - mean) / sum);
    CK_STORE(RESULT(dx), CK_SLOPE(*dy, slope));
  }
}

/// One over the lengths of p and t, at most 10^7, and the cosine.
typedef struct {
  lanes16 prediction, target, cosine;
} cosine_terms;

CK_INLINE void cosine_of(const ck_walk *walk, const float *x, const float *t, cosine_terms *terms) {
  lanes16d predictions = {0}, targets = {0}, products = {0};
  FOR_CLASSES {
    const lanes16d p = __builtin_convertvector(SCORE, lanes16d), q = __builtin_convertvector(RAW_TARGET, lanes16d);
    predictions += p * p;
    targets += q * q;
    products += p * q;
  }
  const lanes16 p = 1.0f / __builtin_elementwise_sqrt(CK_NARROW(predictions));
  const lanes16 q = 1.0f / __builtin_elementwise_sqrt(CK_NARROW(targets));
  terms->prediction = CK_SELECT(p > 1e7f, CK_ZERO + 1e7f, p);
  terms->target = CK_SELECT(q > 1e7f, CK_ZERO + 1e7f, q);
  terms->cosine = CK_NARROW(products) * terms->prediction * terms->target;
}

/// (cos * p / |p| - t / |t|) / |p|; without the first term where |p| is less than 10^-7, and 0 where it is 0, as then
/// no direction is better than another.
CK_INLINE void cosine_backward(const ck_walk *walk, const float *x, const float *t, const lanes16 *dy, float *dx) {
  cosine_terms terms;
  cosine_of(walk, x, t, &terms);
  lanes16 largest = CK_ZERO;
  FOR_CLASSES {
    const lanes16 magnitude = CK_MAGNITUDE(SCORE);
    largest = CK_SELECT(magnitude > largest, magnitude, largest);
  }
  const lanes16 along = CK_SELECT(terms.prediction < 1e7f, terms.cosine * terms.prediction, CK_ZERO);
  FOR_CLASSES {
    const lanes16 slope = (along * SCORE - RAW_TARGET * terms.target) * terms.prediction;
    CK_STORE(RESULT(dx), CK_SLOPE(*dy, CK_SELECT(largest == CK_ZERO, CK_ZERO, slope)));
  }
}

/// The largest score of the other classes, how many have it, and the loss before it is cut off at 0.
typedef struct {
  lanes16 largest, count, margin;
} hinge_terms;

CK_INLINE void hinge_of(const ck_walk *walk, const float *x, const float *t, hinge_terms *terms) {
  lanes16d positive = {0};
  lanes16 largest = (1.0f - CK_LOAD(t)) * CK_LOAD(x), count = CK_ZERO;
  FOR_CLASSES {
    const lanes16 other = (1.0f - RAW_TARGET) * SCORE, product = RAW_TARGET * SCORE;
    CK_ADD_WIDE(positive, product);
    count = CK_SELECT(other > largest, CK_ONE, CK_SELECT(other == largest, count + 1.0f, count));
    largest = CK_SELECT((other > largest) | (other != other), other, largest);
  }
  terms->largest = largest;
  terms->count = count;
  terms->margin = largest - CK_NARROW(positive) + 1.0f;
}

/// Classes that share the largest score share its gradient.
CK_INLINE void hinge_backward(const ck_walk *walk, const float *x, const float *t, const lanes16 *dy, float *dx) {
  hinge_terms terms;
  hinge_of(walk, x, t, &terms);
  FOR_CLASSES {
    const lanes16 target = RAW_TARGET, rest = 1.0f - target;
    const lanes16 slope = CK_SELECT(rest * SCORE == terms.largest, rest / terms.count, CK_ZERO) - target;
    CK_STORE(RESULT(dx), CK_SLOPE(*dy, CK_SELECT(terms.margin < CK_ZERO, CK_ZERO, slope)));
  }
}

CK_DISPATCHED void ck_class_loss(const ck_class_function *function, const ck_predictions *input, double *losses) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  CK_FOR_GROUPS(&walk, input) {
    const float *x = CK_FIRST_PREDICTION(&walk, input), *t = CK_FIRST_TARGET(&walk, input);
    lanes16d loss = {0};
    cosine_terms cosine;
    hinge_terms hinge;
    switch (function->kind) {
      case CK_CROSS_ENTROPY: entropy_of_probabilities(&walk, function, 0, x, t, &loss); break;
      case CK_CROSS_ENTROPY_OF_LOGITS: entropy_of_logits(&walk, function, x, t, &loss); break;
      case CK_FOCAL: entropy_of_probabilities(&walk, function, 1, x, t, &loss); break;
      case CK_FOCAL_OF_LOGITS: focal_of_logits(&walk, function, x, t, &loss); break;
      case CK_COSINE:
        cosine_of(&walk, x, t, &cosine);
        loss = __builtin_convertvector(-cosine.cosine, lanes16d);
        break;
      case CK_CATEGORICAL_HINGE:
        hinge_of(&walk, x, t, &hinge);
        loss = __builtin_convertvector(CK_SELECT(hinge.margin < CK_ZERO, CK_ZERO, hinge.margin), lanes16d);
        break;
    }
    CK_ADD_LOSSES(losses, at, loss);
  }
}

CK_DISPATCHED void ck_class_loss_backward(const ck_class_function *function, const ck_predictions *input,
                                          const ck_loss_gradient *output) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, output->steps, input->lanes, 0, &walk);
  CK_FOR_GROUPS(&walk, input) {
    const float *x = CK_FIRST_PREDICTION(&walk, input), *t = CK_FIRST_TARGET(&walk, input);
    float *dx = CK_FIRST_RESULT(&walk, output);
    const lanes16 dy = CK_LOAD(output->gradient + at) * output->scale;
    switch (function->kind) {
      case CK_CROSS_ENTROPY: entropy_of_probabilities_backward(&walk, function, 0, x, t, &dy, dx); break;
      case CK_CROSS_ENTROPY_OF_LOGITS: entropy_of_logits_backward(&walk, function, x, t, &dy, dx); break;
      case CK_FOCAL: entropy_of_probabilities_backward(&walk, function, 1, x, t, &dy, dx); break;
      case CK_FOCAL_OF_LOGITS: focal_of_logits_backward(&walk, function, x, t, &dy, dx); break;
      case CK_COSINE: cosine_backward(&walk, x, t, &dy, dx); break;
      case CK_CATEGORICAL_HINGE: hinge_backward(&walk, x, t, &dy, dx); break;
    }
  }
}
