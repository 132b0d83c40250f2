#pragma once

/// The changes to the sums of a convolution before they are stored.
typedef struct {
  /// Makes y / (1 + e^-y) of them.
  int silu;
  /// Rectifies them: min(max(0, y), maximum), with NaN as it is; infinite for max(0, y), 0 for y.
  float maximum;
} ck_ending;
