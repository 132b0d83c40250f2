"""Writes training/renorm.keras and training/renorm_keras2.keras, a model with batch renormalisation saved by Keras 3 and by Keras 2
(tf_keras), and beside each training/NAME.golden.h5: what that version of Keras computes in training, in double precision. The
contents are those of write_training.py. Some of the corrections r and d are clipped, and some are not.

Run: python write_renorm.py    (needs keras 3.15 or later, tensorflow, tf_keras, h5py)
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
import tensorflow
import tf_keras

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training")
CLIPPING = {"rmin": 0.7, "rmax": 1.4, "dmax": 0.3}


def build(k, kind):
    k.backend.clear_session()
    k.backend.set_floatx(kind)
    (k.config.set_dtype_policy if k is keras else k.mixed_precision.set_global_policy)(kind)
    l = k.layers
    s = k.Input((7, 6, 3), name="image")
    x = l.Conv2D(5, 3, name="conv")(s)
    x = l.ReLU(name="relu")(l.BatchNormalization(renorm=True, renorm_clipping=CLIPPING, renorm_momentum=0.6, momentum=0.7, name="clipped")(x))
    x = l.BatchNormalization(axis=1, renorm=True, renorm_momentum=0.8, epsilon=0.01, name="rows")(x)
    x = l.Dense(4, name="dense")(l.Flatten(name="flatten")(x))
    x = l.BatchNormalization(renorm=True, scale=False, renorm_clipping={"rmax": 1.2}, name="unscaled")(x)
    x = l.Activation("tanh", name="tanh")(x)
    x = l.BatchNormalization(renorm=True, center=False, renorm_clipping={"dmax": 0.2}, name="uncentred")(x)
    return k.Model(s, l.Dense(3, name="last")(x), name="renorm")


def corrections(model, inputs):
    """For each layer with renorm, which of its r and d are clipped, and which are not."""
    clipped, free = 0, 0
    for layer in model.layers:
        if not getattr(layer, "renorm", False):
            continue
        # Only what comes before is run: the statistics of this layer have not moved yet.
        x = type(model)(model.inputs, layer.input)(inputs, training=True).numpy()
        axes = tuple(i for i in range(x.ndim) if i != (layer.axis[0] if isinstance(layer.axis, (list, tuple)) else layer.axis) % x.ndim)
        unit = numpy.maximum(layer.renorm_stddev.numpy(), layer.epsilon ** 0.5)
        r = numpy.sqrt(x.var(axes) + layer.epsilon) / unit
        d = (x.mean(axes) - layer.renorm_mean.numpy()) / unit
        bounds = layer.renorm_clipping
        outside = [r < bounds.get("rmin", 0), r > bounds.get("rmax", numpy.inf), abs(d) > bounds.get("dmax", numpy.inf)]
        clipped += sum(int(o.sum()) for o in outside)
        free += int((~(outside[0] | outside[1])).sum()) + int((~outside[2]).sum())
    return clipped, free


def compute(k, model, inputs, targets):
    def train():
        with tensorflow.GradientTape() as tape:
            tape.watch(inputs)
            outputs = model(inputs, training=True)
            loss = tensorflow.reduce_mean((outputs - targets) ** 2)
        trained = [v for layer in model.layers for v in layer.trainable_weights]
        grads = tape.gradient(loss, [inputs] + [getattr(v, "value", v) if k is keras else v for v in trained])
        return outputs, loss, grads[0], grads[1:], trained

    first = model.get_weights()
    outputs, loss, slope, grads, _ = train()
    model.set_weights(first)
    optimizer = k.optimizers.SGD(0.05, momentum=0.9)
    losses = []
    for _ in range(3):
        _, before, _, slopes, trained = train()
        losses.append(before)
        optimizer.apply_gradients(zip(slopes, trained))
    values = [v for layer in model.layers for v in layer.trainable_weights + layer.non_trainable_weights]
    flat = lambda arrays: numpy.concatenate([numpy.asarray(a, "float64").ravel() for a in arrays])
    return {
        "inputs/0": inputs.numpy(), "targets/0": targets, "outputs/0": outputs.numpy(), "grad_inputs/0": slope.numpy(),
        "loss": flat([loss]), "grads": flat(grads), "SGDM/losses": flat(losses), "SGDM/weights": flat(values),
    }


def main():
    draws = numpy.random.default_rng(11)
    inputs = draws.normal(size=(6, 7, 6, 3)).astype("float32").astype("float64")
    targets = draws.normal(size=(6, 3)).astype("float32").astype("float64")
    values, found = None, []
    for k, name in ((tf_keras, "renorm_keras2"), (keras, "renorm")):
        single = build(k, "float32")
        values = values or [
            (draws.uniform(0.5, 1.5, w.shape) if "variance" in w.name or "stddev" in w.name else draws.normal(0, 0.4, w.shape))
            .astype("float32") for w in single.weights
        ]
        single.set_weights(values)
        single.save(os.path.join(FOLDER, f"{name}.keras"))
        double = build(k, "float64")
        double.set_weights([v.astype("float64") for v in values])
        if k is tf_keras:
            for layer in double.layers:
                if getattr(layer, "renorm", False):
                    # A plain number's root would be of single precision, which does not go with the rest.
                    layer.epsilon = tensorflow.constant(layer.epsilon, "float64")
        clipped, free = corrections(double, inputs)
        double.set_weights([v.astype("float64") for v in values])
        assert clipped > 3 and free > 3, (clipped, free)
        found.append(compute(k, double, tensorflow.constant(inputs), targets))
        with h5py.File(os.path.join(FOLDER, f"{name}.golden.h5"), "w") as file:
            for key, array in found[-1].items():
                file[f"train/{key}"] = array.astype("float32")
        print(f"{name}: {clipped} corrections clipped, {free} not")
    # The two versions of Keras agree.
    for key in found[0]:
        assert numpy.abs(found[0][key] - found[1][key]).max() < 1e-6, key


if __name__ == "__main__":
    main()
