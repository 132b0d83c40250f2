#pragma once

#include <stddef.h>
#include <stdint.h>

// The processors that the calling thread may run on, one bit each; glibc declares the system's calls for C with
// _GNU_SOURCE only, which Swift does not see. Both return 0, or -1 where the system refuses.

int affinity_get(uint8_t *bytes, size_t count);
int affinity_set(const uint8_t *bytes, size_t count);
