// Depthwise convolution in the layout of one image per lane. Every number is read from memory once and multiplied a few
// times, so that what counts is that it is there in time: what later positions read is fetched ahead.

#include <stdbool.h>

#include "convolution.h"
#include "silu.h"
#include "streaming.h"

enum {
  /// The most vectors of a block, in one row: as many as multiply-adds take turns.
  column_block = 8,
  /// Floats from what is read to what is fetched, and from what is written: 8 KB.
  ahead = 2048,
  /// Vectors of a row whose sums wait in the first-level cache for an activation.
  waiting_columns = 64,
};

/// Windows for which there is a block: taps in a row side by side, in the order of the input or reversed, of vectors
/// side by side or one apart.
typedef enum { any, threes, threes_apart, threes_reversed, fives, fives_apart, fives_reversed } window_kind;

/// The arguments that all blocks of a channel have in common.
typedef struct {
  const float *weights;
  float bias;
  ptrdiff_t input_step, output_step;
  bool streaming;
  window_kind kind;
} channel_sum;

/// One block of COLUMNS vectors, STEP floats apart, with windows of WIDTH rows and columns, TAP floats apart, so that
/// neighbours share what they load. All are constants where this is inlined; WIDTH is 0 for taps anywhere.
CK_INLINE void sum_block(const ck_tap_grid *grid, const channel_sum *sum, const float *input, float *output,
                         const int COLUMNS, const int STEP, const int WIDTH, const int TAP) {
  lanes16 total[column_block];
  CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[p] = CK_ZERO + sum->bias;
  const ptrdiff_t input_step = sum->input_step, output_step = sum->output_step;
  if (WIDTH != 0) {
    CK_UNROLL for (int i = 0; i < WIDTH; i++) {
      const float *source = input + grid->taps[i * WIDTH], *weights = sum->weights + i * WIDTH;
      CK_UNROLL for (int j = 0; j < WIDTH; j++)
        CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[p] += CK_LOAD(source + p * STEP + j * TAP) * weights[j];
    }
  } else {
    for (ptrdiff_t t = 0; t < grid->tap_count; t++) {
      const float *source = input + grid->taps[t];
      CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[p] += CK_LOAD(source + p * input_step) * sum->weights[t];
    }
  }
  CK_UNROLL for (int p = 0; p < COLUMNS; p++) {
    if (grid->ending.maximum != 0) total[p] = CK_RECTIFIED(lanes16, lanes16i, total[p], grid->ending.maximum);
  }
  if (sum->streaming) {
    CK_UNROLL for (int p = 0; p < COLUMNS; p++) CK_STREAM(output + p * output_step, total[p]);
  } else {
    CK_UNROLL for (int p = 0; p < COLUMNS; p++) CK_STORE(output + p * output_step, total[p]);
  }
}

/// Fetches what a block of columns further on will read that none before it has read, and the cells that it will write.
///
/// - row: floats from a row of the input to the next.
CK_INLINE void fetch(const ck_tap_grid *grid, const channel_sum *sum, const float *last, ptrdiff_t row, float *output,
                     ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < grid->window_row_step; i++)
    for (ptrdiff_t p = 0; p < columns * sum->input_step; p += 16) __builtin_prefetch(last - i * row + p + ahead);
  if (!sum->streaming)
    for (ptrdiff_t p = 0; p < columns; p++) __builtin_prefetch(output + p * sum->output_step + ahead, 1);
}

CK_INLINE void sum_part(const ck_tap_grid *grid, const channel_sum *sum, const float *input, float *output,
                        ptrdiff_t columns) {
#define CASE(P, ...)                                            \
  case P:                                                       \
    sum_block(grid, sum, input, output, P, __VA_ARGS__); \
    return;
#define BLOCK(...)                                                                            \
  switch (columns) {                                                                          \
    CASE(1, __VA_ARGS__)                                                                      \
    CASE(2, __VA_ARGS__)                                                                      \
    CASE(3, __VA_ARGS__)                                                                      \
    CASE(4, __VA_ARGS__)                                                                      \
    CASE(5, __VA_ARGS__)                                                                      \
    CASE(6, __VA_ARGS__)                                                                      \
    CASE(7, __VA_ARGS__)                                                                      \
    CASE(8, __VA_ARGS__)                                                                      \
  }
  switch (sum->kind) {
    case threes: BLOCK(16, 3, 16) break;
    case threes_apart: BLOCK(32, 3, 16) break;
    case threes_reversed: BLOCK(16, 3, -16) break;
    case fives: BLOCK(16, 5, 16) break;
    case fives_apart: BLOCK(32, 5, 16) break;
    case fives_reversed: BLOCK(16, 5, -16) break;
    case any: BLOCK(0, 0, 0) break;
  }
#undef BLOCK
#undef CASE
}

/// One row of positions.
///
/// - limit: the most vectors of a block.
/// - last: what the first position reads last, if what lies ahead of it is to be fetched.
CK_INLINE void sum_row(const ck_tap_grid *grid, const channel_sum *sum, const float *input, float *output,
                       ptrdiff_t columns, ptrdiff_t limit, const float *last, ptrdiff_t row_step) {
  _Alignas(64) float waiting[16 * waiting_columns];
  channel_sum part = *sum;
  if (grid->ending.silu) part.streaming = false, part.output_step = 16;
  const ptrdiff_t chunk = grid->ending.silu ? waiting_columns : columns;
  for (ptrdiff_t start = 0; start < columns; start += chunk) {
    const ptrdiff_t length = columns - start < chunk ? columns - start : chunk, blocks = ck_part_count(length, limit);
    float *target = output + start * sum->output_step;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      const ptrdiff_t first = ck_part_start(length, blocks, block);
      const ptrdiff_t count = ck_part_start(length, blocks, block + 1) - first;
      const ptrdiff_t from = (start + first) * sum->input_step;
      if (last) fetch(grid, sum, last + from, row_step, target + first * sum->output_step, count);
      sum_part(grid, &part, input + from, (grid->ending.silu ? waiting : target) + first * part.output_step, count);
    }
    if (grid->ending.silu) {
      const silu_part sums = {1, length, 0, 16, 0, sum->output_step};
      ck_finish_silu(&sums, waiting, target, 16, sum->streaming);
    }
  }
}

CK_INLINE window_kind kind_of(const ck_tap_grid *grid, ptrdiff_t input_step) {
  const ptrdiff_t width = grid->window_columns, rows = grid->window_rows;
  if ((width != 3 && width != 5) || rows != width || rows * width != grid->tap_count) return any;
  const ptrdiff_t tap = grid->taps[1] - grid->taps[0];
  for (ptrdiff_t t = 0; t < grid->tap_count; t++)
    if (grid->taps[t] != grid->taps[t / width * width] + t % width * tap) return any;
  if (tap == 16 && input_step == 16) return width == 3 ? threes : fives;
  if (tap == 16 && input_step == 32) return width == 3 ? threes_apart : fives_apart;
  if (tap == -16 && input_step == 16) return width == 3 ? threes_reversed : fives_reversed;
  return any;
}

CK_DISPATCHED void ck_sum_channel_taps(const ck_tap_grid *grid, ptrdiff_t channels, const float *input, float *output,
                                       const float *weights, ptrdiff_t weight_stride, const float *bias,
                                       int vector_floats) {
  const ptrdiff_t rows = grid->slices * grid->rows, vectors = grid->lanes / 16;
  // As in `ck_sum_taps`.
  const bool adjacent = grid->input_pixel_step == grid->lanes && grid->output_pixel_step == grid->lanes;
  const ptrdiff_t repeats = adjacent ? 1 : vectors, columns = grid->pixels * (adjacent ? vectors : 1);
  const ptrdiff_t limit = vector_floats == 16 ? column_block : column_block / 2;
  const ptrdiff_t row_step = grid->input_row_step / (grid->window_row_step > 0 ? grid->window_row_step : 1);
  ptrdiff_t last = 0;
  for (ptrdiff_t t = 0; t < grid->tap_count; t++) last = grid->taps[t] > last ? grid->taps[t] : last;
  channel_sum sum = {
      .input_step = adjacent ? 16 : grid->input_pixel_step,
      .output_step = adjacent ? 16 : grid->output_pixel_step,
      .streaming = grid->streams_output && CK_IS_ALIGNED(output),
  };
  sum.kind = kind_of(grid, sum.input_step);
  for (ptrdiff_t channel = 0; channel < channels; channel++) {
    sum.weights = weights + channel * weight_stride;
    sum.bias = bias ? bias[channel] : 0;
    const float *plane = input + channel * grid->input_channel_stride;
    float *result = output + channel * grid->output_channel_stride;
    for (ptrdiff_t position = 0; position < rows; position++) {
      const ptrdiff_t slice = position / grid->rows, row = position % grid->rows;
      const float *source = plane + slice * grid->input_slice_step + row * grid->input_row_step;
      float *target = result + slice * grid->output_slice_step + row * grid->output_row_step;
      for (ptrdiff_t repeat = 0; repeat < repeats; repeat++)
        sum_row(grid, &sum, source + 16 * repeat, target + 16 * repeat, columns, limit,
                repeat == 0 ? source + last : NULL, row_step);
    }
  }
}
