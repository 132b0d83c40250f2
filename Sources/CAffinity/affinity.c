#define _GNU_SOURCE
#include "CAffinity.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>

int affinity_get(uint8_t *bytes, size_t count) { return sched_getaffinity(0, count, (cpu_set_t *)bytes); }

int affinity_set(const uint8_t *bytes, size_t count) { return sched_setaffinity(0, count, (const cpu_set_t *)bytes); }

void threads_share_heap(void) { mallopt(M_ARENA_MAX, 1); }

void threads_set_stack(size_t bytes) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, bytes) == 0) pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}
