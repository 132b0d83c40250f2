#!/usr/bin/env python3
"""Writes applications.txt: what identifies each network of keras.applications, for tests that have no Keras.

    python3 Tests/Fixtures/keras/write_applications.py > Tests/Fixtures/keras/applications.txt

A line: the constructor in lower case, the numbers in its weights, the number of its layers, and the SHA-256 of a
description of all layers: class, name, what they read, and those arguments that a configuration of Convoy says too.
Needs Keras 3; describes the networks with weights=None.
"""

import hashlib
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras

KEYS = """activation axis center classes cropping depth_multiplier dilation_rate epsilon filters groups init_values keepdims
kernel_size max_value mean momentum noise_shape offset padding pool_size projection_dim rate scale strides target_shape units
use_bias variance""".split()


def text(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "%.6g" % value
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(text(element) for element in value) + "]"
    return str(value)


def sources(argument):
    if isinstance(argument, dict):
        if argument.get("class_name") == "__keras_tensor__":
            return [argument["config"]["keras_history"][0]]
        return [name for value in argument.values() for name in sources(value)]
    if isinstance(argument, (list, tuple)):
        return [name for value in argument for name in sources(value)]
    return [] if argument is None or isinstance(argument, str) else [text(argument)]


def describe(layers, path=""):
    lines = []
    for layer in layers:
        config = layer["config"]
        name = path + config["name"]
        if "layers" in config:
            lines += describe(config["layers"], name + "/")
            values = []
        else:
            if isinstance(config.get("axis"), (list, tuple)):
                # One axis may stand bare or in a list.
                config = {**config, "axis": ",".join(map(str, config["axis"]))}
            values = [f"{key}={text(config[key])}" for key in KEYS if key in config]
            values += [
                f"{key}={config[key]['class_name']}" for key in sorted(config)
                if key.endswith("_initializer") and config[key] is not None
            ]
        reads = [name for node in layer.get("inbound_nodes", []) for name in sources(node["args"])]
        lines.append(f"{layer['class_name']} {name} <- {','.join(reads)} {' '.join(values)}")
    return lines


def main():
    names = [
        name for name in dir(keras.applications)
        if name[0].isupper() and callable(getattr(keras.applications, name))
    ]
    for name in sorted(names):
        keras.utils.clear_session()
        model = getattr(keras.applications, name)(weights=None)
        layers = keras.saving.serialize_keras_object(model)["config"]["layers"]
        lines = sorted(describe(layers))
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        print(name.lower(), model.count_params(), len(lines), digest)


main()
