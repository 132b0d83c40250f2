// Winograd's F(4x4, 3x3) and F(2x2, 3x3) in the layout of one image per lane, forward and for the gradient of the
// input: transforms are plain vector arithmetic, and the products run over tiles and lanes.

#include "streaming.h"
#include "winograd_tiles.h"

CK_INLINE void store_cell(float *cell, lanes16 *value, bool streaming) {
  if (streaming)
    CK_STREAM(cell, *value);
  else
    CK_STORE(cell, *value);
}

/// The lower or upper half of a vector as the first lanes of another; the others are zero.
#define CK_LOWER(vector) \
  __builtin_shufflevector(vector, CK_ZERO, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define CK_UPPER(vector) \
  __builtin_shufflevector(vector, CK_ZERO, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)

CK_INLINE bool has_cell(const tile_place *place, int row, int column) {
  return row < place->rows && column < place->columns;
}

/// Fetches the cells of a tile for writing.
CK_INLINE void fetch_cells(const ck_winograd *shape, const tile_place *place, float *channel) {
  for (ptrdiff_t i = 0; i < place->rows; i++)
    for (ptrdiff_t j = 0; j < place->columns; j++)
      __builtin_prefetch(channel + place->target + i * shape->target_row_stride + j * shape->lanes, 1);
}

/// A' of tiles of 4 x 4 or 2 x 2.
CK_INLINE void transform_points(const lanes16 *points, lanes16 *cells, ptrdiff_t step, const int TILE) {
  if (TILE == 4)
    transform_output(points, 1, cells, step);
  else
    transform_output_of_two(points, 1, cells, step);
}

CK_INLINE void store_tile(const ck_winograd *shape, const tile_place *place, const float *products,
                          ptrdiff_t frequency_step, float bias, float maximum, bool streaming, float *channel,
                          const bool HALF, const int TILE) {
  const int SIDE = TILE + 2;
  lanes16 rows[4][6];
  CK_UNROLL for (int j = 0; j < SIDE; j++) {
    lanes16 points[6];
    CK_UNROLL for (int i = 0; i < SIDE; i++) points[i] = CK_LOAD(products + (SIDE * i + j) * frequency_step);
    transform_points(points, &rows[0][j], 6, TILE);
  }
  float *target = channel + place->target;
  bool whole = place->rows == TILE && place->columns == TILE;
  whole = whole && (!HALF || (place[1].rows == TILE && place[1].columns == TILE));
  ptrdiff_t second = HALF ? place[1].target - place->target : 0;
  CK_UNROLL for (int i = 0; i < TILE; i++) {
    lanes16 cells[4];
    transform_points(rows[i], cells, 1, TILE);
    CK_UNROLL for (int j = 0; j < TILE; j++) {
      float *cell = target + i * shape->target_row_stride + j * shape->lanes;
      lanes16 value = cells[j] + bias;
      if (maximum != 0) value = CK_RECTIFIED(lanes16, lanes16i, value, maximum);
      if (!HALF) {
        if (whole || has_cell(place, i, j)) store_cell(cell, &value, streaming);
        continue;
      }
      lanes16 lower = CK_LOWER(value), upper = CK_UPPER(value);
      if (whole || has_cell(place, i, j)) store_cell(cell, &lower, streaming);
      if (whole || has_cell(place + 1, i, j)) store_cell(cell + second, &upper, streaming);
    }
  }
}

CK_INLINE void store_target(const ck_winograd *shape, const tile_place *places, const float *products,
                            ptrdiff_t channels, ptrdiff_t count, ptrdiff_t panels, ptrdiff_t frequency_step,
                            const float *bias, float maximum, float *target, const bool HALF, const int TILE) {
  const bool streaming = shape->streams_target && CK_IS_ALIGNED(target);
  const bool fetching = !streaming && is_large(channels, shape->target_channel_stride);
  for (ptrdiff_t channel = 0; channel < channels; channel++) {
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t first = ck_part_start(count, panels, panel), end = ck_part_start(count, panels, panel + 1);
      const float *row = products + 16 * (first * channels + channel * (end - first));
      for (ptrdiff_t column = first; column < end; column++) {
        const tile_place *place = &places[HALF ? 2 * column : column];
        if (fetching && channel + 1 < channels)
          for (int half = 0; half < (HALF ? 2 : 1); half++)
            fetch_cells(shape, place + half, target + (channel + 1) * shape->target_channel_stride);
        store_tile(shape, place, row + 16 * (column - first), frequency_step, bias ? bias[channel] : 0, maximum,
                   streaming, target + channel * shape->target_channel_stride, HALF, TILE);
      }
    }
  }
}

ptrdiff_t ck_winograd_packed_count(ptrdiff_t tile, ptrdiff_t input_channels, ptrdiff_t output_channels) {
  return CK_WINOGRAD_FREQUENCIES(tile) * (input_channels * rounded_up(output_channels) + 16);
}

CK_INLINE ptrdiff_t block_count(const ck_winograd *shape) {
  return ck_part_count(column_count(shape), block_limit);
}

ptrdiff_t ck_winograd_scratch_count(const ck_winograd *shape) {
  ptrdiff_t columns = block_columns(shape, block_count(shape));
  return CK_WINOGRAD_FREQUENCIES(shape->tile) * (frequency_stride(shape->input_channels, columns) +
                                                 frequency_stride(shape->output_channels, columns));
}

/// Nine vectors to 36, or to 16.
CK_INLINE void transform_kernel(const lanes16 *weights, lanes16 *points, const int TILE) {
  lanes16 rows[6][3];
  if (TILE == 4) {
    CK_UNROLL for (int j = 0; j < 3; j++) transform_weights(weights + j, 3, &rows[0][j], 3);
    CK_UNROLL for (int i = 0; i < 6; i++) transform_weights(rows[i], 1, points + 6 * i, 1);
  } else {
    CK_UNROLL for (int j = 0; j < 3; j++) transform_weights_of_two(weights + j, 3, &rows[0][j], 3);
    CK_UNROLL for (int i = 0; i < 4; i++) transform_weights_of_two(rows[i], 1, points + 4 * i, 1);
  }
}

CK_INLINE void pack(const float *kernel, ptrdiff_t input_channels, ptrdiff_t output_channels, float *packed,
                    const int TILE) {
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
      transform_kernel(weights, points, TILE);
      float *target = packed + output * input_channels + input * 16;
      CK_UNROLL for (int f = 0; f < CK_WINOGRAD_FREQUENCIES(TILE); f++) *(lanes16 *)(target + f * step) = points[f];
    }
  }
}

CK_DISPATCHED void ck_winograd_pack(ptrdiff_t tile, const float *kernel, ptrdiff_t input_channels,
                                    ptrdiff_t output_channels, float *packed) {
  if (tile == 4)
    pack(kernel, input_channels, output_channels, packed, 4);
  else
    pack(kernel, input_channels, output_channels, packed, 2);
}

/// The frequency of the reciprocal points.
CK_INLINE ptrdiff_t reciprocal(ptrdiff_t frequency, const int TILE) {
  static const ptrdiff_t points[6] = {5, 3, 4, 1, 2, 0}, points_of_two[4] = {3, 1, 2, 0};
  const ptrdiff_t *reciprocals = TILE == 4 ? points : points_of_two;
  return reciprocals[frequency / (TILE + 2)] * (TILE + 2) + reciprocals[frequency % (TILE + 2)];
}

CK_INLINE void correlate(const ck_winograd *shape, const float *source, const float *packed, const float *bias,
                         float *target, float *scratch, const bool backward, const bool HALF, const int TILE) {
  const ptrdiff_t count_of_frequencies = CK_WINOGRAD_FREQUENCIES(TILE);
  ptrdiff_t source_channels = backward ? shape->output_channels : shape->input_channels;
  ptrdiff_t target_channels = backward ? shape->input_channels : shape->output_channels;
  ptrdiff_t packed_step = shape->input_channels * rounded_up(shape->output_channels) + 16;
  ptrdiff_t blocks = block_count(shape), columns = block_columns(shape, blocks);
  ptrdiff_t source_step = frequency_stride(source_channels, columns);
  ptrdiff_t target_step = frequency_stride(target_channels, columns);
  float *products = scratch + count_of_frequencies * source_step;
  tile_place places[place_limit];
  for (ptrdiff_t block = 0; block < blocks; block++) {
    ptrdiff_t first = ck_part_start(column_count(shape), blocks, block);
    ptrdiff_t count = ck_part_start(column_count(shape), blocks, block + 1) - first;
    ptrdiff_t panels = ck_part_count(count, panel_limit(shape));
    place_tiles(shape, first, count, places);
    transform_source(shape, places, source, source_channels, count, panels, scratch, source_step, HALF, TILE);
    for (ptrdiff_t frequency = 0; frequency < count_of_frequencies; frequency++) {
      const float *weights = packed + (backward ? reciprocal(frequency, TILE) : frequency) * packed_step;
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
          .parts = !backward && shape->is_blocked ? ck_part_count(source_channels, 16) : 1,
      };
      multiply(&product);
    }
    store_target(shape, places, products, target_channels, count, panels, target_step, bias,
                 backward ? 0 : shape->maximum, target, HALF, TILE);
  }
}

#define CORRELATE(source, bias, backward)                                                        \
  if (shape->tile == 4) {                                                                        \
    if (shape->is_half)                                                                          \
      correlate(shape, source, packed, bias, target, scratch, backward, true, 4);                \
    else                                                                                         \
      correlate(shape, source, packed, bias, target, scratch, backward, false, 4);               \
  } else {                                                                                       \
    if (shape->is_half)                                                                          \
      correlate(shape, source, packed, bias, target, scratch, backward, true, 2);                \
    else                                                                                         \
      correlate(shape, source, packed, bias, target, scratch, backward, false, 2);               \
  }

CK_DISPATCHED void ck_winograd_forward(const ck_winograd *shape, const float *source, const float *packed,
                                       const float *bias, float *target, float *scratch) {
  CORRELATE(source, bias, false)
}

CK_DISPATCHED void ck_winograd_backward(const ck_winograd *shape, const float *source, const float *packed,
                                        float *target, float *scratch) {
  CORRELATE(source, NULL, true)
}
