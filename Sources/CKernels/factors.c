#include "factors.h"

#include <string.h>

#include "operations.h"

CK_DISPATCHED void ck_record_factors(const float *inputs, ptrdiff_t input_stride, ptrdiff_t input_count,
                                     const float *gradients, ptrdiff_t gradient_stride, ptrdiff_t units,
                                     ptrdiff_t lanes, ptrdiff_t live, float *input_factor, float *gradient_factor) {
  for (ptrdiff_t i = 0; i < input_count; i++)
    for (ptrdiff_t lane = 0; lane < lanes; lane++)
      input_factor[i * lanes + lane] = lane < live ? inputs[i * input_stride + lane] : 0;
  for (ptrdiff_t first = 0; first < units; first += CK_FACTOR_UNITS)
    for (ptrdiff_t unit = first; unit < first + CK_FACTOR_UNITS; unit++)
      for (ptrdiff_t lane = 0; lane < live; lane++)
        gradient_factor[first * lanes + lane * CK_FACTOR_UNITS + unit - first] =
            unit < units ? gradients[unit * gradient_stride + lane] : 0;
}

/// One block of the result: the sums of a shard are in registers, those that wait for another one beside them. Only the
/// first `columns` columns are stored.
CK_INLINE void multiply_block(const ck_shard_factors *shards, ptrdiff_t count, ptrdiff_t lanes, ptrdiff_t row,
                              ptrdiff_t column, const int ROWS, float *result, ptrdiff_t units) {
  lanes16 waiting[CK_FACTOR_DEPTH][8][2];
  ptrdiff_t depth = 0;
  for (ptrdiff_t shard = 0; shard < count; shard++) {
    const float *inputs = shards[shard].inputs + row * lanes, *gradients = shards[shard].gradients + column * lanes;
    lanes16 sums[8][2];
    CK_UNROLL for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = CK_ZERO;
    for (ptrdiff_t image = 0; image < shards[shard].live; image++) {
      const lanes16 first = CK_LOAD(gradients), second = CK_LOAD(gradients + 16);
      CK_UNROLL for (int i = 0; i < ROWS; i++) {
        sums[i][0] += inputs[i * lanes + image] * first;
        sums[i][1] += inputs[i * lanes + image] * second;
      }
      gradients += CK_FACTOR_UNITS;
    }
    for (ptrdiff_t addition = 0; addition < shards[shard].additions; addition++) {
      depth--;
      CK_UNROLL for (int i = 0; i < ROWS; i++)
        CK_UNROLL for (int v = 0; v < 2; v++) sums[i][v] = waiting[depth][i][v] + sums[i][v];
    }
    CK_UNROLL for (int i = 0; i < ROWS; i++)
      CK_UNROLL for (int v = 0; v < 2; v++) waiting[depth][i][v] = sums[i][v];
    depth++;
  }
  const ptrdiff_t columns = units - column;
  CK_UNROLL for (int i = 0; i < ROWS; i++) {
    float *stored = result + (row + i) * units + column;
    if (columns >= CK_FACTOR_UNITS) {
      CK_STORE(stored, waiting[0][i][0]);
      CK_STORE(stored + 16, waiting[0][i][1]);
    } else {
      memcpy(stored, waiting[0][i], (size_t)columns * sizeof(float));
    }
  }
}

CK_DISPATCHED void ck_multiply_factors(const ck_shard_factors *shards, ptrdiff_t count, ptrdiff_t lanes, float *result,
                                       ptrdiff_t rows, ptrdiff_t units) {
  for (ptrdiff_t column = 0; column < units; column += CK_FACTOR_UNITS) {
    ptrdiff_t row = 0;
    for (; row + 8 <= rows; row += 8) multiply_block(shards, count, lanes, row, column, 8, result, units);
    for (; row < rows; row++) multiply_block(shards, count, lanes, row, column, 1, result, units);
  }
}
