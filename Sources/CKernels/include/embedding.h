#pragma once

#include "combination.h"

// Indices are whole numbers in floats, whose fractions are cut off. The last axis of the output is the table's.

/// y = table[index], NaN where a live index is not in the table; zero in dead lanes. `cells` are the output's; the
/// steps of the indices are those along the same axes.
void ck_embed(const float *indices, ck_steps index_steps, const float *table, ptrdiff_t rows, float *output,
              ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes, ptrdiff_t live);

/// Overwrites the gradient of the table by the sums of dy over the live elements with each index.
void ck_embed_backward(const float *indices, ck_steps index_steps, float *table_gradient, ptrdiff_t rows,
                       const float *gradient, ck_steps gradient_steps, const ck_cells *cells, ptrdiff_t live);
