// Included once per vector type, with VECTOR (the type) and SUM_BLOCK (a name) defined: one block of OUTPUTS channels x
// COLUMNS vectors, held in registers. Both are constants where this is inlined.

CK_INLINE void SUM_BLOCK(const ck_tap_grid *grid, const float *input, float *output, const float *weights,
                         const float *bias, ptrdiff_t input_step, ptrdiff_t output_step, const int OUTPUTS,
                         const int COLUMNS) {
  VECTOR total[CK_OUTPUT_BLOCK][column_block];
  CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
    CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[o][p] = (VECTOR){} + (bias ? bias[o] : 0);
  for (ptrdiff_t c = 0; c < grid->input_channels; c++) {
    for (ptrdiff_t t = 0; t < grid->tap_count; t++) {
      const float *source = input + grid->taps[t];
      VECTOR column[column_block];
      CK_UNROLL for (int p = 0; p < COLUMNS; p++) column[p] = *(const VECTOR *)(source + p * input_step);
      CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
        CK_UNROLL for (int p = 0; p < COLUMNS; p++) total[o][p] += column[p] * weights[o];
      weights += OUTPUTS;
    }
    input += grid->input_channel_stride;
  }
  CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
    CK_UNROLL for (int p = 0; p < COLUMNS; p++)
      *(VECTOR *)(output + o * grid->output_channel_stride + p * output_step) = total[o][p];
}
