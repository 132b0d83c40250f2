#pragma once

#include <stddef.h>
#include <stdint.h>

// One picture: rows of pixels, whose channels lie side by side. Nothing here is contracted to fused multiplications, so
// that pictures have the same numbers on every kind of processor.

/// What is outside a picture: its mirror image, itself again, one number, the pixel at its edge.
typedef enum { CK_REFLECT, CK_WRAP, CK_CONSTANT, CK_NEAREST } ck_fill;

/// Where the pixels of an output come from: the point (x, y) shows
/// ((a x + b y + c) / (g x + h y + 1), (d x + e y + f) / (g x + h y + 1)) plus the shift of that pixel. The centre of
/// the first pixel is (1/2, 1/2).
typedef struct {
  float a, b, c, d, e, f, g, h;
  /// How far each output pixel is shifted besides; NULL for none.
  const float *right, *down;
  ptrdiff_t input_height, input_width, output_height, output_width, channels;
  ck_fill fill;
} ck_picture_map;

void ck_picture_bilinear(const float *input, float *output, const ck_picture_map *map, float outside);
void ck_picture_nearest(const float *input, float *output, const ck_picture_map *map, float outside);
void ck_picture_nearest_bytes(const uint8_t *input, uint8_t *output, const ck_picture_map *map, uint8_t outside);

/// Adds each dy to the dx that it came from, with its weight; the caller has set dx to zero.
void ck_picture_bilinear_backward(const float *gradient, float *input_gradient, const ck_picture_map *map);
void ck_picture_nearest_backward(const float *gradient, float *input_gradient, const ck_picture_map *map);

/// x * factor + the offset of its channel, within low and high.
void ck_picture_scale(float *pixels, ptrdiff_t count, ptrdiff_t channels, const float *factors, const float *offsets,
                      float low, float high);

/// x + share * (other - x), within low and high.
void ck_picture_blend(float *pixels, const float *other, ptrdiff_t count, float share, float low, float high);

/// x + share * (grey - x), within low and high, of three channels: grey = 0.2989 r + 0.587 g + 0.114 b.
void ck_picture_degenerate(float *pixels, ptrdiff_t count, float share, float low, float high);

/// Colours as hue, saturation and value, of three channels: what is done to them.
typedef struct {
  /// In parts of a turn.
  float hue;
  /// The factor of saturations, and their limits.
  float saturation, least_saturation, greatest_saturation;
  /// Numbers from low on, of this range.
  float low, range;
} ck_recoloring;

void ck_picture_recolor(float *pixels, ptrdiff_t count, const ck_recoloring *r);
/// Makes dx of dy, at the pixels before.
void ck_picture_recolor_backward(const float *pixels, float *gradient, ptrdiff_t count, const ck_recoloring *r);

/// The highest bits of numbers from low to high as bytes.
void ck_picture_posterize(float *pixels, ptrdiff_t count, int bits, float low, float high);

/// x + addition within 0 and 255, and 255 less that from a threshold on; numbers from low to high as 0 to 255.
void ck_picture_solarize(float *pixels, ptrdiff_t count, float addition, float threshold, float low, float high);

/// The sum of weights * elements along one axis, with zeros outside: `lines` lines that begin `line_step` floats apart,
/// of `length` places `step` floats apart, with `run` elements at each.
void ck_picture_convolve(const float *input, float *output, ptrdiff_t lines, ptrdiff_t line_step, ptrdiff_t length,
                         ptrdiff_t step, ptrdiff_t run, const float *weights, ptrdiff_t taps);

/// One lane of a tensor as a picture, and back.
void ck_picture_gather(const float *input, ptrdiff_t channel_stride, ptrdiff_t row_stride, ptrdiff_t lanes,
                       float *output, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels);
void ck_picture_scatter(const float *input, float *output, ptrdiff_t channel_stride, ptrdiff_t row_stride,
                        ptrdiff_t lanes, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels);
