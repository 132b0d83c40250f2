#pragma once
#include <webp/decode.h>
#include <webp/demux.h>

// What macros and functions with a version of the interface in them stand for.
static inline WebPDemuxer *CWebP_demux(const WebPData *data) { return WebPDemux(data); }
static inline WebPAnimDecoder *CWebP_animation(const WebPData *data) { return WebPAnimDecoderNew(data, NULL); }
