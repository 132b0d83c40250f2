#include "doubles.h"
#include "loss_walk.h"

// Everything here is in doubles: sums over a map of many elements keep their digits, and losses near 0 theirs.

/// Between which probabilities are kept: Keras takes both numbers as floats.
#define LEAST ((double)1e-7f)
#define MOST ((double)(1.0f - 1e-7f))

/// The target t, what its element counts, and -t log p - (1 - t) log(1 - p) or its slope.
typedef struct {
  lanes16d target, weight;
} binary_terms;

CK_INLINE void terms_of(const ck_element_function *f, const float *targets, binary_terms *terms) {
  const lanes16d given = CK_WIDE(CK_LOAD(targets)), zero = CK_ZERO_WIDE;
  const double smoothing = f->smoothing, without = f->weight_of_zero, with = f->weight_of_one;
  terms->target = given * (1 - smoothing) + (zero + smoothing / 2);
  terms->weight = given * (with - without) + (zero + without);
}

CK_INLINE void entropy_of(int is_logit, const float *predictions, const binary_terms *terms, lanes16d *value) {
  const lanes16d x = CK_WIDE(CK_LOAD(predictions)), t = terms->target;
  if (is_logit) {
    lanes16d e = CK_SELECT_WIDE(x < CK_ZERO_WIDE, x, -x);
    ck_exponential_wide(&e);
    ck_logarithm_of_one_plus_wide(&e);
    *value = CK_SELECT_WIDE(x < CK_ZERO_WIDE, CK_ZERO_WIDE, x) - x * t + e;
    return;
  }
  const lanes16d least = CK_ZERO_WIDE + LEAST, most = CK_ZERO_WIDE + MOST;
  lanes16d yes = CK_SELECT_WIDE(x < least, least, CK_SELECT_WIDE(x > most, most, x)), no = 1.0 - yes;
  ck_natural_logarithm_wide(&yes);
  ck_natural_logarithm_wide(&no);
  *value = -t * yes - (1.0 - t) * no;
}

CK_INLINE void slope_of(int is_logit, const float *predictions, const binary_terms *terms, lanes16d *value) {
  const lanes16d x = CK_WIDE(CK_LOAD(predictions)), t = terms->target;
  if (is_logit) {
    const lanes16l negative = x < CK_ZERO_WIDE;
    lanes16d e = CK_SELECT_WIDE(negative, x, -x);
    ck_exponential_wide(&e);
    *value = CK_SELECT_WIDE(negative, e, CK_ZERO_WIDE + 1.0) / (1.0 + e) - t;
    return;
  }
  const lanes16l inside = (x >= LEAST) & (x <= MOST);
  *value = CK_SELECT_WIDE(inside, (x - t) / (x * (1.0 - x)), CK_ZERO_WIDE);
}

CK_DISPATCHED void ck_binary_loss(const ck_element_function *function, const ck_predictions *input, double *losses) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  const int is_logit = function->kind == CK_BINARY_ENTROPY_OF_LOGITS;
  CK_FOR_GROUPS(&walk, input) {
    const float *predictions = CK_FIRST_PREDICTION(&walk, input), *targets = CK_FIRST_TARGET(&walk, input);
    lanes16d total = {0};
    CK_FOR_INNER(&walk) {
      binary_terms terms;
      lanes16d value;
      terms_of(function, targets + CK_INNER(&walk, second), &terms);
      entropy_of(is_logit, predictions + CK_INNER(&walk, first), &terms, &value);
      total += value * terms.weight;
    }
    CK_ADD_LOSSES(losses, at, total);
  }
}

CK_DISPATCHED void ck_binary_loss_backward(const ck_element_function *function, const ck_predictions *input,
                                           const ck_loss_gradient *output) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, output->steps, input->lanes, 0, &walk);
  const int is_logit = function->kind == CK_BINARY_ENTROPY_OF_LOGITS;
  CK_FOR_GROUPS(&walk, input) {
    const float *predictions = CK_FIRST_PREDICTION(&walk, input), *targets = CK_FIRST_TARGET(&walk, input);
    float *results = CK_FIRST_RESULT(&walk, output);
    const lanes16 dy = CK_LOAD(output->gradient + at);
    CK_FOR_INNER(&walk) {
      binary_terms terms;
      lanes16d value;
      terms_of(function, targets + CK_INNER(&walk, second), &terms);
      slope_of(is_logit, predictions + CK_INNER(&walk, first), &terms, &value);
      const lanes16 slope = CK_NARROW(value * terms.weight / output->divisor);
      CK_STORE(results + CK_INNER(&walk, third), CK_SLOPE(dy, slope));
    }
  }
}
