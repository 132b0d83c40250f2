// The one-dimensional transforms of F(4, 3) at the points 0, a, -a, 1/a, -1/a and infinity, a = 2/3, for vectors.
//
// With d the 6 inputs, w the 3 weights and y the 4 outputs, y = A'[(G w) * (B d)]. Each point's factor is divided
// between G and A so that weights in reverse order have the transforms of the points' reciprocals: one set of
// transformed weights serves forward and backward. Points near 1 in magnitude keep rounding errors within three times
// those of a plain sum; Lavin and Gray's 1 and 2 make them five times larger.
//
// Sources: Winograd, "Arithmetic complexity of computations", 1980; Lavin and Gray, "Fast algorithms for convolutional
// neural networks", 2016; Barabasz et al., "Error analysis and improving the accuracy of Winograd convolution", 2020.
#pragma once

#include "vectors.h"

#define POINT_A (2.0f / 3)
#define POINT_B 1.5f
/// The squares of the points.
#define SQUARE_A (4.0f / 9)
#define SQUARE_B 2.25f
/// 1 / (2a(a*a - b*b)) and 1 / (2b(b*b - a*a)).
#define FACTOR_A (-27.0f / 65)
#define FACTOR_B (12.0f / 65)

/// B: 6 inputs to 6 points.
CK_INLINE void transform_input(const lanes16 *d, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  lanes16 even_a = d4 - SQUARE_B * d2, odd_a = POINT_A * (d3 - SQUARE_B * d1);
  lanes16 even_b = d4 - SQUARE_A * d2, odd_b = POINT_B * (d3 - SQUARE_A * d1);
  result[0] = d0 + d4 - (SQUARE_A + SQUARE_B) * d2;
  result[result_step] = even_a + odd_a;
  result[2 * result_step] = even_a - odd_a;
  result[3 * result_step] = even_b + odd_b;
  result[4 * result_step] = even_b - odd_b;
  result[5 * result_step] = d1 + d5 - (SQUARE_A + SQUARE_B) * d3;
}

/// B of F(2, 3) at the points 0, 1, -1 and infinity: 4 inputs to 4 points.
CK_INLINE void transform_input_of_two(const lanes16 *d, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  result[0] = d0 - d2;
  result[result_step] = d1 + d2;
  result[2 * result_step] = d2 - d1;
  result[3 * result_step] = d3 - d1;
}

/// A' of F(2, 3): 4 points to 2 outputs.
CK_INLINE void transform_output_of_two(const lanes16 *m, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 m1 = m[step], m2 = m[2 * step];
  result[0] = m[0] + (m1 + m2);
  result[result_step] = m[3 * step] + (m1 - m2);
}

/// G of F(2, 3): 3 weights to 4 points. In reverse order they have the transforms of 0 and infinity exchanged, and that
/// of -1 as it is.
CK_INLINE void transform_weights_of_two(const lanes16 *w, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 sum = w[0] + w[2 * step];
  result[0] = w[0];
  result[result_step] = 0.5f * (sum + w[step]);
  result[2 * result_step] = 0.5f * (sum - w[step]);
  result[3 * result_step] = w[2 * step];
}

/// A': 6 points to 4 outputs.
CK_INLINE void transform_output(const lanes16 *m, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
  lanes16 sum_a = m1 + m2, difference_a = m1 - m2, sum_b = m3 + m4, difference_b = m3 - m4;
  result[0] = m[0] + FACTOR_A * difference_a + FACTOR_B * difference_b;
  result[result_step] = FACTOR_A * POINT_A * sum_a + FACTOR_B * POINT_B * sum_b;
  result[2 * result_step] = FACTOR_A * SQUARE_A * difference_a + FACTOR_B * SQUARE_B * difference_b;
  result[3 * result_step] =
      m[5 * step] + FACTOR_A * POINT_A * SQUARE_A * sum_a + FACTOR_B * POINT_B * SQUARE_B * sum_b;
}

/// A: the gradients of 4 outputs to 6 points.
CK_INLINE void transform_output_gradient(const lanes16 *y, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
  lanes16 even_a = FACTOR_A * (y0 + SQUARE_A * y2), odd_a = FACTOR_A * POINT_A * (y1 + SQUARE_A * y3);
  lanes16 even_b = FACTOR_B * (y0 + SQUARE_B * y2), odd_b = FACTOR_B * POINT_B * (y1 + SQUARE_B * y3);
  result[0] = y0;
  result[result_step] = odd_a + even_a;
  result[2 * result_step] = odd_a - even_a;
  result[3 * result_step] = odd_b + even_b;
  result[4 * result_step] = odd_b - even_b;
  result[5 * result_step] = y3;
}

/// G: 3 weights to 6 points.
CK_INLINE void transform_weights(const lanes16 *w, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 w0 = w[0], w1 = w[step], w2 = w[2 * step];
  lanes16 odd_a = POINT_B * w0 + POINT_A * w2, odd_b = POINT_A * w0 + POINT_B * w2;
  result[0] = w0;
  result[result_step] = w1 + odd_a;
  result[2 * result_step] = w1 - odd_a;
  result[3 * result_step] = w1 + odd_b;
  result[4 * result_step] = w1 - odd_b;
  result[5 * result_step] = w2;
}

/// G': the gradients at 6 points to those of 3 weights.
CK_INLINE void transform_weight_gradient(const lanes16 *u, ptrdiff_t step, lanes16 *result, ptrdiff_t result_step) {
  lanes16 u1 = u[step], u2 = u[2 * step], u3 = u[3 * step], u4 = u[4 * step];
  lanes16 difference_a = u1 - u2, difference_b = u3 - u4;
  result[0] = u[0] + (POINT_B * difference_a + POINT_A * difference_b);
  result[result_step] = (u1 + u2) + (u3 + u4);
  result[2 * result_step] = u[5 * step] + (POINT_A * difference_a + POINT_B * difference_b);
}
