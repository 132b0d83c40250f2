#include "normalization.h"

#include <math.h>
#include <stdbool.h>

#include "operations.h"
#include "streaming.h"

// Floats are added over this many positions at most before their sum joins a double.
enum { PIECE = 64 };

#define JOIN(total, a) (*(total) += __builtin_convertvector((a[0] + a[1]) + (a[2] + a[3]), lanes16d))

/// Adds x - shift and its square at up to PIECE positions, lane by lane.
CK_INLINE void add_deviations(const float *x, ptrdiff_t end, ptrdiff_t step, float shift, lanes16d *sums,
                              lanes16d *squares) {
  lanes16 a[4] = {0}, b[4] = {0};
  ptrdiff_t i = 0;
  for (; i + 4 * step <= end; i += 4 * step)
    for (int part = 0; part < 4; part++) {
      const lanes16 deviation = CK_LOAD(x + i + part * step) - shift;
      a[part] += deviation;
      b[part] += deviation * deviation;
    }
  for (; i < end; i += step) {
    const lanes16 deviation = CK_LOAD(x + i) - shift;
    a[0] += deviation;
    b[0] += deviation * deviation;
  }
  JOIN(sums, a);
  JOIN(squares, b);
}

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

CK_DISPATCHED void ck_channel_sums(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes,
                                   ptrdiff_t live, float *sums) {
  if (live == lanes) lanes = live = 16;
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    double sum = 0;
    for (ptrdiff_t block = 0; block < live; block += 16) {
      lanes16d total = {0}, ignored = {0};
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        const float *x = input + CK_RUN(input_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += PIECE * lanes)
          add_deviations(x + i, smaller(extent.count - i, PIECE * lanes), lanes, 0, &total, &ignored);
      }
      sum += ck_sum_lanes(&total, live - block);
    }
    sums[channel] = (float)sum;
  }
}

CK_DISPATCHED void ck_close_and_sum(const float *output, ck_strides output_strides, float *gradient,
                                    ck_strides gradient_strides, ck_extent extent, float maximum, float *sums) {
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    lanes16d total = {0}, ignored = {0};
    CK_FOR_RUNS_OF_CHANNEL(extent) {
      const float *y = output + CK_RUN(output_strides);
      float *dy = gradient + CK_RUN(gradient_strides);
      for (ptrdiff_t first = 0; first < extent.count; first += PIECE * 16) {
        const ptrdiff_t end = smaller(extent.count, first + PIECE * 16);
        for (ptrdiff_t i = first; i < end; i += 16) {
          const lanes16 value = CK_LOAD(y + i);
          CK_STORE(dy + i, CK_SELECT((value > CK_ZERO) & (value < maximum), CK_LOAD(dy + i), CK_ZERO));
        }
        if (sums) add_deviations(dy + first, end - first, 16, 0, &total, &ignored);
      }
    }
    if (sums) sums[channel] = (float)ck_sum_lanes(&total, 16);
  }
}

/// One pass over deviations from a shift that is the mean of the channel's first positions. If those are a fraction f
/// of the channel, (mean - shift)^2 is at most variance * (1 - f) / f, so the final subtraction loses few digits
/// whatever the data.
CK_DISPATCHED void ck_moments(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes,
                              ptrdiff_t live, float *mean, float *squares) {
  const double count = (double)(extent.slices * extent.rows * extent.count / lanes * live);
  // Without dead lanes a position of 32 images is as good as two of 16.
  if (live == lanes) lanes = live = 16;
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    const float *plane = input + channel * input_strides.channel;
    const ptrdiff_t sampled = smaller(extent.count, PIECE * lanes);
    double shift = 0;
    for (ptrdiff_t block = 0; block < live; block += 16) {
      lanes16d sums = {0}, ignored = {0};
      add_deviations(plane + block, sampled, lanes, 0, &sums, &ignored);
      shift += ck_sum_lanes(&sums, live - block);
    }
    shift = live > 0 ? (float)(shift / (double)(sampled / lanes * live)) : 0;

    double sum = 0, square = 0;
    for (ptrdiff_t block = 0; block < live; block += 16) {
      lanes16d sums = {0}, block_squares = {0};
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        const float *x = input + CK_RUN(input_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += PIECE * lanes)
          add_deviations(x + i, smaller(extent.count - i, PIECE * lanes), lanes, (float)shift, &sums, &block_squares);
      }
      sum += ck_sum_lanes(&sums, live - block);
      square += ck_sum_lanes(&block_squares, live - block);
    }
    const double deviation = count > 0 ? sum / count : 0;
    // Rounding can make a constant channel negative. NaN stays NaN.
    const double centred = square - sum * deviation;
    mean[channel] = (float)(shift + deviation);
    squares[channel] = (float)(centred < 0 ? 0 : centred);
  }
}

CK_INLINE double inverse_deviation(const ck_normalization *normalization, ptrdiff_t channel) {
  return 1 / sqrt((double)normalization->variance[channel] + (double)normalization->epsilon);
}

/// What a channel's elements need: y = (x - mean) * scale + beta, and where a rectifier stops.
typedef struct {
  float mean, scale, beta, maximum;
} affine;

CK_INLINE affine affine_of(const ck_normalization *normalization, ptrdiff_t channel) {
  const double gamma = normalization->gamma ? (double)normalization->gamma[channel] : 1;
  return (affine){normalization->mean[channel], (float)(gamma * inverse_deviation(normalization, channel)),
                  normalization->beta ? normalization->beta[channel] : 0, normalization->maximum};
}

/// Forward and backward must agree on the sign, so both use this expression.
#define NORMALIZED(x, channel) (((x) - (channel).mean) * (channel).scale + (channel).beta)

CK_DISPATCHED void ck_normalize(const ck_normalization *normalization, const float *input, ck_strides input_strides,
                                float *output, ck_strides output_strides, ck_extent extent, int streams_output) {
  const bool rectified = normalization->rectified, streaming = streams_output && CK_IS_ALIGNED(output);
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    const affine values = affine_of(normalization, channel);
    CK_FOR_RUNS_OF_CHANNEL(extent) {
      const float *x = input + CK_RUN(input_strides);
      float *y = output + CK_RUN(output_strides);
      for (ptrdiff_t i = 0; i < extent.count; i += 16) {
        lanes16 value = NORMALIZED(CK_LOAD(x + i), values);
        if (rectified) value = CK_RECTIFIED(lanes16, lanes16i, value, values.maximum);
        if (streaming)
          CK_STREAM(y + i, value);
        else
          CK_STORE(y + i, value);
      }
    }
  }
}

/// Where the rectifier lets gradients through.
#define IS_OPEN(y, channel) (((y) > CK_ZERO) & ((y) < (channel).maximum))

/// The gradient with respect to the normalised value: dy, without the lanes that the rectifier closed.
#define OPENED(dy, x, channel, rectified) \
  ((rectified) ? CK_SELECT(IS_OPEN(NORMALIZED(x, channel), channel), dy, CK_ZERO) : (dy))

CK_INLINE void add_products(const float *x, const float *dy, ptrdiff_t end, ptrdiff_t step, affine values,
                            bool rectified, lanes16d *sums, lanes16d *products) {
  lanes16 a[4] = {0}, b[4] = {0};
  ptrdiff_t i = 0;
  for (; i + 4 * step <= end; i += 4 * step)
    for (int part = 0; part < 4; part++) {
      const lanes16 value = CK_LOAD(x + i + part * step), given = CK_LOAD(dy + i + part * step);
      // The compiler loads dy under the mask, which waits for x; without a hint that halves the loads under way.
      if (rectified) __builtin_prefetch(dy + i + part * step + 256);
      const lanes16 gradient = OPENED(given, value, values, rectified);
      a[part] += gradient;
      b[part] += gradient * (value - values.mean);
    }
  for (; i < end; i += step) {
    const lanes16 value = CK_LOAD(x + i), given = CK_LOAD(dy + i);
    const lanes16 gradient = OPENED(given, value, values, rectified);
    a[0] += gradient;
    b[0] += gradient * (value - values.mean);
  }
  JOIN(sums, a);
  JOIN(products, b);
}

CK_INLINE void sums_of(const ck_normalization *normalization, bool rectified, const float *input,
                       ck_strides input_strides, const float *gradient, ck_strides gradient_strides, ck_extent extent,
                       ptrdiff_t lanes, ptrdiff_t live, float *gradient_sum, float *product_sum) {
  if (live == lanes) lanes = live = 16;
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    const affine values = affine_of(normalization, channel);
    double sum = 0, product = 0;
    for (ptrdiff_t block = 0; block < live; block += 16) {
      lanes16d sums = {0}, products = {0};
      CK_FOR_RUNS_OF_CHANNEL(extent) {
        const float *x = input + CK_RUN(input_strides) + block;
        const float *dy = gradient + CK_RUN(gradient_strides) + block;
        for (ptrdiff_t i = 0; i < extent.count; i += PIECE * lanes)
          add_products(x + i, dy + i, smaller(extent.count - i, PIECE * lanes), lanes, values, rectified, &sums,
                       &products);
      }
      sum += ck_sum_lanes(&sums, live - block);
      product += ck_sum_lanes(&products, live - block);
    }
    gradient_sum[channel] = (float)sum;
    product_sum[channel] = (float)(product * inverse_deviation(normalization, channel));
  }
}

CK_DISPATCHED void ck_normalize_sums(const ck_normalization *normalization, const float *input,
                                     ck_strides input_strides, const float *gradient, ck_strides gradient_strides,
                                     ck_extent extent, ptrdiff_t lanes, ptrdiff_t live, float *gradient_sum,
                                     float *product_sum) {
  if (normalization->rectified)
    sums_of(normalization, true, input, input_strides, gradient, gradient_strides, extent, lanes, live, gradient_sum,
            product_sum);
  else
    sums_of(normalization, false, input, input_strides, gradient, gradient_strides, extent, lanes, live, gradient_sum,
            product_sum);
}

/// dx = a * dy + b * (x - mean) + c in the live lanes of a block, 0 in the dead ones.
CK_INLINE void apply(const float *x, const float *dy, float *dx, ptrdiff_t end, ptrdiff_t step, ptrdiff_t live,
                     affine values, bool rectified, bool centred, bool streaming, float a, float b, float c) {
  const lanes16i alive = CK_LIVE(live < 16 ? live : 16);
  for (ptrdiff_t i = 0; i < end; i += step) {
    const lanes16 given = CK_LOAD(dy + i);
    lanes16 value = CK_ZERO;
    if (rectified || centred) value = CK_LOAD(x + i);
    lanes16 result = a * OPENED(given, value, values, rectified);
    if (centred) result = result + (b * (value - values.mean) + c);
    result = CK_SELECT(alive, result, CK_ZERO);
    if (streaming)
      CK_STREAM(dx + i, result);
    else
      CK_STORE(dx + i, result);
  }
}

CK_DISPATCHED void ck_normalize_backward(const ck_normalization *normalization, const float *input,
                                         ck_strides input_strides, const float *gradient, ck_strides gradient_strides,
                                         float *input_gradient, ck_strides input_gradient_strides, ck_extent extent,
                                         ptrdiff_t lanes, ptrdiff_t live, const float *gradient_sum,
                                         const float *product_sum, double count, int streams_gradient) {
  if (live == lanes) lanes = live = 16;
  const bool rectified = normalization->rectified, centred = gradient_sum != NULL;
  const bool streaming = streams_gradient && CK_IS_ALIGNED(input_gradient);
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    const affine values = affine_of(normalization, channel);
    const double a = (double)values.scale;
    float b = 0, c = 0;
    if (centred && count > 0) {
      b = (float)(-a * inverse_deviation(normalization, channel) * (double)product_sum[channel] / count);
      c = (float)(-a * (double)gradient_sum[channel] / count);
    }
    CK_FOR_RUNS_OF_CHANNEL(extent) {
      const float *x = input + CK_RUN(input_strides), *dy = gradient + CK_RUN(gradient_strides);
      float *dx = input_gradient + CK_RUN(input_gradient_strides);
      for (ptrdiff_t block = 0; block < lanes; block += 16) {
        const ptrdiff_t end = extent.count - block, alive = live - block > 0 ? live - block : 0;
        if (rectified && centred)
          apply(x + block, dy + block, dx + block, end, lanes, alive, values, true, true, streaming, (float)a, b, c);
        else if (rectified)
          apply(x + block, dy + block, dx + block, end, lanes, alive, values, true, false, streaming, (float)a, b, c);
        else if (centred)
          apply(x + block, dy + block, dx + block, end, lanes, alive, values, false, true, streaming, (float)a, b, c);
        else
          apply(x + block, dy + block, dx + block, end, lanes, alive, values, false, false, streaming, (float)a, b,
                c);
      }
    }
  }
}
