// The filter gradient by Winograd's F(4x4, 3x3) in the layout of one image per lane: a sum over tiles and lanes at each
// frequency, as a product of the transformed source, (inputs, columns x lanes), with the transformed and transposed
// gradients of the target, (columns x lanes, outputs).

#include "transpose.h"
#include "winograd_tiles.h"

enum {
  /// Floats of the sums of a range of outputs, 18.9 MB: every block of columns reads and writes them, and for every
  /// range the source is transformed again, unless there is only one block.
  sums_floats = frequencies * 512 * 256,
};

CK_INLINE ptrdiff_t block_count(const ck_winograd *shape) {
  ptrdiff_t columns = column_count(shape);
  return columns <= single_block_limit ? 1 : ck_part_count(columns, block_limit);
}

/// Vectors of 16 outputs that are summed at a time, in panels.
typedef struct {
  ptrdiff_t first, vectors, panels;
} output_range;

/// Fetches the gradients of one output in a tile.
CK_INLINE void fetch_tile(const ck_winograd *shape, const tile_place *place, const float *channel) {
  for (ptrdiff_t i = 0; i < place->rows; i++)
    for (ptrdiff_t j = 0; j < place->columns; j++)
      __builtin_prefetch(channel + place->target + i * shape->target_row_stride + j * shape->lanes);
}

CK_INLINE const float *tile_cell(const ck_winograd *shape, const tile_place *place, const float *channel,
                                 int i, int j) {
  const bool exists = i < place->rows && j < place->columns;
  return exists ? channel + place->target + i * shape->target_row_stride + j * shape->lanes : (const float *)&no_cell;
}

/// The gradients of up to 16 outputs in one column, transposed: 16 rows by lane, of 16 outputs, `row_step` floats
/// apart.
CK_INLINE void transform_gradients(const ck_winograd *shape, const tile_place *place, const float *target,
                                   ptrdiff_t outputs, float *result, ptrdiff_t row_step, ptrdiff_t frequency_step,
                                   bool fetching, const bool HALF) {
  lanes16 points[frequencies][16];
  for (ptrdiff_t output = 0; output < outputs; output++) {
    const float *channel = target + output * shape->target_channel_stride;
    if (fetching)
      for (int half = 0; half < (HALF ? 2 : 1); half++) fetch_tile(shape, place + (HALF ? 2 : 1) + half, channel);
    lanes16 rows[6][4];
    CK_UNROLL for (int j = 0; j < 4; j++) {
      lanes16 cells[4];
      CK_UNROLL for (int i = 0; i < 4; i++) {
        const float *cell = tile_cell(shape, place, channel, i, j);
        cells[i] = HALF ? CK_LOAD_HALVES(cell, tile_cell(shape, place + 1, channel, i, j)) : CK_LOAD(cell);
      }
      transform_output_gradient(cells, 1, &rows[0][j], 4);
    }
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

/// The sums of all columns at the points of some outputs, in panels, to the gradient of their kernels.
CK_INLINE void store_kernel_gradient(const ck_winograd *shape, const output_range *range, const float *sums,
                                     ptrdiff_t sums_step, float *gradient) {
  ptrdiff_t inputs = shape->input_channels, outputs = shape->output_channels;
  for (ptrdiff_t panel = 0; panel < range->panels; panel++) {
    ptrdiff_t first = ck_part_start(range->vectors, range->panels, panel);
    ptrdiff_t end = ck_part_start(range->vectors, range->panels, panel + 1);
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
        ptrdiff_t output = 16 * (range->first + vector), count = smaller(16, outputs - output);
        for (ptrdiff_t tap = 0; tap < 9; tap++) {
          float *result = gradient + (tap * inputs + input) * outputs + output;
          if (count == 16) {
            CK_STORE(result, weights[tap]);
          } else {
            memcpy(result, &weights[tap], count * sizeof(float));
          }
        }
      }
    }
  }
}

/// The gradients of a range of outputs in a block of columns, as panels of outputs with a row for each lane of each
/// column.
CK_INLINE void transform_target(const ck_winograd *shape, const tile_place *places, ptrdiff_t count,
                                const output_range *range, const float *target, float *result,
                                ptrdiff_t frequency_step, const bool HALF) {
  const bool fetching = is_large(shape->output_channels, shape->target_channel_stride);
  for (ptrdiff_t panel = 0; panel < range->panels; panel++) {
    ptrdiff_t first = ck_part_start(range->vectors, range->panels, panel);
    ptrdiff_t width = ck_part_start(range->vectors, range->panels, panel + 1) - first;
    for (ptrdiff_t vector = first; vector < first + width; vector++) {
      ptrdiff_t output = 16 * (range->first + vector);
      float *rows = result + 16 * (16 * count * first + vector - first);
      for (ptrdiff_t column = 0; column < count; column++)
        transform_gradients(shape, &places[HALF ? 2 * column : column],
                            target + output * shape->target_channel_stride,
                            smaller(16, shape->output_channels - output), rows + 16 * 16 * column * width, 16 * width,
                            frequency_step, fetching && column + 1 < count, HALF);
    }
  }
}

/// How many ranges the outputs are cut into.
CK_INLINE ptrdiff_t range_count(const ck_winograd *shape) {
  // Of a single block the source stays transformed, so that ranges can be short enough for a cache to hold their sums.
  ptrdiff_t limit = block_count(shape) == 1 ? wide_panel : sums_floats / (frequencies * shape->input_channels * 16);
  return ck_part_count(ck_part_count(shape->output_channels, 16), larger(wide_panel, limit));
}

/// The vectors of the largest range.
CK_INLINE ptrdiff_t range_vectors(const ck_winograd *shape) {
  return ck_part_count(ck_part_count(shape->output_channels, 16), range_count(shape));
}

ptrdiff_t ck_winograd_filter_scratch_count(const ck_winograd *shape) {
  ptrdiff_t columns = block_columns(shape, block_count(shape)), vectors = range_vectors(shape);
  return frequencies * (frequency_stride(shape->input_channels, columns) + frequency_stride(16 * vectors, columns) +
                        frequency_stride(shape->input_channels, vectors));
}

CK_INLINE void sum_products(const ck_winograd *shape, const float *source, const float *target, float *gradient,
                            float *scratch, const bool HALF) {
  ptrdiff_t inputs = shape->input_channels, vectors = ck_part_count(shape->output_channels, 16);
  ptrdiff_t blocks = block_count(shape), ranges = range_count(shape), columns = block_columns(shape, blocks);
  ptrdiff_t source_step = frequency_stride(inputs, columns);
  ptrdiff_t target_step = frequency_stride(16 * range_vectors(shape), columns);
  ptrdiff_t sums_step = frequency_stride(inputs, range_vectors(shape));
  float *gradients = scratch + frequencies * source_step, *sums = gradients + frequencies * target_step;
  tile_place places[place_limit];
  for (ptrdiff_t index = 0; index < ranges; index++) {
    output_range range = {.first = ck_part_start(vectors, ranges, index)};
    range.vectors = ck_part_start(vectors, ranges, index + 1) - range.first;
    range.panels = ck_part_count(range.vectors, panel_limit(shape));
    for (ptrdiff_t block = 0; block < blocks; block++) {
      ptrdiff_t first = ck_part_start(column_count(shape), blocks, block);
      ptrdiff_t count = ck_part_start(column_count(shape), blocks, block + 1) - first;
      place_tiles(shape, first, count, places);
      // A single block is still there from the range before.
      if (index == 0 || blocks > 1)
        transform_source(shape, places, source, inputs, count, 1, scratch, source_step, HALF, 4);
      transform_target(shape, places, count, &range, target, gradients, target_step, HALF);
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
            .vectors = range.vectors,
            .panels = range.panels,
            .adding = block > 0,
            .parts = ck_part_count(count, block_limit),
        };
        multiply(&product);
      }
    }
    store_kernel_gradient(shape, &range, sums, sums_step, gradient);
  }
}

CK_DISPATCHED void ck_winograd_filter(const ck_winograd *shape, const float *source, const float *target,
                                      float *gradient, float *scratch) {
  if (shape->is_half)
    sum_products(shape, source, target, gradient, scratch, true);
  else
    sum_products(shape, source, target, gradient, scratch, false);
}
