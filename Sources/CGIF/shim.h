#pragma once
#include <dlfcn.h>
#include <gif_lib.h>

// Functions of giflib, whose handle is that of `dlopen`.
#define CGIF_FUNCTION(name)                                         \
  static inline __typeof__(&name) CGIF_find_##name(void *library) { \
    return (__typeof__(&name))dlsym(library, #name);                \
  }
CGIF_FUNCTION(DGifOpen)
CGIF_FUNCTION(DGifCloseFile)
CGIF_FUNCTION(DGifGetLine)
CGIF_FUNCTION(DGifGetRecordType)
CGIF_FUNCTION(DGifGetImageDesc)
CGIF_FUNCTION(DGifGetExtension)
CGIF_FUNCTION(DGifGetExtensionNext)
CGIF_FUNCTION(DGifExtensionToGCB)
