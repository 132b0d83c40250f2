#pragma once

/// Floats per vector register of this processor: 16 with AVX-512, 8 with AVX2, 4 otherwise.
int ck_vector_floats(void);
