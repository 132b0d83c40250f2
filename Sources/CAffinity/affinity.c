#define _GNU_SOURCE
#include "CAffinity.h"

#include <sched.h>

int affinity_get(uint8_t *bytes, size_t count) { return sched_getaffinity(0, count, (cpu_set_t *)bytes); }

int affinity_set(const uint8_t *bytes, size_t count) { return sched_setaffinity(0, count, (const cpu_set_t *)bytes); }
