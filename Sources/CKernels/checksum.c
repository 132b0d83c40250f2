#include "checksum.h"

#include <string.h>

#include "operations.h"

typedef uint32_t lanes16u __attribute__((vector_size(64), aligned(4)));

/// Every step is a bijection of the state for a given word, so two states never meet again by one word.
#define MIX(state, word)                     \
  ((state) = ((state) ^ (word)) * 0x9E3779B1u, \
   (state) ^= (state) >> 15)

CK_DISPATCHED uint64_t ck_checksum(const uint32_t *words, ptrdiff_t count) {
  lanes16u states[4];
  for (uint32_t part = 0; part < 4; part++) states[part] = *(const lanes16u *)ck_lane_numbers + 16 * part;
  ptrdiff_t i = 0;
  for (; i + 64 <= count; i += 64)
    for (int part = 0; part < 4; part++) MIX(states[part], *(const lanes16u *)(words + i + 16 * part));
  lanes16u rest[4] = {0};
  memcpy(rest, words + i, (size_t)(count - i) * sizeof(uint32_t));
  for (int part = 0; part < 4; part++) MIX(states[part], rest[part]);
  uint64_t sum = (uint64_t)count;
  for (int part = 0; part < 4; part++)
    for (int lane = 0; lane < 16; lane++) {
      sum = (sum ^ states[part][lane]) * 0x9E3779B97F4A7C15u;
      sum ^= sum >> 29;
    }
  return sum;
}
