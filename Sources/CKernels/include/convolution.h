#pragma once

#include <stddef.h>
#include <stdint.h>

#include "convolution_ending.h"
#include "runs.h"

/// Output channels are cut into the fewest nearly equal blocks of at most this many, by the floats of a register: block
/// i of n begins at channel `count * i / n`.
static inline ptrdiff_t ck_output_block(int vector_floats) { return vector_floats == 16 ? 8 : 6; }

/// Positions of an output grid and what each of them reads: `input[c][p + taps[t]]` for every input channel c and tap
/// t. All distances are in floats. Every tap of every position must be readable.
typedef struct {
  const int32_t *taps;
  ptrdiff_t tap_count;
  ptrdiff_t input_channels, input_channel_stride;
  ptrdiff_t output_channels, output_channel_stride;
  ptrdiff_t slices, rows, pixels;
  ptrdiff_t input_slice_step, input_row_step, input_pixel_step;
  ptrdiff_t output_slice_step, output_row_step, output_pixel_step;
  /// Taps along the rows (of all slices) and along the columns, and how many rows of the input lie between those of
  /// neighbouring rows of positions: what blocks for the caches are computed from.
  ptrdiff_t window_rows, window_columns, window_row_step;
  /// A multiple of 16.
  ptrdiff_t lanes;
  /// Writes the output past the caches.
  int streams_output;
  /// (input channel, tap) pairs that are summed apart, as long sums of floats round more; 0 for a single sum.
  ptrdiff_t block_pairs;
  ck_ending ending;
} ck_tap_grid;

/// `output[o][p] = bias[o] + sum over c, t of weights[o][c][t] * input[c][p + taps[t]]`. Overwrites the positions of
/// the grid and nothing else; without taps they become the bias.
///
/// - input, output: at channel 0 and position (0, 0, 0); the input also at tap offset 0.
/// - weights: block after block of output channels; within a block [input channel][tap][output channel of the block].
/// - bias: one per output channel; null for none.
/// - vector_floats: of this processor.
void ck_sum_taps(const ck_tap_grid *grid, const float *input, float *output, const float *weights,
                 const float *bias, int vector_floats);

/// The same of a depthwise convolution: `output[c][p] = bias[c] + sum over t of weights[c][t] * input[c][p + taps[t]]`
/// for each of `channels` channels; those of the grid are 1.
///
/// - weights: of a channel side by side, `weight_stride` floats from channel to channel.
void ck_sum_channel_taps(const ck_tap_grid *grid, ptrdiff_t channels, const float *input, float *output,
                         const float *weights, ptrdiff_t weight_stride, const float *bias, int vector_floats);

/// Weights of one tap and one block of output channels for `ck_sum_taps`: `packed[u * packed_stride + i] =
/// kernel[u * outer_stride + i * block_stride]` for i below `block` and u below `count`.
void ck_pack_tap(const float *kernel, ptrdiff_t outer_stride, ptrdiff_t block_stride, ptrdiff_t count, ptrdiff_t block,
                 float *packed, ptrdiff_t packed_stride);

/// `gradient[t][c][o] = sum over positions p and lanes of output_gradient[o][p] * input[c][p + taps[t]]`. Overwrites
/// the gradient.
///
/// - gradient: element (t, c, o) lies at `t * tap_stride + c * channel_stride + o`.
void ck_sum_filter_gradient(const ck_tap_grid *grid, const float *input, const float *output_gradient, float *gradient,
                            ptrdiff_t tap_stride, ptrdiff_t channel_stride, int vector_floats);

/// The same as a product of matrices, for layers with many channels.
///
/// - scratch: `ck_filter_product_scratch_count` floats.
void ck_filter_gradient_product(const ck_tap_grid *grid, const float *input, const float *output_gradient,
                                float *gradient, ptrdiff_t tap_stride, ptrdiff_t channel_stride, float *scratch,
                                int vector_floats);

ptrdiff_t ck_filter_product_scratch_count(ptrdiff_t input_channels, ptrdiff_t output_channels, ptrdiff_t tap_count);

/// Whether it is the faster one.
int ck_filter_product_pays(ptrdiff_t input_channels, ptrdiff_t output_channels, ptrdiff_t tap_count);

/// A convolution as a product of matrices: column (p, lane) of row (t, c) holds what output position p reads for tap t
/// of channel c. The tensor needs no border: what lies outside is zero.
typedef struct {
  ptrdiff_t channels, channel_stride, slice_stride, row_stride, lanes;
  /// Of the tensor that is read.
  ptrdiff_t depth, height, width;
  ptrdiff_t kernel_depth, kernel_height, kernel_width;
  ptrdiff_t stride_depth, stride_height, stride_width;
  ptrdiff_t dilation_depth, dilation_height, dilation_width;
  ptrdiff_t padding_front, padding_top, padding_left;
  /// Of the grid of output positions, which are counted row by row and slice by slice.
  ptrdiff_t output_height, output_width;
  /// The positions whose columns are meant.
  ptrdiff_t first_position, position_count;
} ck_columns;

/// Copies cells of the tensor to `columns`, (kernel depth * height * width * channels) rows of (position_count * lanes)
/// floats.
void ck_gather_columns(const ck_columns *layout, const float *tensor, float *columns);

/// Adds columns to the cells from which `ck_gather_columns` would have copied them.
void ck_scatter_columns(const ck_columns *layout, const float *columns, float *tensor);

/// Sets every cell of channel c to `values[c]`, or to zero when `values` is null. Runs are joined up to whole planes.
void ck_fill_channels(float *tensor, ck_strides strides, ck_extent extent, const float *values);
