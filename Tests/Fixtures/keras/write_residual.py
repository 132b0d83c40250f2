"""Writes residual/: a small residual network with two inputs and two outputs, saved by Keras 3 and by Keras 2 (tf_keras),
and golden.h5: its outputs at inference, and in training outputs, loss (mean squared error of the first output plus
categorical cross-entropy of the second) and gradients; and for some optimizers the losses before each of three steps and
all variables after them. Computed in double precision.

Run: python write_residual.py    (needs keras, tensorflow, tf_keras, h5py)
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
import tensorflow
import tf_keras

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "residual")


def optimizers():
    # The tanh of 'box' is saturated: with Adam's usual epsilon of 1e-7 its gradients of the same size would blow up rounding
    # (Keras's own single precision is then 1e-3 off after three steps).
    return {
        "SGDM": keras.optimizers.SGD(0.05, momentum=0.9),
        "SGDN": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "Adam": keras.optimizers.Adam(0.01, epsilon=1e-3),
        "AdamW": keras.optimizers.AdamW(0.01, weight_decay=0.02, epsilon=1e-3),
    }


def build(k):
    layers = k.layers

    def convolution(x, filters, size, strides, padding, name):
        x = layers.Conv2D(filters, size, strides, padding, use_bias=False, name=name)(x)
        return layers.BatchNormalization(epsilon=1.001e-5, name=name + "_bn")(x)

    extra = k.Input((3,), name="extra")
    image = k.Input((10, 9, 3), name="image")
    x = layers.Rescaling(0.5, offset=-0.25, name="rescaling")(image)
    x = layers.ReLU(name="stem_relu")(convolution(x, 8, 3, 1, "same", "stem"))
    shortcut = convolution(x, 12, 1, 2, "valid", "shortcut")
    x = layers.ZeroPadding2D(((1, 1), (1, 1)), name="padding")(x)
    x = layers.Activation("relu", name="first_relu")(convolution(x, 12, 3, 2, "valid", "first"))
    x = layers.Add(name="add")([convolution(x, 12, 3, 1, "same", "second"), shortcut])
    x = layers.ReLU(name="add_relu")(x)
    pooled = layers.Dropout(0.0, name="dropout")(layers.GlobalAveragePooling2D(name="average")(x))
    scores = layers.Add(name="scores")([layers.Dense(5, name="dense")(pooled), layers.Dense(5, use_bias=False, name="bias")(extra)])
    classes = layers.Softmax(name="classes")(scores)
    box = layers.MaxPooling2D(2, padding="same", name="maximum")(x)
    box = layers.Dense(2, activation="tanh", name="box")(layers.Flatten(name="flatten")(box))
    return k.Model([image, extra], [box, classes], name="residual")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    draws = numpy.random.default_rng(7)
    new, old = build(keras), build(tf_keras)
    keras.config.set_floatx("float64")
    # The type of new layers has been settled by the first model.
    keras.config.set_dtype_policy("float64")
    double = build(keras)
    assert all(w.dtype == "float64" for w in double.weights)
    for layer in new.layers:
        values = [
            draws.uniform(0.5, 1.5, w.shape) if w.name in ("gamma", "moving_variance") else draws.normal(0, 0.3, w.shape)
            for w in layer.weights
        ]
        layer.set_weights([v.astype("float32") for v in values])
        old.get_layer(layer.name).set_weights(layer.get_weights())
        double.get_layer(layer.name).set_weights([w.astype("float64") for w in layer.get_weights()])
    new.save(os.path.join(FOLDER, "k3.h5"))
    old.save(os.path.join(FOLDER, "k2.h5"))

    def sample(count):
        shapes = ((10, 9, 3), (3,))
        return [tensorflow.constant(draws.normal(size=(count,) + s).astype("float32").astype("float64")) for s in shapes]

    golden = {}
    golden["inputs"] = sample(3)
    golden["outputs"] = double(golden["inputs"], training=False)
    for a, b in zip(golden["outputs"], old([tensorflow.cast(x, "float32") for x in golden["inputs"]], training=False)):
        assert numpy.abs(numpy.asarray(a) - numpy.asarray(b)).max() < 1e-5
    golden["train/inputs"] = inputs = sample(6)
    golden["train/targets"] = targets = [draws.normal(size=(6, 2)), numpy.eye(5)[draws.integers(0, 5, 6)]]
    first = double.get_weights()

    def train():
        with tensorflow.GradientTape() as tape:
            tape.watch(inputs)
            box, classes = double(inputs, training=True)
            loss = tensorflow.reduce_mean((box - targets[0]) ** 2) + tensorflow.reduce_mean(
                keras.losses.categorical_crossentropy(targets[1], classes))
        grad_inputs, grads = tape.gradient(loss, [inputs, [v.value for v in double.trainable_variables]])
        return [box, classes], loss, grad_inputs, grads

    golden["train/outputs"], loss, golden["train/grad_inputs"], grads = train()
    steps = {}
    for name, optimizer in optimizers().items():
        double.set_weights(first)
        losses = []
        for _ in range(3):
            _, before, _, slopes = train()
            losses.append(before)
            optimizer.apply(slopes, double.trainable_variables)
        steps[name] = losses, numpy.concatenate([w.ravel() for w in double.get_weights()])
    with h5py.File(os.path.join(FOLDER, "golden.h5"), "w") as file:
        for name, (losses, variables) in steps.items():
            file[f"train/{name}/losses"] = numpy.asarray(losses, "float32")
            file[f"train/{name}/weights"] = variables.astype("float32")
        for name, arrays in golden.items():
            for i, value in enumerate(arrays):
                file[f"{name}/{i}"] = numpy.asarray(value, "float32")
        file["train/loss"] = numpy.asarray([loss], "float32")
        file["train/grads"] = numpy.concatenate([numpy.asarray(g, "float32").ravel() for g in grads])


if __name__ == "__main__":
    main()
