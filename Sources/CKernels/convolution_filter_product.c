// The filter gradient as a product of matrices, for layers with many channels: (input channels and taps, positions x
// lanes) times (positions x lanes, output channels). The left factor is read where it is. The right one is turned
// around a tile at a time, so that a vector holds 16 channels and no lanes need to be summed.
//
// A tile of up to 64 channels at a run of positions stays in the first-level cache while all rows of the left factor
// are multiplied with it, in blocks that fit the registers; the rows stay in the second-level cache for the next 64
// channels. Where the result itself is larger than that cache, runs are longer, because every run reads and writes all
// of it.

#include <string.h>

#include "convolution.h"
#include "transpose.h"

enum {
  /// The most positions of a run, each of 16 lanes.
  run_limit = 32,
  /// The most vectors of a tile, where registers hold 16 floats; 1 otherwise.
  panel_limit = 4,
  row_limit = 8,
  /// Floats of a tile: 32 KiB, or 128 KiB where the result has at least `large_result` elements.
  tile_floats = 8 << 10,
  large_tile_floats = 32 << 10,
  large_result = 256 << 10,
  /// With one tap and at most this many input channels, fewer than output channels, the factors change places: turning
  /// a factor around costs more the fewer rows the other one has.
  exchange_limit = 128,
};

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// The two factors.
typedef struct {
  const float *left, *right;
  ptrdiff_t left_stride, right_stride, rows, columns;
  const int32_t *taps;
  ptrdiff_t tap_count;
  /// Of the result.
  ptrdiff_t tap_stride, channel_stride;
} factors;

/// Positions of a run, in floats from the first position of either factor.
typedef struct {
  ptrdiff_t count;
  ptrdiff_t left[run_limit], right[run_limit];
} position_run;

/// Rows of the left factor, and of the result.
typedef struct {
  const float *left[row_limit];
  float *result[row_limit];
} row_block;

/// ROWS rows times VECTORS vectors, summed over a run in registers. `next` is fetched meanwhile.
CK_INLINE void sum_block(const position_run *run, const row_block *rows, const row_block *next, const float *tile,
                         ptrdiff_t columns, int adding, const int ROWS, const int VECTORS) {
  lanes16 sums[row_limit][panel_limit];
  const float *left[row_limit];
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    left[r] = rows->left[r];
    CK_UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = (lanes16){};
  }
  for (ptrdiff_t position = 0; position < run->count; position++) {
    ptrdiff_t i = run->left[position];
    CK_UNROLL for (int r = 0; r < ROWS; r++) __builtin_prefetch(next->left[r] + i);
    for (int k = 0; k < 16; k++) {
      // One index, or the compiler would advance a pointer for each row instead.
      __asm__("" : "+r"(i), "+r"(tile));
      lanes16 column[panel_limit];
      CK_UNROLL for (int v = 0; v < VECTORS; v++) column[v] = *(const lanes16 *)(tile + 16 * v);
      CK_UNROLL for (int r = 0; r < ROWS; r++)
        CK_UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] += column[v] * left[r][i];
      i++;
      tile += 16 * VECTORS;
    }
  }
  CK_UNROLL for (int r = 0; r < ROWS; r++)
    CK_UNROLL for (int v = 0; v < VECTORS; v++) {
      float *result = rows->result[r] + 16 * v;
      if (columns - 16 * v >= 16) {
        *(lanes16 *)result = adding ? *(lanes16 *)result + sums[r][v] : sums[r][v];
      } else {
        lanes16 whole = {};
        if (adding) memcpy(&whole, result, (columns - 16 * v) * sizeof(float));
        whole += sums[r][v];
        memcpy(result, &whole, (columns - 16 * v) * sizeof(float));
      }
    }
}

/// The right factor at a run of positions: rows by position and lane, of `vectors` vectors of channels.
CK_INLINE void fill_tile(const factors *f, const position_run *run, ptrdiff_t column, ptrdiff_t vectors, float *tile) {
  for (ptrdiff_t v = 0; v < vectors; v++) {
    ptrdiff_t first = column + 16 * v, count = smaller(16, f->columns - first);
    for (ptrdiff_t position = 0; position < run->count; position++) {
      const float *source = f->right + first * f->right_stride + run->right[position];
      lanes16 rows[16], columns[16];
      if (count == 16) {
        CK_UNROLL for (int channel = 0; channel < 16; channel++)
          rows[channel] = *(const lanes16 *)(source + channel * f->right_stride);
      } else {
        for (ptrdiff_t channel = 0; channel < 16; channel++)
          rows[channel] = channel < count ? *(const lanes16 *)(source + channel * f->right_stride) : (lanes16){};
      }
      transpose(rows, columns);
      CK_UNROLL for (int lane = 0; lane < 16; lane++)
        *(lanes16 *)(tile + ((16 * position + lane) * vectors + v) * 16) = columns[lane];
    }
  }
}

/// How many rows fit with `vectors` vectors into the registers, with those vectors and a factor.
CK_INLINE ptrdiff_t rows_beside(ptrdiff_t vectors, int vector_floats) {
  if (vector_floats == 16) return vectors == 4 ? 6 : 8;
  return 6;
}

CK_INLINE void find_rows(const factors *f, ptrdiff_t first, ptrdiff_t count, ptrdiff_t column, float *result,
                         row_block *rows) {
  ptrdiff_t channel = first / f->tap_count, tap = first % f->tap_count;
  for (ptrdiff_t row = 0; row < count; row++) {
    rows->left[row] = f->left + channel * f->left_stride + f->taps[tap];
    rows->result[row] = result + tap * f->tap_stride + channel * f->channel_stride + column;
    if (++tap == f->tap_count) tap = 0, channel++;
  }
}

/// All rows times one tile.
CK_INLINE void sum_rows(const factors *f, const position_run *run, const float *tile, ptrdiff_t column,
                        ptrdiff_t vectors, float *result, int adding, int vector_floats) {
  ptrdiff_t blocks = ck_part_count(f->rows, rows_beside(vectors, vector_floats));
  ptrdiff_t columns = f->columns - column;
  row_block both[2];
  ptrdiff_t end = ck_part_start(f->rows, blocks, 1);
  find_rows(f, 0, end, column, result, &both[0]);
  for (ptrdiff_t block = 0; block < blocks; block++) {
    ptrdiff_t count = end - ck_part_start(f->rows, blocks, block);
    row_block *rows = &both[block % 2], *next = &both[(block + 1) % 2];
    if (block + 1 < blocks) {
      ptrdiff_t next_end = ck_part_start(f->rows, blocks, block + 2);
      find_rows(f, end, next_end - end, column, result, next);
      // Blocks differ by one row at most.
      if (next_end - end < count) next->left[count - 1] = next->left[0];
      end = next_end;
    } else {
      next = rows;
    }
#define CASE(R, V) \
  case R * 8 + V: \
    sum_block(run, rows, next, tile, columns, adding, R, V); \
    break;
#define CASES6(V) CASE(1, V) CASE(2, V) CASE(3, V) CASE(4, V) CASE(5, V) CASE(6, V)
    switch (count * 8 + vectors) {
      CASES6(1) CASES6(2) CASES6(3) CASES6(4)
      CASE(7, 1) CASE(8, 1) CASE(7, 2) CASE(8, 2) CASE(7, 3) CASE(8, 3)
    }
  }
}

CK_INLINE void find_positions(const ck_tap_grid *grid, ptrdiff_t first, ptrdiff_t count, int exchanged,
                              position_run *run) {
  ptrdiff_t repeats = grid->lanes / 16, lane = first % repeats, position = first / repeats;
  ptrdiff_t column = position % grid->pixels, row = position / grid->pixels % grid->rows;
  ptrdiff_t slice = position / grid->pixels / grid->rows;
  run->count = count;
  for (ptrdiff_t index = 0; index < count; index++) {
    ptrdiff_t input = slice * grid->input_slice_step + row * grid->input_row_step +
                      column * grid->input_pixel_step + 16 * lane;
    ptrdiff_t output = slice * grid->output_slice_step + row * grid->output_row_step +
                       column * grid->output_pixel_step + 16 * lane;
    run->left[index] = exchanged ? output : input;
    run->right[index] = exchanged ? input : output;
    if (++lane == repeats) lane = 0, column++;
    if (column == grid->pixels) column = 0, row++;
    if (row == grid->rows) row = 0, slice++;
  }
}

CK_INLINE int is_exchanged(const ck_tap_grid *grid) {
  return grid->tap_count == 1 && grid->input_channels < grid->output_channels &&
         grid->input_channels <= exchange_limit;
}

CK_INLINE ptrdiff_t rounded_up(ptrdiff_t count) { return (count + 15) / 16 * 16; }

int ck_filter_product_pays(ptrdiff_t input_channels, ptrdiff_t output_channels, ptrdiff_t tap_count) {
  ptrdiff_t larger = input_channels > output_channels ? input_channels : output_channels;
  if (tap_count == 1) return larger >= 64 && smaller(input_channels, output_channels) >= 16;
  return input_channels * tap_count >= 64 && output_channels > 16;
}

ptrdiff_t ck_filter_product_scratch_count(ptrdiff_t input_channels, ptrdiff_t output_channels, ptrdiff_t tap_count) {
  const ck_tap_grid grid = {
      .tap_count = tap_count, .input_channels = input_channels, .output_channels = output_channels};
  return large_tile_floats + (is_exchanged(&grid) ? output_channels * rounded_up(input_channels) : 0);
}

/// Rows of input channels from rows of output channels.
CK_INLINE void exchange(const float *sums, ptrdiff_t stride, ptrdiff_t outputs, ptrdiff_t inputs, float *gradient,
                        ptrdiff_t channel_stride) {
  for (ptrdiff_t output = 0; output < outputs; output += 16) {
    ptrdiff_t count = smaller(16, outputs - output);
    for (ptrdiff_t input = 0; input < inputs; input += 16) {
      lanes16 rows[16] = {}, columns[16];
      for (ptrdiff_t i = 0; i < count; i++) rows[i] = *(const lanes16 *)(sums + (output + i) * stride + input);
      transpose(rows, columns);
      for (ptrdiff_t i = 0; i < smaller(16, inputs - input); i++)
        memcpy(gradient + (input + i) * channel_stride + output, &columns[i], count * sizeof(float));
    }
  }
}

CK_DISPATCHED void ck_filter_gradient_product(const ck_tap_grid *grid, const float *input,
                                              const float *output_gradient, float *gradient, ptrdiff_t tap_stride,
                                              ptrdiff_t channel_stride, float *scratch, int vector_floats) {
  static const int32_t no_tap[1] = {0};
  int exchanged = is_exchanged(grid);
  factors f = {
      .left = input,
      .left_stride = grid->input_channel_stride,
      .rows = grid->input_channels * grid->tap_count,
      .right = output_gradient,
      .right_stride = grid->output_channel_stride,
      .columns = grid->output_channels,
      .taps = grid->taps,
      .tap_count = grid->tap_count,
      .tap_stride = tap_stride,
      .channel_stride = channel_stride,
  };
  float *result = gradient;
  if (exchanged) {
    f = (factors){
        .left = output_gradient,
        .left_stride = grid->output_channel_stride,
        .rows = grid->output_channels,
        .right = input + grid->taps[0],
        .right_stride = grid->input_channel_stride,
        .columns = grid->input_channels,
        .taps = no_tap,
        .tap_count = 1,
        .channel_stride = rounded_up(grid->input_channels),
    };
    result = scratch + large_tile_floats;
  }
  ptrdiff_t vectors = ck_part_count(f.columns, 16);
  ptrdiff_t panels = ck_part_count(vectors, vector_floats == 16 ? panel_limit : 1);
  ptrdiff_t positions = grid->slices * grid->rows * grid->pixels * (grid->lanes / 16);
  ptrdiff_t floats = f.rows * f.columns < large_result ? tile_floats : large_tile_floats;
  ptrdiff_t runs = ck_part_count(positions, smaller(run_limit, floats / (256 * ck_part_count(vectors, panels))));
  for (ptrdiff_t index = 0; index < runs; index++) {
    ptrdiff_t first = ck_part_start(positions, runs, index);
    position_run run;
    find_positions(grid, first, ck_part_start(positions, runs, index + 1) - first, exchanged, &run);
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t vector = ck_part_start(vectors, panels, panel);
      ptrdiff_t count = ck_part_start(vectors, panels, panel + 1) - vector;
      fill_tile(&f, &run, 16 * vector, count, scratch);
      sum_rows(&f, &run, scratch, 16 * vector, count, result, index > 0, vector_floats);
    }
  }
  if (exchanged) exchange(result, f.channel_stride, f.rows, f.columns, gradient, channel_stride);
}
