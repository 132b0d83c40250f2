#pragma once
#include <dlfcn.h>
#include <webp/decode.h>
#include <webp/demux.h>

// Functions of libwebp and libwebpdemux, whose handles are those of `dlopen`.
#define CWEBP_FUNCTION(name)                                         \
  static inline __typeof__(&name) CWebP_find_##name(void *library) { \
    return (__typeof__(&name))dlsym(library, #name);                 \
  }
CWEBP_FUNCTION(WebPDecodeRGBAInto)
CWEBP_FUNCTION(WebPDecodeRGBInto)
CWEBP_FUNCTION(WebPDemuxInternal)
CWEBP_FUNCTION(WebPDemuxDelete)
CWEBP_FUNCTION(WebPDemuxGetI)
CWEBP_FUNCTION(WebPDemuxGetChunk)
CWEBP_FUNCTION(WebPDemuxReleaseChunkIterator)
CWEBP_FUNCTION(WebPAnimDecoderNewInternal)
CWEBP_FUNCTION(WebPAnimDecoderGetNext)
CWEBP_FUNCTION(WebPAnimDecoderDelete)

// Stand-ins for functions that carry a version of the interface.
static inline WebPDemuxer *CWebP_demux(void *library, const WebPData *data) {
  return CWebP_find_WebPDemuxInternal(library)(data, 0, NULL, WEBP_DEMUX_ABI_VERSION);
}
static inline WebPAnimDecoder *CWebP_animation(void *library, const WebPData *data) {
  return CWebP_find_WebPAnimDecoderNewInternal(library)(data, NULL, WEBP_DEMUX_ABI_VERSION);
}
