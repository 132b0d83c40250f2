"""Checks that Keras 3 and Keras 2 (tf_keras) load what Convoy writes, and compute the same outputs from it.

Run: python check_with_keras.py [FOLDER]    (needs Swift, keras, tensorflow, tf_keras, h5py)

FOLDER holds what the tests wrote with CONVOY_KERAS_CHECK_FOLDER set to it; without it they are run.

It has the test suite KerasCheckTests write models with inputs and the outputs that Convoy computes, loads each with both
versions of Keras, also after Keras has saved it again, also from .keras (Keras 3) and from weights by path and by layer, and fails where an output differs by more than 1e-5 of the largest, or
what the regularizers add to the loss by more than 1e-5 of it.
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

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def largest_difference(model, inputs, outputs, regularization):
    results = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    results = results if isinstance(results, (list, tuple)) else [results]
    assert len(results) == len(outputs)
    term = float(sum(model.losses))
    assert abs(term - regularization) <= 1e-5 * regularization, f"{term} instead of {regularization}"
    return max(numpy.abs(numpy.asarray(a) - b).max() / numpy.abs(b).max() for a, b in zip(results, outputs))


def main():
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            folder = sys.argv[1]
        else:
            subprocess.run(
                ["swift", "test", "--filter", "KerasCheckTests"], cwd=PACKAGE, check=True, stdout=subprocess.DEVNULL,
                env={**os.environ, "CONVOY_KERAS_CHECK_FOLDER": folder})
        names = sorted(n.removesuffix(".golden.h5") for n in os.listdir(folder) if n.endswith(".golden.h5"))
        assert names, "the tests wrote nothing"
        for name in names:
            with h5py.File(os.path.join(folder, name + ".golden.h5")) as file:
                inputs, outputs = ([g[str(i)][()] for i in range(len(g))] for g in (file["inputs"], file["outputs"]))
                regularization = float(file["regularization"][0])
            with h5py.File(os.path.join(folder, name + ".h5")) as file:
                # What one file cannot say to both versions: models inside functional models, and operations.
                only_keras3 = file.attrs["keras_version"].startswith("3")
            for version, library in (("Keras " + keras.__version__, keras), ("tf_keras " + tf_keras.__version__, tf_keras)):
                if only_keras3 and library is tf_keras:
                    continue
                model = library.models.load_model(os.path.join(folder, name + ".h5"))
                difference = largest_difference(model, inputs, outputs, regularization)
                again = os.path.join(folder, "again.h5")
                # Keras 3 cannot read operations in HDF5 files of its own.
                if not only_keras3:
                    model.save(again)
                    difference = max(difference, largest_difference(library.models.load_model(again), inputs, outputs, regularization))
                if library is keras:
                    archived = library.models.load_model(os.path.join(folder, name + ".keras"))
                    difference = max(difference, largest_difference(archived, inputs, outputs, regularization))
                for weights in (name + ".weights.h5", name + ".layers.h5"):
                    for variable in model.weights:
                        variable.assign(variable * 0)
                    model.load_weights(os.path.join(folder, weights))
                    difference = max(difference, largest_difference(model, inputs, outputs, regularization))
                print(f"{name:40} {version:16} {type(model).__name__:11} {model.count_params():7} parameters, largest difference {difference:.1e}")
                worst = max(worst, difference)
    sys.exit(0 if worst <= 1e-5 else 1)


if __name__ == "__main__":
    main()
