#pragma once

#include <stddef.h>

/// Winograd's F(4x4, 3x3): 4 x 4 outputs of a 3 x 3 kernel are 36 products of transformed inputs and weights, one for
/// each frequency; and F(2x2, 3x3): 2 x 2 outputs are 16 products, which round less. TILE is 4 or 2.
#define CK_WINOGRAD_FREQUENCIES(TILE) (((TILE) + 2) * ((TILE) + 2))

/// A correlation of planes with kernels of 3 x 3: `target[i, j] = sum over u, v of w[u, v] *
/// source[i + u - padding_top, j + v - padding_left]`. Distances in floats. Nothing outside of the source's planes is
/// read, nor outside of the target's written.
typedef struct {
  /// Rows and columns of a tile of the target: 4, or 2 in `forward` and `backward`.
  ptrdiff_t tile;
  ptrdiff_t source_height, source_width, source_row_stride, source_channel_stride;
  ptrdiff_t target_height, target_width, target_row_stride, target_channel_stride;
  /// Of the kernel as it was packed, in either direction.
  ptrdiff_t input_channels, output_channels;
  ptrdiff_t padding_top, padding_left;
  /// A multiple of 16.
  ptrdiff_t lanes;
  /// Of this processor.
  int vector_floats;
  /// Writes the target of `forward` and `backward` past the caches.
  int streams_target;
  /// Of 16 lanes at most the first 8 count: two tiles then share a vector, and the other lanes of a target become zero.
  int is_half;
  /// Rectifies the target of `forward`: min(max(0, y), maximum), with NaN as it is; infinite for max(0, y), 0 for y.
  float maximum;
  /// Sums 16 channels at a time in `forward`, and then the sums.
  int is_blocked;
} ck_winograd;

/// Floats of packed weights: for each frequency [16 outputs][input][output], and a line between frequencies, lest they
/// compete for the same sets of a cache.
ptrdiff_t ck_winograd_packed_count(ptrdiff_t tile, ptrdiff_t input_channels, ptrdiff_t output_channels);

/// Floats of scratch that `ck_winograd_forward` and `ck_winograd_backward` need.
ptrdiff_t ck_winograd_scratch_count(const ck_winograd *shape);

/// Floats of scratch that `ck_winograd_filter` needs.
ptrdiff_t ck_winograd_filter_scratch_count(const ck_winograd *shape);

/// Transforms weights (tap, input, output), for both directions.
void ck_winograd_pack(ptrdiff_t tile, const float *kernel, ptrdiff_t input_channels, ptrdiff_t output_channels,
                      float *packed);

/// The source has the input channels, the target the output channels.
///
/// - bias: one per output channel; null for none.
void ck_winograd_forward(const ck_winograd *shape, const float *source, const float *packed, const float *bias,
                         float *target, float *scratch);

/// The source has the output channels, the target the input channels, and the kernel is turned by 180 degrees.
void ck_winograd_backward(const ck_winograd *shape, const float *source, const float *packed, float *target,
                          float *scratch);

/// `gradient[u, v, c, o] = sum over lanes, i, j of target[o][i, j] * source[c][i + u - padding_top, j + v -
/// padding_left]`: the target is read, and zero in lanes that do not count.
void ck_winograd_filter(const ck_winograd *shape, const float *source, const float *target, float *gradient,
                        float *scratch);
