#!/usr/bin/env python3
"""Takes every model of the fixtures from Convoy to Keras and back, and compares outputs and weights.

    python round_trip.py .build/release/convoy ../shared/keras/fixtures       needs keras, tensorflow, tf_keras, h5py, numpy

Convoy reads a file of Keras and writes it in every format. Keras 3 loads the whole models, and Keras 2 (tf_keras) the .h5 where one
file suits both; each must compute what is in the golden file, takes the weights alone from the other formats and must compute the same
again, and saves what it loaded, which Convoy reads. The weights before and after are compared as Convoy's safetensors, byte by byte but
for the order. What Convoy writes must be the same whichever of its own files it reads. Ends with status 1 where an output or a bit
differs or a file is not read; what Keras cannot load is listed and must be among what is known.
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
import numpy as np
import tf_keras

# What a version of Keras does not have, or does not read of its own files either.
# Keras 3.15 drops `axis` where it reads several axes from HDF5.
KNOWN = {
    "keras2_only/k2.h5 as h5 through keras": "ThresholdedReLU",
    "keras2_only/k2.h5 as keras through keras": "ThresholdedReLU",
    "norms/k2.h5 as h5 through keras": "Shape mismatch in layer #3",
    "norms/k3.h5 as h5 through keras": "Shape mismatch in layer #3",
    "norms/k3.keras as h5 through keras": "Shape mismatch in layer #3",
}


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
    result = subprocess.run([convoy, "export", source, "--output", target, "--overwrite", *more], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip().split(" Known are ")[0])


def golden(path, older):
    with h5py.File(path) as file:
        outputs = file["outputs_k2"] if older and "outputs_k2" in file else file["outputs"]
        return ([file[f"inputs/{index}"][()] for index in range(len(file["inputs"]))],
                [outputs[str(index)][()] for index in range(len(outputs))])


def turned(array, shape):
    """A model with its channels first is written with its channels last."""
    fits = len(shape) == array.ndim and all(a is None or a == b for a, b in zip(shape[1:], array.shape[1:]))
    return array if fits or array.ndim < 3 else np.moveaxis(array, 1, -1)


def distance(model, inputs, wanted):
    """The largest difference of an output of a model in Keras, as a part of the largest output."""
    given = [turned(array, tuple(tensor.shape)) for array, tensor in zip(inputs, model.inputs)]
    outputs = model(given if len(given) > 1 else given[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    worst = 0.0
    for output, array in zip(outputs, wanted):
        output = np.asarray(output, "float64")
        array = turned(array, output.shape)
        if output.shape != array.shape:
            return np.inf
        worst = max(worst, float(np.abs(output - array).max() / max(np.abs(array).max(), 1e-30)))
    return worst


def sources(fixtures):
    """Label, file, golden file and limit of every whole model."""
    for name in sorted(os.listdir(fixtures)):
        for dialect in ("k2.h5", "k2.keras", "k3.h5", "k3.keras"):
            source = os.path.join(fixtures, name, dialect)
            if os.path.exists(source):
                yield f"{name}/{dialect}", source, os.path.join(fixtures, name, "golden.h5"), 1e-4
    folder = os.path.join(fixtures, "variants")
    for name in sorted(os.listdir(folder)):
        if "golden" in name or "weights" in name or name.startswith(("refuse", "README")):
            continue
        stem = ".".join(name.split(".")[:2]) if name.startswith("half") else name.split(".")[0]
        limit = 2e-2 if "bfloat16" in name else 2e-3 if "16" in name else 1e-4
        yield f"variants/{name}", os.path.join(folder, name), os.path.join(folder, f"{stem}.golden.h5"), limit


def main():
    convoy, fixtures = sys.argv[1:3]
    trips, bad, skipped = 0, [], []
    for label, source, answers, limit in sources(fixtures):
        inputs, wanted = golden(answers, "k2" in label)
        with tempfile.TemporaryDirectory() as folder:
            path = lambda file: os.path.join(folder, file)
            export(convoy, source, path("before.safetensors"))
            before = arrays(path("before.safetensors"))
            written = {}
            for form, file, more in [("h5", "model.h5", []), ("keras", "model.keras", []), ("weights", "w.weights.h5", []),
                                     ("h5-weights", "layers.h5", ["--format", "h5-weights"])]:
                try:
                    export(convoy, source, path(file), *more)
                    written[form] = path(file)
                except RuntimeError as error:
                    skipped.append(f"{label} as {form}: {str(error).removeprefix('convoy: ').replace(folder, '')[:140]}")
            with h5py.File(written["h5"]) as file:
                only_keras3 = file.attrs["keras_version"].startswith("3")
            # A model that is not written for Keras 3 is Keras 2's alone.
            loads = [(keras, "h5"), (keras, "keras")] if "keras" in written else []
            loads += [] if only_keras3 else [(tf_keras, "h5")]
            for library, form in loads:
                if form not in written:
                    continue
                trip = f"{label} as {form} through {library.__name__}"
                try:
                    library.backend.clear_session()
                    model = library.models.load_model(written[form], compile=False)
                    results = {form: distance(model, inputs, wanted)}
                except Exception as error:
                    sentence = " ".join(str(error).split())
                    known = KNOWN.get(trip)
                    (skipped if known and known in sentence else bad).append(f"{trip}: Keras says: {sentence[:200]}")
                    continue
                for alone in ("weights", "h5-weights"):
                    if alone not in written:
                        continue
                    for variable in model.weights:
                        if "float" in str(variable.dtype):
                            variable.assign(variable * 0)
                    try:
                        model.load_weights(written[alone])
                        results[alone] = distance(model, inputs, wanted)
                    except Exception as error:
                        bad.append(f"{trip}, {alone}: Keras says: {' '.join(str(error).split())[:200]}")
                bad += [f"{trip}, {key}: differs by {value:.1e}" for key, value in results.items() if not value <= limit]
                try:
                    model.save(path("again.keras"))
                    export(convoy, path("again.keras"), path("after.safetensors"))
                except Exception as error:
                    bad.append(f"{trip}, and back: {str(error)[:200]}")
                    continue
                trips += 1
                after = arrays(path("after.safetensors"))
                if before != after:
                    other = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
                    bad.append(f"{trip}: {len(other)} arrays differ, such as {sorted(other)[:3]}")
    print(f"{trips} round trips, {len(bad)} faults; not made:")
    print("\n".join(skipped) or "none")
    print("\n".join(bad))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
