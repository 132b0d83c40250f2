// One header per topic. Every function here is called from exactly one place in the Swift target Kernels, behind its checks.
#pragma once

#include "processor.h"
