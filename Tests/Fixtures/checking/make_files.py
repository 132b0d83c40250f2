"""Writes the files of this folder: one picture in several formats, and masks, by Pillow.

    python Tests/Fixtures/checking/make_files.py
"""

import pathlib

import numpy
from PIL import Image

folder = pathlib.Path(__file__).parent
random = numpy.random.default_rng(17)
size = 48
y, x = numpy.mgrid[0:size, 0:size] / size
waves = numpy.zeros((size, size, 3))
for _ in range(14):
    high, wide, phase = random.uniform(-5, 5), random.uniform(-5, 5), random.uniform(0, 6.28)
    waves += numpy.cos(2 * numpy.pi * (high * y + wide * x) + phase)[..., None] * random.uniform(4, 22, 3)
pixels = numpy.clip(waves + [120, 110, 130], 0, 255).astype(numpy.uint8)
picture = Image.fromarray(pixels)
picture.save(folder / "picture.png")
picture.save(folder / "picture.jpg", quality=70)
picture.convert("CMYK").save(folder / "inks.jpg", quality=90)
tags = Image.Exif()
tags[274] = 6
picture.save(folder / "turned.jpg", quality=90, exif=tags)
transparent = picture.convert("RGBA")
transparent.putalpha(Image.fromarray((255 * (x + y) / 2).astype(numpy.uint8)))
transparent.save(folder / "transparent.png")
Image.fromarray((picture.convert("L") - numpy.uint8(0)).astype(numpy.uint16) * 257).save(folder / "deep.png")
Image.fromarray(numpy.asarray(picture.convert("L"), numpy.float32) / 7).save(folder / "floats.tiff")

classes = Image.fromarray(((x > 0.5) + 0).astype(numpy.uint8))
classes.save(folder / "mask.jpg")
palette = classes.convert("P")
palette.putpalette([0, 0, 0, 255, 0, 0])
palette.save(folder / "palette.png")
