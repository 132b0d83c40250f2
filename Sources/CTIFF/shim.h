#pragma once
#include <dlfcn.h>
#include <tiffio.h>

// Functions of libtiff, whose handle is that of `dlopen`.
#define CTIFF_FUNCTION(name)                                         \
  static inline __typeof__(&name) CTIFF_find_##name(void *library) { \
    return (__typeof__(&name))dlsym(library, #name);                 \
  }
CTIFF_FUNCTION(TIFFSetErrorHandler)
CTIFF_FUNCTION(TIFFSetWarningHandler)
CTIFF_FUNCTION(TIFFClientOpen)
CTIFF_FUNCTION(TIFFClose)
CTIFF_FUNCTION(TIFFIsTiled)
CTIFF_FUNCTION(TIFFIsCODECConfigured)
CTIFF_FUNCTION(TIFFRGBAImageOK)
CTIFF_FUNCTION(TIFFReadRGBAImageOriented)
CTIFF_FUNCTION(TIFFTileSize)
CTIFF_FUNCTION(TIFFStripSize)
CTIFF_FUNCTION(TIFFComputeTile)
CTIFF_FUNCTION(TIFFComputeStrip)
CTIFF_FUNCTION(TIFFReadEncodedTile)
CTIFF_FUNCTION(TIFFReadEncodedStrip)
CTIFF_FUNCTION(TIFFGetFieldDefaulted)

// The fields of a directory are read by functions of variable arguments, which Swift does not call.
static inline int CTIFF_short(void *library, TIFF *file, uint32_t tag, uint16_t *value) {
  return CTIFF_find_TIFFGetFieldDefaulted(library)(file, tag, value);
}
static inline int CTIFF_long(void *library, TIFF *file, uint32_t tag, uint32_t *value) {
  return CTIFF_find_TIFFGetFieldDefaulted(library)(file, tag, value);
}
static inline int CTIFF_shorts(void *library, TIFF *file, uint32_t tag, uint16_t *count, uint16_t **values) {
  return CTIFF_find_TIFFGetFieldDefaulted(library)(file, tag, count, values);
}
