#include "pictures.h"

#include <math.h>

#include "vectors.h"

#pragma clang fp contract(off)

/// Pixels of a row whose places are computed together.
#define CHUNK 64

/// Where output pixels of a part of a row come from; the centres of pixels are at whole numbers.
typedef struct {
  float x[CHUNK], y[CHUNK];
} places;

CK_INLINE float within(float value, float low, float high) { return fminf(fmaxf(value, low), high); }

/// Coordinates that no picture reaches are as far as a number of pixels can be.
CK_INLINE float reachable(float place) { return place > -1e7f && place < 1e7f ? place : -1e7f; }

/// A coordinate outside of so many pixels that go on from the other edge, as TensorFlow's ImageProjectiveTransformV3
/// has it: between the last pixel and the first there is nothing.
CK_INLINE float wrapped(float place, ptrdiff_t pixels) {
  const float size = (float)pixels, last = size - 1;
  if (pixels <= 1) return 0;
  if (place < 0) {
    place += size * (float)((ptrdiff_t)(-place / last) + 1);
  } else if (place > last) {
    place -= size * (float)(ptrdiff_t)(place / last);
  }
  return within(place, 0, last);
}

CK_INLINE void find_places(const ck_picture_map *map, ptrdiff_t row, ptrdiff_t first, ptrdiff_t count, places *p) {
  const float y = (float)row + 0.5f;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float x = (float)(first + i) + 0.5f;
    p->x[i] = map->a * x + map->b * y + map->c;
    p->y[i] = map->d * x + map->e * y + map->f;
  }
  if (map->g != 0 || map->h != 0) {
    for (ptrdiff_t i = 0; i < count; i++) {
      const float k = map->g * ((float)(first + i) + 0.5f) + map->h * y + 1;
      p->x[i] /= k;
      p->y[i] /= k;
    }
  }
  if (map->right) {
    const ptrdiff_t start = row * map->output_width + first;
    for (ptrdiff_t i = 0; i < count; i++) {
      p->x[i] += map->right[start + i];
      p->y[i] += map->down[start + i];
    }
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    p->x[i] = reachable(p->x[i] - 0.5f);
    p->y[i] = reachable(p->y[i] - 0.5f);
  }
  if (map->fill == CK_WRAP && !map->right) {
    for (ptrdiff_t i = 0; i < count; i++) {
      p->x[i] = wrapped(p->x[i], map->input_width);
      p->y[i] = wrapped(p->y[i], map->input_height);
    }
  }
}

/// Visits the places of all output pixels; `pixel` counts them.
#define FOR_PIXELS(map, p)                                                                                            \
  for (ptrdiff_t row = 0; row < (map)->output_height; row++)                                                          \
    for (ptrdiff_t first = 0, count; first < (map)->output_width; first += CHUNK)                                     \
      for (count = (map)->output_width - first < CHUNK ? (map)->output_width - first : CHUNK,                         \
          find_places(map, row, first, count, &p);                                                                    \
           count; count = 0)                                                                                          \
        for (ptrdiff_t i = 0, pixel = row * (map)->output_width + first; i < count; i++, pixel++)

/// The pixel that takes the place of one, which may be outside; -1 for the constant.
CK_INLINE ptrdiff_t filled(ptrdiff_t index, ptrdiff_t size, ck_fill fill) {
  if (index >= 0 && index < size) return index;
  if (fill == CK_CONSTANT) return -1;
  if (fill == CK_NEAREST) return index < 0 ? 0 : size - 1;
  const ptrdiff_t period = fill == CK_WRAP ? size : 2 * size, place = ((index % period) + period) % period;
  return place < size ? place : 2 * size - 1 - place;
}

/// Where the first channel of a pixel lies; -1 outside.
CK_INLINE ptrdiff_t pixel_index(const ck_picture_map *map, ptrdiff_t row, ptrdiff_t column) {
  if (map->right && map->fill == CK_REFLECT) {
    // Keras's map_coordinates mirrors at the first pixel's middle, and at the last one's edge.
    row = row < 0 ? -row : row;
    column = column < 0 ? -column : column;
  }
  const ptrdiff_t y = filled(row, map->input_height, map->fill), x = filled(column, map->input_width, map->fill);
  return y < 0 || x < 0 ? -1 : (y * map->input_width + x) * map->channels;
}

/// The four pixels around a place, and how far it is from the first of them.
typedef struct {
  ptrdiff_t index[4];
  float right, down;
} corners;

CK_INLINE corners corners_of(const ck_picture_map *map, float x, float y) {
  const float left = floorf(x), top = floorf(y);
  const ptrdiff_t column = (ptrdiff_t)left, row = (ptrdiff_t)top;
  corners c = {.right = x - left, .down = y - top};
  if (row >= 0 && row + 1 < map->input_height && column >= 0 && column + 1 < map->input_width) {
    c.index[0] = (row * map->input_width + column) * map->channels;
    c.index[1] = c.index[0] + map->channels;
    c.index[2] = c.index[0] + map->input_width * map->channels;
    c.index[3] = c.index[2] + map->channels;
  } else {
    for (int k = 0; k < 4; k++) c.index[k] = pixel_index(map, row + (k >> 1), column + (k & 1));
  }
  return c;
}

CK_DISPATCHED void ck_picture_bilinear(const float *input, float *output, const ck_picture_map *map, float outside) {
  places p;
  FOR_PIXELS(map, p) {
    const corners around = corners_of(map, p.x[i], p.y[i]);
    float *target = output + pixel * map->channels;
    for (ptrdiff_t c = 0; c < map->channels; c++) {
      float v[4];
      for (int k = 0; k < 4; k++) v[k] = around.index[k] < 0 ? outside : input[around.index[k] + c];
      // What lies exactly on a pixel is that pixel, whatever is beside it.
      const float upper = v[0] + (v[1] - v[0]) * around.right, lower = v[2] + (v[3] - v[2]) * around.right;
      target[c] = upper + (lower - upper) * around.down;
    }
  }
}

CK_DISPATCHED void ck_picture_bilinear_backward(const float *gradient, float *input_gradient,
                                                const ck_picture_map *map) {
  places p;
  FOR_PIXELS(map, p) {
    const corners around = corners_of(map, p.x[i], p.y[i]);
    const float *dy = gradient + pixel * map->channels;
    for (int k = 0; k < 4; k++) {
      if (around.index[k] < 0) continue;
      const float weight = (k >> 1 ? around.down : 1 - around.down) * (k & 1 ? around.right : 1 - around.right);
      float *dx = input_gradient + around.index[k];
      for (ptrdiff_t c = 0; c < map->channels; c++) dx[c] += weight * dy[c];
    }
  }
}

/// The pixel that a place is in; -1 outside.
CK_INLINE ptrdiff_t nearest_index(const ck_picture_map *map, float x, float y) {
  return pixel_index(map, (ptrdiff_t)floorf(y + 0.5f), (ptrdiff_t)floorf(x + 0.5f));
}

CK_DISPATCHED void ck_picture_nearest(const float *input, float *output, const ck_picture_map *map, float outside) {
  places p;
  FOR_PIXELS(map, p) {
    const ptrdiff_t index = nearest_index(map, p.x[i], p.y[i]);
    float *target = output + pixel * map->channels;
    for (ptrdiff_t c = 0; c < map->channels; c++) target[c] = index < 0 ? outside : input[index + c];
  }
}

CK_DISPATCHED void ck_picture_nearest_bytes(const uint8_t *input, uint8_t *output, const ck_picture_map *map,
                                            uint8_t outside) {
  places p;
  FOR_PIXELS(map, p) {
    const ptrdiff_t index = nearest_index(map, p.x[i], p.y[i]);
    uint8_t *target = output + pixel * map->channels;
    for (ptrdiff_t c = 0; c < map->channels; c++) target[c] = index < 0 ? outside : input[index + c];
  }
}

CK_DISPATCHED void ck_picture_nearest_backward(const float *gradient, float *input_gradient,
                                               const ck_picture_map *map) {
  places p;
  FOR_PIXELS(map, p) {
    const ptrdiff_t index = nearest_index(map, p.x[i], p.y[i]);
    if (index < 0) continue;
    const float *dy = gradient + pixel * map->channels;
    for (ptrdiff_t c = 0; c < map->channels; c++) input_gradient[index + c] += dy[c];
  }
}

void ck_picture_gather(const float *input, ptrdiff_t channel_stride, ptrdiff_t row_stride, ptrdiff_t lanes,
                       float *output, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels) {
  for (ptrdiff_t row = 0; row < height; row++)
    for (ptrdiff_t c = 0; c < channels; c++)
      for (ptrdiff_t column = 0; column < width; column++)
        output[(row * width + column) * channels + c] = input[c * channel_stride + row * row_stride + column * lanes];
}

void ck_picture_scatter(const float *input, float *output, ptrdiff_t channel_stride, ptrdiff_t row_stride,
                        ptrdiff_t lanes, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels) {
  for (ptrdiff_t row = 0; row < height; row++)
    for (ptrdiff_t c = 0; c < channels; c++)
      for (ptrdiff_t column = 0; column < width; column++)
        output[c * channel_stride + row * row_stride + column * lanes] = input[(row * width + column) * channels + c];
}
