"""Writes training/NAME.keras, small models saved by Keras 3, and training/NAME.golden.h5: in training mode their outputs, loss
(the sum of the mean squared errors), gradients, and for SGD with momentum the losses before each of three steps and all
variables after them. Computed in double precision.

Run: python write_training.py [NAME]...    (needs keras, tensorflow, tf_keras, h5py)
"""
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
import tensorflow
import tf_keras
from keras import layers

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training")


def spectral():
    """Kernels that are divided by their largest singular value in every step."""
    return keras.Sequential([
        keras.Input((7, 6, 3)), layers.SpectralNormalization(layers.Conv2D(4, 3, activation="tanh"), power_iterations=2),
        layers.Flatten(), layers.SpectralNormalization(layers.Dense(3)),
    ], name="spectral")


def frozen():
    """Frozen layers and a partly frozen model inside, whose batch norm keeps its statistics."""
    base = keras.Sequential([
        keras.Input((6, 6, 4)), layers.Conv2D(5, 3, name="inner_conv"), layers.BatchNormalization(name="inner_norm"),
        layers.Activation("swish"), layers.Conv2D(4, 1, name="inner_last"),
    ], name="base")
    base.get_layer("inner_norm").trainable = False
    base.get_layer("inner_last").trainable = False
    model = keras.Sequential([
        keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="first"), layers.BatchNormalization(name="norm"), base,
        layers.GroupNormalization(2, name="groups"), layers.Flatten(), layers.Dense(3, name="last"),
    ], name="frozen")
    model.get_layer("first").trainable = False
    return model


def masked():
    """An average over what an embedding does not mask."""
    start = keras.Input((9,), name="numbers")
    x = layers.Embedding(6, 4, mask_zero=True)(start)
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(start, layers.Dense(3)(x), name="masked")


def resized():
    """Antialiasing, products of vectors, spatial attention."""
    start = keras.Input((9, 8, 4))
    x = layers.Resizing(5, 9, interpolation="bicubic", antialias=True)(start)
    x = layers.Conv2D(4, 3, activation="gelu")(x)
    rows = layers.Reshape((21, 4))(x)
    scores = layers.Softmax()(layers.Dot(axes=2)([rows, layers.Dense(4)(rows)]))
    y = layers.Dot(axes=(2, 1))([scores, rows])
    norm = layers.Dot(axes=1, normalize=True)([layers.GlobalAveragePooling1D()(y), layers.GlobalMaxPooling2D()(x)])
    return keras.Model(start, [layers.Dense(2)(layers.Flatten()(y)), norm], name="resized")


def constrained():
    """Every constraint, on kernels and biases of convolutions and dense layers, over different axes."""
    c = keras.constraints
    return keras.Sequential([
        keras.Input((8, 7, 3)),
        layers.Conv2D(4, 3, kernel_constraint=c.MaxNorm(0.9, axis=[0, 1, 2]), bias_constraint=c.NonNeg(), activation="tanh"),
        layers.DepthwiseConv2D(3, depthwise_constraint=c.UnitNorm(axis=[0, 1]), bias_constraint=c.MaxNorm(0.3)),
        layers.SeparableConv2D(5, 2, depth_multiplier=2, depthwise_constraint=c.NonNeg(), activation="tanh",
                               pointwise_constraint=c.MinMaxNorm(0.5, 0.8, rate=0.7, axis=[0, 1, 2])),
        layers.Conv2DTranspose(3, 2, kernel_constraint=c.MinMaxNorm(1.2, 2.0, axis=[0, 1, 3]), bias_constraint=c.UnitNorm()),
        layers.BatchNormalization(gamma_constraint=c.MinMaxNorm(0.5, 1.0), beta_constraint=c.NonNeg()),
        layers.Flatten(), layers.Dense(6, kernel_constraint=c.UnitNorm(), bias_constraint=c.MinMaxNorm(0.1, 0.4)),
        layers.Dense(2, kernel_constraint=c.NonNeg(), bias_constraint=c.NonNeg()),
    ], name="constrained")


def activity(k=keras):
    """Activations that cost: of convolutions, of a layer that is called twice, of one that is frozen."""
    l, r = k.layers, k.regularizers
    start = k.Input((7, 6, 3), name="image")
    x = l.Conv2D(4, 3, activation="tanh", activity_regularizer=r.L1L2(0.02, 0.03), name="conv")(start)
    twice = l.Dense(4, activity_regularizer=r.L1(0.01), name="twice")
    x = l.ActivityRegularization(l1=0.01, l2=0.02, name="between")(twice(l.Activation("swish", name="swish")(twice(x))))
    frozen = l.Dense(3, activation="softplus", activity_regularizer=r.L2(0.04), name="frozen")
    frozen.trainable = False
    y = l.Flatten(name="flatten")(x)
    return k.Model(start, [l.Dense(2, activity_regularizer=r.L2(0.05), name="last")(y), frozen(y)], name="activity")


def ordered(model):
    """All variables: of each layer what is trainable first."""
    return [v for layer in model.layers for v in layer.trainable_weights + layer.non_trainable_weights]


def check_with_keras2(model, inputs):
    """Activations cost the same in Keras 2."""
    tf_keras.backend.set_floatx("float64")
    old = activity(tf_keras)
    for layer in model.layers:
        old.get_layer(layer.name).set_weights(layer.get_weights())
    old(inputs, training=True)
    model(inputs, training=True)
    assert len(old.losses) == 6 and abs(float(sum(old.losses) - sum(model.losses))) < 1e-6


def main():
    os.makedirs(FOLDER, exist_ok=True)
    builds = [build for build in (spectral, frozen, masked, resized, constrained, activity) if not sys.argv[1:] or build.__name__ in sys.argv[1:]]
    for build in builds:
        draws = numpy.random.default_rng(5)
        models = []
        for kind in ("float32", "float64"):
            keras.utils.clear_session()
            keras.config.set_floatx(kind)
            keras.config.set_dtype_policy(kind)
            models.append(build())
        single, double = models
        for layer in double.layers:
            values = [
                draws.uniform(0.5, 1.5, w.shape) if "variance" in w.name else draws.normal(0, 0.4, w.shape)
                for w in layer.weights
            ]
            layer.set_weights([v.astype("float32") for v in values])
        single.set_weights([w.astype("float32") for w in double.get_weights()])
        keras.config.set_floatx("float32")
        single.save(os.path.join(FOLDER, f"{build.__name__}.keras"))
        keras.config.set_floatx("float64")

        shape = tuple(double.inputs[0].shape[1:])
        if build is masked:
            inputs = tensorflow.constant(draws.integers(0, 6, (6,) + shape).astype("float64"))
        else:
            inputs = tensorflow.constant(draws.normal(size=(6,) + shape).astype("float32").astype("float64"))
        targets = [draws.normal(size=(6,) + tuple(o.shape[1:])).astype("float32") for o in double.outputs]
        first = double.get_weights()

        def train():
            with tensorflow.GradientTape() as tape:
                # TensorFlow has no gradient of antialiasing in double precision.
                if build is not resized:
                    tape.watch(inputs)
                outputs = double(inputs, training=True)
                outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
                loss = sum(tensorflow.reduce_mean((o - t) ** 2) for o, t in zip(outputs, targets)) + sum(double.losses)
            trained = [v for layer in double.layers for v in layer.trainable_weights]
            grads = tape.gradient(loss, [inputs] + [v.value for v in trained])
            return outputs, loss, grads[0], [tensorflow.convert_to_tensor(g) for g in grads[1:]], trained

        outputs, loss, grad_inputs, grads, _ = train()
        if build is activity:
            check_with_keras2(double, inputs)
        double.set_weights(first)
        optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
        losses = []
        for _ in range(3):
            _, before, _, slopes, trained = train()
            losses.append(before)
            optimizer.apply(slopes, trained)
        with h5py.File(os.path.join(FOLDER, f"{build.__name__}.golden.h5"), "w") as file:
            file["train/inputs/0"] = inputs.numpy().astype("float32")
            for i, (output, target) in enumerate(zip(outputs, targets)):
                file[f"train/outputs/{i}"] = numpy.asarray(output, "float32")
                file[f"train/targets/{i}"] = target
            if grad_inputs is not None:
                file["train/grad_inputs/0"] = numpy.asarray(grad_inputs, "float32")
            file["train/loss"] = numpy.asarray([loss], "float32")
            file["train/grads"] = numpy.concatenate([numpy.asarray(g, "float32").ravel() for g in grads])
            file["train/SGDM/losses"] = numpy.asarray(losses, "float32")
            file["train/SGDM/weights"] = numpy.concatenate(
                [numpy.asarray(v, "float32").ravel() for v in ordered(double)])


if __name__ == "__main__":
    main()
