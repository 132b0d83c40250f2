#include "processor.h"

#include "vectors.h"

int ck_vector_floats(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 16;
  if (__builtin_cpu_supports("x86-64-v3")) return 8;
#endif
  return 4;
}

/// `count` independent chains of multiply-adds in registers of one kind.
#define CHAINS(vector, count)                                               \
  do {                                                                      \
    vector chain[count], factor = {0}, term = {0};                          \
    factor += 0.999f;                                                       \
    term += 1e-6f;                                                          \
    CK_UNROLL for (int i = 0; i < (count); i++) chain[i] = term + (float)i; \
    for (ptrdiff_t round = 0; round < rounds; round++) {                    \
      CK_UNROLL for (int i = 0; i < (count); i++) chain[i] = chain[i] * factor + term; \
    }                                                                       \
    CK_UNROLL for (int i = 1; i < (count); i++) chain[0] += chain[i];       \
    *result = chain[0][0];                                                  \
  } while (0)

CK_DISPATCHED void ck_multiply_add(ptrdiff_t rounds, int vector_floats, float *result) {
  if (vector_floats == 16)
    CHAINS(lanes16, 24);
  else
    CHAINS(lanes8, 12);
}
