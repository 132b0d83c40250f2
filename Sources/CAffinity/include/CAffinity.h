#pragma once

#include <stddef.h>
#include <stdint.h>

// Calls of the system about its threads, which glibc declares for C alone.

// The processors that the calling thread may run on, one bit each; glibc declares the system's calls for C with
// _GNU_SOURCE only, which Swift does not see. Both return 0, or -1 where the system refuses.

int affinity_get(uint8_t *bytes, size_t count);
int affinity_set(const uint8_t *bytes, size_t count);

// Gives the threads to come one heap instead of one each, and stacks of so many bytes.

void threads_share_heap(void);
void threads_set_stack(size_t bytes);
