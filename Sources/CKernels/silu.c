// The activation y / (1 + e^-y) of sums that are still in the first-level cache.

#include "silu.h"

#include "streaming.h"

CK_DISPATCHED void ck_finish_silu(const silu_part *part, const float *sums, float *output, int vector_floats,
                                  int streaming) {
  for (ptrdiff_t channel = 0; channel < part->channels; channel++) {
    const float *x = sums + channel * part->channel_stride;
    float *y = output + channel * part->output_channel_stride;
    for (ptrdiff_t i = 0; i < part->vectors; i++, x += part->step, y += part->output_step) {
      if (vector_floats == 16) {
        lanes16 value = CK_LOAD(x);
        ck_silu_16(&value);
        if (streaming)
          CK_STREAM(y, value);
        else
          CK_STORE(y, value);
      } else {
        lanes8 value = *(const lanes8 *)x;
        ck_silu_8(&value);
        if (streaming)
          __builtin_nontemporal_store((lanes8_aligned)value, (lanes8_aligned *)y);
        else
          *(lanes8 *)y = value;
      }
    }
  }
}
