// One header per topic. Every function here is called from exactly one place in the Swift target Kernels, behind its
// checks.
#pragma once

#include "activations.h"
#include "checksum.h"
#include "combination.h"
#include "convolution.h"
#include "dense.h"
#include "dropout.h"
#include "elementwise.h"
#include "global_pooling.h"
#include "grouping.h"
#include "normalization.h"
#include "pointwise.h"
#include "pooling.h"
#include "prelu.h"
#include "processor.h"
#include "random.h"
#include "resampling.h"
#include "runs.h"
#include "softmax.h"
#include "updates.h"
#include "winograd.h"
