// Direct convolution in the layout of one image per lane: no gathering, and no tap is tested.
//
// A block of output channels x neighbouring pixels stays in registers. For each (input channel, tap) the pixels are
// loaded at an offset and multiplied by broadcast weights, which are packed so that those of a block are adjacent.
// Rows, columns and input channels are cut into regions that stay in the second-level cache while all output channels
// read them; where the channels are cut, sums are stored and continued.

#include <stdbool.h>

#include "convolution.h"
#include "operations.h"
#include "silu.h"
#include "streaming.h"

enum {
  /// The most channels of a block.
  output_block = 8,
  /// The most vectors of a block in one row.
  column_block = 8,
  /// Bytes of input of a region.
  region_bytes = 384 << 10,
  /// Sums of fewer (input channel, tap) pairs are not worth storing and continuing.
  least_pairs = 256,
  /// Nor are weights worth fetching for fewer pixels.
  least_pixels = 24,
  /// Vectors of a row whose sums wait in the first-level cache for others and for an activation.
  waiting_columns = 24,
};

/// What a block is summed over, and what becomes of it.
typedef struct {
  const float *weights, *bias;
  ptrdiff_t channels;
  ptrdiff_t input_step, output_step, output_channel_stride;
  /// Channels that are summed apart; 0 for all together.
  ptrdiff_t block_channels;
  /// Floats from what is read to what is fetched for the next region, twice; 0 for nothing.
  ptrdiff_t ahead, further_ahead;
  /// Continues sums that are in the output.
  bool adding;
  bool streaming;
  /// As in `ck_ending`; 0 while sums are not whole.
  float maximum;
} block_sum;

/// Where a block reads and writes.
typedef struct {
  const float *input;
  float *output;
  /// Earlier sums that are added last, and their distances; null for none.
  const float *earlier;
  ptrdiff_t earlier_channel_stride, earlier_step;
} sum_places;

#define VECTOR lanes16
#define INTEGERS lanes16i
#define ALIGNED lanes16_aligned
#define SUM_BLOCK sum_block_16
#include "convolution_block.h"
#undef VECTOR
#undef INTEGERS
#undef ALIGNED
#undef SUM_BLOCK

#define VECTOR lanes8
#define INTEGERS lanes8i
#define ALIGNED lanes8_aligned
#define SUM_BLOCK sum_block_8
#include "convolution_block.h"
#undef VECTOR
#undef INTEGERS
#undef ALIGNED
#undef SUM_BLOCK

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
CK_INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

/// The vectors of a block, so that the sums, the pixels and a weight fit in the registers: 32 of 16 floats, or 16 of 8.
CK_INLINE ptrdiff_t column_limit(ptrdiff_t outputs, int vector_floats) {
  if (vector_floats == 16) return outputs <= 3 ? 8 : outputs <= 6 ? 4 : 3;
  return outputs <= 3 ? 4 : 2;
}

/// One row of one block of output channels.
CK_INLINE void sum_columns(const ck_tap_grid *grid, const block_sum *sum, const sum_places *places, ptrdiff_t outputs,
                           ptrdiff_t columns, int vector_floats) {
  ptrdiff_t parts = ck_part_count(columns, column_limit(outputs, vector_floats));
  for (ptrdiff_t part = 0; part < parts; part++) {
    ptrdiff_t first = ck_part_start(columns, parts, part);
    ptrdiff_t count = ck_part_start(columns, parts, part + 1) - first;
    sum_places at = *places;
    at.input += first * sum->input_step;
    at.output += first * sum->output_step;
    if (at.earlier) at.earlier += first * at.earlier_step;
#define CASE(O, P, BLOCK) \
  case O * 16 + P: \
    BLOCK(grid, sum, &at, O, P); \
    break;
#define CASES2(O, BLOCK) CASE(O, 1, BLOCK) CASE(O, 2, BLOCK)
#define CASES3(O, BLOCK) CASES2(O, BLOCK) CASE(O, 3, BLOCK)
#define CASES4(O, BLOCK) CASES3(O, BLOCK) CASE(O, 4, BLOCK)
#define CASES8(O, BLOCK) CASES4(O, BLOCK) CASE(O, 5, BLOCK) CASE(O, 6, BLOCK) CASE(O, 7, BLOCK) CASE(O, 8, BLOCK)
    if (vector_floats == 16) {
      switch (outputs * 16 + count) {
        CASES8(1, sum_block_16) CASES8(2, sum_block_16) CASES8(3, sum_block_16)
        CASES4(4, sum_block_16) CASES4(5, sum_block_16) CASES4(6, sum_block_16)
        CASES3(7, sum_block_16) CASES3(8, sum_block_16)
      }
    } else {
      switch (outputs * 16 + count) {
        CASES4(1, sum_block_8) CASES4(2, sum_block_8) CASES4(3, sum_block_8)
        CASES2(4, sum_block_8) CASES2(5, sum_block_8) CASES2(6, sum_block_8)
      }
    }
  }
}

/// The same, with channels that are summed apart in blocks and the activation behind them: sums wait in the
/// first-level cache until they are whole.
///
/// - whole: whether they are then whole.
CK_INLINE void sum_row(const ck_tap_grid *grid, const block_sum *sum, const sum_places *places, ptrdiff_t outputs,
                       ptrdiff_t columns, bool whole, int vector_floats) {
  _Alignas(64) float waiting[output_block * waiting_columns * 16];
  const ptrdiff_t waiting_stride = waiting_columns * 16;
  const ptrdiff_t blocks = sum->block_channels == 0 ? 1 : ck_part_count(sum->channels, sum->block_channels);
  const bool silu = whole && grid->ending.silu;
  // What an earlier region stored is added last, where sums are blocked or wait elsewhere.
  const bool adds_last = sum->adding && (sum->block_channels != 0 || silu), waits = blocks > 1 || silu;
  const ptrdiff_t chunk = waits ? waiting_columns : columns;
  for (ptrdiff_t start = 0; start < columns; start += chunk) {
    const ptrdiff_t count = smaller(chunk, columns - start);
    float *target = places->output + start * sum->output_step;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      const ptrdiff_t first = ck_part_start(sum->channels, blocks, block);
      const bool last = block + 1 == blocks, stays = waits && (!last || silu);
      block_sum part = *sum;
      sum_places at = {.input = places->input + start * sum->input_step + first * grid->input_channel_stride};
      part.channels = ck_part_start(sum->channels, blocks, block + 1) - first;
      part.weights += first * outputs * grid->tap_count;
      if (block > 0) {
        part.bias = NULL;
        at.earlier = waiting, at.earlier_channel_stride = waiting_stride, at.earlier_step = vector_floats;
      } else if (adds_last) {
        part.bias = NULL;
        at.earlier = target;
        at.earlier_channel_stride = sum->output_channel_stride, at.earlier_step = sum->output_step;
      }
      if (block > 0 || adds_last) part.adding = false;
      if (!last) part.maximum = 0;
      at.output = stays ? waiting : target;
      if (stays) {
        part.streaming = false;
        part.output_step = vector_floats;
        part.output_channel_stride = waiting_stride;
      }
      sum_columns(grid, &part, &at, outputs, count, vector_floats);
    }
    if (silu) {
      const silu_part sums = {outputs, count, waiting_stride, vector_floats, sum->output_channel_stride,
                              sum->output_step};
      ck_finish_silu(&sums, waiting, target, vector_floats, sum->streaming);
    }
  }
}

/// How a convolution is cut: `rows` rows at a time, rows into `column_parts`, input channels into `channel_parts`.
typedef struct {
  ptrdiff_t rows, column_parts, channel_parts;
} regions;

/// Lines of one channel that `columns` neighbouring pixels of `rows` rows read.
CK_INLINE ptrdiff_t lines_read(const ck_tap_grid *grid, ptrdiff_t rows, ptrdiff_t columns) {
  ptrdiff_t window = larger(1, grid->window_columns);
  ptrdiff_t step = larger(1, grid->input_pixel_step / grid->lanes);
  ptrdiff_t row = smaller(columns * window, columns * step + window);
  ptrdiff_t column = grid->window_rows + (rows - 1) * smaller(grid->window_rows, grid->window_row_step);
  return row * column * (grid->lanes / 16);
}

CK_INLINE regions cut(const ck_tap_grid *grid) {
  const ptrdiff_t budget = region_bytes / 64, channels = grid->input_channels, rows = grid->slices * grid->rows;
  regions result = {1, 1, 1};
  if (grid->tap_count == 0) return result;
  const ptrdiff_t least_channels = smaller(channels, ck_part_count(least_pairs, grid->tap_count));
  while (lines_read(grid, 1, ck_part_count(grid->pixels, result.column_parts)) * least_channels > budget &&
         ck_part_count(grid->pixels, result.column_parts) > 8)
    result.column_parts++;
  const ptrdiff_t columns = ck_part_count(grid->pixels, result.column_parts);
  while (result.rows < rows && result.rows * columns < least_pixels &&
         lines_read(grid, result.rows + 1, columns) * least_channels <= budget)
    result.rows++;
  result.channel_parts =
      ck_part_count(channels, larger(least_channels, budget / lines_read(grid, result.rows, columns)));
  if (result.column_parts == 1 && result.channel_parts == 1)
    while (result.rows < rows && lines_read(grid, result.rows + 1, columns) * channels <= budget) result.rows++;
  return result;
}

CK_DISPATCHED void ck_sum_taps(const ck_tap_grid *grid, const float *input, float *output, const float *weights,
                               const float *bias, int vector_floats) {
  ptrdiff_t rows = grid->slices * grid->rows;
  ptrdiff_t vector = vector_floats == 16 ? 16 : 8;
  // Neighbouring vectors of a pixel's lanes and of the next pixel's form one row where pixels are adjacent on both
  // sides.
  bool adjacent = grid->input_pixel_step == grid->lanes && grid->output_pixel_step == grid->lanes;
  ptrdiff_t vectors = grid->lanes / vector;
  ptrdiff_t repeats = adjacent ? 1 : vectors;
  block_sum sum = {
      .input_step = adjacent ? vector : grid->input_pixel_step,
      .output_step = adjacent ? vector : grid->output_pixel_step,
      .output_channel_stride = grid->output_channel_stride,
      .block_channels = grid->block_pairs == 0 ? 0 : larger(1, grid->block_pairs / larger(1, grid->tap_count)),
  };
  const ck_ending *ending = &grid->ending;
  ptrdiff_t blocks = ck_part_count(grid->output_channels, ck_output_block(vector_floats));
  regions parts = cut(grid);
  sum.streaming = grid->streams_output && parts.channel_parts == 1 && CK_IS_ALIGNED(output);
  for (ptrdiff_t first = 0; first < rows; first += parts.rows) {
    ptrdiff_t end = smaller(first + parts.rows, rows);
    for (ptrdiff_t column_part = 0; column_part < parts.column_parts; column_part++) {
      ptrdiff_t pixel = ck_part_start(grid->pixels, parts.column_parts, column_part);
      ptrdiff_t next_pixel = ck_part_start(grid->pixels, parts.column_parts, column_part + 1);
      ptrdiff_t columns = (next_pixel - pixel) * (adjacent ? vectors : 1);
      for (ptrdiff_t channel_part = 0; channel_part < parts.channel_parts; channel_part++) {
        ptrdiff_t channel = ck_part_start(grid->input_channels, parts.channel_parts, channel_part);
        sum.channels = ck_part_start(grid->input_channels, parts.channel_parts, channel_part + 1) - channel;
        sum.adding = channel_part > 0;
        const bool whole = channel_part + 1 == parts.channel_parts;
        sum.maximum = whole ? ending->maximum : 0;
        ptrdiff_t next = 0;
        if (grid->tap_count == 1) {
          if (channel_part + 1 < parts.channel_parts)
            next = sum.channels * grid->input_channel_stride;
          else if (column_part + 1 < parts.column_parts)
            next = (next_pixel - pixel) * grid->input_pixel_step - channel * grid->input_channel_stride;
          else if (end < rows)
            next = (end / grid->rows - first / grid->rows) * grid->input_slice_step +
                   (end % grid->rows - first % grid->rows) * grid->input_row_step - pixel * grid->input_pixel_step -
                   channel * grid->input_channel_stride;
        }
        for (ptrdiff_t block = 0; block < blocks; block++) {
          ptrdiff_t target_channel = ck_part_start(grid->output_channels, blocks, block);
          ptrdiff_t outputs = ck_part_start(grid->output_channels, blocks, block + 1) - target_channel;
          sum.weights = weights + (target_channel * grid->input_channels + channel * outputs) * grid->tap_count;
          sum.bias = bias ? bias + target_channel : NULL;
          // Each of the first four blocks fetches one column of four, or two if there are fewer blocks.
          sum.ahead = next != 0 && block < 4 ? next + block * sum.input_step : 0;
          sum.further_ahead = next != 0 && block + blocks < 4 ? next + (block + blocks) * sum.input_step : 0;
          for (ptrdiff_t position = first; position < end; position++) {
            ptrdiff_t slice = position / grid->rows, row = position % grid->rows;
            const float *source = input + channel * grid->input_channel_stride + slice * grid->input_slice_step +
                                  row * grid->input_row_step + pixel * grid->input_pixel_step;
            float *target = output + target_channel * grid->output_channel_stride + slice * grid->output_slice_step +
                            row * grid->output_row_step + pixel * grid->output_pixel_step;
            sum_places places = {.input = source, .output = target};
            for (ptrdiff_t repeat = 0; repeat < repeats; repeat++) {
              sum_row(grid, &sum, &places, outputs, columns, whole, vector_floats);
              places.input += vector;
              places.output += vector;
            }
          }
        }
      }
    }
  }
}
