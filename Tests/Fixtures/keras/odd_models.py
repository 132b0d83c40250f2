#!/usr/bin/env python3
"""Makes odd models with Keras 3 and Keras 2 (tf_keras) and compares `convoy forward` on them with Keras's own outputs.

    python3 Tests/Fixtures/keras/odd_models.py .build/release/convoy [NAME ...]
    python3 Tests/Fixtures/keras/odd_models.py --write [NAME ...]      writes the files of Tests/Fixtures/keras/odd

Every model is saved in each format of its version, with weights drawn at random, statistics included. Prints the largest
difference, as a part of the largest output, and ends with status 1 if one is above 1e-4 or a file is refused that should
not be (or the reverse).
"""

import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import h5py
import keras as keras3
import numpy as np
import odd_models_arguments
import odd_models_more
import odd_models_preparations
import tf_keras as keras2


def nested_twice(k):
    """A model in a model in a model, the inner one called twice, with three inputs."""
    l = k.layers
    inner_in = k.Input((6, 6, 4), name="inner_in")
    inner = k.Model(inner_in, l.BatchNormalization()(l.Conv2D(4, 3, padding="same", activation="swish")(inner_in)), name="inner")
    a, b = k.Input((6, 6, 4), name="left"), k.Input((6, 6, 4), name="right")
    joined = l.Concatenate()([inner(a), inner(b)])
    middle = k.Model([a, b], l.Conv2D(4, 1, name="squeeze")(joined), name="middle")
    x, y, z = (k.Input((6, 6, 4), name=n) for n in ["x", "y", "z"])
    first = middle([x, y])
    second = middle([first, z])
    head = k.Sequential([l.GlobalAveragePooling2D(), l.Dense(5, activation="softmax")], name="head")
    return k.Model([x, y, z], [head(second), l.Subtract()([first, second])], name="nested_twice")


def volumes(k):
    l = k.layers
    return k.Sequential([
        k.Input((6, 7, 8, 2)), l.Conv3D(4, (3, 2, 3), strides=(1, 2, 1), padding="same", activation="elu"),
        l.BatchNormalization(axis=-1), l.MaxPooling3D((2, 1, 2), padding="same"), l.ZeroPadding3D(((0, 1), (2, 0), (1, 1))),
        l.Conv3D(3, 2, dilation_rate=(1, 2, 1)), l.LeakyReLU(), l.Cropping3D(((0, 0), (1, 0), (0, 1))),
        l.Conv3DTranspose(2, 3, strides=2, padding="same"), l.SpatialDropout3D(0.2), l.UpSampling3D((1, 2, 1)),
        l.AveragePooling3D(2, padding="same"), l.GlobalMaxPooling3D(keepdims=True), l.Flatten(), l.Dense(3),
    ], name="volumes")


def sequences(k):
    l = k.layers
    s = k.Input((31, 5))
    x = l.Conv1D(8, 5, padding="causal", dilation_rate=3, activation="tanh")(s)
    y = l.SeparableConv1D(8, 4, padding="same", depth_multiplier=2)(s)
    z = l.Conv1D(8, 3, padding="same", groups=4, use_bias=False)(x)
    x = l.Maximum()([x, y, z])
    x = l.LayerNormalization(axis=[1, 2])(x)
    x = l.Permute((2, 1))(x)
    x = l.Conv1DTranspose(6, 4, strides=3, padding="valid")(x)
    x = l.Cropping1D((2, 3))(x)
    x = l.AveragePooling1D(3, strides=2, padding="same")(x)
    x = l.DepthwiseConv1D(3, strides=1, padding="same", depth_multiplier=2)(x)
    p = l.PReLU(shared_axes=[1])(x)
    return k.Model(s, [l.GlobalMaxPooling1D()(p), l.Flatten()(l.UpSampling1D(2)(p)), l.Softmax(axis=1)(p)], name="sequences")


def transposes(k):
    l = k.layers
    s = k.Input((7, 5, 3))
    x = l.Conv2DTranspose(4, 3, strides=1, dilation_rate=2, padding="same")(s)
    x = l.Conv2DTranspose(4, (4, 3), strides=(3, 2), padding="valid", activation="relu")(x)
    x = l.Conv2DTranspose(2, 5, strides=2, padding="same", output_padding=1, use_bias=False)(x)
    return k.Model(s, x, name="transposes")


def groups(k):
    l = k.layers
    s = k.Input((8, 8, 6))
    x = l.GroupNormalization(groups=3)(s)
    x = l.Conv2D(12, 3, groups=3, padding="same", strides=2)(x)
    x = l.GroupNormalization(groups=-1, axis=-1, epsilon=1e-2)(x)
    x = l.Activation("gelu")(x)
    x = l.GroupNormalization(groups=1, center=False)(x)
    x = l.UnitNormalization(axis=-1)(x)
    x = l.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=2, padding="same")(x)
    x = l.BatchNormalization(axis=1, center=False)(x)
    return k.Model(s, l.Dense(3)(x), name="groups")


def slices(k):
    """Operators on tensors, with constants on both sides."""
    l = k.layers
    s = k.Input((8, 8, 6))
    a, b = s[:, 1:7:2, ::-1, :3], s[:, 1:7:2, :, 3:]
    x = 2.0 - a * b
    x = x / (1.5 + a * a)
    x = x - b[..., :1]
    y = -x[:, 0] + x[:, -1]
    z = l.Dense(4)(l.Flatten()(x)) ** 2
    w = l.Reshape((-1, 3))(x)
    return k.Model(s, [x, y, z, w[:, 2:9, 0]], name="slices")


def attention(k):
    """Squeeze and excitation, self-attention by Dot, broadcasting."""
    l = k.layers
    s = k.Input((5, 5, 8))
    w = l.GlobalAveragePooling2D(keepdims=True)(s)
    w = l.Dense(8, activation="hard_sigmoid")(l.Dense(2, activation="relu")(w))
    x = l.Multiply()([s, w])
    q = l.Reshape((25, 8))(x)
    scores = l.Softmax()(l.Dot(axes=2)([q, l.Dense(8)(q)]))
    v = l.Dot(axes=(2, 1))([scores, q])
    x = l.Add()([l.Reshape((5, 5, 8))(v), x, w])
    cosine = l.Dot(axes=1, normalize=True)([l.GlobalMaxPooling2D()(x), l.GlobalAveragePooling2D()(s)])
    return k.Model(s, [x, cosine], name="attention")


def shared_layers(k):
    l = k.layers
    conv, norm = l.Conv2D(4, 3, padding="same"), l.BatchNormalization(momentum=0.5)
    a, b = k.Input((6, 6, 4), name="a"), k.Input((9, 6, 4), name="b")
    x, y = norm(conv(a)), norm(conv(b))
    x = norm(conv(l.ReLU(6.0, negative_slope=0.1, threshold=0.2)(x)))
    return k.Model([a, b], [x, y], name="shared_layers")


def half(k):
    """A float16 policy with a final layer in float32."""
    with odd_models_more.half_precision(k):
        l = k.layers
        s = k.Input((8, 8, 3))
        x = l.Conv2D(8, 3, activation="relu")(s)
        x = l.BatchNormalization()(x)
        x = l.Flatten()(x)
        return k.Model(s, l.Dense(4, dtype="float32")(x), name="half")


def preprocessing(k):
    l = k.layers
    return k.Sequential([
        k.Input((11, 9, 3)), l.Rescaling([1 / 127.5, 1 / 100, 2.0], offset=[-1, 0, 1]), l.CenterCrop(8, 9),
        l.RandomFlip("horizontal"), l.RandomRotation(0.1), l.Resizing(13, 6, interpolation="bilinear"), l.RandomZoom(0.2),
        l.Normalization(mean=[0.1, 0.2, 0.3], variance=[1, 2, 3]), l.Conv2D(4, 3, kernel_constraint="unit_norm"),
        l.GaussianNoise(0.1), l.Resizing(5, 5, interpolation="nearest"), l.GlobalAveragePooling2D(), l.Dropout(0.5),
        l.Dense(3, kernel_regularizer="l1_l2" if k is keras2 else keras3.regularizers.L1L2(1e-3, 1e-3)),
    ], name="preprocessing")


def open_sizes(k):
    """Sizes that only the samples decide."""
    l = k.layers
    s = k.Input((None, None, 3))
    x = l.Conv2D(6, 3, strides=2, padding="same", activation="relu")(s)
    y = l.UpSampling2D(2, interpolation="bilinear")(x)
    return k.Model(s, [l.Dense(4)(l.GlobalMaxPooling2D()(x)), y], name="open_sizes")


def open_sequence(k):
    l = k.layers
    s = k.Input((None, 4))
    x = l.Conv1D(6, 3, padding="causal")(s)
    x = k.Sequential([l.Conv1D(5, 3), l.ReLU()], name="tail")(x)
    return k.Model(s, l.GlobalAveragePooling1D()(x), name="open_sequence")


def antialias(k):
    l = k.layers
    return k.Sequential([k.Input((17, 13, 3)), l.Conv2D(2, 3)] + ([] if k is keras2 else [l.Resizing(6, 20, antialias=True)])
        + [l.Flatten()], name="antialias")


def constraints(k):
    l, c = k.layers, k.constraints
    return k.Sequential([
        k.Input((9, 9, 2)), l.Conv2D(4, 3, kernel_constraint=c.MaxNorm(0.5, axis=[0, 1, 2]), bias_constraint=c.NonNeg()),
        l.DepthwiseConv2D(3, depthwise_constraint=c.UnitNorm(axis=[0, 1])), l.BatchNormalization(gamma_constraint=c.NonNeg()),
        l.SeparableConv2D(3, 3, depthwise_constraint=c.MinMaxNorm(0.1, 0.9, axis=[0, 1]), pointwise_constraint=c.MaxNorm(1)),
        l.Conv2DTranspose(2, 2, kernel_constraint=c.MaxNorm(3)), l.Flatten(), l.Dense(2, kernel_constraint=c.UnitNorm()),
    ], name="constraints")


def spectral(k):
    l = k.layers
    return k.Sequential([
        k.Input((7, 7, 3)), l.SpectralNormalization(l.Conv2D(4, 3, activation="relu"), power_iterations=2),
        l.Flatten(), l.SpectralNormalization(l.Dense(3), name="sn_dense"),
    ], name="spectral")


def masks(k):
    l = k.layers
    s = k.Input((12,), dtype="int32")
    x = l.Embedding(20, 5, mask_zero=True)(s)
    x = l.Conv1D(4, 3, padding="same")(x)
    return k.Model(s, l.GlobalAveragePooling1D()(x), name="masks")


def masked_average(k):
    l = k.layers
    s = k.Input((12,), dtype="int32")
    return k.Model(s, l.Dense(2)(l.GlobalAveragePooling1D()(l.Embedding(20, 5, mask_zero=True)(s))), name="masked_average")


def inference_calls(k):
    """Layers called with training=False."""
    l = k.layers
    s = k.Input((6, 6, 3))
    x = l.BatchNormalization()(l.Conv2D(4, 3)(s), training=False)
    base = k.Sequential([k.Input((4, 4, 4)), l.BatchNormalization(), l.Dropout(0.5), l.Conv2D(2, 2)], name="base")
    base.trainable = False
    return k.Model(s, l.Flatten()(base(x, training=False)), name="inference_calls")


def operations(k):
    """Functions of keras.ops or tensorflow on tensors."""
    l = k.layers
    s = k.Input((4, 4, 6))
    if k is keras3:
        o = keras3.ops
        x = o.mean(s, axis=[1, 2], keepdims=True) + o.max(s, axis=-1, keepdims=True)
        y = o.clip(o.exp(s) - 1, -0.5, 2.0)
        z = o.transpose(o.reshape(o.concatenate([x, y], axis=-1), (-1, 16, x.shape[-1] + 6)), (0, 2, 1))
        return k.Model(s, [x, y, z, o.squeeze(o.sum(y, axis=3, keepdims=True), axis=-1), o.expand_dims(o.sqrt(o.abs(s[:, 0])), 1),
                           o.pad(s, [[0, 0], [1, 2], [0, 1], [0, 0]]), o.leaky_relu(s)],
                       name="operations")
    import tensorflow as tf
    x = tf.reduce_mean(s, axis=[1, 2], keepdims=True) + tf.reduce_max(s, axis=-1, keepdims=True)
    y = tf.clip_by_value(tf.exp(s) - 1, -0.5, 2.0)
    z = tf.transpose(tf.reshape(tf.concat([x, y], axis=-1), (-1, 16, x.shape[-1] + 6)), (0, 2, 1))
    return k.Model(s, [x, y, z, tf.squeeze(tf.reduce_sum(y, axis=3, keepdims=True), axis=-1),
                       tf.expand_dims(tf.sqrt(tf.abs(s[:, 0])), 1), tf.pad(s, [[0, 0], [1, 2], [0, 1], [0, 0]]),
                       tf.nn.leaky_relu(s)], name="operations")


def renorm(k):
    l = k.layers
    return k.Sequential([k.Input((6, 6, 3)), l.Conv2D(4, 3), l.BatchNormalization(renorm=True), l.Flatten()], name="renorm")


def names(k):
    """Names with slashes (Keras 2), and layers that differ by a suffix only."""
    l = k.layers
    x = s = k.Input((6, 6, 2), name="data")
    for name in ["conv", "conv_1", "conv_10", "conv_2"] + (["stage/conv", "stage/conv/inner"] if k is keras2 else []):
        x = l.Conv2D(2, 1, name=name)(x)
    return k.Model(s, [x, s], name="names_1")


def graph_operations(k):
    """TensorFlowOpLayer, with which Keras 2.1 to 2.3 wrote operations."""
    if k is keras3:
        return None
    from tensorflow.core.framework import node_def_pb2
    from tf_keras.src.engine.base_layer import TensorFlowOpLayer

    def operation(name, kind, constants, inputs, **attributes):
        node = node_def_pb2.NodeDef(name=name, op=kind, input=["a", "b"][:1 + (len(constants) > 0 or isinstance(inputs, list))])
        node.attr["T"].type = 1
        if kind == "Mean":
            node.attr["Tidx"].type = 3
            node.attr["keep_dims"].b = True
        return TensorFlowOpLayer(node.SerializeToString().decode("utf-8"), name, constants=constants)(inputs)

    s = k.Input((4, 5, 3))
    x = k.layers.ReLU(6.0)(operation("plus", "AddV2", {1: np.float32(3)}, s))
    x = operation("both", "Mul", {}, [s, operation("times", "Mul", {1: np.float32(1 / 6)}, x)])
    y = operation("less", "Sub", {0: np.float32(1)}, operation("mean", "Mean", {1: np.array([1, 2], "int32")}, x))
    return k.Model(s, [x, operation("sigmoid", "Sigmoid", {}, y)], name="graph_operations")


def lambdas(k):
    """Refused: Python code."""
    l = k.layers
    return k.Sequential([k.Input((4, 4, 2)), l.Lambda(lambda t: t * 2), l.Flatten()], name="lambdas")


def subclassed(k):
    """Refused: a layer of one's own."""
    class Twice(k.layers.Layer):
        def call(self, x):
            return x * 2
    return k.Sequential([k.Input((4, 4, 2)), Twice(), k.layers.Flatten()], name="subclassed")


MODELS = [nested_twice, volumes, sequences, transposes, groups, slices, attention, shared_layers, half, preprocessing, open_sizes,
          open_sequence, antialias, constraints, spectral, masks, masked_average, inference_calls, operations, renorm, names,
          graph_operations, lambdas, subclassed] + odd_models_more.MODELS + odd_models_arguments.MODELS + odd_models_preparations.MODELS
REFUSED = {"lambdas", "subclassed"} | odd_models_more.REFUSED


def randomize(model, generator):
    def draw(variable):
        value = generator.normal(0, 0.4, variable.shape)
        if "variance" in variable.name or "stddev" in variable.name:
            value = generator.uniform(0.5, 1.5, variable.shape)
        elif "count" in variable.name or "seed" in variable.name:
            return np.array(variable.numpy())
        return value
    model.set_weights([draw(v).astype(np.array(v.numpy()).dtype) for v in model.weights])


def samples(model, generator):
    arrays = []
    for tensor in model.inputs:
        sizes = [size if size is not None else (10, 13, 11)[index] for index, size in enumerate(tuple(tensor.shape)[1:])]
        if "int" in str(getattr(tensor.dtype, "name", tensor.dtype)):
            arrays.append(generator.integers(0, 20, [5] + sizes).astype("int32"))
        else:
            arrays.append(generator.normal(0, 1, [5] + sizes).astype("float32"))
    return arrays


def arguments(model, arrays):
    """What the model is called with; both versions sort a dictionary's inputs and outputs by name."""
    # Keras 2 and Keras 3; a Sequential model has no such thing.
    structure = getattr(model, "_nested_inputs", getattr(model, "_inputs_struct", None))
    if isinstance(structure, dict):
        return dict(zip(sorted(structure), arrays))
    return arrays if len(arrays) > 1 else arrays[0]


def flat(outputs):
    if isinstance(outputs, dict):
        return [np.array(outputs[name]) for name in sorted(outputs)]
    return [np.array(e) for e in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def check(convoy, folder, name, version, path, model, arrays):
    inputs, outputs = f"{folder}/inputs.h5", f"{folder}/outputs.h5"
    with h5py.File(inputs, "w") as file:
        for index, array in enumerate(arrays):
            file[f"inputs/{index}"] = array.astype("float32")
    run = subprocess.run([convoy, "forward", path, inputs, outputs, "--overwrite"], capture_output=True, text=True)
    label = f"{name:18} {version}{os.path.basename(path)[len('model'):]:13}"
    if run.returncode != 0:
        print(f"{label} refused: {run.stderr.strip()[:300]}", "" if name in REFUSED else "  <-- WRONG")
        return name in REFUSED
    expected = model(arguments(model, arrays), training=False)
    expected = flat(expected)
    worst = 0.0
    with h5py.File(outputs) as file:
        for index, value in enumerate(expected):
            given = file[f"outputs/{index}"][()]
            if given.shape != value.shape:
                print(f"{label} output {index} has shape {given.shape} instead of {value.shape}  <-- WRONG")
                return False
            worst = max(worst, float(np.abs(given - value).max() / max(np.abs(value).max(), 1e-30)))
    good = worst <= (5e-3 if name.startswith("half") else 1e-4) and name not in REFUSED
    print(f"{label} {worst:.1e}", "" if good else "  <-- WRONG")
    return good


# What Tests/KerasTests/OddModelTests.swift reads: files that other fixtures do not cover.
FIXTURES = {"nested_twice.keras3.keras", "slices.keras2.h5", "attention.keras3.h5", "open_sizes.keras3.keras",
            "open_sequence.keras2.h5", "antialias.keras3.keras", "spectral.keras3.keras", "spectral.keras3.h5",
            "masked_average.keras2.h5", "masked_average.keras3.keras", "renorm.keras2.h5", "names.keras2.h5", "graph_operations.keras2.h5",
            "functions.keras2.h5", "more_functions.keras2.h5", "more_functions.keras3.keras", "conv_norms.keras2.h5",
            "whole_numbers.keras3.keras", "siamese.keras3.h5", "open_and_shared.keras3.keras", "activations.keras3.h5",
            "functions_as_layers.keras2.h5", "functions_as_layers.keras3.h5", "local_response.keras2.h5",
            *(f"prepared_{mode}{order}.keras{version}" for mode in ("caffe", "torch") for order in ("", "_first")
              for version in ("2.h5", "3.keras")), "layerless.keras2.h5", "by_hand.keras2.h5", "by_hand.keras3.keras"}


def write(name, version, suffix, model, arrays):
    """A file of Tests/Fixtures/keras/odd and its golden file."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "odd")
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/{name}.{version}"
    model.save(path + suffix)
    expected = flat(model(arguments(model, arrays), training=False))
    with h5py.File(f"{path}{suffix}.golden.h5", "w") as file:
        for index, array in enumerate(arrays):
            file[f"inputs/{index}"] = array.astype("float32")
        for index, value in enumerate(expected):
            file[f"outputs/{index}"] = value


def main():
    convoy, wanted = sys.argv[1], sys.argv[2:]
    good = True
    for make in MODELS:
        name = make.__name__
        if wanted and name not in wanted:
            continue
        for version, k in [("keras3", keras3), ("keras2", keras2)]:
            k.backend.clear_session()
            generator = np.random.default_rng(7)
            try:
                model = make(k)
            except (AttributeError, TypeError, ValueError) as error:
                print(f"{name:18} {version} cannot be made: {str(error)[:150]}")
                continue
            if model is None:
                continue
            randomize(model, generator)
            arrays = samples(model, generator)
            with tempfile.TemporaryDirectory() as folder:
                for suffix in [".h5", ".keras"]:
                    if convoy == "--write":
                        if f"{name}.{version}{suffix}" in FIXTURES:
                            write(name, version, suffix, model, arrays)
                        continue
                    path = f"{folder}/model{suffix}"
                    try:
                        model.save(path)
                    except Exception as error:
                        print(f"{name:18} {version}{suffix} cannot be saved: {str(error)[:150]}")
                        continue
                    good = check(convoy, folder, name, version, path, model, arrays) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    import warnings
    warnings.filterwarnings("ignore")
    main()
