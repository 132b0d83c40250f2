#include "resampling.h"

#include "cells.h"
#include "operations.h"

CK_DISPATCHED void ck_resample(const ck_resampling *axis, const float *input, ck_steps input_steps, float *output,
                               ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes) {
  FOR_CELLS(cells) {
    const float *x = input + STEPPED(input_steps);
    float *y = output + STEPPED(output_steps);
    for (ptrdiff_t o = 0; o < axis->outputs; o++) {
      const int32_t *indices = axis->indices + o * axis->taps;
      const float *weights = axis->weights + o * axis->taps;
      for (ptrdiff_t i = 0; i < lanes; i += 16) {
        lanes16 sum = CK_ZERO;
        for (ptrdiff_t t = 0; t < axis->taps; t++) sum += weights[t] * CK_LOAD(x + indices[t] * axis->input_step + i);
        CK_STORE(y + o * axis->output_step + i, sum);
      }
    }
  }
}

CK_DISPATCHED void ck_resample_backward(const ck_resampling *axis, const float *gradient, ck_steps gradient_steps,
                                        float *input_gradient, ck_steps input_steps, const ck_cells *cells,
                                        ptrdiff_t lanes) {
  FOR_CELLS(cells) {
    const float *dy = gradient + STEPPED(gradient_steps);
    float *dx = input_gradient + STEPPED(input_steps);
    for (ptrdiff_t n = 0; n < axis->inputs; n++)
      for (ptrdiff_t i = 0; i < lanes; i += 16) CK_STORE(dx + n * axis->input_step + i, CK_ZERO);
    for (ptrdiff_t o = 0; o < axis->outputs; o++) {
      for (ptrdiff_t t = 0; t < axis->taps; t++) {
        const float weight = axis->weights[o * axis->taps + t];
        float *sums = dx + axis->indices[o * axis->taps + t] * axis->input_step;
        for (ptrdiff_t i = 0; i < lanes; i += 16)
          CK_STORE(sums + i, CK_LOAD(sums + i) + weight * CK_LOAD(dy + o * axis->output_step + i));
      }
    }
  }
}
