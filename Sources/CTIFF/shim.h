#pragma once
#include <tiffio.h>

// The fields of a directory are read by functions of variable arguments, which Swift does not call.
static inline int CTIFF_short(TIFF *file, uint32_t tag, uint16_t *value) {
  return TIFFGetFieldDefaulted(file, tag, value);
}
static inline int CTIFF_long(TIFF *file, uint32_t tag, uint32_t *value) {
  return TIFFGetFieldDefaulted(file, tag, value);
}
static inline int CTIFF_shorts(TIFF *file, uint32_t tag, uint16_t *count, uint16_t **values) {
  return TIFFGetFieldDefaulted(file, tag, count, values);
}
