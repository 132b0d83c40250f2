#pragma once

#include <stddef.h>
#include <stdint.h>

/// 64 bits that differ where any one word does, and almost surely where several do; the order of words counts.
uint64_t ck_checksum(const uint32_t *words, ptrdiff_t count);
