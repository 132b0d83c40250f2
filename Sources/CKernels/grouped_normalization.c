#include "grouping.h"

#include <stddef.h>

#include "walk.h"

/// Vectors of a block of columns.
enum { WIDE = 4 };

CK_INLINE void normalize_block(const ck_group_normalization *n, const ck_walk *walk, const float *x, float *y,
                               ptrdiff_t parameter, float *means, float *inverses, const int vectors) {
  lanes16 mean[WIDE] = {0}, inverse[WIDE], piece[WIDE] = {0};
  lanes16d total[WIDE] = {0};
  const double count = (double)walk->inner_count;
  ptrdiff_t cell = 0;
  if (n->centres_squares) {
    // Around the first element, so that a mean far from zero costs no digits.
    lanes16 shift[WIDE];
    for (int v = 0; v < vectors; v++) shift[v] = CK_LOAD(x + 16 * v);
    CK_FOR_INNER(walk) {
      for (int v = 0; v < vectors; v++)
        CK_ADD(CK_LOAD(x + CK_INNER(walk, first) + 16 * v) - shift[v], piece[v], total[v], cell);
      cell++;
    }
    for (int v = 0; v < vectors; v++) {
      total[v] += __builtin_convertvector(piece[v], lanes16d);
      mean[v] = shift[v] + __builtin_convertvector(total[v] / count, lanes16);
      total[v] = (lanes16d){0};
      piece[v] = CK_ZERO;
    }
    cell = 0;
  }
  CK_FOR_INNER(walk) {
    for (int v = 0; v < vectors; v++) {
      const lanes16 deviation = CK_LOAD(x + CK_INNER(walk, first) + 16 * v) - mean[v];
      CK_ADD(deviation * deviation, piece[v], total[v], cell);
    }
    cell++;
  }
  for (int v = 0; v < vectors; v++) {
    total[v] += __builtin_convertvector(piece[v], lanes16d);
    const lanes16d epsilon = (lanes16d){0} + (double)n->epsilon;
    lanes16d squares = total[v] / count + epsilon;
    if (n->has_unit_length)
      for (int lane = 0; lane < 16; lane++)
        squares[lane] = total[v][lane] < epsilon[lane] ? epsilon[lane] : total[v][lane];
    inverse[v] = __builtin_convertvector(1.0 / __builtin_elementwise_sqrt(squares), lanes16);
    CK_STORE(means + 16 * v, mean[v]);
    CK_STORE(inverses + 16 * v, inverse[v]);
    if (!n->centres_output) mean[v] = CK_ZERO;
  }
  CK_FOR_INNER(walk) {
    const ptrdiff_t p = parameter + CK_INNER(walk, parameter);
    const float gamma = n->gamma ? n->gamma[p] : 1, beta = n->beta ? n->beta[p] : 0;
    for (int v = 0; v < vectors; v++) {
      const lanes16 value = (CK_LOAD(x + CK_INNER(walk, first) + 16 * v) - mean[v]) * inverse[v];
      CK_STORE(y + CK_INNER(walk, second) + 16 * v, value * gamma + beta);
    }
  }
}

/// Floats of the means, behind which the inverses lie.
CK_INLINE ptrdiff_t statistic_count(const ck_grouping *g, ptrdiff_t lanes) {
  return g->groups[0] * g->groups[1] * g->groups[2] * g->groups[3] * lanes;
}

CK_DISPATCHED void ck_normalize_groups(const ck_group_normalization *normalization, const ck_grouping *grouping,
                                       const float *input, ck_steps input_steps, float *output, ck_steps output_steps,
                                       ptrdiff_t lanes, float *statistics) {
  ck_walk walk;
  make_walk(grouping, input_steps, output_steps, output_steps, lanes, 0, &walk);
  const ptrdiff_t inverses = statistic_count(grouping, lanes);
  CK_FOR_OUTER(&walk) {
    const float *x = input + CK_OUTER(&walk, first);
    float *y = output + CK_OUTER(&walk, second), *means = statistics + CK_OUTER(&walk, statistic);
    const ptrdiff_t parameter = CK_OUTER(&walk, parameter);
    ptrdiff_t i = 0;
    for (; i + 16 * WIDE <= walk.columns; i += 16 * WIDE)
      normalize_block(normalization, &walk, x + i, y + i, parameter, means + i, means + inverses + i, WIDE);
    for (; i < walk.columns; i += 16)
      normalize_block(normalization, &walk, x + i, y + i, parameter, means + i, means + inverses + i, 1);
  }
}

/// dx = r (g - mean of g - (x - m) r * mean of g (x - m) r), with g = gamma dy; the first mean where the output is
/// centred, m in the first or second place as there.
CK_INLINE void differentiate_block(const ck_group_normalization *n, const ck_walk *walk, const float *x,
                                   const float *dy, float *dx, ptrdiff_t parameter, const float *means,
                                   const float *inverses, const int vectors) {
  lanes16 shift[WIDE], centre[WIDE], inverse[WIDE], piece[WIDE] = {0}, products[WIDE] = {0};
  lanes16d total[WIDE] = {0}, product_total[WIDE] = {0};
  for (int v = 0; v < vectors; v++) {
    const lanes16 mean = CK_LOAD(means + 16 * v);
    inverse[v] = CK_LOAD(inverses + 16 * v);
    shift[v] = n->centres_output ? mean : CK_ZERO;
    centre[v] = n->centres_squares ? mean : CK_ZERO;
  }
  ptrdiff_t cell = 0;
  CK_FOR_INNER(walk) {
    const float gamma = n->gamma ? n->gamma[parameter + CK_INNER(walk, parameter)] : 1;
    for (int v = 0; v < vectors; v++) {
      const lanes16 slope = CK_LOAD(dy + CK_INNER(walk, second) + 16 * v) * gamma;
      const lanes16 value = (CK_LOAD(x + CK_INNER(walk, first) + 16 * v) - shift[v]) * inverse[v];
      CK_ADD(slope, piece[v], total[v], cell);
      CK_ADD(slope * value, products[v], product_total[v], cell);
    }
    cell++;
  }
  const double count = (double)walk->inner_count;
  lanes16 slopes[WIDE], means_of_products[WIDE];
  for (int v = 0; v < vectors; v++) {
    total[v] += __builtin_convertvector(piece[v], lanes16d);
    product_total[v] += __builtin_convertvector(products[v], lanes16d);
    slopes[v] = n->centres_output ? __builtin_convertvector(total[v] / count, lanes16) : CK_ZERO;
    means_of_products[v] =
        __builtin_convertvector(product_total[v] / (n->has_unit_length ? 1.0 : count), lanes16);
    // Where the length was below epsilon, r does not depend on x.
    if (n->has_unit_length)
      means_of_products[v] =
          CK_SELECT(inverse[v] * inverse[v] * n->epsilon >= 0.999999f, CK_ZERO, means_of_products[v]);
  }
  CK_FOR_INNER(walk) {
    const float gamma = n->gamma ? n->gamma[parameter + CK_INNER(walk, parameter)] : 1;
    for (int v = 0; v < vectors; v++) {
      const lanes16 slope = CK_LOAD(dy + CK_INNER(walk, second) + 16 * v) * gamma;
      const lanes16 value = (CK_LOAD(x + CK_INNER(walk, first) + 16 * v) - centre[v]) * inverse[v];
      CK_STORE(dx + CK_INNER(walk, third) + 16 * v,
               inverse[v] * (slope - slopes[v] - value * means_of_products[v]));
    }
  }
}

CK_DISPATCHED void ck_normalize_groups_backward(const ck_group_normalization *normalization,
                                                const ck_grouping *grouping, const float *input, ck_steps input_steps,
                                                const float *gradient, ck_steps gradient_steps, float *input_gradient,
                                                ck_steps input_gradient_steps, ptrdiff_t lanes,
                                                const float *statistics) {
  ck_walk walk;
  make_walk(grouping, input_steps, gradient_steps, input_gradient_steps, lanes, 0, &walk);
  const ptrdiff_t inverses = statistic_count(grouping, lanes);
  CK_FOR_OUTER(&walk) {
    const float *x = input + CK_OUTER(&walk, first), *dy = gradient + CK_OUTER(&walk, second);
    float *dx = input_gradient + CK_OUTER(&walk, third);
    const float *means = statistics + CK_OUTER(&walk, statistic);
    const ptrdiff_t parameter = CK_OUTER(&walk, parameter);
    ptrdiff_t i = 0;
    for (; i + 16 * WIDE <= walk.columns; i += 16 * WIDE)
      differentiate_block(normalization, &walk, x + i, dy + i, dx + i, parameter, means + i, means + inverses + i,
                          WIDE);
    for (; i < walk.columns; i += 16)
      differentiate_block(normalization, &walk, x + i, dy + i, dx + i, parameter, means + i, means + inverses + i, 1);
  }
}

CK_DISPATCHED void ck_normalize_groups_parameters(const ck_group_normalization *normalization,
                                                  const ck_grouping *grouping, const float *input,
                                                  ck_steps input_steps, const float *gradient,
                                                  ck_steps gradient_steps, ptrdiff_t lanes, const float *statistics,
                                                  float *gamma_gradient, float *beta_gradient) {
  ck_walk walk;
  make_walk(grouping, input_steps, gradient_steps, gradient_steps, lanes, 1, &walk);
  const ptrdiff_t inverses = statistic_count(grouping, lanes);
  CK_FOR_OUTER(&walk) {
    lanes16 piece = CK_ZERO, products = CK_ZERO;
    lanes16d total = {0}, product_total = {0};
    ptrdiff_t cell = 0;
    CK_FOR_INNER(&walk) {
      const float *x = input + CK_OUTER(&walk, first) + CK_INNER(&walk, first);
      const float *dy = gradient + CK_OUTER(&walk, second) + CK_INNER(&walk, second);
      const float *means = statistics + CK_OUTER(&walk, statistic) + CK_INNER(&walk, statistic);
      for (ptrdiff_t i = 0; i < walk.columns; i += 16) {
        const lanes16 slope = CK_LOAD(dy + i);
        const lanes16 mean = normalization->centres_output ? CK_LOAD(means + i) : CK_ZERO;
        const lanes16 value = (CK_LOAD(x + i) - mean) * CK_LOAD(means + inverses + i);
        CK_ADD(slope, piece, total, cell);
        CK_ADD(slope * value, products, product_total, cell);
        cell++;
      }
    }
    total += __builtin_convertvector(piece, lanes16d);
    product_total += __builtin_convertvector(products, lanes16d);
    const ptrdiff_t parameter = CK_OUTER(&walk, parameter);
    if (gamma_gradient) gamma_gradient[parameter] = (float)ck_sum_lanes(&product_total, 16);
    if (beta_gradient) beta_gradient[parameter] = (float)ck_sum_lanes(&total, 16);
  }
}
