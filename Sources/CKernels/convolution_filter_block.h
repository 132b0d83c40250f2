// Included once per vector type, with VECTOR (the type), SUM_TO_4 (of one vector) and FILTER_BLOCK (a name) defined:
// one block of OUTPUTS output channels x ROWS (channel, tap) rows of the filter gradient, held in registers over a run
// of positions. Both are constants where this is inlined. Sum (r, o) is left at `sums[4 * r + o]`.

CK_INLINE void FILTER_BLOCK(const ck_tap_grid *grid, const position_run *run, const float *const *input_rows,
                            const float *output_gradient, float *sums, const int OUTPUTS, const int ROWS) {
  VECTOR total[output_limit][row_limit];
  const float *input[row_limit], *gradient[output_limit];
  CK_UNROLL for (int o = 0; o < OUTPUTS; o++)
    CK_UNROLL for (int r = 0; r < ROWS; r++) total[o][r] = (VECTOR){};
  for (ptrdiff_t repeat = 0; repeat < run->repeats; repeat++) {
    ptrdiff_t lane = repeat * (ptrdiff_t)(sizeof(VECTOR) / sizeof(float));
    CK_UNROLL for (int r = 0; r < ROWS; r++) input[r] = input_rows[r] + lane;
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++) gradient[o] = output_gradient + o * grid->output_channel_stride + lane;
    ptrdiff_t slice = run->first_slice, row = run->first_row;
    for (ptrdiff_t remaining = run->rows; remaining > 0; remaining--) {
      ptrdiff_t i = slice * grid->input_slice_step + row * grid->input_row_step;
      ptrdiff_t j = slice * grid->output_slice_step + row * grid->output_row_step;
      i += run->first_column * run->input_step;
      j += run->first_column * run->output_step;
      for (ptrdiff_t column = run->columns; column > 0; column--) {
        // Two indices, or the compiler would advance ten pointers instead.
        __asm__("" : "+r"(i), "+r"(j));
        VECTOR value[row_limit];
        CK_UNROLL for (int r = 0; r < ROWS; r++) value[r] = *(const VECTOR *)(input[r] + i);
        CK_UNROLL for (int o = 0; o < OUTPUTS; o++) {
          VECTOR factor = *(const VECTOR *)(gradient[o] + j);
          CK_UNROLL for (int r = 0; r < ROWS; r++) total[o][r] += factor * value[r];
        }
        i += run->input_step;
        j += run->output_step;
      }
      if (++row == grid->rows) row = 0, slice++;
    }
  }
  CK_UNROLL for (int r = 0; r < ROWS; r++) {
    lanes4 parts[output_limit] = {};
    CK_UNROLL for (int o = 0; o < OUTPUTS; o++) parts[o] = SUM_TO_4(&total[o][r]);
    *(lanes4 *)(sums + 4 * r) = sum_each(parts[0], parts[1], parts[2], parts[3]);
  }
}
