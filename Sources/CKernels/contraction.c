#include "contraction.h"

#include "walk.h"

CK_DISPATCHED void ck_contract(const ck_contraction *k, const float *first, const float *second, float *result,
                               ptrdiff_t lanes) {
  for (ptrdiff_t a = 0; a < k->kept0.count; a++)
    for (ptrdiff_t b = 0; b < k->kept1.count; b++)
      for (ptrdiff_t c = 0; c < k->kept2.count; c++)
        for (ptrdiff_t d = 0; d < k->kept3.count; d++)
          for (ptrdiff_t lane = 0; lane < lanes; lane += 16) {
            const float *x =
                first + a * k->kept0.first + b * k->kept1.first + c * k->kept2.first + d * k->kept3.first + lane;
            const float *y =
                second + a * k->kept0.second + b * k->kept1.second + c * k->kept2.second + d * k->kept3.second + lane;
            lanes16 piece = CK_ZERO;
            lanes16d total = {0};
            ptrdiff_t cell = 0;
            for (ptrdiff_t e = 0; e < k->summed0.count; e++)
              for (ptrdiff_t f = 0; f < k->summed1.count; f++)
                for (ptrdiff_t g = 0; g < k->summed2.count; g++) {
                  const lanes16 left = CK_LOAD(x + e * k->summed0.first + f * k->summed1.first + g * k->summed2.first);
                  const lanes16 right =
                      CK_LOAD(y + e * k->summed0.second + f * k->summed1.second + g * k->summed2.second);
                  CK_ADD(left * right, piece, total, cell);
                  cell++;
                }
            total += __builtin_convertvector(piece, lanes16d);
            float *sum = result + a * k->kept0.result + b * k->kept1.result + c * k->kept2.result + d * k->kept3.result;
            CK_STORE(sum + lane, __builtin_convertvector(total, lanes16));
          }
}
