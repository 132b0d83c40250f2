#pragma once

#include <stddef.h>

/// Floats per vector register of this processor: 16 with AVX-512, 8 with AVX2, 4 otherwise.
int ck_vector_floats(void);

/// Keeps the multiply-add units as busy as they can be: `rounds` times 24 vectors of 16 floats, or else 12 of 8, each
/// the next link of a chain of its own. `result` is there so that the work cannot be left out.
void ck_multiply_add(ptrdiff_t rounds, int vector_floats, float *result);
