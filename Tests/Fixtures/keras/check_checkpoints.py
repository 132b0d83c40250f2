"""Checks that Keras 3 and Keras 2 (tf_keras) load the checkpoints that the tests trained, and compute the same outputs.

Run: python check_checkpoints.py [FOLDER]    (needs keras, tensorflow, tf_keras, h5py; without FOLDER Swift)
     python check_checkpoints.py CONVOY [keras:NAME...]

FOLDER holds what the test suite SavedModelTests wrote with CONVOY_KERAS_CHECK_FOLDER set to it: a checkpoint of every
model of the fixtures and of every network of keras.applications, with inputs and outputs; without it the tests are run.
With CONVOY, the built command, every network of keras.applications, or those named, is trained for a step and checked,
one after the other, so that only one has files at a time; what comes before the classifier is compared, too, as its
softmax hides much.
An output may differ by 1e-5 of the largest, in deep networks by 1e-4. A file that names Keras 3 is for Keras 3 alone.
KNOWN lists what one of the versions of Keras does not read in its own files either; such a file must fail.
"""
import json
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
SUFFIX = ".checkpoint.h5"
SIZES = (32, 64, 71, 75, 96, 128, 224)
# Of images of 32x32 its deep layers see single pixels: on such statistics every block multiplies rounding by up to ten,
# and Keras's own outputs in single and double precision have nothing in common at the end.
TOO_SMALL = {"keras:efficientnetv2m": 32}
PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def difference(library, model, inputs, outputs, layers):
    if layers:
        ends = [*model.outputs, *(model.get_layer(name).output for name in layers)]
        model = library.Model(model.inputs, ends)
    results = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    results = results if isinstance(results, (list, tuple)) else [results]
    assert len(results) == len(outputs), f"{len(results)} outputs"
    return max(
        float(numpy.abs(numpy.asarray(a) - b).max() / max(numpy.abs(b).max(), 1e-30)) for a, b in zip(results, outputs))


def check(folder, name):
    """The number of failures of a checkpoint."""
    failures = 0
    path = os.path.join(folder, name + SUFFIX)
    with h5py.File(os.path.join(folder, name + ".checkpoint.golden.h5")) as file:
        inputs, outputs = ([g[str(i)][()] for i in range(len(g))] for g in (file["inputs"], file["outputs"]))
        layers = list(file.get("activations", {}))
        outputs += [file["activations"][name][()] for name in layers]
    with h5py.File(path) as file:
        only_keras3 = file.attrs["keras_version"].startswith("3")
    allowed = 1e-4 if name.startswith("keras_") or "mobilenet" in name else 1e-5
    for library in (keras,) if only_keras3 else (keras, tf_keras):
        label = f"{name[-60:]:60} {library.__name__:8}"
        try:
            model = library.models.load_model(path, compile=False)
            found = difference(library, model, inputs, outputs, layers)
            isGood, text = found <= allowed, f"largest difference {found:.1e}"
        except Exception as error:
            isGood, text = False, f"{type(error).__name__}: {str(error)[:300]}"
        known = [why for part, version, why in KNOWN if part in name and version in ("both", library.__name__)]
        failures += isGood == bool(known)
        print(label, "known: " + known[0] if known else text + ("" if isGood else "  WRONG"), flush=True)
        library.backend.clear_session()
    return failures


def train(convoy, network, folder):
    """A checkpoint of one step at the smallest size that the network takes, with inputs and outputs."""
    name = network.replace(":", "_")
    for size in (size for size in SIZES if size > TOO_SMALL.get(network, 0)):
        with h5py.File(os.path.join(folder, "data.h5"), "w") as file:
            file["images"] = numpy.random.default_rng(4).uniform(0, 255, (8, size, size, 3)).astype("float32")
            file["labels"] = numpy.arange(8) % 3
        with open(os.path.join(folder, "a.yaml"), "w") as file:
            file.write(
                f"model: {{name: '{network}', input: [{size}, {size}, 3]}}\n"
                "data: {train: 'data.h5:/'}\npreprocessing: {mode: none}\n"
                # With a rate for many steps, one of 8 images would drive deep networks beyond what floats hold.
                "batch: 8\nshards: 2\nepochs: 1\nthreads: 1\nmemory: small\noptimizer: {rate: 1.0e-6}\n")
        run = subprocess.run(
            [convoy, "train", "a.yaml", "--output", "run", "--overwrite"], cwd=folder, capture_output=True, text=True)
        if run.returncode == 0:
            break
    assert run.returncode == 0, f"{network}: {run.stderr}"
    os.rename(os.path.join(folder, "run", "last.h5"), os.path.join(folder, name + SUFFIX))
    golden = os.path.join(folder, name + ".checkpoint.golden.h5")
    with h5py.File(os.path.join(folder, "data.h5")) as file, h5py.File(os.path.join(folder, "in.h5"), "w") as inputs:
        inputs["inputs/0"] = file["images"][()]
    with h5py.File(os.path.join(folder, name + SUFFIX)) as file:
        before = json.loads(file.attrs["model_config"])["config"]["layers"][-2]["config"]["name"]
    subprocess.run([convoy, "forward", name + SUFFIX, "in.h5", golden, "--layers", before], cwd=folder, check=True)
    with h5py.File(golden, "r+") as file, h5py.File(os.path.join(folder, "in.h5")) as inputs:
        inputs.copy("inputs", file)
    return name


def check_networks(convoy, patterns):
    lines = subprocess.run([convoy, "models"], capture_output=True, text=True, check=True).stdout.split()
    networks = [word for word in lines if word.startswith("keras:") and (not patterns or word in patterns)]
    failures = 0
    for network in networks:
        with tempfile.TemporaryDirectory() as folder:
            failures += check(folder, train(convoy, network, folder))
    return failures, len(networks)


def main():
    failures = 0
    if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
        failures, count = check_networks(os.path.abspath(sys.argv[1]), sys.argv[2:])
    else:
        with tempfile.TemporaryDirectory() as folder:
            if len(sys.argv) > 1:
                folder = sys.argv[1]
            else:
                subprocess.run(
                    ["swift", "test", "-c", "release", "--filter", "SavedModelTests"], cwd=PACKAGE, check=True,
                    stdout=subprocess.DEVNULL, env={**os.environ, "CONVOY_KERAS_CHECK_FOLDER": folder})
            names = sorted(name.removesuffix(SUFFIX) for name in os.listdir(folder) if name.endswith(SUFFIX))
            failures, count = sum(check(folder, name) for name in names), len(names)
    assert count, "there are no checkpoints"
    print(f"{failures} failures in {count} checkpoints")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
