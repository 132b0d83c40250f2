#include <math.h>

#include "positions.h"


CK_INLINE double element_error(double x, double y, ck_element_error error) {
  switch (error) {
    case CK_PERCENTAGE_ERROR: return 100 * fabs(x - y) / fmax(fabs(y), 1e-7);
    case CK_SQUARED_LOGARITHMIC_ERROR: {
      const double difference = log1p(x > 1e-7 || isnan(x) ? x : 1e-7) - log1p(y > 1e-7 || isnan(y) ? y : 1e-7);
      return difference * difference;
    }
    case CK_LOG_COSH_ERROR: {
      const double size = fabs(x - y);
      return size + log1p(exp(-2 * size)) - 0.693147180559945309417;
    }
    default: return 0;
  }
}

CK_DISPATCHED void ck_sum_errors(const float *first, const float *second, ck_positions positions,
                                 ck_element_error error, double *sums) {
  lanes16d total = *(const lanes16d *)sums;
  CK_FOR_ROWS(positions) {
    const float *row = CK_ROW(first, positions.first), *targets = CK_ROW(second, positions.second);
    for (ptrdiff_t i = 0; i < positions.count[3]; i++) {
      const lanes16d x = __builtin_convertvector(CK_LOAD(row + i * positions.first[3]), lanes16d);
      const lanes16d y = __builtin_convertvector(CK_LOAD(targets + i * positions.second[3]), lanes16d);
      switch (error) {
        case CK_SQUARED_ERROR: total += (x - y) * (x - y); break;
        case CK_ABSOLUTE_ERROR: total += __builtin_elementwise_abs(x - y); break;
        case CK_ERROR: total += x - y; break;
        case CK_TARGET: total += y; break;
        case CK_SQUARED_TARGET: total += y * y; break;
        default:
          for (int lane = 0; lane < 16; lane++) total[lane] += element_error(x[lane], y[lane], error);
      }
    }
  }
  *(lanes16d *)sums = total;
}

CK_DISPATCHED void ck_sum_cosines(const float *first, ptrdiff_t first_stride, const float *second,
                                  ptrdiff_t second_stride, ptrdiff_t count, ck_positions positions, double *sums) {
  CK_FOR_ROWS(positions) {
    const float *row = CK_ROW(first, positions.first), *targets = CK_ROW(second, positions.second);
    for (ptrdiff_t i = 0; i < positions.count[3]; i++) {
      const float *x = row + i * positions.first[3], *y = targets + i * positions.second[3];
      lanes16d product = {0}, a = {0}, b = {0};
      for (ptrdiff_t c = 0; c < count; c++) {
        const lanes16d u = __builtin_convertvector(CK_LOAD(x + c * first_stride), lanes16d);
        const lanes16d v = __builtin_convertvector(CK_LOAD(y + c * second_stride), lanes16d);
        product += u * v;
        a += u * u;
        b += v * v;
      }
      for (int lane = 0; lane < 16; lane++) {
        const double length = sqrt(a[lane]), other = sqrt(b[lane]);
        // A comparison that keeps NaN.
        sums[lane] += product[lane] / ((length < 1e-7 ? 1e-7 : length) * (other < 1e-7 ? 1e-7 : other));
      }
    }
  }
}
