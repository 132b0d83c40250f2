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

void ck_accumulate(float *destination, const float *source, ptrdiff_t count);
/// moving = moving * momentum + batch * (1 - momentum).
void ck_average_moving(float *moving, const float *batch, ptrdiff_t count, float momentum);
/// gradients += l1 * sign(w) + 2 * l2 * w, with sign(0) = 0.
void ck_add_penalty(float *gradients, const float *weights, ptrdiff_t count, float l1, float l2);
double ck_sum_of_magnitudes(const float *values, ptrdiff_t count);
double ck_sum_of_squares(const float *values, ptrdiff_t count);
int ck_is_finite(const float *values, ptrdiff_t count);
