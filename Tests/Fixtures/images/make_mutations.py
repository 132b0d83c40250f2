"""Writes mutations.json: changes to the images of this folder, and what Pillow makes of each.

    python Tests/Fixtures/images/make_mutations.py          needs numpy and Pillow

A change cuts `remove` bytes out at `at` and puts `insert` (hexadecimal) there. `pixels` is the place of the RGB bytes in
the list of that name (base64), or null where the file must be refused, for the `reason`. Files that Pillow refuses for
chunks without pixels, which libpng passes over, are left out, and so is one that it takes although its end is missing.
"""
import base64
import io
import json
import os
import random
import struct
import warnings
import zlib

import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
JPEGS = ["grey.jpg", "full.jpg", "half.jpg", "progressive.jpg", "restart.jpg", "cmyk.jpg"]
PNGS = ["rgb.png", "grey.png", "palette.png", "alpha.png", "onebit.png", "deep.png", "interlaced.png"]
draw = random.Random(20)
mutations, pixels = [], {}


def read(name):
    return open(os.path.join(HERE, name), "rb").read()


def verdict(data):
    try:
        image = Image.open(io.BytesIO(data))
        return np.asarray(image.convert("RGB")).tobytes(), None, image.size
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"[:30], None


def is_sound(data):
    """Whether the pixels of a PNG file fit their checksums: Pillow does not always look at them."""
    body, right = b"", True
    try:
        for place, kind, length in chunks(data):
            if kind == b"IDAT":
                body += data[place + 8:place + 8 + length]
                end = place + 8 + length
                right = right and data[end:end + 4] == struct.pack(">I", zlib.crc32(data[place + 4:end]))
    except struct.error:
        pass
    try:
        return right or bool(zlib.decompress(body))
    except zlib.error:
        return False


def add(base, at, remove=0, insert=b"", kind=""):
    data = read(base)
    changed = data[:at] + insert + data[at + remove:]
    result, reason, size = verdict(changed)
    if size is not None and size != (13, 10):
        return
    if base.endswith("png") and result is not None and not is_sound(changed):
        result, reason = None, "the pixels do not fit their checksums"
    if result is None and ("before" in kind or "Adler" in kind) and base.endswith("png"):
        return
    if result is not None and base.endswith("jpg") and markers(changed)[-1][1] != 0xD9:
        return
    place = None if result is None else pixels.setdefault(result, len(pixels))
    mutations.append({"base": base, "at": at, "remove": remove, "insert": insert.hex(), "pixels": place,
                      **({"reason": reason} if reason else {}), "kind": kind})


def markers(data):
    """(place, marker) of every marker, as a decoder meets them."""
    found, place = [(0, 0xD8)], 2
    while place < len(data):
        place = data.find(b"\xff", place)
        if not 0 < place < len(data) - 1:
            break
        marker = data[place + 1]
        if marker in (0, 0xFF):
            place += 1 if marker else 2
            continue
        found.append((place, marker))
        if marker == 0xD9:
            break
        place += 2
        if not 0xD0 <= marker <= 0xD9 and len(data) >= place + 2:
            place += struct.unpack(">H", data[place:place + 2])[0]
    return found


def chunks(data):
    place = 8
    while place < len(data):
        length = struct.unpack(">I", data[place:place + 4])[0]
        yield place, data[place + 4:place + 8], length
        place += 12 + length


def chunk(kind, data, right=True):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) ^ (not right))


for name in JPEGS:
    data = read(name)
    add(name, 0, kind="as it is")
    for length in range(3, len(data)):
        if draw.random() < 0.05 or length > len(data) - 12:
            add(name, length, len(data) - length, kind="cut")
            if draw.random() < 0.2:
                add(name, length, len(data) - length, b"\xff\xd9", "cut and ended")
    for trailing in [b"\0", b"\xff", b"<html>", b"\xff\xd8\xff\xe0\0\x10", bytes(300)]:
        add(name, len(data), 0, trailing, "trailing")
    for place, marker in markers(data)[1:]:
        for bytes_ in draw.sample([b"\xff", b"\xff" * 5, b"\0", b"\0\0\0", b"\x12\x34", b"\xff\0"], 3):
            add(name, place, 0, bytes_, f"before {marker:02x}")
        add(name, place, 2, b"", f"without {marker:02x}")
        if not 0xD0 <= marker <= 0xD9:
            length = 2 + struct.unpack(">H", data[place + 2:place + 4])[0]
            add(name, place, 0, data[place:place + length], f"twice {marker:02x}")
            add(name, place, length, b"", f"no {marker:02x}")
        add(name, place, 0, b"\xff\xfe\0\x06abcd", "comment")
        add(name, place, 0, b"\xff\xe1\0\x0aExif\0\0\0\0", "odd Exif")
        add(name, place, 0, b"\xff\xee\0\x0eAdobe\0d\0\0\0\0\x09", "odd Adobe")
    jfif = data.find(b"JFIF\0")
    if jfif > 0:
        for version in [(0, 0), (0, 1), (1, 0), (1, 9), (2, 1), (255, 255)]:
            add(name, jfif + 5, 2, bytes(version), "JFIF version")
        for unit in [0, 1, 2, 3, 255]:
            add(name, jfif + 7, 1, bytes([unit]), "JFIF unit")
        add(name, jfif + 8, 4, b"\0\0\0\0", "JFIF density")
    for _ in range(30):
        add(name, draw.randrange(2, len(data)), 1, bytes([draw.randrange(256)]), "byte")
for name in PNGS:
    data = read(name)
    add(name, 0, kind="as it is")
    for length in range(8, len(data)):
        if draw.random() < 0.1 or length > len(data) - 24:
            add(name, length, len(data) - length, kind="cut")
    for trailing in [b"\0", b"PNG", bytes(100)]:
        add(name, len(data), 0, trailing, "trailing")
    extra = [(b"tEXt", b"a\0b"), (b"tEXt", b"no end"), (b"iCCP", b"junk"), (b"iCCP", b"x\0\0" + b"bad"),
             (b"gAMA", b"\0\0\0\0"), (b"gAMA", b"\0"), (b"sRGB", b"\x09"), (b"cHRM", b"\0" * 5), (b"tRNS", b"\0\1"), (b"tRNS", b"\0" * 6),
             (b"tRNS", b"\1" * 300), (b"bKGD", b"\0"), (b"pHYs", b"\0" * 9), (b"tIME", b"\0" * 7), (b"eXIf", b"MM"),
             (b"abCd", b"private"), (b"acTL", b"\0\0\0\1\0\0\0\0"), (b"zTXt", b"a\0\0bad"), (b"iTXt", b"a"),
             (b"hIST", b"\0"), (b"sBIT", b"\x63\x63\x63"), (b"sPLT", b"junk"), (b"PLTE", b"\1\2\3"), (b"eXIf", b""), (b"tEXt", b"")]
    for place, kind, length in chunks(data):
        for extra_kind, body in draw.sample(extra, 10):
            if kind != b"IHDR":
                add(name, place, 0, chunk(extra_kind, body), f"{extra_kind.decode()} before {kind.decode()}")
        if kind != b"IHDR":
            add(name, place, 0, chunk(b"tEXt", b"a\0b", False), f"wrong checksum before {kind.decode()}")
            add(name, place, 0, chunk(b"gAMA", b"\0\0\xb1\x8f", False), f"wrong checksum before {kind.decode()}")
        add(name, place + 8 + length, 4, b"\0\1\2\3", f"wrong checksum of {kind.decode()}")
        if kind == b"IDAT":
            body = data[place + 8:place + 8 + length]
            half = length // 2
            add(name, place, 12 + length, chunk(kind, body[:half]) + chunk(kind, body[half:]), "two IDAT")
            add(name, place, 12 + length, b"".join(chunk(kind, body[i:i + 1]) for i in range(length)), "many IDAT")
            add(name, place, 12 + length, chunk(kind, b"") + chunk(kind, body), "empty IDAT")
            add(name, place, 12 + length, chunk(kind, body + b"junk"), "more in IDAT")
            add(name, place, 12 + length, chunk(kind, body) + chunk(kind, b"junk"), "IDAT behind the end")
            add(name, place, 12 + length, chunk(kind, body[:-4]), "no Adler-32")
            add(name, place, 12 + length, chunk(kind, body[:-4] + b"\0\0\0\0"), "wrong Adler-32")
            raw = zlib.decompress(body)
            add(name, place, 12 + length, chunk(kind, zlib.compress(raw + raw)), "too many rows")
            add(name, place, 12 + length, chunk(kind, zlib.compress(raw[:-1])), "a byte too few")
        if kind == b"PLTE":
            add(name, place, 12 + length, chunk(kind, data[place + 8:place + 20]), "short palette")
            body = data[place + 8:place + 8 + length]
            add(name, place, 12 + length, chunk(kind, body + bytes(range(30))), "long palette")
    for _ in range(15):
        at = draw.randrange(8, len(data))
        add(name, at, 1, bytes([data[at] ^ draw.randrange(1, 256)]), "byte")

encoded = [base64.b64encode(value).decode() for value in pixels]
with open(os.path.join(HERE, "mutations.json"), "w") as file:
    file.write('{"pixels": [\n' + ",\n".join(json.dumps(value) for value in encoded) + '],\n"mutations": [\n')
    file.write(",\n".join(json.dumps(value, separators=(",", ":")) for value in mutations) + "]}\n")
accepted = sum(1 for value in mutations if value["pixels"] is not None)
print(f"{len(mutations)} files, {accepted} of them read by Pillow {Image.__version__}, {len(pixels)} pictures")
