// The walk over the cells of tensors with steps of their own.
#pragma once

#include "runs.h"

/// Floats from the first cell to the current one.
#define STEPPED(steps) \
  (channel * (steps).channel + slice * (steps).slice + row * (steps).row + column * (steps).column)

/// Visits all cells: `channel`, `slice`, `row` and `column` are set in the body.
#define FOR_CELLS(cells)                                              \
  for (ptrdiff_t channel = 0; channel < (cells)->channels; channel++) \
    for (ptrdiff_t slice = 0; slice < (cells)->slices; slice++)       \
      for (ptrdiff_t row = 0; row < (cells)->rows; row++)             \
        for (ptrdiff_t column = 0; column < (cells)->width; column++)
