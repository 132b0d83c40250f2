#!/usr/bin/env python3
"""Writes the same 20 images of 32 x 32 pixels, two of each of ten classes, in every form in which data is read.

    python write.py FOLDER          needs numpy, h5py, Pillow, tensorflow (tested with 2.4.6, 3.14.0, 13.0.0, 2.21)

Beside the class, samples have an age (float), a pair of numbers, and a patient: five of four images each.
"""
import io
import json
import os
import pickle
import struct
import sys
import tarfile

import h5py
import numpy
from PIL import Image

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

COUNT, SIZE = 20, 32
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def samples():
    row, column = numpy.mgrid[0:SIZE, 0:SIZE]
    images = []
    for index in range(COUNT):
        kind = index % 10
        planes = [(row // 4 * (kind + 1) * 7 + index * 3) % 256, (column // 4 * (10 - kind) * 5) % 256,
                  ((row // 8 + column // 8) * 11 + kind * 20 + index) % 256]
        images.append(numpy.stack(planes, axis=-1).astype("uint8"))
    labels = numpy.arange(COUNT) % 10
    ages = (numpy.arange(COUNT) * 1.5 + 20).astype("float32")
    pairs = numpy.stack([numpy.arange(COUNT), -numpy.arange(COUNT)], axis=1).astype("float64") / 4
    return numpy.stack(images), labels.astype("int64"), ages, pairs, numpy.arange(COUNT) // 4


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return file.getvalue()


def path(*parts):
    name = os.path.join(sys.argv[1], *parts)
    os.makedirs(os.path.dirname(name), exist_ok=True)
    return name


def write_numpy(images, labels, ages, pairs, patients):
    columns = {"labels": labels, "ages": ages, "pairs": pairs, "patients": patients}
    numpy.savez_compressed(path("packed.npz"), images=images, **columns)
    numpy.savez(path("plain.npz"), x_train=images, y_train=labels.astype("uint8"), ages_train=ages, pairs_train=pairs,
                patients_train=patients, x_test=images[:10], y_test=labels[:10].astype("uint8"))
    for name, array in {"images": images, **columns}.items():
        numpy.save(path("arrays", f"{name}.npy"), array)
    numpy.save(path("fortran", "x_train.npy"), numpy.asfortranarray(images))
    numpy.save(path("fortran", "y_train.npy"), labels.astype(">i2"))
    numpy.save(path("fortran", "ages.npy"), ages.astype(">f8"))
    numpy.save(path("fortran", "pairs.npy"), numpy.asfortranarray(pairs.astype("float16")))
    numpy.save(path("fortran", "patients.npy"), patients.astype("uint16"))


def write_types():
    """Every type of number that is read, in both orders of axes and of bytes, and every version of the header."""
    numbers = numpy.arange(24).reshape(2, 3, 4) - 5
    arrays = {}
    for order in "<>":
        for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
            for axes in "CF":
                values = abs(numbers) if "u" in kind else numbers
                arrays[f"{order}{kind}{axes}"] = numpy.array(values, order + kind, order=axes)
    arrays["bool"] = numbers % 2 == 1
    numpy.savez_compressed(path("types.npz"), **arrays)
    for version in range(1, 4):
        with open(path("versions", f"v{version}.npy"), "wb") as file:
            numpy.lib.format.write_array(file, numbers.astype("float32"), version=(version, 0))
    refused = {"objects": numpy.array([None, 3]), "text": numpy.array(["a", "b"]), "complex": numpy.array([1j, 2]),
               "fields": numpy.zeros(2, [("a", "f4"), ("b", "i4")]),
               "times": numpy.array(["2020-01-01"], "datetime64[D]")}
    for name, array in refused.items():
        numpy.save(path("refused", f"{name}.npy"), array)


def write_hdf5(images, labels, ages, pairs, patients):
    with h5py.File(path("any.h5"), "w") as file:
        group = file.create_group("part")
        group.create_dataset("pictures", data=images.transpose(0, 3, 1, 2), chunks=(7, 3, 32, 32), compression="gzip",
                             shuffle=True)
        group["classes"] = numpy.eye(10, dtype="float32")[labels]
        group.create_dataset("ages", data=ages, compression="gzip", fletcher32=True)
        group["pairs"] = pairs.astype("float16")
        group["patients"] = patients


def write_lists(images, labels, ages, pairs, patients):
    for index, image in enumerate(images):
        with open(path("files", "images", f"{index:02}.png"), "wb") as file:
            file.write(png(image))
    with open(path("files", "list.jsonl"), "w") as file:
        for index in range(COUNT):
            file.write(json.dumps({
                "image": f"images/{index:02}.png", "label": NAMES[labels[index]], "ages": float(ages[index]),
                "pairs": pairs[index].tolist(), "patients": f"p{patients[index]}", "note": None}) + "\n")
    with open(path("files", "list.csv"), "w") as file:
        file.write("image,label,ages,first,second,patients\n")
        for index in range(COUNT):
            first, second = pairs[index]
            file.write(f"images/{index:02}.png,{NAMES[labels[index]]},{ages[index]},{first},{second},"
                       f"p{patients[index]}\n")


def write_shards(images, labels, ages, pairs, patients):
    """As WebDataset's ShardWriter: members of one key follow each other."""
    for shard in range(3):
        with tarfile.open(path("shards", f"part-{shard:06}.tar"), "w", format=tarfile.USTAR_FORMAT) as file:
            for index in range(shard * 7, min(COUNT, shard * 7 + 7)):
                about = {"ages": float(ages[index]), "pairs": pairs[index].tolist(), "patients": f"p{patients[index]}"}
                for ending, contents in [("png", png(images[index])), ("cls", str(labels[index]).encode()),
                                         ("json", json.dumps(about).encode())]:
                    member = tarfile.TarInfo(f"{index:06}.{ending}")
                    member.size = len(contents)
                    file.addfile(member, io.BytesIO(contents))


def write_records(images, labels, ages, pairs, patients):
    import tensorflow
    train = tensorflow.train
    for shard in range(2):
        name = path("pictures", "1.0.0", f"pictures-train.tfrecord-{shard:05}-of-00002")
        with tensorflow.io.TFRecordWriter(name) as writer:
            for index in range(shard * 10, shard * 10 + 10):
                feature = {
                    "image": train.Feature(bytes_list=train.BytesList(value=[png(images[index])])),
                    "label": train.Feature(int64_list=train.Int64List(value=[labels[index]])),
                    "ages": train.Feature(float_list=train.FloatList(value=[ages[index]])),
                    "pairs": train.Feature(float_list=train.FloatList(value=pairs[index])),
                    "patients": train.Feature(bytes_list=train.BytesList(value=[f"p{patients[index]}".encode()])),
                }
                writer.write(train.Example(features=train.Features(feature=feature)).SerializeToString())
    with open(path("pictures", "1.0.0", "label.labels.txt"), "w") as file:
        file.write("\n".join(NAMES) + "\n")


class Python2Pickle:
    """The opcodes that Python 2's cPickle wrote, protocol 2: strings are bytes, and what comes again is remembered."""

    def __init__(self):
        self.bytes, self.next = b"\x80\x02", 0

    def put(self):
        self.bytes += b"q" + bytes([self.next]) if self.next < 256 else b"r" + struct.pack("<i", self.next)
        self.next += 1

    def string(self, text):
        head = b"U" + bytes([len(text)]) if len(text) < 256 else b"T" + struct.pack("<i", len(text))
        self.bytes += head + text
        self.put()

    def number(self, value):
        self.bytes += (b"K" + bytes([value]) if 0 <= value < 256 else
                       b"M" + struct.pack("<H", value) if 0 <= value < 65536 else b"J" + struct.pack("<i", value))

    def list(self, values, write):
        self.bytes += b"]"
        self.put()
        self.bytes += b"("
        for value in values:
            write(value)
        self.bytes += b"e"

    def name(self, module, name):
        self.bytes += b"c" + module + b"\n" + name + b"\n"
        self.put()

    def array(self, array):
        self.name(b"numpy.core.multiarray", b"_reconstruct")
        self.name(b"numpy", b"ndarray")
        self.bytes += b"K\0\x85"
        self.put()
        self.string(b"b")
        self.bytes += b"\x87"
        self.put()
        self.bytes += b"R"
        self.put()
        self.bytes += b"(K\x01"
        for size in array.shape:
            self.number(size)
        self.bytes += b"\x86"
        self.put()
        self.name(b"numpy", b"dtype")
        self.string(b"u1")
        self.bytes += b"K\0K\x01\x87"
        self.put()
        self.bytes += b"R"
        self.put()
        self.bytes += b"(K\x03"
        self.string(b"|")
        self.bytes += b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t"
        self.put()
        self.bytes += b"b\x89"
        self.string(array.tobytes())
        self.bytes += b"t"
        self.put()
        self.bytes += b"b"

    def dictionary(self, entries):
        self.bytes += b"}"
        self.put()
        self.bytes += b"("
        for key, write in entries:
            self.string(key)
            write()
        self.bytes += b"u."
        return self.bytes


def write_cifar(images, labels, ages, pairs, patients):
    rows = images.transpose(0, 3, 1, 2).reshape(COUNT, -1)
    files = [f"image_s_{index:06}.png".encode() for index in range(COUNT)]

    def batch(rows, labels, files):
        writer = Python2Pickle()
        return writer.dictionary([
            (b"batch_label", lambda: writer.string(b"training batch 1 of 5")),
            (b"labels", lambda: writer.list(labels, writer.number)), (b"data", lambda: writer.array(rows)),
            (b"filenames", lambda: writer.list(files, writer.string))])

    def hundred(rows, labels, files):
        writer = Python2Pickle()
        return writer.dictionary([
            (b"filenames", lambda: writer.list(files, writer.string)),
            (b"batch_label", lambda: writer.string(b"training batch 1 of 1")),
            (b"fine_labels", lambda: writer.list(labels, writer.number)),
            (b"coarse_labels", lambda: writer.list([0] * len(labels), writer.number)),
            (b"data", lambda: writer.array(rows))])

    for number in range(1, 6):
        part = slice(number * 4 - 4, number * 4)
        with open(path("cifar-10-batches-py", f"data_batch_{number}"), "wb") as file:
            file.write(batch(rows[part], labels[part].tolist(), files[part]))
    with open(path("cifar-10-batches-py", "test_batch"), "wb") as file:
        file.write(batch(rows[:10], labels[:10].tolist(), files[:10]))
    with open(path("cifar-10-batches-py", "batches.meta"), "wb") as file:
        writer = Python2Pickle()
        file.write(writer.dictionary([
            (b"num_cases_per_batch", lambda: writer.number(10000)),
            (b"label_names", lambda: writer.list([name.encode() for name in NAMES], writer.string)),
            (b"num_vis", lambda: writer.number(3072))]))
    with open(path("cifar-100-python", "train"), "wb") as file:
        file.write(hundred(rows, labels.tolist(), files))
    with open(path("cifar-100-python", "test"), "wb") as file:
        file.write(hundred(rows[:10], labels[:10].tolist(), files[:10]))
    with open(path("cifar-100-python", "meta"), "wb") as file:
        writer = Python2Pickle()
        file.write(writer.dictionary([
            (b"fine_label_names", lambda: writer.list([b"f%02d" % index for index in range(100)], writer.string)),
            (b"coarse_label_names", lambda: writer.list([b"c%02d" % index for index in range(20)], writer.string))]))
    # What Python 3 writes of the same.
    for protocol in range(2, 6):
        contents = {b"batch_label": b"all", b"data": rows, b"labels": labels.tolist()}
        with open(path("pickles", f"protocol{protocol}"), "wb") as file:
            pickle.dump(contents, file, protocol=protocol)


def main():
    data = samples()
    write_types()
    for write in [write_numpy, write_hdf5, write_lists, write_shards, write_records, write_cifar]:
        write(*data)


main()
