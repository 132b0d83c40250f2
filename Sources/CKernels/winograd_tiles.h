// What the passes of Winograd's algorithm have in common: columns, blocks of columns, and the transform of the source.
//
// A column is one vector of 16 lanes of one tile, or 8 lanes each of two neighbouring tiles where only 8 count
// (`is_half`). Blocks of columns are transformed, multiplied frequency by frequency,
// and transformed back.
#pragma once

#include <stdbool.h>
#include <string.h>

#include "operations.h"
#include "winograd.h"
#include "winograd_product.h"
#include "winograd_transforms.h"

enum {
  /// Of tiles of 4 x 4, and the most that there are.
  frequencies = CK_WINOGRAD_FREQUENCIES(4),
  /// Rows of a group of the left factor where weights or pixels are not grouped by 16.
  group_rows = 3 * row_block,
  /// Columns that are worked on at a time: few, so that transformed tiles stay in the caches.
  block_limit = 8,
  /// Columns that may be one block where that saves more.
  single_block_limit = 32,
  /// Tiles of those.
  place_limit = 2 * single_block_limit,
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

CK_INLINE ptrdiff_t tile_count(const ck_winograd *shape) {
  return ck_part_count(shape->target_height, shape->tile) * ck_part_count(shape->target_width, shape->tile);
}

CK_INLINE ptrdiff_t column_count(const ck_winograd *shape) {
  return shape->is_half ? ck_part_count(tile_count(shape), 2) : tile_count(shape) * (shape->lanes / 16);
}

/// The columns of the largest block.
CK_INLINE ptrdiff_t block_columns(const ck_winograd *shape, ptrdiff_t blocks) {
  return ck_part_count(column_count(shape), blocks);
}

CK_INLINE ptrdiff_t panel_limit(const ck_winograd *shape) {
  return shape->vector_floats == 16 ? wide_panel : narrow_panel;
}

/// Floats of one frequency of `channels` channels, and a line, lest frequencies compete for the same sets of a cache.
CK_INLINE ptrdiff_t frequency_stride(ptrdiff_t channels, ptrdiff_t columns) { return channels * columns * 16 + 16; }

/// The places of columns, two each where two tiles share one; those behind the last tile are empty.
static void place_tiles(const ck_winograd *shape, ptrdiff_t first, ptrdiff_t count, tile_place *places) {
  ptrdiff_t vectors = shape->lanes / 16, side = shape->tile, patch = side + 2;
  ptrdiff_t tiles = ck_part_count(shape->target_width, side);
  if (shape->is_half) {
    first *= 2;
    count *= 2;
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    ptrdiff_t tile = (first + i) / vectors, lane = (first + i) % vectors * 16;
    if (tile == tile_count(shape)) {
      places[i] = (tile_place){};
      continue;
    }
    ptrdiff_t row = tile / tiles * side, column = tile % tiles * side;
    ptrdiff_t top = row - shape->padding_top, left = column - shape->padding_left;
    places[i] = (tile_place){
        .source = top * shape->source_row_stride + left * shape->lanes + lane,
        .target = row * shape->target_row_stride + column * shape->lanes + lane,
        .first_row = smaller(patch, larger(0, -top)),
        .end_row = larger(0, smaller(patch, shape->source_height - top)),
        .first_column = smaller(patch, larger(0, -left)),
        .end_column = larger(0, smaller(patch, shape->source_width - left)),
        .rows = smaller(side, shape->target_height - row),
        .columns = smaller(side, shape->target_width - column),
    };
  }
}

/// The first 8 lanes of two cells.
#define CK_LOAD_HALVES(first, second)                                                                          \
  __builtin_shufflevector(*(const lanes8 *)(first), *(const lanes8 *)(second), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \
                          10, 11, 12, 13, 14, 15)

CK_INLINE bool is_whole_patch(const tile_place *place, const int SIDE) {
  return place->first_row == 0 && place->end_row == SIDE && place->first_column == 0 && place->end_column == SIDE;
}

/// Whether a tensor is larger than a second-level cache, so that what is read of it next is worth fetching.
CK_INLINE bool is_large(ptrdiff_t channels, ptrdiff_t channel_stride) { return channels * channel_stride > 320 << 10; }

/// Fetches what `transform_patch` will read of a channel, but for columns that a neighbour fetches: what comes from
/// memory comes while other channels are transformed.
CK_INLINE void fetch_patch(const ck_winograd *shape, const tile_place *place, const float *channel) {
  const ptrdiff_t first = larger(1, place->first_column), end = smaller(shape->tile + 1, place->end_column);
  for (ptrdiff_t i = place->first_row; i < place->end_row; i++) {
    const float *row = channel + place->source + i * shape->source_row_stride;
    for (ptrdiff_t j = first; j < end; j++) __builtin_prefetch(row + j * shape->lanes);
  }
}

/// What is read outside of an image.
static const lanes16 no_cell __attribute__((aligned(64))) = {0};

/// The cell of a patch that begins at `patch`.
CK_INLINE const float *patch_cell(const ck_winograd *shape, const tile_place *place, const float *patch, int i, int j) {
  const bool exists =
      i >= place->first_row && i < place->end_row && j >= place->first_column && j < place->end_column;
  return exists ? patch + i * shape->source_row_stride + j * shape->lanes : (const float *)&no_cell;
}

/// B of tiles of 4 x 4 or 2 x 2.
CK_INLINE void transform_line(const lanes16 *cells, lanes16 *points, ptrdiff_t step, const int TILE) {
  if (TILE == 4)
    transform_input(cells, 1, points, step);
  else
    transform_input_of_two(cells, 1, points, step);
}

/// Patches of one channel to `result`, columns `frequency_step` floats apart by frequency.
CK_INLINE void transform_patch(const ck_winograd *shape, const tile_place *place, const float *channel, float *result,
                               ptrdiff_t frequency_step, const bool HALF, const int TILE) {
  const int SIDE = TILE + 2;
  lanes16 rows[6][6];
  const float *source = channel + place->source;
  if (is_whole_patch(place, SIDE) && (!HALF || is_whole_patch(place + 1, SIDE))) {
    ptrdiff_t second = HALF ? place[1].source - place->source : 0;
    CK_UNROLL for (int j = 0; j < SIDE; j++) {
      const float *column = source + j * shape->lanes;
      lanes16 cells[6];
      CK_UNROLL for (int i = 0; i < SIDE; i++) {
        const float *cell = column + i * shape->source_row_stride;
        cells[i] = HALF ? CK_LOAD_HALVES(cell, cell + second) : CK_LOAD(cell);
      }
      transform_line(cells, &rows[0][j], 6, TILE);
    }
  } else {
    CK_UNROLL for (int j = 0; j < SIDE; j++) {
      lanes16 cells[6];
      CK_UNROLL for (int i = 0; i < SIDE; i++) {
        const float *cell = patch_cell(shape, place, source, i, j);
        cells[i] = HALF ? CK_LOAD_HALVES(cell, patch_cell(shape, place + 1, channel + place[1].source, i, j))
                        : CK_LOAD(cell);
      }
      transform_line(cells, &rows[0][j], 6, TILE);
    }
  }
  CK_UNROLL for (int i = 0; i < SIDE; i++) {
    lanes16 points[6];
    transform_line(rows[i], points, 1, TILE);
    CK_UNROLL for (int j = 0; j < SIDE; j++) *(lanes16 *)(result + (SIDE * i + j) * frequency_step) = points[j];
  }
}

/// All channels of the source; columns in `panels` panels.
CK_INLINE void transform_source(const ck_winograd *shape, const tile_place *places, const float *source,
                                ptrdiff_t channels, ptrdiff_t count, ptrdiff_t panels, float *result,
                                ptrdiff_t frequency_step, const bool HALF, const int TILE) {
  const bool fetching = is_large(channels, shape->source_channel_stride);
  for (ptrdiff_t channel = 0; channel < channels; channel++) {
    const float *plane = source + channel * shape->source_channel_stride;
    for (ptrdiff_t panel = 0; panel < panels; panel++) {
      ptrdiff_t first = ck_part_start(count, panels, panel), end = ck_part_start(count, panels, panel + 1);
      float *row = result + 16 * (first * channels + channel * (end - first));
      for (ptrdiff_t column = first; column < end; column++) {
        const tile_place *place = &places[HALF ? 2 * column : column];
        if (fetching && channel + 1 < channels)
          for (int half = 0; half < (HALF ? 2 : 1); half++)
            fetch_patch(shape, place + half, plane + shape->source_channel_stride);
        transform_patch(shape, place, plane, row + 16 * (column - first), frequency_step, HALF, TILE);
      }
    }
  }
}
