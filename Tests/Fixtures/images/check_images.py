"""Compares what Convoy decodes with what Pillow does, file by file.

    python Tests/Fixtures/images/check_images.py PATH [PROGRAM]        needs numpy and Pillow

PATH is a folder, or Pillow's source archive, of which Tests/images is taken (pip download --no-binary pillow --no-deps
pillow). PROGRAM is convoy-pixels (.build/release/convoy-pixels). Every file runs in a process of its own, with a limit
of time; the memory of the largest is told. An image of 8 bits is compared with Pillow's convert("RGB") or "L", others
with the numbers that Pillow gives, all within 1. Ends with status 1 where anything differs or crashes.
"""
import collections
import io
import json
import os
import pathlib
import resource
import subprocess
import sys
import tarfile
import tempfile
import warnings

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = 1 << 26  # an error at twice as many, the limit of Convoy
ROOT = pathlib.Path(__file__).resolve().parents[3]
SECONDS = 60
# Files that must differ, and why.
DIFFERING = dict.fromkeys(
    ["tiff_16bit_RGBa.tiff", "tiff_strip_planar_16bit_RGBa.tiff", "tiff_tiled_planar_16bit_RGBa.tiff"],
    "Pillow takes the upper 8 bits of colours and alpha before it divides them")
FORMATS = {"JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM"}


def images(path):
    """Paths of files, unpacked where they are in an archive."""
    if path.is_file():
        folder = pathlib.Path(tempfile.mkdtemp())
        with tarfile.open(path) as archive:
            members = [member for member in archive.getmembers() if "/Tests/images/" in member.name and member.isfile()]
            archive.extractall(folder, members, filter="data")
        path = folder
    return sorted(file for file in path.rglob("*") if file.is_file())


def decoded(program, file):
    """The answer and the array of Convoy; None for the array where the file was refused."""
    run = subprocess.run([program, file], capture_output=True, timeout=SECONDS)
    if run.returncode:
        raise RuntimeError(f"status {run.returncode}: {run.stderr[-300:]}")
    head, _, body = run.stdout.partition(b"\n")
    answer = json.loads(head)
    if "refusal" in answer:
        return answer, None
    kind = np.uint8 if answer["element"] == "byte" else np.float32
    return answer, np.frombuffer(body, kind).reshape(answer["shape"])


def expected(file):
    """Pillow's image, upright; None where Pillow refuses it."""
    try:
        image = Image.open(io.BytesIO(file.read_bytes()))
        form = image.format
        bits = image.tag_v2.get(258, (8,))[0] if form == "TIFF" else 16
        return ImageOps.exif_transpose(image), form, bits
    except Exception as error:
        return None, f"{type(error).__name__}: {error}", 0


def difference(own, image, bits):
    """The largest one, in the steps of Pillow's numbers."""
    if own.dtype == np.uint8:
        mode = "L" if own.shape[2] == 1 else "RGB"
        theirs = np.asarray(image.convert(mode)).astype(int)
        theirs = theirs.reshape(theirs.shape[0], theirs.shape[1], -1)
        return np.inf if theirs.shape != own.shape else np.abs(theirs - own.astype(int)).max(initial=0)
    own = own.astype(float)
    if image.mode.startswith("I;16") or image.mode == "I" or image.mode == "F":
        theirs = np.asarray(image).astype(float)[..., None]
        if theirs.shape != own.shape:
            return np.inf
        white = 1 if own.min() < 0 or own.max() > 1 or image.mode == "F" else 2.0 ** min(bits, 32) - 1
        return (np.abs(own * white - theirs) / np.maximum(1, np.abs(theirs) * 2.0 ** -22)).max(initial=0)
    theirs = np.asarray(image.convert("RGB" if own.shape[2] == 3 else "L")).astype(float)
    theirs = theirs.reshape(theirs.shape[0], theirs.shape[1], -1)
    return np.inf if theirs.shape != own.shape else np.abs(own * 255 - theirs).max(initial=0)


def main():
    program = sys.argv[2] if len(sys.argv) > 2 else ROOT / ".build/release/convoy-pixels"
    counts, notes = collections.Counter(), collections.defaultdict(list)
    files = images(pathlib.Path(sys.argv[1]))
    for file in files:
        image, form, bits = expected(file)
        try:
            answer, own = decoded(program, file)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            kind, note = "crashed", str(error)
        else:
            if own is None and (image is None or form not in FORMATS):
                kind, note = "refused, as it is none of the formats or Pillow refuses it", answer["refusal"]
            elif own is None:
                kind, note = "refused, though Pillow reads it", f"{form} {image.mode}: {answer['refusal']}"
            elif image is None:
                kind, note = "decoded, though Pillow refuses it", form
            else:
                most = difference(own, image, bits)
                kind = "within 1" if most <= 1 else "differing"
                kind = "differing for a reason" if kind == "differing" and file.name in DIFFERING else kind
                reason = DIFFERING.get(file.name, "")
                own_form = f"{answer['element']} {answer['shape']}"
                note = f"{form} {image.mode} {image.size}, {own_form}: by {most:.4g}; {reason}"
        counts[kind] += 1
        notes[kind].append((file, note))
    for kind in sorted(counts):
        if kind != "within 1" and not kind.startswith("refused, as"):
            for file, note in notes[kind]:
                print(f"{kind}: {file.name}: {note}")
    for kind, count in sorted(counts.items()):
        print(f"{count:5} {kind}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{len(files):5} files; the largest process took {memory} MiB")
    sys.exit(1 if counts["differing"] or counts["crashed"] else 0)


main()
