"""Writes resumption/: models that Keras 3 and Keras 2 (tf_keras) saved in the middle of a training, after ten steps,
and the variables that the same Keras has ten steps later (golden.h5, by path). Every step sees all samples of
resumption/samples.h5, so that no order of samples matters; nothing is shuffled.

Run: python write_resumption.py    (needs keras 3.15 or later, tensorflow, tf_keras, h5py)
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import h5py
import keras
import numpy as np
import tf_keras

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resumption")
STEPS = 10
SHAPE = (6, 6, 2)
CLASSES = 3


def flat(k):
    l = k.layers
    x = image = k.Input(SHAPE, name="image")
    x = l.Conv2D(4, 3, activation="tanh", name="conv")(x)
    x = l.Conv2D(3, 2, activation="tanh", use_bias=False, name="small")(x)
    x = l.Flatten(name="flatten")(x)
    x = l.Dense(5, activation="tanh", name="hidden")(x)
    return k.Model(image, l.Dense(CLASSES, activation="softmax", name="classes")(x), name="flat")


def nested(k):
    """A model inside a model, and a layer in it that is frozen."""
    l = k.layers
    inner = k.Sequential(
        [
            k.Input((4, 4, 4)),
            l.Conv2D(4, 2, activation="tanh", name="conv"),
            l.Conv2D(3, 2, activation="tanh", name="b"),
        ],
        name="block",
    )
    x = image = k.Input(SHAPE, name="image")
    x = l.Conv2D(4, 3, activation="tanh", name="conv")(x)
    x = l.Flatten(name="flatten")(inner(x))
    inner.layers[0].trainable = False
    x = l.Dense(6, activation="tanh", name="hidden")(x)
    if k is keras:
        # Keras 2 moves other variances.
        x = l.BatchNormalization(name="norm", momentum=0.8)(x)
    return k.Model(image, l.Dense(CLASSES, activation="softmax", name="classes")(x), name="nested")


def two(k):
    """Two outputs, with losses, weights and metrics of their own."""
    l = k.layers
    x = image = k.Input(SHAPE, name="image")
    x = l.Conv2D(4, 3, activation="tanh", name="conv")(x)
    x = l.Flatten(name="flatten")(x)
    x = l.Dense(5, activation="tanh", name="hidden")(x)
    ends = [l.Dense(CLASSES, activation="softmax", name="classes")(x), l.Dense(2, name="shift")(x)]
    return k.Model(image, ends, name="two")


MODELS = {"flat": flat, "nested": nested, "two": two}
LOSSES = {"classes": "sparse_categorical_crossentropy", "shift": "mean_squared_error"}
LOSS_WEIGHTS = {"classes": 0.75, "shift": 0.5}
METRICS = {"classes": ["accuracy"], "shift": ["mean_absolute_error"]}

OPTIMIZERS = {
    "sgd": lambda o: o.SGD(0.1),
    "momentum": lambda o: o.SGD(0.1, momentum=0.9),
    "nesterov": lambda o: o.SGD(0.05, momentum=0.9, nesterov=True),
    "decayed": lambda o: o.SGD(0.1, momentum=0.5, weight_decay=0.02),
    "adam": lambda o: o.Adam(0.01, beta_1=0.8, epsilon=1e-5),
    "clipped": lambda o: o.Adam(0.01, global_clipnorm=0.1),
    "adamw": lambda o: o.AdamW(0.01, weight_decay=0.05),
    "rmsprop": lambda o: o.RMSprop(0.005, rho=0.8, momentum=0.5),
    "centered": lambda o: o.RMSprop(0.002, momentum=0.3, centered=True, epsilon=1e-4),
    "averaged": lambda o: o.Adam(0.01, use_ema=True, ema_momentum=0.8),
    "scheduled": lambda o: o.Adam(o.schedules.ExponentialDecay(0.02, 5, 0.7)),
}

LEGACY = {
    "legacy_momentum": lambda o: o.legacy.SGD(0.1, momentum=0.9, decay=0.05),
    "legacy_adam": lambda o: o.legacy.Adam(0.01),
    "legacy_rmsprop": lambda o: o.legacy.RMSprop(0.002, momentum=0.3, centered=True, epsilon=1e-4),
}

# Version, suffix, model, optimizer.
CASES = (
    [("keras3", "keras", "flat", name) for name in OPTIMIZERS]
    + [("keras3", "keras", "nested", name) for name in ("nesterov", "adam", "centered", "averaged")]
    + [("keras3", "h5", "flat", name) for name in ("adam", "centered")]
    + [("keras2", "h5", "flat", name) for name in list(OPTIMIZERS) + list(LEGACY)]
    + [("keras2", "h5", "nested", name) for name in ("nesterov", "adam", "centered")]
    + [("keras2", "keras", "flat", name) for name in ("sgd", "adam", "centered")]
    + [("keras3", "keras", "two", name) for name in ("momentum", "nesterov", "adam", "adamw", "rmsprop")]
    + [("keras2", "h5", "two", name) for name in ("momentum", "nesterov", "adam", "rmsprop")]
)


def library(version):
    return keras if version == "keras3" else tf_keras


def samples():
    random = np.random.default_rng(6)
    images = random.standard_normal((24, *SHAPE)).astype("float32")
    return images, (np.arange(24) % CLASSES).astype("int32")


def targets(model):
    """Of all samples, for each output."""
    labels = samples()[1]
    if model.name != "two":
        return labels
    return {"classes": labels, "shift": np.random.default_rng(8).standard_normal((24, 2)).astype("float32")}


def compile_model(model, optimizer):
    if model.name == "two":
        model.compile(optimizer, loss=LOSSES, loss_weights=LOSS_WEIGHTS, metrics=METRICS)
    else:
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])


def first_weights(model):
    """The same in every run."""
    random = np.random.default_rng(7)
    for layer in leaves(model):
        layer[1].set_weights([
            w if "moving" in v.name or "gamma" in v.name else (0.4 * random.standard_normal(w.shape)).astype("float32")
            for v, w in zip(layer[1].weights, layer[1].get_weights())
        ])


def leaves(model, prefix=""):
    """Path and layer of all layers, models inside models dissolved."""
    found = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found += leaves(layer, f"{prefix}{layer.name}/")
        else:
            found.append((prefix + layer.name, layer))
    return found


def variables(model):
    found = {}
    for path, layer in leaves(model):
        for variable, value in zip(layer.weights, layer.get_weights()):
            found[f"{path}/{variable.name.split('/')[-1].split(':')[0]}"] = value
    return found


def compiled(version, model, optimizer):
    k = library(version)
    model = MODELS[model](k)
    first_weights(model)
    made = {**OPTIMIZERS, **LEGACY}[optimizer](k.optimizers)
    compile_model(model, made)
    return model


def train(model, steps=STEPS):
    """Not by `fit`, which puts the average in the place of the weights at its end."""
    images, _ = samples()
    for _ in range(steps):
        model.train_on_batch(images, targets(model))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    images, labels = samples()
    with h5py.File(os.path.join(FOLDER, "samples.h5"), "w") as file:
        file["train/images"] = images
        file["train/labels"] = labels
        file["train/shift"] = targets(two(keras))["shift"]
    with h5py.File(os.path.join(FOLDER, "golden.h5"), "w") as file:
        for case in CASES:
            version, suffix, name, optimizer = case
            model = compiled(version, name, optimizer)
            train(model)
            path = os.path.join(FOLDER, f"{version}.{name}.{optimizer}.{suffix}")
            model.save(path)
            train(model)
            for variable, value in variables(model).items():
                file[f"{os.path.basename(path)}/{variable}"] = value


if __name__ == "__main__":
    main()
