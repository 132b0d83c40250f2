#!/usr/bin/env python3
"""Runs convoy's inspect, import, export and forward over the files of odd_models.py, and has Keras load what it writes.

    python check_commands.py .build/release/convoy [NAME ...]        needs keras, tensorflow, tf_keras, h5py, numpy

Every file is exported in all formats. The whole models are loaded by Keras 3, and by Keras 2 where the file says that it suits
it, and must compute what the first model computes; the weights alone must give convoy's first outputs bit by bit when they are
loaded into the first file. Ends with status 1 where one of them does not.
"""
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import odd_models

WEIGHTS = ["w.weights.h5", "w.safetensors", "byLayer.h5"]
# What one of the versions of Keras does not have or does not read, its own files included; and what convoy's sentence says of it.
# Keras 3.15 drops `axis` where it reads several axes from HDF5.
KNOWN = {
    "sequences": ["model.h5 in keras: Shape mismatch"], "volumes_3d": ["model.h5 in keras: output 1 differs"],
    "conv_norms": ["model.h5 in keras: output 0 differs"],
    "attention": ["'hard_sigmoid' of Keras 2", "model.h5 in keras: output"], "mobile_block": ["'hard_sigmoid' of Keras 2"],
    "antialias": ["model.h5 in tf_keras"], "spectral": ["model.h5 in tf_keras"],
    "axes": ["model.h5 in tf_keras: Unknown layer: 'RMSNormalization'"], "local_response": ["LocalResponseNormalization"],
    "resizings": ["model.h5 in keras: Error when deserializing class 'Normalization'",
                  "model.h5 in tf_keras: Error when deserializing class 'Resizing'"],
    "names": ["contains '/'", "model.h5 in keras: Error when deserializing"],
}


def outputs_of(path):
    with h5py.File(path) as file:
        return [file[f"outputs/{index}"][()] for index in range(len(file["outputs"]))]


def channels_last(array):
    """A model with its channels first is written with its channels last."""
    return np.moveaxis(array, 1, -1)


def check(convoy, folder, name, path, model, arrays):
    bad = []
    is_first = name.endswith("_first")

    def run(*arguments):
        more = ["--overwrite"] if arguments[0] in ("forward", "export") or "--output" in arguments else []
        result = subprocess.run([convoy, *arguments, *more], capture_output=True, text=True)
        return result.stderr.strip().split(" Known are ")[0] if result.returncode else None

    def write(path, arrays):
        with h5py.File(path, "w") as file:
            for index, array in enumerate(arrays):
                file[f"inputs/{index}"] = array.astype("float32")

    inputs, written = f"{folder}/inputs.h5", f"{folder}/written.h5"
    turned = [channels_last(array) for array in arrays] if is_first else arrays
    write(inputs, arrays)
    write(written, turned)
    problem = run("forward", path, inputs, f"{folder}/first.h5")
    if problem:
        return [f"forward: {problem}"]
    first = outputs_of(f"{folder}/first.h5")
    expected = odd_models.flat(model(odd_models.arguments(model, arrays), training=False))
    # Sizes that are open are settled by a sample.
    sizes = []
    if any(size is None for tensor in model.inputs for size in tuple(tensor.shape)[1:]):
        sizes = ["--input", ",".join(str(size) for size in arrays[0].shape[1:])]
    for command in (["inspect", path], ["inspect", path, "--plan"], ["inspect", path, "--json"], ["import", path],
                    ["import", path, "--output", f"{folder}/imported.h5"]):
        problem = run(*command, *sizes)
        # Not everything is written as Keras 2 and 3 both read it.
        if problem:
            bad.append(f"{command[0]}: {problem}")
    for target in ["model.keras", "model.h5", *WEIGHTS]:
        out = f"{folder}/out.{target}"
        form = ["--format", "h5-weights"] if target.startswith("byLayer") else []
        problem = run("export", path, "--output", out, *form, *sizes)
        if problem:
            bad.append(f"export {target}: {problem}")
            continue
        into = ["--into", path] if target in WEIGHTS else []
        problem = run("inspect", out) or run("forward", out, inputs if into else written, f"{folder}/second.h5", *into)
        if problem:
            bad.append(f"{target} again: {problem}")
            continue
        if any(not np.array_equal(a, b) for a, b in zip(first, outputs_of(f"{folder}/second.h5"))):
            bad.append(f"{target} again: other outputs")
        if target in WEIGHTS:
            continue
        libraries = [odd_models.keras3]
        if target.endswith(".h5"):
            with h5py.File(out) as file:
                libraries += [] if file.attrs["keras_version"].startswith("3") else [odd_models.keras2]
        for library in libraries:
            try:
                again = library.models.load_model(out, compile=False)
                results = odd_models.flat(again(turned if len(turned) > 1 else turned[0], training=False))
            except Exception as error:
                bad.append(f"{target} in {library.__name__}: {' '.join(str(error).split())[:300]}")
                continue
            limit = 5e-3 if name.startswith("half") else 1e-4
            for index, (a, b) in enumerate(zip(results, expected)):
                distance = float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)) if a.shape == b.shape else np.inf
                if distance > limit:
                    bad.append(f"{target} in {library.__name__}: output {index} differs by {distance:.1e}")
    return bad


def main():
    convoy, wanted = sys.argv[1], sys.argv[2:]
    good = True
    for make in odd_models.MODELS:
        name = make.__name__
        if wanted and name not in wanted or name in odd_models.REFUSED:
            continue
        for version, k in [("keras3", odd_models.keras3), ("keras2", odd_models.keras2)]:
            k.backend.clear_session()
            generator = np.random.default_rng(7)
            try:
                model = make(k)
            except (AttributeError, TypeError, ValueError):
                continue
            if model is None:
                continue
            odd_models.randomize(model, generator)
            arrays = odd_models.samples(model, generator)
            with tempfile.TemporaryDirectory() as folder:
                for suffix in [".h5", ".keras"]:
                    path = f"{folder}/model{suffix}"
                    try:
                        model.save(path)
                    except Exception:
                        continue
                    bad = check(convoy, folder, name, path, model, arrays)
                    wrong = [b for b in bad if not any(known in b for known in KNOWN.get(name, []))]
                    good = good and not wrong
                    print(f"{name:18} {version}{suffix:7}", "; ".join(wrong).replace(folder + "/", "") + "  <-- WRONG" if wrong
                          else "all right" + (", but for what is known" if bad else ""), flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    import warnings
    warnings.filterwarnings("ignore")
    main()
