#include "updates.h"

#include <string.h>

#include "operations.h"

/// Runs the body on vectors `at` .. `at + 15`; `length` is 16, or less for the last.
#define FOR_VECTORS(count) \
  for (ptrdiff_t at = 0, length; length = (count) - at < 16 ? (count) - at : 16, at < (count); at += 16)

/// A whole vector directly, the last one through a copy, so that both are computed by the same instructions.
CK_INLINE void fetch(lanes16 *vector, const float *values, ptrdiff_t length) {
  if (length == 16) {
    *vector = CK_LOAD(values);
  } else {
    *vector = CK_ZERO;
    memcpy(vector, values, (size_t)length * sizeof(float));
  }
}

CK_INLINE void put(float *values, const lanes16 *vector, ptrdiff_t length) {
  if (length == 16)
    CK_STORE(values, *vector);
  else
    memcpy(values, vector, (size_t)length * sizeof(float));
}

/// Both kinds of weight decay: g' and the decayed weight.
CK_INLINE void decay(lanes16 *weight, lanes16 *gradient, const ck_step *step) {
  *gradient += step->coupled_decay * *weight;
  *weight -= step->rate * step->decoupled_decay * *weight;
}

CK_DISPATCHED void ck_descend(float *weights, const float *gradients, ptrdiff_t count, ck_step step) {
  FOR_VECTORS(count) {
    lanes16 w, g;
    fetch(&w, weights + at, length);
    fetch(&g, gradients + at, length);
    decay(&w, &g, &step);
    w -= step.rate * g;
    put(weights + at, &w, length);
  }
}

CK_DISPATCHED void ck_descend_with_momentum(float *weights, const float *gradients, float *velocity, ptrdiff_t count,
                                            ck_step step, float momentum, int nesterov) {
  FOR_VECTORS(count) {
    lanes16 w, g, v;
    fetch(&w, weights + at, length);
    fetch(&g, gradients + at, length);
    fetch(&v, velocity + at, length);
    decay(&w, &g, &step);
    const lanes16 move = step.rate * g;
    v = momentum * v - move;
    w += nesterov ? momentum * v - move : v;
    put(velocity + at, &v, length);
    put(weights + at, &w, length);
  }
}

CK_DISPATCHED void ck_adam(float *weights, const float *gradients, float *mean, float *square, ptrdiff_t count,
                           ck_step step, float beta1, float beta2, float epsilon, float corrected_rate) {
  FOR_VECTORS(count) {
    lanes16 w, g, m, v;
    fetch(&w, weights + at, length);
    fetch(&g, gradients + at, length);
    fetch(&m, mean + at, length);
    fetch(&v, square + at, length);
    decay(&w, &g, &step);
    m += (g - m) * (1 - beta1);
    v += (g * g - v) * (1 - beta2);
    w -= corrected_rate * m / (__builtin_elementwise_sqrt(v) + epsilon);
    put(mean + at, &m, length);
    put(square + at, &v, length);
    put(weights + at, &w, length);
  }
}

CK_DISPATCHED void ck_rmsprop(float *weights, const float *gradients, float *square, float *velocity, float *average,
                              ptrdiff_t count, ck_step step, float rho, float momentum, float epsilon) {
  FOR_VECTORS(count) {
    lanes16 w, g, v;
    fetch(&w, weights + at, length);
    fetch(&g, gradients + at, length);
    fetch(&v, square + at, length);
    decay(&w, &g, &step);
    v += (g * g - v) * (1 - rho);
    lanes16 spread = v;
    if (average) {
      lanes16 a;
      fetch(&a, average + at, length);
      a += (g - a) * (1 - rho);
      spread -= a * a;
      put(average + at, &a, length);
    }
    lanes16 move = step.rate * g / __builtin_elementwise_sqrt(spread + epsilon);
    if (velocity) {
      lanes16 old;
      fetch(&old, velocity + at, length);
      move += momentum * old;
      put(velocity + at, &move, length);
    }
    w -= move;
    put(square + at, &v, length);
    put(weights + at, &w, length);
  }
}

CK_DISPATCHED void ck_lamb_direction(const float *weights, float *gradients, float *mean, float *square,
                                     ptrdiff_t count, float beta1, float beta2, float epsilon, float mean_correction,
                                     float square_correction, float decay) {
  FOR_VECTORS(count) {
    lanes16 w, g, m, v;
    fetch(&w, weights + at, length);
    fetch(&g, gradients + at, length);
    fetch(&m, mean + at, length);
    fetch(&v, square + at, length);
    m += (g - m) * (1 - beta1);
    v += (g * g - v) * (1 - beta2);
    g = m / mean_correction / (__builtin_elementwise_sqrt(v / square_correction) + epsilon) + decay * w;
    put(mean + at, &m, length);
    put(square + at, &v, length);
    put(gradients + at, &g, length);
  }
}

CK_DISPATCHED void ck_scale(float *values, ptrdiff_t count, float factor) {
  for (ptrdiff_t i = 0; i < count; i++) values[i] *= factor;
}

CK_DISPATCHED void ck_clamp(float *values, ptrdiff_t count, float limit) {
  for (ptrdiff_t i = 0; i < count; i++) values[i] = values[i] > limit ? limit : values[i] < -limit ? -limit : values[i];
}

CK_DISPATCHED void ck_accumulate(float *destination, const float *source, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) destination[i] += source[i];
}

CK_DISPATCHED void ck_exchange(float *first, float *second, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float value = first[i];
    first[i] = second[i];
    second[i] = value;
  }
}

CK_DISPATCHED void ck_average_moving(float *moving, const float *batch, ptrdiff_t count, float momentum) {
  for (ptrdiff_t i = 0; i < count; i++) moving[i] = moving[i] * momentum + batch[i] * (1 - momentum);
}

CK_DISPATCHED void ck_add_penalty(float *gradients, const float *weights, ptrdiff_t count, float l1, float l2) {
  FOR_VECTORS(count) {
    lanes16 g, w;
    fetch(&g, gradients + at, length);
    fetch(&w, weights + at, length);
    const lanes16 sign = CK_SELECT(w > CK_ZERO, CK_ZERO + 1.0f, CK_SELECT(w < CK_ZERO, CK_ZERO - 1.0f, CK_ZERO));
    g += l1 * sign + 2 * l2 * w;
    put(gradients + at, &g, length);
  }
}

CK_DISPATCHED double ck_sum_of_magnitudes(const float *values, ptrdiff_t count) {
  lanes16d sum = {0};
  FOR_VECTORS(count) {
    lanes16 x;
    fetch(&x, values + at, length);
    sum += __builtin_convertvector(__builtin_elementwise_abs(x), lanes16d);
  }
  return ck_sum_lanes(&sum, 16);
}

CK_DISPATCHED double ck_sum_of_squares(const float *values, ptrdiff_t count) {
  lanes16d sum = {0};
  FOR_VECTORS(count) {
    lanes16 x;
    fetch(&x, values + at, length);
    const lanes16d wide = __builtin_convertvector(x, lanes16d);
    sum += wide * wide;
  }
  return ck_sum_lanes(&sum, 16);
}

CK_DISPATCHED int ck_is_finite(const float *values, ptrdiff_t count) {
  // x - x is 0 for finite numbers, NaN otherwise, and NaN survives the sum.
  lanes16 sum = CK_ZERO;
  FOR_VECTORS(count) {
    lanes16 x;
    fetch(&x, values + at, length);
    sum += x - x;
  }
  for (int lane = 0; lane < 16; lane++)
    if (sum[lane] != 0) return 0;
  return 1;
}
