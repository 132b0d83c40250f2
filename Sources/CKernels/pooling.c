#include "pooling.h"

#include <stdbool.h>

#include "operations.h"

typedef uint16_t lanes16s __attribute__((vector_size(32), aligned(2)));

/// One window: the cell at (start) of the input that it begins with, and the taps [first, last) of each axis that lie
/// inside.
typedef struct {
  ptrdiff_t start[3], first[3], last[3];
} window;

/// Cuts the window of output cell `at` on one axis.
CK_INLINE void cut(const ck_pooling *pooling, int axis, ptrdiff_t at, window *window) {
  const ptrdiff_t start = at * pooling->stride[axis] - pooling->before[axis];
  const ptrdiff_t end = pooling->input[axis] - start;
  window->start[axis] = start;
  window->first[axis] = start < 0 ? -start : 0;
  window->last[axis] = end < pooling->size[axis] ? end : pooling->size[axis];
}

CK_INLINE bool is_whole(const ck_pooling *pooling, const window *window) {
  bool whole = true;
  for (int axis = 0; axis < 3; axis++) whole &= window->first[axis] == 0 && window->last[axis] == pooling->size[axis];
  return whole;
}

/// Visits the windows of one channel: `cut_window` and `depth`, `height`, `width` of the output are set in the body.
#define FOR_WINDOWS(pooling)                                                                                 \
  window cut_window;                                                                                         \
  for (ptrdiff_t depth = 0; depth < (pooling)->output[0]; depth++)                                           \
    for (ptrdiff_t height = 0; height < (pooling)->output[1]; height++)                                      \
      for (ptrdiff_t width = (cut(pooling, 0, depth, &cut_window), cut(pooling, 1, height, &cut_window), 0); \
           width < (pooling)->output[2] && (cut(pooling, 2, width, &cut_window), true); width++)

#define OFFSET(strides, d, h, w, lanes) ((d) * (strides).slice + (h) * (strides).row + (w) * (lanes))

#define FOR_TAPS(first, last)                          \
  for (ptrdiff_t d = (first)[0]; d < (last)[0]; d++)   \
    for (ptrdiff_t h = (first)[1]; h < (last)[1]; h++) \
      for (ptrdiff_t w = (first)[2]; w < (last)[2]; w++)

/// The maximum of one window, rectified up to `limit` unless that is 0. `cells` is where the whole window would begin.
/// The first of equal cells wins; NaN wins over numbers.
CK_INLINE void maximum(const float *cells, ck_strides strides, ptrdiff_t lanes, const ptrdiff_t *first,
                       const ptrdiff_t *last, const ptrdiff_t *size, float limit, float *output, uint16_t *positions) {
  for (ptrdiff_t lane = 0; lane < lanes; lane += 16) {
    int32_t tap = (int32_t)((first[0] * size[1] + first[1]) * size[2] + first[2]);
    lanes16 best = CK_LOAD(cells + lane + OFFSET(strides, first[0], first[1], first[2], lanes));
    lanes16 chosen = (lanes16)((lanes16i){0} + tap);
    FOR_TAPS(first, last) {
      const lanes16 value = CK_LOAD(cells + lane + OFFSET(strides, d, h, w, lanes));
      tap = (int32_t)((d * size[1] + h) * size[2] + w);
      const lanes16i better = (value > best) | (value != value);
      best = CK_SELECT(better, value, best);
      if (positions) chosen = CK_SELECT(better, (lanes16)((lanes16i){0} + tap), chosen);
    }
    if (limit != 0) {
      // No tap has this number: backward gives the gradient to nobody.
      const lanes16i closed = (best <= CK_ZERO) | (best >= limit);
      if (positions) chosen = CK_SELECT(closed, (lanes16)((lanes16i){0} - 1), chosen);
      best = CK_RECTIFIED(lanes16, lanes16i, best, limit);
    }
    CK_STORE(output + lane, best);
    if (positions) *(lanes16s *)(positions + lane) = __builtin_convertvector((lanes16i)chosen, lanes16s);
  }
}

static const ptrdiff_t none[3] = {0, 0, 0};

/// The windows that nearly every network uses; known bounds let the compiler unroll them.
#define UNROLLED(pooling, window, H, W) \
  ((pooling)->size[0] == 1 && (pooling)->size[1] == H && (pooling)->size[2] == W && is_whole(pooling, window))

CK_DISPATCHED void ck_max_pool(const ck_pooling *pooling, const float *input, ck_strides input_strides, float *output,
                               ck_strides output_strides, float limit, uint16_t *positions) {
  const ptrdiff_t lanes = pooling->lanes;
  for (ptrdiff_t channel = 0; channel < pooling->channels; channel++) {
    const float *plane = input + channel * input_strides.channel;
    float *results = output + channel * output_strides.channel;
    uint16_t *chosen = positions ? positions + channel * pooling->position_stride : NULL;
    FOR_WINDOWS(pooling) {
      const ptrdiff_t *start = cut_window.start;
      const float *cells = plane + OFFSET(input_strides, start[0], start[1], start[2], lanes);
      float *result = results + OFFSET(output_strides, depth, height, width, lanes);
      static const ptrdiff_t two[3] = {1, 2, 2}, three[3] = {1, 3, 3};
      if (UNROLLED(pooling, &cut_window, 2, 2))
        maximum(cells, input_strides, lanes, none, two, two, limit, result, chosen);
      else if (UNROLLED(pooling, &cut_window, 3, 3))
        maximum(cells, input_strides, lanes, none, three, three, limit, result, chosen);
      else
        maximum(cells, input_strides, lanes, cut_window.first, cut_window.last, pooling->size, limit, result, chosen);
      if (chosen) chosen += lanes;
    }
  }
}

CK_INLINE float cells_inside(const window *window) {
  ptrdiff_t count = 1;
  for (int axis = 0; axis < 3; axis++) count *= window->last[axis] - window->first[axis];
  return (float)count;
}

CK_INLINE void average(const float *cells, ck_strides strides, ptrdiff_t lanes, const ptrdiff_t *first,
                       const ptrdiff_t *last, float count, float *output) {
  for (ptrdiff_t lane = 0; lane < lanes; lane += 16) {
    lanes16 sum = CK_ZERO;
    FOR_TAPS(first, last) { sum += CK_LOAD(cells + lane + OFFSET(strides, d, h, w, lanes)); }
    CK_STORE(output + lane, sum / count);
  }
}

CK_DISPATCHED void ck_average_pool(const ck_pooling *pooling, const float *input, ck_strides input_strides,
                                   float *output, ck_strides output_strides) {
  const ptrdiff_t lanes = pooling->lanes;
  for (ptrdiff_t channel = 0; channel < pooling->channels; channel++) {
    const float *plane = input + channel * input_strides.channel;
    float *results = output + channel * output_strides.channel;
    FOR_WINDOWS(pooling) {
      const ptrdiff_t *start = cut_window.start;
      const float *cells = plane + OFFSET(input_strides, start[0], start[1], start[2], lanes);
      float *result = results + OFFSET(output_strides, depth, height, width, lanes);
      static const ptrdiff_t two[3] = {1, 2, 2};
      if (UNROLLED(pooling, &cut_window, 2, 2))
        average(cells, input_strides, lanes, none, two, 4, result);
      else
        average(cells, input_strides, lanes, cut_window.first, cut_window.last, cells_inside(&cut_window), result);
    }
  }
}

/// Whether every cell of the input lies in exactly one window, so that gradients can be written instead of added.
CK_INLINE bool tiles(const ck_pooling *pooling) {
  bool exact = true;
  for (int axis = 0; axis < 3; axis++) {
    const ptrdiff_t end = pooling->output[axis] * pooling->stride[axis] - pooling->before[axis];
    exact &= pooling->stride[axis] == pooling->size[axis] && end >= pooling->input[axis];
  }
  return exact;
}

CK_INLINE void clear(const ck_pooling *pooling, float *plane, ck_strides strides) {
  for (ptrdiff_t d = 0; d < pooling->input[0]; d++)
    for (ptrdiff_t h = 0; h < pooling->input[1]; h++) {
      float *row = plane + OFFSET(strides, d, h, 0, 0);
      for (ptrdiff_t i = 0; i < pooling->input[2] * pooling->lanes; i += 16) CK_STORE(row + i, CK_ZERO);
    }
}

/// Hands the gradient of one window to its cells: to the chosen one with `positions`, in equal parts without.
CK_INLINE void scatter(const float *gradient, const uint16_t *positions, float count, float *cells, ck_strides strides,
                       ptrdiff_t lanes, const ptrdiff_t *first, const ptrdiff_t *last, const ptrdiff_t *size,
                       bool adding) {
  for (ptrdiff_t lane = 0; lane < lanes; lane += 16) {
    lanes16 share = CK_LOAD(gradient + lane);
    lanes16i chosen = {0};
    if (positions)
      chosen = __builtin_convertvector(*(const lanes16s *)(positions + lane), lanes16i);
    else
      share /= count;
    FOR_TAPS(first, last) {
      lanes16 part = share;
      const int32_t tap = (int32_t)((d * size[1] + h) * size[2] + w);
      if (positions) part = CK_SELECT(chosen == tap, share, CK_ZERO);
      float *cell = cells + lane + OFFSET(strides, d, h, w, lanes);
      CK_STORE(cell, adding ? CK_LOAD(cell) + part : part);
    }
  }
}

CK_INLINE void backward(const ck_pooling *pooling, const float *gradient, ck_strides gradient_strides,
                        const uint16_t *positions, float *input_gradient, ck_strides input_gradient_strides) {
  const ptrdiff_t lanes = pooling->lanes;
  const bool exact = tiles(pooling);
  for (ptrdiff_t channel = 0; channel < pooling->channels; channel++) {
    float *plane = input_gradient + channel * input_gradient_strides.channel;
    const float *gradients = gradient + channel * gradient_strides.channel;
    const uint16_t *chosen = positions ? positions + channel * pooling->position_stride : NULL;
    if (!exact) clear(pooling, plane, input_gradient_strides);
    FOR_WINDOWS(pooling) {
      const ptrdiff_t *start = cut_window.start;
      float *cells = plane + OFFSET(input_gradient_strides, start[0], start[1], start[2], lanes);
      const float *from = gradients + OFFSET(gradient_strides, depth, height, width, lanes);
      const float count = cells_inside(&cut_window);
      static const ptrdiff_t two[3] = {1, 2, 2}, three[3] = {1, 3, 3};
      if (exact && UNROLLED(pooling, &cut_window, 2, 2))
        scatter(from, chosen, count, cells, input_gradient_strides, lanes, none, two, two, false);
      else if (!exact && UNROLLED(pooling, &cut_window, 3, 3))
        scatter(from, chosen, count, cells, input_gradient_strides, lanes, none, three, three, true);
      else
        scatter(from, chosen, count, cells, input_gradient_strides, lanes, cut_window.first, cut_window.last,
                pooling->size, !exact);
      if (chosen) chosen += lanes;
    }
  }
}

CK_DISPATCHED void ck_max_pool_backward(const ck_pooling *pooling, const float *gradient, ck_strides gradient_strides,
                                        const uint16_t *positions, float *input_gradient,
                                        ck_strides input_gradient_strides) {
  backward(pooling, gradient, gradient_strides, positions, input_gradient, input_gradient_strides);
}

CK_DISPATCHED void ck_average_pool_backward(const ck_pooling *pooling, const float *gradient,
                                            ck_strides gradient_strides, float *input_gradient,
                                            ck_strides input_gradient_strides) {
  backward(pooling, gradient, gradient_strides, NULL, input_gradient, input_gradient_strides);
}
