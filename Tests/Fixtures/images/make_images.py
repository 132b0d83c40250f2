"""Writes the small images of this folder and, as NAME.rgb and NAME.grey, the bytes that they must decode to.

    python Tests/Fixtures/images/make_images.py          needs numpy, Pillow and tensorflow

Pillow's convert("RGB") and convert("L") are the truth of decoding, TensorFlow's bilinear resize that of resizing.
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
HEIGHT, WIDTH = 10, 13

y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
rgb = np.stack([x * 19, y * 25, (x * y * 7) % 256], -1).astype(np.uint8)
grey = ((x * 11 + y * 13) % 256).astype(np.uint8)


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def save(name, image, **options):
    buffer = io.BytesIO()
    image.save(buffer, os.path.splitext(name)[1][1:].replace("jpg", "jpeg"), **options)
    finish(name, buffer.getvalue())


def finish(name, data):
    write(name, data)
    image = Image.open(io.BytesIO(data))
    write(name + ".rgb", np.asarray(image.convert("RGB")).tobytes())
    write(name + ".grey", np.asarray(image.convert("L")).tobytes())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, color, rows, size=(HEIGHT, WIDTH), interlace=0):
    """A PNG file that Pillow cannot write: given bits per channel, colour type and bytes of each row."""
    header = struct.pack(">IIBBBBB", size[1], size[0], depth, color, 0, 0, interlace)
    data = b"".join(b"\0" + bytes(row) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


save("rgb.png", Image.fromarray(rgb))
save("grey.png", Image.fromarray(grey))
save("palette.png", Image.fromarray(rgb).quantize(16))
save("alpha.png", Image.fromarray(np.concatenate([rgb, grey[..., None]], -1), "RGBA"))
save("onebit.png", Image.fromarray(grey > 128))
deep = np.stack([rgb, rgb[::-1]], -1)  # 16 bits, big-endian: the upper byte is the picture
finish("deep.png", png(16, 2, [row.tobytes() for row in deep]))
passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
rows = [row.tobytes() for top, left, down, right in passes for row in rgb[top::down, left::right] if row.size]
finish("interlaced.png", png(8, 2, rows, interlace=1))

# Of another size.
Image.fromarray(rgb).resize((20, 26), Image.NEAREST).save(os.path.join(HERE, "tall.png"))

smooth = {"quality": 90}
save("grey.jpg", Image.fromarray(grey), **smooth)
save("full.jpg", Image.fromarray(rgb), subsampling=0, **smooth)
save("half.jpg", Image.fromarray(rgb), subsampling=2, **smooth)
save("progressive.jpg", Image.fromarray(rgb), progressive=True, **smooth)
save("restart.jpg", Image.fromarray(rgb), restart_marker_blocks=1, **smooth)
save("cmyk.jpg", Image.fromarray(rgb).convert("CMYK"), **smooth)

# Headers that promise more than any memory holds.
write("huge.png", png(8, 2, [b"\0\0\0"], size=(2**30, 2**30)))
small = bytearray(open(os.path.join(HERE, "full.jpg"), "rb").read())
frame = small.index(b"\xff\xc0")
small[frame + 5:frame + 9] = b"\xff\xff\xff\xff"
write("huge.jpg", bytes(small))

for height, width in [(5, 7), (20, 26), (17, 9)]:
    resized = tf.image.resize(rgb.astype(np.float32), (height, width), "bilinear", antialias=False).numpy()
    write(f"rgb.png.{height}x{width}", np.round(resized).astype(np.uint8).tobytes())
