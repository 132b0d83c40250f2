#include "embedding.h"

#include <math.h>
#include <string.h>

#define FOR_PLACES(cells)                                       \
  for (ptrdiff_t slice = 0; slice < (cells)->slices; slice++)   \
    for (ptrdiff_t row = 0; row < (cells)->rows; row++)         \
      for (ptrdiff_t column = 0; column < (cells)->width; column++)

#define AT(steps) (slice * (steps).slice + row * (steps).row + column * (steps).column)

void ck_embed(const float *indices, ck_steps index_steps, const float *table, ptrdiff_t rows, float *output,
              ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes, ptrdiff_t live) {
  const ptrdiff_t width = cells->channels;
  FOR_PLACES(cells) {
    const float *index = indices + AT(index_steps);
    float *y = output + AT(output_steps);
    for (ptrdiff_t lane = 0; lane < lanes; lane++) {
      const int known = lane < live && index[lane] > -1.0f && index[lane] < (float)rows;
      const float *vector = table + (known ? (ptrdiff_t)index[lane] : 0) * width;
      const float unknown = lane < live ? NAN : 0.0f;
      for (ptrdiff_t c = 0; c < width; c++) y[c * output_steps.channel + lane] = known ? vector[c] : unknown;
    }
  }
}

void ck_embed_backward(const float *indices, ck_steps index_steps, float *table_gradient, ptrdiff_t rows,
                       const float *gradient, ck_steps gradient_steps, const ck_cells *cells, ptrdiff_t live) {
  const ptrdiff_t width = cells->channels;
  memset(table_gradient, 0, (size_t)(rows * width) * sizeof(float));
  FOR_PLACES(cells) {
    const float *index = indices + AT(index_steps), *dy = gradient + AT(gradient_steps);
    for (ptrdiff_t lane = 0; lane < live; lane++) {
      if (!(index[lane] > -1.0f && index[lane] < (float)rows)) continue;
      float *vector = table_gradient + (ptrdiff_t)index[lane] * width;
      for (ptrdiff_t c = 0; c < width; c++) vector[c] += dy[c * gradient_steps.channel + lane];
    }
  }
}
