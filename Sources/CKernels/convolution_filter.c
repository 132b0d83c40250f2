// The filter gradient in the layout of one image per lane: for every (output channel, input channel, tap), a sum over
// positions and lanes. For layers with few channels; the others are in convolution_filter_product.c.
//
// A block of 4 output channels x 6 (channel, tap) rows stays in registers over a run of positions, and its lanes are
// summed at the end of the run in a fixed order. A run is so short that the gradients of 4 output channels stay in the
// first-level cache while all rows read them.

#include "convolution.h"
#include "vectors.h"

enum {
  output_limit = 4,
  row_limit = 6,
  /// Rows of a block where registers hold 8 floats.
  narrow_row_limit = 3,
  /// Bytes that the output gradients of a block and the input of one channel may occupy in one run.
  run_bytes = 44 << 10,
};

/// The positions of one pass: `rows` rows from (first_slice, first_row) on, of each the `columns` columns from
/// first_column on.
typedef struct {
  ptrdiff_t first_slice, first_row, rows, first_column, columns;
  /// Floats from a column to the next, and how often the columns are repeated to cover the lanes of a pixel.
  ptrdiff_t input_step, output_step, repeats;
} position_run;

// By address: a vector argument would mean another thing for each instruction set.
CK_INLINE lanes4 sum_to_4_of_8(const lanes8 *x) {
  return __builtin_shufflevector(*x, *x, 0, 1, 2, 3) + __builtin_shufflevector(*x, *x, 4, 5, 6, 7);
}
CK_INLINE lanes4 sum_to_4_of_16(const lanes16 *x) {
  lanes8 half = __builtin_shufflevector(*x, *x, 0, 1, 2, 3, 4, 5, 6, 7) +
                __builtin_shufflevector(*x, *x, 8, 9, 10, 11, 12, 13, 14, 15);
  return sum_to_4_of_8(&half);
}

/// The sums of four vectors.
CK_INLINE lanes4 sum_each(lanes4 a, lanes4 b, lanes4 c, lanes4 d) {
  lanes4 ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
  lanes4 cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
  return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

/// Stores the sums of one row, or adds them to what earlier runs left.
CK_INLINE void add_outputs(float *gradient, const float *sums, int adding, ptrdiff_t outputs) {
  if (outputs == 4) {
    *(lanes4 *)gradient = adding ? *(const lanes4 *)gradient + *(const lanes4 *)sums : *(const lanes4 *)sums;
  } else {
    for (ptrdiff_t o = 0; o < outputs; o++) gradient[o] = adding ? gradient[o] + sums[o] : sums[o];
  }
}

#define VECTOR lanes16
#define SUM_TO_4 sum_to_4_of_16
#define FILTER_BLOCK filter_block_16
#include "convolution_filter_block.h"
#undef VECTOR
#undef SUM_TO_4
#undef FILTER_BLOCK

#define VECTOR lanes8
#define SUM_TO_4 sum_to_4_of_8
#define FILTER_BLOCK filter_block_8
#include "convolution_filter_block.h"
#undef VECTOR
#undef SUM_TO_4
#undef FILTER_BLOCK

/// All rows of one block of output channels over one run of positions; `gradient` and `output_gradient` begin at the
/// first of them.
CK_INLINE void sum_rows(const ck_tap_grid *grid, const position_run *run, const float *input,
                        const float *output_gradient, float *gradient, ptrdiff_t tap_stride,
                        ptrdiff_t channel_stride, ptrdiff_t outputs, int adding, int vector_floats) {
  ptrdiff_t rows = grid->input_channels * grid->tap_count;
  ptrdiff_t parts = ck_part_count(rows, vector_floats == 16 ? row_limit : narrow_row_limit);
  ptrdiff_t channel = 0, tap = 0;
  for (ptrdiff_t part = 0; part < parts; part++) {
    ptrdiff_t count = ck_part_start(rows, parts, part + 1) - ck_part_start(rows, parts, part);
    const float *input_rows[row_limit];
    float *gradients[row_limit];
    float sums[row_limit * 4];
    for (ptrdiff_t row = 0; row < count; row++) {
      input_rows[row] = input + channel * grid->input_channel_stride + grid->taps[tap];
      gradients[row] = gradient + tap * tap_stride + channel * channel_stride;
      if (++tap == grid->tap_count) tap = 0, channel++;
    }
#define CASE(O, R, BLOCK) \
  case O * 8 + R: \
    BLOCK(grid, run, input_rows, output_gradient, sums, O, R); \
    break;
#define CASES3(O, BLOCK) CASE(O, 1, BLOCK) CASE(O, 2, BLOCK) CASE(O, 3, BLOCK)
#define CASES6(O, BLOCK) CASES3(O, BLOCK) CASE(O, 4, BLOCK) CASE(O, 5, BLOCK) CASE(O, 6, BLOCK)
    if (vector_floats == 16) {
      switch (outputs * 8 + count) {
        CASES6(1, filter_block_16) CASES6(2, filter_block_16) CASES6(3, filter_block_16) CASES6(4, filter_block_16)
      }
    } else {
      switch (outputs * 8 + count) {
        CASES3(1, filter_block_8) CASES3(2, filter_block_8) CASES3(3, filter_block_8) CASES3(4, filter_block_8)
      }
    }
    for (ptrdiff_t row = 0; row < count; row++) add_outputs(gradients[row], sums + 4 * row, adding, outputs);
  }
}

CK_DISPATCHED void ck_sum_filter_gradient(const ck_tap_grid *grid, const float *input, const float *output_gradient,
                                          float *gradient, ptrdiff_t tap_stride, ptrdiff_t channel_stride,
                                          int vector_floats) {
  ptrdiff_t vector = vector_floats == 16 ? 16 : 8;
  int adjacent = grid->input_pixel_step == grid->lanes && grid->output_pixel_step == grid->lanes;
  ptrdiff_t columns = adjacent ? grid->pixels * grid->lanes / vector : grid->pixels;
  position_run run = {
      .input_step = adjacent ? vector : grid->input_pixel_step,
      .output_step = adjacent ? vector : grid->output_pixel_step,
      .repeats = adjacent ? 1 : grid->lanes / vector,
  };
  // As many whole rows as fit, or else parts of a row.
  ptrdiff_t rows = grid->slices * grid->rows;
  ptrdiff_t column_bytes = output_limit * (adjacent ? vector : grid->lanes) * (ptrdiff_t)sizeof(float);
  ptrdiff_t row_bytes = columns * column_bytes + grid->input_row_step * (ptrdiff_t)sizeof(float);
  ptrdiff_t column_parts = ck_part_count(row_bytes, run_bytes);
  ptrdiff_t rows_per_run = run_bytes / row_bytes > 1 ? run_bytes / row_bytes : 1;
  ptrdiff_t row_parts = ck_part_count(rows, rows_per_run);
  ptrdiff_t blocks = ck_part_count(grid->output_channels, output_limit);
  for (ptrdiff_t row_part = 0; row_part < row_parts; row_part++) {
    ptrdiff_t first = ck_part_start(rows, row_parts, row_part);
    run.first_slice = first / grid->rows;
    run.first_row = first % grid->rows;
    run.rows = ck_part_start(rows, row_parts, row_part + 1) - first;
    for (ptrdiff_t column_part = 0; column_part < column_parts; column_part++) {
      run.first_column = ck_part_start(columns, column_parts, column_part);
      run.columns = ck_part_start(columns, column_parts, column_part + 1) - run.first_column;
      for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t channel = ck_part_start(grid->output_channels, blocks, block);
        ptrdiff_t outputs = ck_part_start(grid->output_channels, blocks, block + 1) - channel;
        sum_rows(grid, &run, input, output_gradient + channel * grid->output_channel_stride, gradient + channel,
                 tap_stride, channel_stride, outputs, row_part + column_part > 0, vector_floats);
      }
    }
  }
}
