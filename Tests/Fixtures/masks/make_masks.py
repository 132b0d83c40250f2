"""Writes the masks beside it with Pillow: pixel (row, column) of 10 x 13 is of class (row + column) mod 3."""
import os

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
HEIGHT, WIDTH = 10, 13
COLORS = [(128, 64, 0), (0, 64, 128), (10, 20, 30)]
CLASSES = [[(row + column) % 3 for column in range(WIDTH)] for row in range(HEIGHT)]


def image(mode, pixels):
    made = Image.new(mode, (WIDTH, HEIGHT))
    made.putdata(pixels)
    return made


flat = [number for row in CLASSES for number in row]
image("L", flat).save(f"{HERE}/grey.png")
image("1", [255 * (number == 1) for number in flat]).save(f"{HERE}/bits.png")
for bits in [2, 4, 8]:
    palette = image("P", flat)
    # As many colours as the bits can count.
    others = [(color, color, 0) for color in range(2**bits - len(COLORS))]
    palette.putpalette([channel for color in COLORS + others for channel in color])
    palette.save(f"{HERE}/palette{bits}.png", bits=bits)
image("RGB", [COLORS[number] for number in flat]).save(f"{HERE}/color.png")
image("L", flat).save(f"{HERE}/mask.jpg")
image("L", flat).resize((5, 4)).save(f"{HERE}/small.png")
