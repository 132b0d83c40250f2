#pragma once

#include "combination.h"

/// Which elements of a sample belong together, axis by axis: channel, slice, row, column.
typedef struct {
  /// Elements along the axis; 1 where there is no such axis.
  ptrdiff_t size[4];
  /// Into how many equal parts the axis is cut: 1 where all its elements are together, `size` where each is for itself.
  ptrdiff_t groups[4];
  /// From one element to the next along the axis, how far the parameter moves; 0 where the axis shares it.
  ptrdiff_t parameter[4];
} ck_grouping;

/// y = (x - m) * r * gamma + beta, with m and r of the group.
typedef struct {
  /// Whether the mean is taken off before squares are summed, and before x is scaled.
  int centres_squares, centres_output;
  /// r = 1 / sqrt(max(sum of squares, epsilon)) instead of 1 / sqrt(mean of squares + epsilon).
  int has_unit_length;
  float epsilon;
  /// One for each parameter; may be NULL (1 and 0).
  const float *gamma, *beta;
} ck_group_normalization;

// `statistics`: m and then r, each for all groups, row-major in (channel, slice, row, column), `lanes` floats.

/// Writes y and the statistics; output may be input.
void ck_normalize_groups(const ck_group_normalization *normalization, const ck_grouping *grouping, const float *input,
                         ck_steps input_steps, float *output, ck_steps output_steps, ptrdiff_t lanes,
                         float *statistics);

/// dx by the statistics' dependence on x and gamma; input_gradient may be gradient. Dead lanes stay zero.
void ck_normalize_groups_backward(const ck_group_normalization *normalization, const ck_grouping *grouping,
                                  const float *input, ck_steps input_steps, const float *gradient,
                                  ck_steps gradient_steps, float *input_gradient, ck_steps input_gradient_steps,
                                  ptrdiff_t lanes, const float *statistics);

/// Sums over lanes and over the elements that share a parameter, in doubles: of dy * (x - m) * r, and of dy. Either
/// may be NULL.
void ck_normalize_groups_parameters(const ck_group_normalization *normalization, const ck_grouping *grouping,
                                    const float *input, ck_steps input_steps, const float *gradient,
                                    ck_steps gradient_steps, ptrdiff_t lanes, const float *statistics,
                                    float *gamma_gradient, float *beta_gradient);

/// Softmax over each group.
void ck_softmax_groups(const ck_grouping *grouping, const float *input, ck_steps input_steps, float *output,
                       ck_steps output_steps, ptrdiff_t lanes);

/// dx = y (dy - sum over the group of y dy); input_gradient may be gradient.
void ck_softmax_groups_backward(const ck_grouping *grouping, const float *output, ck_steps output_steps,
                                const float *gradient, ck_steps gradient_steps, float *input_gradient,
                                ck_steps input_gradient_steps, ptrdiff_t lanes);
