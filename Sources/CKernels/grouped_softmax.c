#include "exponential.h"
#include "walk.h"

CK_DISPATCHED void ck_softmax_groups(const ck_grouping *grouping, const float *input, ck_steps input_steps,
                                     float *output, ck_steps output_steps, ptrdiff_t lanes) {
  ck_walk walk;
  make_walk(grouping, input_steps, output_steps, output_steps, lanes, 0, &walk);
  CK_FOR_OUTER(&walk) {
    for (ptrdiff_t column = 0; column < walk.columns; column += 16) {
      const float *x = input + CK_OUTER(&walk, first) + column;
      float *y = output + CK_OUTER(&walk, second) + column;
      lanes16 maximum = CK_LOAD(x), piece = CK_ZERO;
      CK_FOR_INNER(&walk) {
        const lanes16 value = CK_LOAD(x + CK_INNER(&walk, first));
        maximum = CK_SELECT(value > maximum, value, maximum);
      }
      lanes16d total = {0};
      ptrdiff_t cell = 0;
      CK_FOR_INNER(&walk) {
        lanes16 term = CK_LOAD(x + CK_INNER(&walk, first)) - maximum;
        ck_exponential(&term);
        CK_STORE(y + CK_INNER(&walk, second), term);
        CK_ADD(term, piece, total, cell);
        cell++;
      }
      total += __builtin_convertvector(piece, lanes16d);
      const lanes16 sum = __builtin_convertvector(total, lanes16);
      CK_FOR_INNER(&walk) {
        float *result = y + CK_INNER(&walk, second);
        CK_STORE(result, CK_LOAD(result) / sum);
      }
    }
  }
}

CK_DISPATCHED void ck_softmax_groups_backward(const ck_grouping *grouping, const float *output, ck_steps output_steps,
                                              const float *gradient, ck_steps gradient_steps, float *input_gradient,
                                              ck_steps input_gradient_steps, ptrdiff_t lanes) {
  ck_walk walk;
  make_walk(grouping, output_steps, gradient_steps, input_gradient_steps, lanes, 0, &walk);
  CK_FOR_OUTER(&walk) {
    for (ptrdiff_t column = 0; column < walk.columns; column += 16) {
      const float *y = output + CK_OUTER(&walk, first) + column;
      const float *dy = gradient + CK_OUTER(&walk, second) + column;
      float *dx = input_gradient + CK_OUTER(&walk, third) + column;
      lanes16 piece = CK_ZERO;
      lanes16d total = {0};
      ptrdiff_t cell = 0;
      CK_FOR_INNER(&walk) {
        CK_ADD(CK_LOAD(y + CK_INNER(&walk, first)) * CK_LOAD(dy + CK_INNER(&walk, second)), piece, total, cell);
        cell++;
      }
      total += __builtin_convertvector(piece, lanes16d);
      const lanes16 mean = __builtin_convertvector(total, lanes16);
      CK_FOR_INNER(&walk) {
        const lanes16 slope = CK_LOAD(dy + CK_INNER(&walk, second)) - mean;
        CK_STORE(dx + CK_INNER(&walk, third), CK_LOAD(y + CK_INNER(&walk, first)) * slope);
      }
    }
  }
}
