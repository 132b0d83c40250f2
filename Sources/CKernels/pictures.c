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

CK_DISPATCHED void ck_picture_scale(float *pixels, ptrdiff_t count, ptrdiff_t channels, const float *factors,
                                    const float *offsets, float low, float high) {
  if (channels == 3) {
    // The numbers of sixteen pixels, so that whole vectors meet the same ones.
    float f[48], o[48];
    for (int i = 0; i < 48; i++) f[i] = factors[i % 3], o[i] = offsets[i % 3];
    ptrdiff_t first = 0;
    for (; first + 48 <= 3 * count; first += 48)
      for (int i = 0; i < 48; i++) pixels[first + i] = within(pixels[first + i] * f[i] + o[i], low, high);
    for (ptrdiff_t i = 0; i < 3 * count - first; i++)
      pixels[first + i] = within(pixels[first + i] * f[i] + o[i], low, high);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++)
    for (ptrdiff_t c = 0; c < channels; c++)
      pixels[i * channels + c] = within(pixels[i * channels + c] * factors[c] + offsets[c], low, high);
}

CK_DISPATCHED void ck_picture_blend(float *pixels, const float *other, ptrdiff_t count, float share, float low,
                                    float high) {
  for (ptrdiff_t i = 0; i < count; i++) pixels[i] = within(pixels[i] + share * (other[i] - pixels[i]), low, high);
}

CK_DISPATCHED void ck_picture_degenerate(float *pixels, ptrdiff_t count, float share, float low, float high) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float *p = pixels + 3 * i;
    const float grey = 0.2989f * p[0] + 0.587f * p[1] + 0.114f * p[2];
    for (int c = 0; c < 3; c++) p[c] = within(p[c] + share * (grey - p[c]), low, high);
  }
}

/// A colour as tf.image.rgb_to_hsv has it: hue in turns from red; of equal maxima the first of red, green, blue.
typedef struct {
  float value, least, spread, hue, hue_before_offset, saturation;
  int greatest_channel, least_channel;
} colour;

CK_INLINE colour colour_of(const float *p, float low, float range) {
  const float r = (p[0] - low) / range, g = (p[1] - low) / range, b = (p[2] - low) / range;
  colour c;
  c.value = fmaxf(r, fmaxf(g, b));
  c.least = fminf(r, fminf(g, b));
  c.greatest_channel = r == c.value ? 0 : g == c.value ? 1 : 2;
  c.least_channel = b == c.least ? 2 : g == c.least ? 1 : 0;
  c.spread = c.value - c.least;
  c.saturation = c.value > 0 ? c.spread / c.value : 0;
  const float scale = c.spread > 0 ? 1 / (6 * c.spread) : 0;
  c.hue_before_offset = scale * (c.greatest_channel == 0 ? g - b : c.greatest_channel == 1 ? b - r : r - g);
  c.hue = c.spread > 0 ? c.hue_before_offset + (float)c.greatest_channel * 2.0f / 6 : 0;
  if (c.hue < 0) c.hue += 1;
  return c;
}

CK_INLINE float turned(float hue, float by) {
  hue += by;
  return hue > 1 ? hue - 1 : hue < 0 ? hue + 1 : hue;
}

/// The numbers of a pure hue before they are cut off at 0 and 1.
CK_INLINE float hue_part(float turn, int channel) {
  return channel == 0 ? fabsf(turn - 3) - 1 : 2 - fabsf(turn - (channel == 1 ? 2 : 4));
}

CK_DISPATCHED void ck_picture_recolor(float *pixels, ptrdiff_t count, const ck_recoloring *r) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float *p = pixels + 3 * i;
    const colour c = colour_of(p, r->low, r->range);
    const float turn = turned(c.hue, r->hue) * 6;
    const float s = within(c.saturation * r->saturation, r->least_saturation, r->greatest_saturation);
    for (int k = 0; k < 3; k++)
      p[k] = ((within(hue_part(turn, k), 0, 1) - 1) * s + 1) * c.value * r->range + r->low;
  }
}

void ck_picture_recolor_backward(const float *pixels, float *gradient, ptrdiff_t count, const ck_recoloring *r) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const colour c = colour_of(pixels + 3 * i, r->low, r->range);
    float *g = gradient + 3 * i;
    const float turn = turned(c.hue, r->hue) * 6, unlimited = c.saturation * r->saturation;
    const float s = within(unlimited, r->least_saturation, r->greatest_saturation);
    float dvalue = 0, dsaturation = 0, dhue = 0;
    for (int k = 0; k < 3; k++) {
      const float part = hue_part(turn, k), pure = within(part, 0, 1);
      dvalue += g[k] * ((pure - 1) * s + 1);
      dsaturation += g[k] * c.value * (pure - 1);
      const float slope = k == 0 ? (turn < 3 ? -1 : 1) : turn < (k == 1 ? 2 : 4) ? 1 : -1;
      if (part > 0 && part < 1) dhue += g[k] * c.value * s * 6 * slope;
    }
    const int is_free = unlimited >= r->least_saturation && unlimited <= r->greatest_saturation;
    dsaturation = is_free ? dsaturation * r->saturation : 0;
    // Range and its inverse cancel out: the gradient is of numbers between 0 and 1 on both sides.
    float d[3] = {0, 0, 0}, dleast = 0;
    if (c.value > 0) {
      dvalue += dsaturation * c.least / (c.value * c.value);
      dleast -= dsaturation / c.value;
    }
    if (c.spread > 0) {
      const int next = (c.greatest_channel + 1) % 3, last = (c.greatest_channel + 2) % 3;
      const float scale = dhue / (6 * c.spread), along = dhue * c.hue_before_offset / c.spread;
      d[next] += scale;
      d[last] -= scale;
      dvalue -= along;
      dleast += along;
    }
    d[c.greatest_channel] += dvalue;
    d[c.least_channel] += dleast;
    for (int k = 0; k < 3; k++) g[k] = d[k];
  }
}

CK_DISPATCHED void ck_picture_posterize(float *pixels, ptrdiff_t count, int bits, float low, float high) {
  const float range = high - low;
  const int32_t kept = 0xff & ~((1 << (8 - bits)) - 1);
  const int is_byte = low == 0 && high == 255;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float byte = is_byte ? pixels[i] : (pixels[i] - low) / range * 255;
    const float level = (float)((int32_t)within(byte, 0, 255) & kept);
    pixels[i] = is_byte ? level : level / 255 * range + low;
  }
}

CK_DISPATCHED void ck_picture_solarize(float *pixels, ptrdiff_t count, float addition, float threshold, float low,
                                       float high) {
  const float range = high - low;
  const int is_byte = low == 0 && high == 255;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float byte = is_byte ? pixels[i] : (pixels[i] - low) / range * 255;
    const float value = within(byte + addition, 0, 255), result = value < threshold ? value : 255 - value;
    pixels[i] = is_byte ? result : result / 255 * range + low;
  }
}

CK_DISPATCHED void ck_picture_convolve(const float *input, float *output, ptrdiff_t lines, ptrdiff_t line_step,
                                       ptrdiff_t length, ptrdiff_t step, ptrdiff_t run, const float *weights,
                                       ptrdiff_t taps) {
  for (ptrdiff_t line = 0; line < lines; line++) {
    const float *x = input + line * line_step;
    float *y = output + line * line_step;
    for (ptrdiff_t place = 0; place < length; place++) {
      float *target = y + place * step;
      for (ptrdiff_t i = 0; i < run; i++) target[i] = 0;
      for (ptrdiff_t tap = 0; tap < taps; tap++) {
        const ptrdiff_t from = place + tap - taps / 2;
        if (from < 0 || from >= length) continue;
        const float weight = weights[tap], *source = x + from * step;
        for (ptrdiff_t i = 0; i < run; i++) target[i] += weight * source[i];
      }
    }
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
