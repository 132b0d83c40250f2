"""Measures how far rounding takes networks from double precision: Convoy's, by each algorithm of convolutions, beside Keras's own.

    python3 Tests/Fixtures/keras/measure_rounding.py CONVOY [--networks InceptionV3,ResNet50] [--divisors 1,8] [--size 128]
        [--weights random,bad] [--modes auto,exact,winograd] [--seeds 1] [--limit 2] [--fixtures]

CONVOY is the program. The networks are those of ../shared/keras/configs/keras3, with their channels divided by each of the divisors and
samples of the given size; `random` weights are normal ones that keep the magnitude of activations, `bad` ones have scales and offsets
that differ by e^4 between channels. A network ends in logits. Prints a line for each network: the largest difference from a run of Keras
in float64, as a share of the largest output, of Keras in float32 and of Convoy, and both's ratio. Ends with status 1 where `auto` exceeds --limit times Keras's own.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import h5py
import keras
import numpy as np

CONFIGS = os.path.join(os.path.dirname(__file__), "../../../../shared/keras/configs/keras3")


def thinned(layer, divisor, is_last):
    """Divides the channels of a layer's configuration."""
    config = layer["config"]
    if layer["class_name"] in ("Conv2D", "SeparableConv2D"):
        config["filters"] = max(4, config["filters"] // divisor)
    if layer["class_name"] == "Reshape" and divisor > 1:
        shape = config["target_shape"]
        if shape[:2] == [1, 1]:
            config["target_shape"] = [1, 1, max(4, shape[2] // divisor)]
    if is_last and "activation" in config:
        config["activation"] = "linear"


def make(text, divisor, size, dtype):
    """The network of a configuration, in single or double precision."""
    description = json.loads(text.replace('"float32"', f'"{dtype}"'))
    layers = description["config"]["layers"]
    for index, layer in enumerate(layers):
        thinned(layer, divisor, index == len(layers) - 1)
    first = layers[0]["config"]
    key = "batch_shape" if "batch_shape" in first else "batch_input_shape"
    first[key] = [None, size, size, first[key][-1]]
    for layer in layers:
        layer.pop("build_config", None)
    return keras.Model.from_config(description["config"])


def draw(model, kind, seed):
    """Weights that keep the magnitude of activations, or that spread it."""
    generator = np.random.default_rng(seed)
    spread = 1.0 if kind == "bad" else 0.1
    for layer in model.layers:
        values = []
        for variable in layer.weights:
            name, shape = variable.path.split("/")[-1], tuple(variable.shape)
            if name in ("gamma", "moving_variance"):
                value = np.exp(spread * generator.normal(size=shape))
            elif name in ("beta", "bias", "moving_mean"):
                value = (3 * spread if kind == "bad" else spread) * generator.normal(size=shape)
            elif len(shape) > 1:
                taken = np.prod(shape[:2] if "depthwise" in name else shape[:-1])
                value = generator.normal(size=shape) * np.sqrt(2 / taken)
                if kind == "bad":
                    value = value * np.exp(generator.normal(size=shape[-2:-1] + (1,)))
            else:
                value = np.asarray(variable)
            values.append(value.astype("float32"))
        layer.set_weights(values)


def calibrate(model, images):
    """Moving statistics that are those of the images, times what was drawn, lest a deep network overflows."""
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    drawn = [layer.get_weights() for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, (*_, mean, variance) in zip(layers, drawn):
        *scales, own_mean, own_variance = layer.get_weights()
        own_mean = own_mean + 0.1 * mean * np.sqrt(own_variance)
        layer.set_weights([*scales, own_mean.astype("float32"), (own_variance * variance + 1e-6).astype("float32")])


def measure(arguments, name, text, divisor, kind, seed, folder):
    size = arguments.size
    model = make(text, divisor, size, "float32")
    draw(model, kind, seed)
    images = np.random.default_rng(seed + 100).random((arguments.images, size, size, 3)).astype("float32")
    images = (2 * images - 1) if arguments.centred else 255 * images
    calibrate(model, images)
    double = make(text, divisor, size, "float64")
    double.set_weights([np.asarray(value, "float64") for value in model.get_weights()])
    exact = np.asarray(double(images.astype("float64"), training=False))
    single = np.asarray(model(images, training=False), "float64")
    largest = np.abs(exact).max()
    if not np.isfinite(largest):
        return None
    keras_error = np.abs(single - exact).max() / largest
    path, inputs, outputs = (os.path.join(folder, file) for file in ("m.keras", "in.h5", "out.h5"))
    model.save(path)
    with h5py.File(inputs, "w") as file:
        file["inputs/0"] = images
    errors = {}
    for mode in arguments.modes.split(","):
        flags = [] if mode == "default" else ["--convolution", mode]
        subprocess.run([arguments.convoy, "forward", path, inputs, outputs, "--overwrite"] + flags, check=True)
        with h5py.File(outputs) as file:
            errors[mode] = np.abs(file["outputs/0"][()].astype("float64") - exact).max() / largest
    cells = "  ".join(f"{mode} {error:.1e} ({error / keras_error:.2f})" for mode, error in errors.items())
    print(f"{name:18} /{divisor} {kind:6} seed {seed}  keras {keras_error:.1e}  {cells}", flush=True)
    return errors.get("auto", 0) / keras_error


def measure_fixture(arguments, folder, temporary):
    """The same for a model of ../shared/keras/fixtures, whose outputs in double precision are stored."""
    with h5py.File(os.path.join(folder, "golden.h5")) as file:
        inputs = [file[f"inputs/{index}"][()] for index in range(len(file["inputs"]))]
        exact = [file[f"outputs/{index}"][()].astype("float64") for index in range(len(file["outputs"]))]
    path = os.path.join(folder, "k3.keras")
    largest = max(np.abs(output).max() for output in exact)

    def error(outputs):
        return max(np.abs(np.asarray(a, "float64") - b).max() for a, b in zip(outputs, exact)) / largest

    single = keras.models.load_model(path, compile=False, safe_mode=False)(inputs if len(inputs) > 1 else inputs[0], training=False)
    keras_error = error(list(single) if isinstance(single, (list, tuple)) else [single])
    source, target = (os.path.join(temporary, file) for file in ("in.h5", "out.h5"))
    with h5py.File(source, "w") as file:
        for index, values in enumerate(inputs):
            file[f"inputs/{index}"] = values.astype("float32")
    errors = {}
    for mode in arguments.modes.split(","):
        subprocess.run(
            [arguments.convoy, "forward", path, source, target, "--overwrite", "--convolution", mode], check=True)
        with h5py.File(target) as file:
            errors[mode] = error([file[f"outputs/{index}"][()] for index in range(len(exact))])
    cells = "  ".join(f"{mode} {value:.1e}" for mode, value in errors.items())
    print(f"{os.path.basename(folder):20} keras {keras_error:.1e}  {cells}", flush=True)
    # Below a few roundings of a single number the ratio says nothing.
    return errors.get("auto", 0) / max(keras_error, 5e-7)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("convoy")
    parser.add_argument("--networks", default="")
    parser.add_argument("--divisors", default="1,8")
    parser.add_argument("--weights", default="random,bad")
    parser.add_argument("--modes", default="auto,exact,winograd")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--images", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--limit", type=float, default=2)
    parser.add_argument("--fixtures", action="store_true", help="the models of ../shared/keras/fixtures instead")
    parser.add_argument("--centred", action="store_true", help="inputs from -1 to 1 instead of 0 to 255")
    arguments = parser.parse_args()
    names = [n for n in arguments.networks.split(",") if n] or sorted(
        file[:-8] for file in os.listdir(CONFIGS) if file.endswith(".json.gz") and ".weights" not in file)
    exceeded = False
    with tempfile.TemporaryDirectory() as folder:
        if arguments.fixtures:
            root, names = os.path.join(CONFIGS, "../../fixtures"), []
            for name in sorted(os.listdir(root)):
                if not os.path.exists(os.path.join(root, name, "k3.keras")):
                    continue
                try:
                    exceeded |= measure_fixture(arguments, os.path.join(root, name), folder) > arguments.limit
                except (ValueError, TypeError, KeyError, subprocess.CalledProcessError) as error:
                    print(f"{name}: left out: {str(error).splitlines()[0][:120]}", flush=True)
        for name in names:
            text = gzip.open(os.path.join(CONFIGS, name + ".json.gz"), "rt").read()
            for divisor in map(int, arguments.divisors.split(",")):
                for kind in arguments.weights.split(","):
                    for seed in range(arguments.seeds):
                        try:
                            ratio = measure(arguments, name, text, divisor, kind, seed, folder)
                            exceeded |= (ratio or 0) > arguments.limit
                        except (ValueError, KeyError) as error:
                            print(f"{name} /{divisor}: left out: {str(error).splitlines()[0][:120]}", flush=True)
    sys.exit(1 if exceeded else 0)


if __name__ == "__main__":
    main()
