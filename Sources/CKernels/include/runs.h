#pragma once

#include <stddef.h>

/// How a kernel walks tensors of one shape: runs of `count` floats (a multiple of 16) without border cells in between.
typedef struct {
  ptrdiff_t channels, slices, rows, count;
} ck_extent;

/// Floats from one channel, slice, row to the next.
typedef struct {
  ptrdiff_t channel, slice, row;
} ck_strides;

/// Elements along each axis of a tensor, or of what is shared along some: there such an axis has size 1.
typedef struct {
  ptrdiff_t channels, slices, rows, width;
} ck_cells;
