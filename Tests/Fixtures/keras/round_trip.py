#!/usr/bin/env python3
"""Takes every model of the fixtures from Convoy to Keras and back and compares all weights bit by bit.

    python round_trip.py .build/release/convoy ../shared/keras/fixtures       needs keras, tensorflow, tf_keras, h5py, numpy

Convoy reads a file of Keras and writes it, whole, as .h5 and as .keras; Keras 3 loads both, and Keras 2 (tf_keras) the .h5
where one file suits both; each saves what it loaded, and Convoy reads that. The weights before and after are compared as
Convoy's safetensors, byte by byte but for the order. Ends with status 1 where a bit differs or a file is not read.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import keras
import tf_keras



def arrays(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    return {
        name: (entry["dtype"], tuple(entry["shape"]), data[slice(*entry["data_offsets"])])
        for name, entry in header.items() if name != "__metadata__"
    }


def export(convoy, source, target, *more):
    result = subprocess.run([convoy, "export", source, "--output", target, *more], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip().split(" Known are ")[0])


def main():
    convoy, fixtures = sys.argv[1:3]
    trips, failed, skipped = 0, 0, []
    for name in sorted(os.listdir(fixtures)):
        for dialect in ("k2.h5", "k3.h5", "k3.keras"):
            source = os.path.join(fixtures, name, dialect)
            if not os.path.exists(source):
                continue
            with tempfile.TemporaryDirectory() as folder:
                path = lambda file: os.path.join(folder, file)
                export(convoy, source, path("before.safetensors"))
                before = arrays(path("before.safetensors"))
                export(convoy, source, path("model.h5"))
                with h5py.File(path("model.h5")) as file:
                    version = file.attrs["keras_version"]
                libraries = [(keras, "model.h5")] + ([] if version.startswith("3") else [(tf_keras, "model.h5")])
                try:
                    export(convoy, source, path("model.keras"))
                    libraries.append((keras, "model.keras"))
                except RuntimeError as error:
                    skipped.append(f"{name}/{dialect} as .keras: {str(error).removeprefix('convoy: ')[:120]}")
                for library, file in libraries:
                    label = f"{name}/{dialect} as {file[5:]} through {library.__name__}"
                    try:
                        library.backend.clear_session()
                        library.models.load_model(path(file), compile=False).save(path("again.keras"))
                    except Exception as error:
                        skipped.append(f"{label}: Keras says: {str(error).strip().splitlines()[0][:120]}")
                        continue
                    try:
                        export(convoy, path("again.keras"), path("after.safetensors"))
                    except RuntimeError as error:
                        print(f"{label}: {error}")
                        failed += 1
                        continue
                    trips += 1
                    after = arrays(path("after.safetensors"))
                    if before != after:
                        failed += 1
                        other = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
                        print(f"{label}: {len(other)} arrays differ, such as {sorted(other)[:3]}")
    print(f"{trips} round trips, {failed} not bit-equal; not made:")
    print("\n".join(skipped) or "none")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
