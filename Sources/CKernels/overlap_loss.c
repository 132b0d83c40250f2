#include "loss_walk.h"

CK_INLINE void sums_of(const ck_walk *walk, const float *predictions, const float *targets, lanes16d *both,
                       lanes16d *target_sum, lanes16d *prediction_sum) {
  *both = *target_sum = *prediction_sum = (lanes16d){0};
  CK_FOR_INNER(walk) {
    const lanes16 p = CK_LOAD(predictions + CK_INNER(walk, first)), t = CK_LOAD(targets + CK_INNER(walk, second));
    CK_ADD_WIDE(*both, p * t);
    CK_ADD_WIDE(*prediction_sum, p);
    CK_ADD_WIDE(*target_sum, t);
  }
}

CK_DISPATCHED void ck_overlap_sums(const ck_predictions *input, float *sums) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  CK_FOR_GROUPS(&walk, input) {
    lanes16d both, target_sum, prediction_sum;
    sums_of(&walk, CK_FIRST_PREDICTION(&walk, input), CK_FIRST_TARGET(&walk, input), &both, &target_sum,
            &prediction_sum);
    float *first = sums + 3 * (CK_OUTER(&walk, statistic) + column - at) + at;
    CK_STORE(first, CK_NARROW(both));
    CK_STORE(first + input->lanes, CK_NARROW(target_sum));
    CK_STORE(first + 2 * input->lanes, CK_NARROW(prediction_sum));
  }
}

CK_DISPATCHED void ck_overlap_loss(const ck_overlap_function *function, const ck_predictions *input, double *losses,
                                   float *slopes) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  const double numerator = (double)function->numerator, common = (double)function->common;
  CK_FOR_GROUPS(&walk, input) {
    lanes16d both, target_sum, prediction_sum;
    sums_of(&walk, CK_FIRST_PREDICTION(&walk, input), CK_FIRST_TARGET(&walk, input), &both, &target_sum,
            &prediction_sum);
    const lanes16d denominator = common * both + (double)function->targets * target_sum +
                                 (double)function->predictions * prediction_sum + 1e-7;
    CK_ADD_LOSSES(losses, at, 1.0 - numerator * both / denominator);
    const lanes16d slope = numerator * both / (denominator * denominator);
    float *u = slopes + 2 * (CK_OUTER(&walk, statistic) + column - at) + at, *v = u + input->lanes;
    CK_STORE(u, CK_NARROW(common * slope - numerator / denominator));
    CK_STORE(v, CK_NARROW((double)function->predictions * slope));
  }
}

CK_DISPATCHED void ck_overlap_loss_backward(const ck_predictions *input, const float *slopes,
                                            const ck_loss_gradient *output) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, output->steps, input->lanes, 0, &walk);
  CK_FOR_GROUPS(&walk, input) {
    const float *targets = CK_FIRST_TARGET(&walk, input);
    float *results = CK_FIRST_RESULT(&walk, output);
    const lanes16 dy = CK_LOAD(output->gradient + at) * output->scale;
    const float *first = slopes + 2 * (CK_OUTER(&walk, statistic) + column - at) + at;
    const lanes16 u = CK_LOAD(first), v = CK_LOAD(first + input->lanes);
    CK_FOR_INNER(&walk) {
      const lanes16 slope = u * CK_LOAD(targets + CK_INNER(&walk, second)) + v;
      CK_STORE(results + CK_INNER(&walk, third), CK_SLOPE(dy, slope));
    }
  }
}
