// Included once per vector type, with VECTOR (the type), INTEGERS (of its comparisons), ALIGNED (the same as VECTOR, at
// multiples of its size) and SUM_BLOCK (a name) defined: one block of OUTPUTS channels x COLUMNS vectors, held in
// registers. Both are constants where this is inlined.

CK_INLINE void SUM_BLOCK(const ck_tap_grid *grid, const block_sum *sum, const sum_places *at, const int OUTPUTS,
                         const int COLUMNS) {
  VECTOR total[output_block][column_block];
  const ptrdiff_t input_step = sum->input_step, output_step = sum->output_step;
  const ptrdiff_t ahead = sum->ahead, further_ahead = sum->further_ahead;
  const float *weights = sum->weights, *input = at->input;
  float *output = at->output;
  if (sum->adding) {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++)
        total[o][p] = *(const VECTOR *)(output + o * sum->output_channel_stride + p * output_step);
  } else {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[o][p] = (VECTOR){} + (sum->bias ? sum->bias[o] : 0);
  }
  for (ptrdiff_t c = 0; c < sum->channels; c++) {
    for (ptrdiff_t t = 0; t < grid->tap_count; t++) {
      const float *source = input + grid->taps[t];
      __builtin_prefetch(source + ahead, 0, 2);
      if (further_ahead) __builtin_prefetch(source + further_ahead, 0, 2);
      VECTOR column[column_block];
      CK_UNROLL for (int p = 0; p < COLUMNS; p++) column[p] = *(const VECTOR *)(source + p * input_step);
      CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
        CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[o][p] += column[p] * weights[o];
      weights += OUTPUTS;
    }
    input += grid->input_channel_stride;
  }
  if (at->earlier) {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++)
        total[o][p] += *(const VECTOR *)(at->earlier + o * at->earlier_channel_stride + p * at->earlier_step);
  }
  if (sum->maximum != 0) {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++)
        total[o][p] = CK_RECTIFIED(VECTOR, INTEGERS, total[o][p], sum->maximum);
  }
  if (sum->streaming) {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++)
        __builtin_nontemporal_store((ALIGNED)total[o][p],
                                    (ALIGNED *)(output + o * sum->output_channel_stride + p * output_step));
  } else {
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
      CK_UNROLL for (int p = 0; p < COLUMNS; p++)
        *(VECTOR *)(output + o * sum->output_channel_stride + p * output_step) = total[o][p];
  }
}
