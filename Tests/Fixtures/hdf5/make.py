"""Writes the HDF5 files that HDF5Tests read, with h5py: python make.py, in this folder. The outputs are committed."""

import os
import zlib

import h5py
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
ramp = np.arange(24, dtype=np.float64).reshape(2, 3, 4) / 4 - 2


def number_types(file):
    for kind in ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"]:
        file.create_dataset("float/" + kind, data=ramp.astype(kind))
    for kind in ["<i1", "<i2", "<i4", "<i8", "<u1", "<u2", "<u4", "<u8", ">i2", ">u4", ">i8"]:
        file.create_dataset("integer/" + kind, data=np.arange(10, dtype=kind))
    file["scalar/integer"] = np.int64(-7)
    file["scalar/float"] = np.float32(0.25)
    file["boolean"] = np.array([True, False, True])
    file["bfloat16"] = np.array([b"\x80\x3f", b"\x00\xc0"], dtype="V2")
    file["bfloat16"].attrs["dtype"] = "bfloat16"
    file["large"] = np.array([300, -1, 2**40], dtype=np.int64)
    file["huge"] = np.array([1e300])
    file["special"] = np.array([np.nan, np.inf, -np.inf, 1.5])
    file["compound"] = np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])
    file["empty"] = np.zeros((0, 3), dtype=np.float32)
    file["null"] = h5py.Empty("f4")


with h5py.File("types.h5", "w") as file:
    number_types(file)

# The newest format that HDF5 1.10 reads, and the newest that this h5py writes.
with h5py.File("v110.h5", "w", libver=("v110", "v110")) as file:
    number_types(file)
    file.create_dataset("chunked", data=np.arange(30.0), chunks=(7,), compression="gzip")
    file.attrs["name"] = "v110"

with h5py.File("latest.h5", "w", libver="latest") as file:
    file["x"] = np.arange(3.0)

with h5py.File("userblock.h5", "w", userblock_size=512) as file:
    file["x"] = ramp.astype(np.float32)
with open("userblock.h5", "r+b") as file:
    file.write(b"a user block")

with h5py.File("chunked.h5", "w") as file:
    rows = np.arange(20 * 6, dtype=np.float32).reshape(20, 6)
    file.create_dataset("gzip", data=rows, chunks=(3, 4), compression="gzip")
    file.create_dataset("all", data=rows, chunks=(7, 6), compression="gzip", shuffle=True, fletcher32=True)
    file.create_dataset("plain", data=rows, chunks=(4, 6), maxshape=(None, 6))

# Rows that repeat themselves, over distances above 255 and lengths above 9, and rows that cannot be compressed.
with h5py.File("lzf.h5", "w") as file:
    noise = np.random.default_rng(1).integers(0, 256, (40, 300)).astype(np.uint8)
    pictures = np.concatenate([noise[:10], np.tile(noise[:1], (10, 1)), np.zeros((10, 300), np.uint8), noise[10:20] // 64])
    file.create_dataset("pictures", data=pictures, chunks=(8, 300), compression="lzf")
    file.create_dataset("all", data=np.cumsum(pictures, axis=1).astype(np.float32), chunks=(7, 300), compression="lzf", shuffle=True,
                        fletcher32=True)
    file.create_dataset("sums", data=pictures.sum(axis=1, dtype=np.int64))

with h5py.File("strings.h5", "w") as file:
    file.attrs["variable"] = "grün"
    file.attrs["fixed"] = np.bytes_("conv2d")
    file.attrs["variable list"] = np.array(["a", "bc", "", "grün"], dtype=h5py.string_dtype())
    file.attrs["fixed list"] = np.array([b"a", b"bcd", b"", b"ef"])
    file.attrs["no names"] = []
    file.attrs["long"] = "0123456789" * 7_000
    file.attrs["latin"] = np.bytes_("grün".encode("latin-1"))
    file.attrs["number"] = 3
    file.attrs["rate"] = np.float32(0.5)
    file.attrs["sizes"] = np.array([1, 2, 3])
    file.attrs["matrix"] = np.array([[1.0, 2.0], [3.0, 4.0]])
    for pad, name in [(h5py.h5t.STR_SPACEPAD, "spaces"), (h5py.h5t.STR_NULLTERM, "terminated")]:
        kind = h5py.h5t.C_S1.copy()
        kind.set_size(6)
        kind.set_strpad(pad)
        space = h5py.h5s.create_simple((2,))
        attribute = h5py.h5a.create(file.id, name.encode(), kind, space)
        attribute.write(np.array([b"ab    ", b"c     "] if name == "spaces" else [b"ab\0xyz", b"c"], dtype="S6"), mtype=kind)
    file["variable"] = np.array(["x", "", "yz"], dtype=h5py.string_dtype())
    file["fixed"] = np.array([[b"p", b"qr"], [b"", b"stu"]])
    file["scalar"] = "one"

with h5py.File("order.h5", "w", track_order=True) as file:
    for name in ["zebra", "apple", "mango"]:
        file.create_group(name)

with h5py.File("links.h5", "w") as file:
    file["data/x"] = np.arange(3.0)
    file["alias"] = h5py.SoftLink("/data/x")
    file["folder"] = h5py.SoftLink("data")
    file["data/sibling"] = h5py.SoftLink("x")
    file["dangling"] = h5py.SoftLink("/nowhere")
    file["loop"] = h5py.SoftLink("/loop")
    file["outside"] = h5py.ExternalLink("types.h5", "/large")
    file["detour"] = h5py.SoftLink("/outside")
    file.create_dataset("stored outside", shape=(4,), dtype="u1", external=[("links.h5", 0, 4)])

with h5py.File("virtual.h5", "w") as file:
    layout = h5py.VirtualLayout(shape=(3,), dtype="i8")
    layout[:] = h5py.VirtualSource("types.h5", "large", shape=(3,))
    file.create_virtual_dataset("virtual", layout)

with h5py.File("huge.h5", "w") as file:
    file.create_dataset("contiguous", shape=(1 << 32, 4), dtype="f4")
    file.create_dataset("compressed", shape=(1 << 33,), dtype="f4", chunks=(1024,), compression="gzip")
    file.create_dataset("overflow", shape=(1 << 40, 1 << 30), dtype="f4", chunks=(16, 16))
    file.create_dataset("chunk", shape=(1 << 28,), dtype="f4", chunks=(1 << 28,), compression="gzip")

# Every structure that the library may meet: trees, heaps and tables that have outgrown one block, and each kind of index.
for version, name in [("earliest", "older.h5"), (("v110", "v110"), "newer.h5")]:
    with h5py.File(name, "w", libver=version) as file:
        for number in range(300):
            file["many"] if number else file.create_group("many")
            file["many"][f"group{number}"] = h5py.SoftLink("/few")
        few = file.create_group("few", track_order=True)
        for number in range(20):
            few.attrs[f"attribute{number}"] = "text" * number
            few[f"link{number}"] = h5py.SoftLink("/many")
        numbers = np.arange(1200, dtype="u1")
        for index, (chunks, most, compression) in {
            "fixed": ((9,), None, None), "paged": ((1,), None, None), "growing": ((3,), (None,), None),
            "deflated": ((70,), (None,), "gzip"), "single": ((1200,), None, "gzip"),
        }.items():
            file.create_dataset(index, data=numbers, chunks=chunks, maxshape=most, compression=compression)
        file.create_dataset("square", data=numbers.reshape(30, 40), chunks=(7, 3), maxshape=(None, None))
        file.create_dataset("checked", data=numbers.reshape(30, 40), chunks=(7, 40), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("sparse", (1000, 1000), "f4", chunks=(10, 10), fillvalue=7)
        file["text"] = np.array([f"row {number}" for number in range(40)], dtype=h5py.string_dtype())
        file["type"] = np.dtype("i2")
        file.create_dataset("typed", data=numbers[:5], dtype=file["type"])
        file["compound"] = np.zeros(4, dtype=[("a", "i4"), ("b", "f8", (2, 3)), ("c", "S5")])
        file["complex"] = np.zeros(4, complex)
        file["array"] = np.zeros(3, dtype="(2,3)i4")
        file["enumeration"] = np.zeros(3, dtype=h5py.enum_dtype({"a": 1, "bb": 2}, basetype="i2"))
        file["reference"] = np.array([file["many"].ref], dtype=h5py.ref_dtype)
        file.create_dataset("ragged", (2,), h5py.vlen_dtype("i4"))
        file["fixed"].make_scale("x")
        file["growing"].dims[0].attach_scale(file["fixed"])
        del file["many/group7"]

with h5py.File("short.h5", "w") as file:
    file.create_dataset("x", shape=(1000,), chunks=(1000,), dtype="f4", compression="gzip")
    file["x"].id.write_direct_chunk((0,), zlib.compress(bytes(10)))

with h5py.File("scaled.h5", "w") as file:
    file.create_dataset("x", data=np.arange(100), chunks=(10,), scaleoffset=0)
