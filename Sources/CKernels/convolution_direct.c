// Direct convolution in the layout of one image per lane: no gathering, and no tap is tested.
//
// A block of output channels x neighbouring pixels stays in registers. For each (input channel, tap) the pixels are
// loaded at an offset and multiplied by broadcast weights, which are packed so that those of a block are adjacent.

#include "convolution.h"
#include "vectors.h"

enum {
  /// The most vectors of a block in one row.
  column_block = 8,
  /// Bytes of input that a band of rows, or a part of a long row, may occupy, so that it stays in the second-level cache while all output
  /// channels read it.
  band_bytes = 256 << 10,
};

#define VECTOR lanes16
#define SUM_BLOCK sum_block_16
#include "convolution_block.h"
#undef VECTOR
#undef SUM_BLOCK

#define VECTOR lanes8
#define SUM_BLOCK sum_block_8
#include "convolution_block.h"
#undef VECTOR
#undef SUM_BLOCK

/// The vectors of a block, so that the sums, the pixels and a weight fit in the registers: 32 of 16 floats, or 16 of 8.
CK_INLINE ptrdiff_t column_limit(ptrdiff_t outputs, int vector_floats) {
  if (vector_floats == 16) return outputs <= 3 ? 8 : 4;
  return outputs <= 3 ? 4 : 2;
}

/// One row of one block of output channels.
CK_INLINE void sum_columns(const ck_tap_grid *grid, const float *input, float *output, const float *weights,
                           const float *bias, ptrdiff_t outputs, ptrdiff_t columns, ptrdiff_t input_step,
                           ptrdiff_t output_step, int vector_floats) {
  ptrdiff_t parts = ck_part_count(columns, column_limit(outputs, vector_floats));
  for (ptrdiff_t part = 0; part < parts; part++) {
    ptrdiff_t first = ck_part_start(columns, parts, part);
    ptrdiff_t count = ck_part_start(columns, parts, part + 1) - first;
    const float *source = input + first * input_step;
    float *target = output + first * output_step;
#define CASE(O, P, BLOCK) \
  case O * 16 + P: \
    BLOCK(grid, source, target, weights, bias, input_step, output_step, O, P); \
    break;
#define CASES2(O, BLOCK) CASE(O, 1, BLOCK) CASE(O, 2, BLOCK)
#define CASES4(O, BLOCK) CASES2(O, BLOCK) CASE(O, 3, BLOCK) CASE(O, 4, BLOCK)
#define CASES8(O, BLOCK) CASES4(O, BLOCK) CASE(O, 5, BLOCK) CASE(O, 6, BLOCK) CASE(O, 7, BLOCK) CASE(O, 8, BLOCK)
    if (vector_floats == 16) {
      switch (outputs * 16 + count) {
        CASES8(1, sum_block_16) CASES8(2, sum_block_16) CASES8(3, sum_block_16)
        CASES4(4, sum_block_16) CASES4(5, sum_block_16) CASES4(6, sum_block_16)
      }
    } else {
      switch (outputs * 16 + count) {
        CASES4(1, sum_block_8) CASES4(2, sum_block_8) CASES4(3, sum_block_8)
        CASES2(4, sum_block_8) CASES2(5, sum_block_8) CASES2(6, sum_block_8)
      }
    }
  }
}

CK_DISPATCHED void ck_sum_taps(const ck_tap_grid *grid, const float *input, float *output, const float *weights,
                               const float *bias, int vector_floats) {
  ptrdiff_t rows = grid->slices * grid->rows;
  ptrdiff_t row_bytes = grid->input_channels * grid->input_row_step * (ptrdiff_t)sizeof(float);
  ptrdiff_t band = band_bytes / row_bytes > 1 ? band_bytes / row_bytes : 1;
  ptrdiff_t vector = vector_floats == 16 ? 16 : 8;
  // Neighbouring vectors of a pixel's lanes and of the next pixel's form one row where pixels are adjacent on both
  // sides.
  int adjacent = grid->input_pixel_step == grid->lanes && grid->output_pixel_step == grid->lanes;
  ptrdiff_t columns = adjacent ? grid->pixels * grid->lanes / vector : grid->pixels;
  ptrdiff_t repeats = adjacent ? 1 : grid->lanes / vector;
  ptrdiff_t input_step = adjacent ? vector : grid->input_pixel_step;
  ptrdiff_t output_step = adjacent ? vector : grid->output_pixel_step;
  ptrdiff_t blocks = ck_part_count(grid->output_channels, CK_OUTPUT_BLOCK);
  ptrdiff_t column_parts = ck_part_count(row_bytes, band_bytes);
  for (ptrdiff_t first = 0; first < rows; first += band) {
    ptrdiff_t end = first + band < rows ? first + band : rows;
    for (ptrdiff_t part = 0; part < column_parts; part++) {
      ptrdiff_t column = ck_part_start(columns, column_parts, part);
      ptrdiff_t count = ck_part_start(columns, column_parts, part + 1) - column;
      for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t channel = ck_part_start(grid->output_channels, blocks, block);
        ptrdiff_t outputs = ck_part_start(grid->output_channels, blocks, block + 1) - channel;
        const float *block_weights = weights + channel * grid->input_channels * grid->tap_count;
        const float *block_bias = bias ? bias + channel : NULL;
        for (ptrdiff_t position = first; position < end; position++) {
          ptrdiff_t slice = position / grid->rows, row = position % grid->rows;
          const float *source =
              input + slice * grid->input_slice_step + row * grid->input_row_step + column * input_step;
          float *target = output + channel * grid->output_channel_stride + slice * grid->output_slice_step +
                          row * grid->output_row_step + column * output_step;
          for (ptrdiff_t repeat = 0; repeat < repeats; repeat++)
            sum_columns(grid, source + repeat * vector, target + repeat * vector, block_weights, block_bias, outputs,
                        count, input_step, output_step, vector_floats);
        }
      }
    }
  }
}
