#include "pictures.h"

#include <math.h>

#include "vectors.h"

#pragma clang fp contract(off)

CK_INLINE float within(float value, float low, float high) { return fminf(fmaxf(value, low), high); }

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
