// Winograd's F(4x4, 3x3) in the layout of one image per lane: transforms are plain vector arithmetic, and the products
// run over tiles and lanes.
//
// Blocks of tiles go through three stages: transform the source's patches of 6 x 6, multiply frequency by frequency,
// transform back to tiles of 4 x 4. A column is one vector of 16 lanes of one tile.

#include <string.h>

#include "operations.h"
#include "winograd.h"
#include "winograd_product.h"
#include "winograd_transforms.h"

enum {
  frequencies = CK_WINOGRAD_FREQUENCIES,
  /// Rows of a group of the left factor where weights or pixels are not grouped by 16.
  group_rows = 3 * row_block,
  /// Columns that are worked on at a time: few, so that transformed tiles stay in the caches.
  block_limit = 8,
};

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
CK_INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
CK_INLINE ptrdiff_t rounded_up(ptrdiff_t count) { return (count + 15) / 16 * 16; }

/// Where a column's patch of the source and tile of the target begin, and which of their cells exist.
typedef struct {
  ptrdiff_t source, target;
  ptrdiff_t first_row, end_row, first_column, end_column;
  ptrdiff_t rows, columns;
} tile_place;

CK_INLINE ptrdiff_t column_count(const ck_winograd *shape) {
  return ck_part_count(shape->target_height, 4) * ck_part_count(shape->target_width, 4) * (shape->lanes / 16);
}

CK_INLINE ptrdiff_t block_count(const ck_winograd *shape) {
  return ck_part_count(column_count(shape), block_limit);
}

/// The columns of the largest block.
CK_INLINE ptrdiff_t block_columns(const ck_winograd *shape) {
  return ck_part_count(column_count(shape), block_count(shape));
}

CK_INLINE ptrdiff_t panel_limit(const ck_winograd *shape) {
  return shape->vector_floats == 16 ? wide_panel : narrow_panel;
}

/// Floats of one frequency of `channels` channels, and a line, lest frequencies compete for the same sets of a cache.
CK_INLINE ptrdiff_t frequency_stride(ptrdiff_t channels, ptrdiff_t columns) { return channels * columns * 16 + 16; }

static void place_tiles(const ck_winograd *shape, ptrdiff_t first, ptrdiff_t count, tile_place *places) {
  ptrdiff_t vectors = shape->lanes / 16, tiles = ck_part_count(shape->target_width, 4);
  for (ptrdiff_t i = 0; i < count; i++) {
    ptrdiff_t tile = (first + i) / vectors, lane = (first + i) % vectors * 16;
    ptrdiff_t row = tile / tiles * 4, column = tile % tiles * 4;
    ptrdiff_t top = row - shape->padding_top, left = column - shape->padding_left;
    places[i] = (tile_place){
        .source = top * shape->source_row_stride + left * shape->lanes + lane,
        .target = row * shape->target_row_stride + column * shape->lanes + lane,
        .first_row = smaller(6, larger(0, -top)),
        .end_row = larger(0, smaller(6, shape->source_height - top)),
        .first_column = smaller(6, larger(0, -left)),
        .end_column = larger(0, smaller(6, shape->source_width - left)),
        .rows = smaller(4, shape->target_height - row),
        .columns = smaller(4, shape->target_width - column),
    };
  }
}

/// Patches of one channel to `result`, columns `frequency_step` floats apart by frequency.
CK_INLINE void transform_patch(const ck_winograd *shape, const tile_place *place, const float *channel, float *result,
                               ptrdiff_t frequency_step) {
  lanes16 patch[6][6], rows[6][6];
  const float *source = channel + place->source;
  if (place->first_row == 0 && place->end_row == 6 && place->first_column == 0 && place->end_column == 6) {
    CK_UNROLL for (int j = 0; j < 6; j++) {
      lanes16 cells[6];
      CK_UNROLL for (int i = 0; i < 6; i++) cells[i] = CK_LOAD(source + i * shape->source_row_stride + j * shape->lanes);
      transform_input(cells, 1, &rows[0][j], 6);
    }
  } else {
    memset(patch, 0, sizeof patch);
    for (ptrdiff_t i = place->first_row; i < place->end_row; i++)
      for (ptrdiff_t j = place->first_column; j < place->end_column; j++)
        patch[i][j] = CK_LOAD(source + i * shape->source_row_stride + j * shape->lanes);
    CK_UNROLL for (int j = 0; j < 6; j++) transform_input(&patch[0][j], 6, &rows[0][j], 6);
  }
  CK_UNROLL for (int i = 0; i < 6; i++) {
    lanes16 points[6];
    transform_input(rows[i], 1, points, 1);
    CK_UNROLL for (int j = 0; j < 6; j++) *(lanes16 *)(result + (6 * i + j) * frequency_step) = points[j];
  }
}

/// All channels of the source; columns in `panels` panels.
CK_INLINE void transform_source(const ck_winograd *shape, const tile_place *places, const float *source,
                                ptrdiff_t channels, ptrdiff_t count, ptrdiff_t panels, float *result,
                                ptrdiff_t frequency_step) {
  for (ptrdiff_t channel = 0; channel < channels; channel++) {
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t first = ck_part_start(count, panels, panel), end = ck_part_start(count, panels, panel + 1);
      float *row = result + 16 * (first * channels + channel * (end - first));
      for (ptrdiff_t column = first; column < end; column++)
        transform_patch(shape, &places[column], source + channel * shape->source_channel_stride,
                        row + 16 * (column - first), frequency_step);
    }
  }
}

CK_INLINE void store_tile(const ck_winograd *shape, const tile_place *place, const float *products,
                          ptrdiff_t frequency_step, float bias, float *channel) {
  lanes16 rows[4][6];
  CK_UNROLL for (int j = 0; j < 6; j++) {
    lanes16 points[6];
    CK_UNROLL for (int i = 0; i < 6; i++) points[i] = CK_LOAD(products + (6 * i + j) * frequency_step);
    transform_output(points, 1, &rows[0][j], 6);
  }
  float *target = channel + place->target;
  bool whole = place->rows == 4 && place->columns == 4;
  CK_UNROLL for (int i = 0; i < 4; i++) {
    lanes16 cells[4];
    transform_output(rows[i], 1, cells, 1);
    CK_UNROLL for (int j = 0; j < 4; j++)
      if (whole || (i < place->rows && j < place->columns))
        *(lanes16 *)(target + i * shape->target_row_stride + j * shape->lanes) = cells[j] + bias;
  }
}

CK_INLINE void store_target(const ck_winograd *shape, const tile_place *places, const float *products,
                            ptrdiff_t channels, ptrdiff_t count, ptrdiff_t panels, ptrdiff_t frequency_step,
                            const float *bias, float *target) {
  for (ptrdiff_t channel = 0; channel < channels; channel++) {
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t first = ck_part_start(count, panels, panel), end = ck_part_start(count, panels, panel + 1);
      const float *row = products + 16 * (first * channels + channel * (end - first));
      for (ptrdiff_t column = first; column < end; column++)
        store_tile(shape, &places[column], row + 16 * (column - first), frequency_step, bias ? bias[channel] : 0,
                   target + channel * shape->target_channel_stride);
    }
  }
}

ptrdiff_t ck_winograd_packed_count(ptrdiff_t input_channels, ptrdiff_t output_channels) {
  return frequencies * (input_channels * rounded_up(output_channels) + 16);
}

ptrdiff_t ck_winograd_scratch_count(const ck_winograd *shape) {
  ptrdiff_t columns = block_columns(shape);
  return frequencies * (frequency_stride(shape->input_channels, columns) +
                        frequency_stride(shape->output_channels, columns));
}

/// Nine vectors to 36.
CK_INLINE void transform_kernel(const lanes16 *weights, lanes16 *points) {
  lanes16 rows[6][3];
  CK_UNROLL for (int j = 0; j < 3; j++) transform_weights(weights + j, 3, &rows[0][j], 3);
  CK_UNROLL for (int i = 0; i < 6; i++) transform_weights(rows[i], 1, points + 6 * i, 1);
}

CK_DISPATCHED void ck_winograd_pack(const float *kernel, ptrdiff_t input_channels, ptrdiff_t output_channels,
                                    float *packed) {
  ptrdiff_t step = input_channels * rounded_up(output_channels) + 16;
  for (ptrdiff_t output = 0; output < output_channels; output += 16) {
    ptrdiff_t count = smaller(16, output_channels - output);
    for (ptrdiff_t input = 0; input < input_channels; input++) {
      lanes16 weights[9] = {}, points[frequencies];
      for (ptrdiff_t tap = 0; tap < 9; tap++) {
        const float *source = kernel + (tap * input_channels + input) * output_channels + output;
        if (count == 16) {
          weights[tap] = CK_LOAD(source);
        } else {
          memcpy(&weights[tap], source, count * sizeof(float));
        }
      }
      transform_kernel(weights, points);
      float *target = packed + output * input_channels + input * 16;
      CK_UNROLL for (int f = 0; f < frequencies; f++) *(lanes16 *)(target + f * step) = points[f];
    }
  }
}

/// The frequency of the reciprocal points.
CK_INLINE ptrdiff_t reciprocal(ptrdiff_t frequency) {
  static const ptrdiff_t points[6] = {5, 3, 4, 1, 2, 0};
  return points[frequency / 6] * 6 + points[frequency % 6];
}

CK_INLINE void correlate(const ck_winograd *shape, const float *source, const float *packed, const float *bias,
                         float *target, float *scratch, const bool backward) {
  ptrdiff_t source_channels = backward ? shape->output_channels : shape->input_channels;
  ptrdiff_t target_channels = backward ? shape->input_channels : shape->output_channels;
  ptrdiff_t packed_step = shape->input_channels * rounded_up(shape->output_channels) + 16;
  ptrdiff_t source_step = frequency_stride(source_channels, block_columns(shape));
  ptrdiff_t target_step = frequency_stride(target_channels, block_columns(shape));
  float *products = scratch + frequencies * source_step;
  ptrdiff_t blocks = block_count(shape);
  tile_place places[block_limit];
  for (ptrdiff_t block = 0; block < blocks; block++) {
    ptrdiff_t first = ck_part_start(column_count(shape), blocks, block);
    ptrdiff_t count = ck_part_start(column_count(shape), blocks, block + 1) - first;
    ptrdiff_t panels = ck_part_count(count, panel_limit(shape));
    place_tiles(shape, first, count, places);
    transform_source(shape, places, source, source_channels, count, panels, scratch, source_step);
    for (ptrdiff_t frequency = 0; frequency < frequencies; frequency++) {
      const float *weights = packed + (backward ? reciprocal(frequency) : frequency) * packed_step;
      winograd_product product = {
          .left = weights,
          .row_step = backward ? 16 : 1,
          .inner_step = backward ? 1 : 16,
          .inner_block = backward ? 16 * shape->input_channels : 16 * 16,
          .group_rows = backward ? group_rows : 16,
          .group_step = backward ? 16 * group_rows : 16 * shape->input_channels,
          .rows = target_channels,
          .inner = source_channels,
          .right = scratch + frequency * source_step,
          .result = products + frequency * target_step,
          .vectors = count,
          .panels = panels,
      };
      multiply(&product);
    }
    store_target(shape, places, products, target_channels, count, panels, target_step, bias, target);
  }
}

CK_DISPATCHED void ck_winograd_forward(const ck_winograd *shape, const float *source, const float *packed,
                                       const float *bias, float *target, float *scratch) {
  correlate(shape, source, packed, bias, target, scratch, false);
}

CK_DISPATCHED void ck_winograd_backward(const ck_winograd *shape, const float *source, const float *packed,
                                        float *target, float *scratch) {
  correlate(shape, source, packed, NULL, target, scratch, true);
}

/// Rows and columns exchanged.
CK_INLINE void transpose(const lanes16 *rows, lanes16 *columns) {
  lanes16 a[16], b[16];
  // Blocks of 8 x 8, 4 x 4, 2 x 2 and 1 x 1 change places.
  CK_UNROLL for (int i = 0; i < 8; i++) {
    a[i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    a[i + 8] =
        __builtin_shufflevector(rows[i], rows[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i++) {
    if (i & 4) continue;
    b[i] = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    b[i + 4] = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i++) {
    if (i & 2) continue;
    a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    a[i + 2] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 16; i += 2) {
    columns[i] =
        __builtin_shufflevector(a[i], a[i + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    columns[i + 1] =
        __builtin_shufflevector(a[i], a[i + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
  }
}

/// The gradients of up to 16 outputs in one column, transposed: 16 rows by lane, of 16 outputs, `row_step` floats apart.
CK_INLINE void transform_gradients(const ck_winograd *shape, const tile_place *place, const float *target,
                                   ptrdiff_t outputs, float *result, ptrdiff_t row_step, ptrdiff_t frequency_step) {
  lanes16 points[frequencies][16];
  for (ptrdiff_t output = 0; output < outputs; output++) {
    const float *source = target + output * shape->target_channel_stride + place->target;
    lanes16 tile[4][4] = {}, rows[6][4];
    for (ptrdiff_t i = 0; i < place->rows; i++)
      for (ptrdiff_t j = 0; j < place->columns; j++)
        tile[i][j] = CK_LOAD(source + i * shape->target_row_stride + j * shape->lanes);
    CK_UNROLL for (int j = 0; j < 4; j++) transform_output_gradient(&tile[0][j], 4, &rows[0][j], 4);
    CK_UNROLL for (int i = 0; i < 6; i++) transform_output_gradient(rows[i], 1, &points[6 * i][output], 16);
  }
  for (ptrdiff_t frequency = 0; frequency < frequencies; frequency++) {
    for (ptrdiff_t output = outputs; output < 16; output++) points[frequency][output] = (lanes16){};
    lanes16 columns[16];
    transpose(points[frequency], columns);
    CK_UNROLL for (int lane = 0; lane < 16; lane++)
      *(lanes16 *)(result + frequency * frequency_step + lane * row_step) = columns[lane];
  }
}

/// The sums of all columns at their points to the gradient of the kernel.
CK_INLINE void store_kernel_gradient(const ck_winograd *shape, const float *sums, ptrdiff_t sums_step,
                                     ptrdiff_t panels, float *gradient) {
  ptrdiff_t inputs = shape->input_channels, outputs = shape->output_channels, vectors = rounded_up(outputs) / 16;
  for (ptrdiff_t panel = 0; panel < panels; panel++) {
    ptrdiff_t first = ck_part_start(vectors, panels, panel), end = ck_part_start(vectors, panels, panel + 1);
    for (ptrdiff_t input = 0; input < inputs; input++) {
      for (ptrdiff_t vector = first; vector < end; vector++) {
        const float *source = sums + 16 * (first * inputs + input * (end - first) + vector - first);
        lanes16 rows[3][6], weights[9];
        CK_UNROLL for (int j = 0; j < 6; j++) {
          lanes16 points[6];
          CK_UNROLL for (int i = 0; i < 6; i++) points[i] = CK_LOAD(source + (6 * i + j) * sums_step);
          transform_weight_gradient(points, 1, &rows[0][j], 6);
        }
        CK_UNROLL for (int i = 0; i < 3; i++) transform_weight_gradient(rows[i], 1, weights + 3 * i, 1);
        ptrdiff_t count = smaller(16, outputs - 16 * vector);
        for (ptrdiff_t tap = 0; tap < 9; tap++) {
          float *result = gradient + (tap * inputs + input) * outputs + 16 * vector;
          if (count == 16) {
            *(lanes16 *)result = weights[tap];
          } else {
            memcpy(result, &weights[tap], count * sizeof(float));
          }
        }
      }
    }
  }
}

ptrdiff_t ck_winograd_filter_scratch_count(const ck_winograd *shape) {
  ptrdiff_t columns = block_columns(shape), outputs = rounded_up(shape->output_channels);
  return frequencies * (frequency_stride(shape->input_channels, columns) + frequency_stride(outputs, columns) +
                        frequency_stride(shape->input_channels, outputs / 16));
}

CK_DISPATCHED void ck_winograd_filter(const ck_winograd *shape, const float *source, const float *target,
                                      float *gradient, float *scratch) {
  ptrdiff_t inputs = shape->input_channels, vectors = rounded_up(shape->output_channels) / 16;
  ptrdiff_t source_step = frequency_stride(inputs, block_columns(shape));
  ptrdiff_t target_step = frequency_stride(16 * vectors, block_columns(shape));
  ptrdiff_t sums_step = frequency_stride(inputs, vectors);
  float *gradients = scratch + frequencies * source_step, *sums = gradients + frequencies * target_step;
  ptrdiff_t blocks = block_count(shape), panels = ck_part_count(vectors, panel_limit(shape));
  tile_place places[block_limit];
  for (ptrdiff_t block = 0; block < blocks; block++) {
    ptrdiff_t first = ck_part_start(column_count(shape), blocks, block);
    ptrdiff_t count = ck_part_start(column_count(shape), blocks, block + 1) - first;
    place_tiles(shape, first, count, places);
    transform_source(shape, places, source, inputs, count, 1, scratch, source_step);
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t start = ck_part_start(vectors, panels, panel), end = ck_part_start(vectors, panels, panel + 1);
      for (ptrdiff_t vector = start; vector < end; vector++)
        for (ptrdiff_t column = 0; column < count; column++)
          transform_gradients(
              shape, &places[column], target + 16 * vector * shape->target_channel_stride,
              smaller(16, shape->output_channels - 16 * vector),
              gradients + 16 * (16 * count * start + 16 * column * (end - start) + vector - start),
              16 * (end - start), target_step);
    }
    for (ptrdiff_t frequency = 0; frequency < frequencies; frequency++) {
      winograd_product product = {
          .left = scratch + frequency * source_step,
          .row_step = 16 * count,
          .inner_step = 1,
          .inner_block = 16,
          .group_rows = group_rows,
          .group_step = 16 * count * group_rows,
          .rows = inputs,
          .inner = 16 * count,
          .right = gradients + frequency * target_step,
          .result = sums + frequency * sums_step,
          .vectors = vectors,
          .panels = panels,
          .adding = block > 0,
      };
      multiply(&product);
    }
  }
  store_kernel_gradient(shape, sums, sums_step, panels, gradient);
}
