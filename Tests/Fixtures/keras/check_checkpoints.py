"""Checks that Keras 3 and Keras 2 (tf_keras) load the checkpoints that the tests trained, and compute the same outputs.

Run: python check_checkpoints.py [FOLDER]    (needs Swift, keras, tensorflow, tf_keras, h5py)

FOLDER holds what the test suite SavedModelTests wrote with CONVOY_KERAS_CHECK_FOLDER set to it: a checkpoint of every
model of the fixtures and of every network of keras.applications, with inputs and outputs; without it the tests are run.
An output may differ by 1e-5 of the largest, in deep networks by 1e-4. A file that names Keras 3 is for Keras 3 alone.
KNOWN lists what one of the versions of Keras does not read in its own files either; such a file must fail.
"""
import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
import tf_keras

AXES = "drops 'axis' where it reads several axes from HDF5"
NO_CLASS = "does not have the class"
# Part of a name, version of Keras, why.
KNOWN = [
    ("keras_activations_k2", "keras", "has another hard_sigmoid"),
    ("keras_activations_k3", "keras", "takes the shape before 'glu' for the one behind it"),
    ("odd_activations", "keras", "takes the shape before 'glu' for the one behind it"),
    ("fixtures_activations_k2", "keras", "has another hard_sigmoid"),
    ("fixtures_activations_k3", "keras", "takes the shape before 'glu' for the one behind it"),
    ("norms_k", "keras", AXES), ("odd_conv_norms", "keras", AXES),
    ("antialias", "tf_keras", "has no 'antialias'"), ("training_resized", "tf_keras", "has no 'antialias'"),
    ("local_response", "both", NO_CLASS), ("spectral", "tf_keras", NO_CLASS),
    ("odd_names", "keras", "has no names with '/'"),
    ("keras2_only", "keras", NO_CLASS), ("inceptionresnetv2", "both", NO_CLASS),
    ("random_crop_k2", "keras", "gives another shape at inference"),
]
PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def difference(model, inputs, outputs):
    results = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    results = results if isinstance(results, (list, tuple)) else [results]
    assert len(results) == len(outputs), f"{len(results)} outputs"
    return max(
        float(numpy.abs(numpy.asarray(a) - b).max() / max(numpy.abs(b).max(), 1e-30)) for a, b in zip(results, outputs))


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            folder = sys.argv[1]
        else:
            subprocess.run(
                ["swift", "test", "-c", "release", "--filter", "SavedModelTests"], cwd=PACKAGE, check=True,
                stdout=subprocess.DEVNULL, env={**os.environ, "CONVOY_KERAS_CHECK_FOLDER": folder})
        suffix = ".checkpoint.golden.h5"
        names = sorted(name.removesuffix(suffix) for name in os.listdir(folder) if name.endswith(suffix))
        assert names, "the tests wrote nothing"
        for name in names:
            path = os.path.join(folder, name + ".checkpoint.h5")
            with h5py.File(os.path.join(folder, name + suffix)) as file:
                inputs, outputs = ([g[str(i)][()] for i in range(len(g))] for g in (file["inputs"], file["outputs"]))
            with h5py.File(path) as file:
                only_keras3 = file.attrs["keras_version"].startswith("3")
            allowed = 1e-4 if name.startswith("keras_") or "mobilenet" in name else 1e-5
            for library in (keras,) if only_keras3 else (keras, tf_keras):
                label = f"{name[-60:]:60} {library.__name__:8}"
                try:
                    model = library.models.load_model(path, compile=False)
                    found = difference(model, inputs, outputs)
                    isGood, text = found <= allowed, f"largest difference {found:.1e}"
                except Exception as error:
                    isGood, text = False, f"{type(error).__name__}: {str(error)[:300]}"
                known = [why for part, version, why in KNOWN if part in name and version in ("both", library.__name__)]
                failures += isGood == bool(known)
                print(label, "known: " + known[0] if known else text + ("" if isGood else "  WRONG"))
    print(f"{failures} failures in {len(names)} checkpoints")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
