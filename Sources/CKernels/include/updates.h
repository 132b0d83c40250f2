#pragma once

#include <stddef.h>
#include <stdint.h>

// One pass over flat arrays; g' = g + coupled_decay * w stands for the gradient everywhere, and w -= rate *
// decoupled_decay * w comes first.

typedef struct {
  float rate, coupled_decay, decoupled_decay;
} ck_step;

/// w -= rate * g'.
void ck_descend(float *weights, const float *gradients, ptrdiff_t count, ck_step step);
/// v = momentum * v - rate * g'; w += v, or w += momentum * v - rate * g' with nesterov.
void ck_descend_with_momentum(float *weights, const float *gradients, float *velocity, ptrdiff_t count, ck_step step,
                              float momentum, int nesterov);
/// m += (g' - m) * (1 - beta1); v += (g'^2 - v) * (1 - beta2); w -= corrected_rate * m / (sqrt(v) + epsilon).
void ck_adam(float *weights, const float *gradients, float *mean, float *square, ptrdiff_t count, ck_step step,
             float beta1, float beta2, float epsilon, float corrected_rate);

/// v += (g'^2 - v) * (1 - rho); u = rate * g' / sqrt(v - a^2 + epsilon), with a += (g' - a) * (1 - rho) or, where
/// `average` is null, a = 0; w -= u, or where `velocity` is not null, velocity = momentum * velocity + u and w -=
/// velocity.
void ck_rmsprop(float *weights, const float *gradients, float *square, float *velocity, float *average, ptrdiff_t count,
                ck_step step, float rho, float momentum, float epsilon);
/// m += (g - m) * (1 - beta1); v += (g^2 - v) * (1 - beta2); g = (m / mean_correction) / (sqrt(v / square_correction) +
/// epsilon) + decay * w.
void ck_lamb_direction(const float *weights, float *gradients, float *mean, float *square, ptrdiff_t count, float beta1,
                       float beta2, float epsilon, float mean_correction, float square_correction, float decay);

void ck_accumulate(float *destination, const float *source, ptrdiff_t count);
void ck_exchange(float *first, float *second, ptrdiff_t count);
/// moving = moving * momentum + batch * (1 - momentum).
void ck_average_moving(float *moving, const float *batch, ptrdiff_t count, float momentum);
void ck_scale(float *values, ptrdiff_t count, float factor);
/// Into [-limit, limit]; NaN stays NaN.
void ck_clamp(float *values, ptrdiff_t count, float limit);
/// gradients += l1 * sign(w) + 2 * l2 * w, with sign(0) = 0.
void ck_add_penalty(float *gradients, const float *weights, ptrdiff_t count, float l1, float l2);
double ck_sum_of_magnitudes(const float *values, ptrdiff_t count);
double ck_sum_of_squares(const float *values, ptrdiff_t count);
int ck_is_finite(const float *values, ptrdiff_t count);
