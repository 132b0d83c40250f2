#pragma once
#include <webp/decode.h>
#include <webp/demux.h>

// Stand-ins for macros, and for functions that carry a version of the interface.
static inline WebPDemuxer *CWebP_demux(const WebPData *data) { return WebPDemux(data); }
static inline WebPAnimDecoder *CWebP_animation(const WebPData *data) { return WebPAnimDecoderNew(data, NULL); }
