#!/usr/bin/env python3
"""Writes Tests/Fixtures/keras/old: models as Keras 1.2.2 and Keras 2.0 to 2.3 saved them, with outputs.

    python3 Tests/Fixtures/keras/old_models.py [.build/release/convoy]       needs tf_keras, tensorflow, h5py, numpy

Those versions run with no Python of today. So each model is built with tf_keras, which gives weights and outputs, and its file is
written anew in the words of the old version: class names, arguments, names and layouts of weights as in the sources of Keras 1.2.2
(`get_config` and `add_weight` of every layer). With a program, `convoy forward` is compared at once.
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import h5py
import numpy as np
import tf_keras as k

l = k.layers
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "old")
# Argument of tf_keras: that of Keras 1.
RENAMED = {
    "kernel_initializer": "init", "kernel_regularizer": "W_regularizer", "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint", "bias_constraint": "b_constraint", "use_bias": "bias", "padding": "border_mode",
    "data_format": "dim_ordering", "filters": "nb_filter", "strides": "subsample", "units": "output_dim", "rate": "p",
}
CLASSES = {"Conv1D": "Convolution1D", "Conv2D": "Convolution2D", "Conv3D": "Convolution3D", "Conv2DTranspose": "Deconvolution2D",
           "SeparableConv2D": "SeparableConvolution2D"}
# What the layers of Keras 1 wrote, by tf_keras's class, in tf_keras's words.
CONVOLUTION = ["filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias",
               "kernel_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
               "bias_constraint"]
POOLING = ["pool_size", "strides", "padding", "data_format"]
WRITTEN = {
    "Dense": ["units", "activation", "use_bias", "kernel_initializer", "kernel_regularizer", "bias_regularizer",
              "activity_regularizer", "kernel_constraint", "bias_constraint"],
    "Conv1D": CONVOLUTION, "Conv2D": CONVOLUTION, "Conv3D": CONVOLUTION, "Conv2DTranspose": CONVOLUTION,
    "SeparableConv2D": CONVOLUTION + ["depth_multiplier"],
    "MaxPooling1D": POOLING, "AveragePooling1D": POOLING, "MaxPooling2D": POOLING, "AveragePooling2D": POOLING, "MaxPooling3D": POOLING,
    "AveragePooling3D": POOLING, "GlobalMaxPooling1D": [], "GlobalAveragePooling1D": [], "GlobalMaxPooling2D": ["data_format"],
    "GlobalAveragePooling2D": ["data_format"], "GlobalMaxPooling3D": ["data_format"], "ZeroPadding1D": ["padding"],
    "ZeroPadding2D": ["padding"], "ZeroPadding3D": ["padding"], "Cropping1D": ["cropping"], "Cropping2D": ["cropping"],
    "Cropping3D": ["cropping"], "UpSampling1D": ["size"], "UpSampling2D": ["size"], "UpSampling3D": ["size"], "Dropout": ["rate"],
    "SpatialDropout1D": ["rate"], "SpatialDropout2D": ["rate"], "SpatialDropout3D": ["rate"], "GaussianDropout": ["rate"],
    "GaussianNoise": ["stddev"], "Activation": ["activation"], "Reshape": ["target_shape"], "Permute": ["dims"], "Flatten": [],
    "RepeatVector": ["n"], "ActivityRegularization": ["l1", "l2"], "BatchNormalization": ["epsilon", "axis", "momentum"],
    "Embedding": ["input_dim", "output_dim", "input_length", "mask_zero"], "LeakyReLU": ["alpha"], "PReLU": [], "ELU": ["alpha"],
    "ThresholdedReLU": ["theta"],
}
MODES = {"Add": "sum", "Multiply": "mul", "Concatenate": "concat", "Average": "ave", "Dot": "dot", "Maximum": "max"}


def setting(value):
    """A regularizer or constraint: its class was called `name`, beside its numbers."""
    if value is None:
        return None
    name, config = value["class_name"], dict(value["config"])
    if name in ("L1", "L2", "L1L2"):
        return {"name": "L1L2Regularizer", "l1": config.get("l1", 0.0), "l2": config.get("l2", 0.0)}
    if name == "MinMaxNorm":
        config = {"low": config["min_value"], "high": config["max_value"], "rate": config["rate"], "axis": config["axis"]}
    if name == "MaxNorm":
        config = {"m": config["max_value"], "axis": config["axis"]}
    return {"name": name, **config}


def old_config(layer, name, first):
    """The configuration that Keras 1 wrote for a layer of tf_keras."""
    kind, now = type(layer).__name__, layer.get_config()
    if kind in MODES:
        return {"name": name, "mode": MODES[kind], "mode_type": "raw", "concat_axis": now.get("axis", -1),
                "dot_axes": now.get("axes", -1), "output_shape": None, "output_shape_type": "raw", "output_mask": None,
                "output_mask_type": "raw", "arguments": {}}
    old = {"name": name, "trainable": True}
    if first is not None:
        old |= {"batch_input_shape": list(first), "input_dtype": "int32" if kind == "Embedding" else "float32"}
    for key in WRITTEN[kind]:
        value = now.get(key)
        if key.endswith(("regularizer", "constraint")):
            value = setting(value)
        if key == "data_format":
            value = "th" if value == "channels_first" else "tf"
        if key == "kernel_initializer":
            value = "glorot_uniform"
        old[key if kind in ("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D") else RENAMED.get(key, key)] = value
    if "1D" in kind:
        old.pop("dim_ordering", None)
    if kind in ("Conv1D", "Conv2D", "Conv3D", "SeparableConv2D", "Conv2DTranspose"):
        sizes, rates = old.pop("kernel_size"), old.pop("dilation_rate")
        names = {"Conv1D": ["filter_length"], "Conv3D": ["kernel_dim1", "kernel_dim2", "kernel_dim3"]}.get(kind, ["nb_row", "nb_col"])
        old |= dict(zip(names, sizes))
        if max(rates) > 1:
            old["atrous_rate"] = rates[0] if kind == "Conv1D" else list(rates)
        if kind == "Conv1D":
            old["subsample_length"] = old.pop("subsample")[0]
            old |= {"input_dim": None, "input_length": None}
    if kind == "SeparableConv2D":
        for key in ("W_regularizer", "W_constraint"):
            old.pop(key)
        old |= {"depthwise_regularizer": None, "pointwise_regularizer": None, "depthwise_constraint": None, "pointwise_constraint": None}
    if kind == "Conv2DTranspose":
        old["output_shape"] = [None, *layer.output_shape[1:]]
    if kind in ("MaxPooling1D", "AveragePooling1D"):
        old |= {"pool_length": old.pop("pool_size")[0], "stride": old.pop("subsample")[0]}
    elif "Pooling" in kind and "subsample" in old:
        old["strides"] = old.pop("subsample")
    if kind == "ZeroPadding2D":
        (top, bottom), (left, right) = old["padding"]
        old["padding"] = [top, left] if (top, left) == (bottom, right) else [top, bottom, left, right]
    if kind == "ZeroPadding3D":
        old["padding"] = [pair[0] for pair in old["padding"]]
    if kind == "UpSampling1D":
        old["length"] = old.pop("size")
    if kind == "GaussianNoise":
        old["sigma"] = old.pop("stddev")
    if kind == "BatchNormalization":
        old |= {"mode": 0, "gamma_regularizer": setting(now["gamma_regularizer"]), "beta_regularizer": None}
    if kind == "PReLU":
        old["init"] = "zero"
    if kind == "Embedding":
        old |= {"init": "uniform", "activity_regularizer": None, "W_regularizer": None, "W_constraint": None, "dropout": 0.0}
    if kind == "Dense":
        old["input_dim"] = layer.input_shape[-1]
    return old


def old_class(layer):
    kind = type(layer).__name__
    if kind in MODES:
        return "Merge"
    if kind in ("Conv1D", "Conv2D") and max(layer.dilation_rate) > 1:
        return "Atrous" + CLASSES[kind]
    return CLASSES.get(kind, kind)


def layers_of(model):
    """All layers with configurations, those of models inside included."""
    return [layer for layer in model.layers if not isinstance(layer, l.InputLayer)]


def entry(layer, is_first):
    if isinstance(layer, k.Sequential):
        return {"class_name": "Sequential", "config": chain(layer)}
    return {"class_name": old_class(layer), "config": old_config(layer, layer.name, layer.input_shape if is_first else None)}


def chain(model, goes_on=False):
    return [entry(layer, index == 0 and not goes_on) for index, layer in enumerate(layers_of(model))]


def functional(model):
    """A functional model, whose calls are written alike in Keras 1 and 2, without arguments."""
    now = model.get_config()
    layers = []
    for item in now["layers"]:
        layer = model.get_layer(item["name"])
        if isinstance(layer, l.InputLayer):
            config = {"batch_input_shape": list(layer.input_shape[0]), "input_dtype": "float32", "sparse": False, "name": layer.name}
            old = {"class_name": "InputLayer", "config": config}
        elif isinstance(layer, (k.Sequential, k.Model)):
            old = {"class_name": type(layer).__name__, "config": chain(layer)} if isinstance(layer, k.Sequential) else functional(layer)
        else:
            old = entry(layer, False)
        old["name"] = item["name"]
        old["inbound_nodes"] = [[call[:3] for call in node] for node in item["inbound_nodes"]]
        layers.append(old)
    return {"class_name": "Model", "config": {"name": model.name, "layers": layers, "input_layers": now["input_layers"],
                                              "output_layers": now["output_layers"]}}


def old_weights(layer, order):
    """Names and arrays as Keras 1 had them."""
    kind, values = type(layer).__name__, layer.get_weights()
    names = {"BatchNormalization": ["gamma", "beta", "running_mean", "running_std"], "PReLU": ["alphas"],
             "SeparableConv2D": ["depthwise_kernel", "pointwise_kernel", "b"]}.get(kind, ["W", "b"])
    if kind == "Conv1D":
        values[0] = values[0][:, None]
    if kind == "Conv2DTranspose":
        values[0] = values[0].transpose(0, 1, 3, 2)
    if order == "th" and kind == "Conv2D":
        values[0] = values[0].transpose(3, 2, 0, 1)
    return [(f"{layer.name}_{name}", value) for name, value in zip(names, values)]


def save(path, config, layers, version, order="tf"):
    with h5py.File(path, "w") as file:
        if version:
            file.attrs["keras_version"] = version
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name, _ in layers]
        for name, parts in layers:
            inner = group.create_group(name)
            weights = []
            for layer in parts:
                weights += old_weights(layer, order) if version is None or version.startswith("1") else [
                    (variable.name, variable.numpy()) for variable in layer.weights]
            inner.attrs["weight_names"] = [name.encode() for name, _ in weights]
            for name, value in weights:
                inner[name] = value


def parts(layer):
    """The layers whose weights lie in a group of the file."""
    return [part for inner in layers_of(layer) for part in parts(inner)] if isinstance(layer, k.Model) else [layer]


def randomize(model, seed=3):
    generator = np.random.default_rng(seed)
    for variable in model.variables:
        values = generator.normal(0, 0.3, variable.shape)
        variable.assign(np.abs(values) + 0.5 if "variance" in variable.name else values)


def golden(path, arrays, outputs):
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    with h5py.File(path, "w") as file:
        for index, array in enumerate(arrays):
            file[f"inputs/{index}"] = array.astype("float32")
        for index, value in enumerate(outputs):
            file[f"outputs/{index}"] = np.asarray(value)


def arrays_for(model, seed=5):
    generator = np.random.default_rng(seed)
    names = [layer.name for layer in model.layers]
    return [generator.integers(0, 9, (3, *tensor.shape[1:])).astype("float32") if "embedding_1" in names
            else generator.normal(0, 1, (3, *tensor.shape[1:])).astype("float32") for tensor in model.inputs]


def images():
    return k.Sequential([
        k.Input((11, 9, 3)), l.ZeroPadding2D(((1, 2), (0, 3)), name="zeropadding2d_1"),
        l.Conv2D(6, (3, 2), strides=(2, 1), padding="same", activation="relu", kernel_regularizer="l2", bias_constraint="non_neg",
                 name="convolution2d_1"),
        l.BatchNormalization(momentum=0.9, gamma_regularizer="l1", name="batchnormalization_1"), l.LeakyReLU(name="leakyrelu_1"),
        l.Conv2D(5, 3, dilation_rate=2, kernel_constraint=k.constraints.MaxNorm(3, [0, 1, 2]), name="atrousconvolution2d_1"),
        l.PReLU(name="prelu_1"), l.UpSampling2D((2, 3), name="upsampling2d_1"),
        l.SeparableConv2D(4, 3, depth_multiplier=2, activation="tanh", name="separableconvolution2d_1"), l.ELU(0.7, name="elu_1"),
        l.MaxPooling2D((2, 3), strides=(1, 2), padding="same", name="maxpooling2d_1"), l.Cropping2D(((0, 1), (1, 1)), name="cropping2d_1"),
        l.Conv2DTranspose(3, 3, strides=2, name="deconvolution2d_1"), l.SpatialDropout2D(0.2, name="spatialdropout2d_1"),
        l.ThresholdedReLU(0.1, name="thresholdedrelu_1"), l.AveragePooling2D(3, strides=2, padding="same", name="averagepooling2d_1"),
        l.GaussianNoise(0.1, name="gaussiannoise_1"), l.GaussianDropout(0.1, name="gaussiandropout_1"),
        l.ZeroPadding2D((1, 2), name="zeropadding2d_2"), l.ActivityRegularization(l2=0.1, name="activityregularization_1"),
        l.GlobalAveragePooling2D(name="globalaveragepooling2d_1"), l.Dropout(0.3, name="dropout_1"),
        l.Dense(4, activation="hard_sigmoid", activity_regularizer="l1", name="dense_1"), l.Dense(3, use_bias=False, name="dense_2"),
        l.Activation("softmax", name="activation_1")])


def sequence():
    return k.Sequential([
        l.Embedding(9, 5, input_length=20, name="embedding_1"), l.Conv1D(6, 3, strides=2, padding="same", name="convolution1d_1"),
        l.Conv1D(6, 3, dilation_rate=2, padding="same", activation="tanh", name="atrousconvolution1d_1"),
        l.MaxPooling1D(3, 2, padding="same", name="maxpooling1d_1"), l.UpSampling1D(3, name="upsampling1d_1"),
        l.ZeroPadding1D((1, 2), name="zeropadding1d_1"), l.Cropping1D((2, 1), name="cropping1d_1"), l.SpatialDropout1D(0.1, name="sd_1"),
        l.AveragePooling1D(2, name="averagepooling1d_1"), l.Permute((2, 1), name="permute_1"), l.GlobalMaxPooling1D(name="gmp_1"),
        l.RepeatVector(3, name="repeatvector_1"), l.Reshape((7, 3), name="reshape_1"), l.GlobalAveragePooling1D(name="gap_1"),
        l.Dense(2, name="dense_1")])


def volumes():
    return k.Sequential([
        k.Input((6, 7, 5, 2)), l.ZeroPadding3D((1, 0, 2), name="zeropadding3d_1"),
        l.Conv3D(4, (3, 2, 1), strides=(1, 2, 1), padding="same", activation="relu", name="convolution3d_1"),
        l.MaxPooling3D((2, 1, 2), name="maxpooling3d_1"), l.UpSampling3D((1, 2, 1), name="upsampling3d_1"),
        l.Cropping3D(((0, 1), (1, 0), (1, 1)), name="cropping3d_1"), l.SpatialDropout3D(0.1, name="spatialdropout3d_1"),
        l.AveragePooling3D((2, 2, 1), padding="same", name="averagepooling3d_1"), l.GlobalMaxPooling3D(name="gmp_1"),
        l.Dense(3, name="dense_1")])


def graph():
    s, t = k.Input((6, 6, 3), name="input_1"), k.Input((6, 6, 3), name="input_2")
    shared = l.Conv2D(4, 3, padding="same", name="convolution2d_1")
    a, b = shared(s), shared(t)
    inner = k.Sequential([k.Input((6, 6, 4)), l.Conv2D(4, 1, name="convolution2d_2"), l.Activation("relu", name="activation_1")],
                         name="sequential_1")
    x = l.Concatenate(axis=3, name="merge_1")([l.Add(name="merge_2")([a, b]), l.Multiply(name="merge_3")([a, inner(b)])])
    y = l.Average(name="merge_4")([x, l.Maximum(name="merge_5")([x, l.BatchNormalization(name="batchnormalization_1")(x)])])
    v, w = l.GlobalAveragePooling2D(name="gap_1")(y), l.GlobalMaxPooling2D(name="gmp_1")(x)
    return k.Model([s, t], [l.Dot(1, name="merge_6")([v, w]), l.Dense(3, activation="softmax", name="dense_1")(v)], name="model_1")


def write_merged():
    """Sequential([Merge([left, right], mode="concat"), Dense]): the layers of the branches are the model's own in the file."""
    left = k.Sequential([k.Input((5,)), l.Dense(4, activation="relu", name="dense_1"), l.Dense(3, name="dense_2")])
    right = k.Sequential([k.Input((7,)), l.Dense(6, name="dense_3")])
    dense = l.Dense(2, activation="softmax", name="dense_4")
    model = k.Model([*left.inputs, *right.inputs], dense(l.Concatenate(name="merge_1")([left.output, right.output])))
    randomize(model)
    merge = {**old_config(l.Concatenate(axis=-1, name="merge_1"), "merge_1", None), "layers": [
        {"class_name": "Sequential", "config": chain(left)}, {"class_name": "Sequential", "config": chain(right)}]}
    config = {"class_name": "Sequential", "config": [{"class_name": "Merge", "config": merge}, entry(dense, False)]}
    arrays = arrays_for(model)
    save(f"{FOLDER}/keras1_merged.h5", config, [(x.name, [x]) for x in left.layers + right.layers + [dense]], "1.2.2")
    golden(f"{FOLDER}/keras1_merged.h5.golden.h5", arrays, model(arrays))


def write_channels_first():
    """`dim_ordering: "th"`, which layers without weights of their own did not write; kernels (out, in, height, width)."""
    layers = [l.ZeroPadding2D((1, 2), name="zeropadding2d_1"), l.Conv2D(5, 3, name="convolution2d_1"),
              l.BatchNormalization(name="batchnormalization_1"), l.Activation("relu", name="activation_1"),
              l.UpSampling2D((2, 1), name="upsampling2d_1"), l.MaxPooling2D(2, name="maxpooling2d_1"),
              l.Cropping2D(((1, 0), (0, 1)), name="cropping2d_1"), l.SpatialDropout2D(0.3, name="spatialdropout2d_1"),
              l.Conv2D(4, 2, activation="relu", name="convolution2d_2"), l.Flatten(name="flatten_1"), l.Dense(3, name="dense_1")]
    model = k.Sequential([k.Input((9, 8, 3)), *layers[:-2], l.Permute((3, 1, 2)), *layers[-2:]])
    randomize(model)
    entries = []
    for index, layer in enumerate(layers):
        item = entry(layer, False)
        if "dim_ordering" in item["config"]:
            item["config"]["dim_ordering"] = "th"
        if layer.name.startswith("batch"):
            item["config"]["axis"] = 1
        if index == 0:
            item["config"] |= {"batch_input_shape": [None, 3, 9, 8], "input_dtype": "float32"}
        entries.append(item)
    arrays = arrays_for(model)
    save(f"{FOLDER}/keras1_channels_first.h5", {"class_name": "Sequential", "config": entries}, [(x.name, [x]) for x in layers], None, "th")
    golden(f"{FOLDER}/keras1_channels_first.h5.golden.h5", [np.moveaxis(arrays[0], -1, 1)], model(arrays[0]))


def strip(config, is_bare):
    """A chain without an InputLayer; a bare one is the list of its layers alone, and so has no name."""
    layers = [item for item in config["layers"] if item["class_name"] != "InputLayer"]
    for item in layers:
        if item["class_name"] == "Sequential":
            item["config"] = strip(item["config"], is_bare)
    first = layers[0]
    if first["class_name"] not in ("Sequential", "Functional", "Model"):
        first["config"]["batch_input_shape"] = config["layers"][0]["config"]["batch_input_shape"]
    return layers if is_bare else {"name": config["name"], "layers": layers}


def write_chains(name, is_bare, version, functional_base=False):
    """A chain of chains, as Keras 2.0 to 2.3 wrote it: the shape of the input stands in the innermost first layer only."""
    inner = k.Sequential([k.Input((8, 8, 3)), l.Conv2D(4, 3, name="conv_a"), l.BatchNormalization(name="bn_a")], name="sequential_1")
    if functional_base:
        s = k.Input((8, 8, 3), name="image")
        inner = k.Model(s, l.BatchNormalization(name="bn_a")(l.Conv2D(4, 3, name="conv_a")(s)), name="base")
    middle = k.Sequential([inner, l.Activation("relu", name="act_a"), l.Conv2D(5, 3, name="conv_b")], name="sequential_2")
    top = k.Sequential([k.Input((5,)), l.Dense(4, activation="relu", name="dense_a"), l.Dense(3, name="dense_b")], name="sequential_3")
    model = k.Sequential([middle, l.GlobalAveragePooling2D(name="gap"), top], name="sequential_4")
    model.build((None, 8, 8, 3))
    randomize(model)
    config = {"class_name": "Sequential", "config": strip(json.loads(model.to_json())["config"], is_bare)}
    arrays = [np.random.default_rng(5).normal(0, 1, (3, 8, 8, 3)).astype("float32")]
    save(f"{FOLDER}/{name}.h5", config, [(x.name, parts(x)) for x in model.layers], version)
    golden(f"{FOLDER}/{name}.h5.golden.h5", arrays, model(arrays[0]))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for make in (images, sequence, volumes, graph):
        k.backend.clear_session()
        model = make()
        randomize(model)
        is_chain = isinstance(model, k.Sequential)
        config = {"class_name": "Sequential", "config": chain(model)} if is_chain else functional(model)
        arrays = arrays_for(model)
        path = f"{FOLDER}/keras1_{make.__name__}.h5"
        save(path, config, [(x.name, parts(x)) for x in layers_of(model)], "1.2.2")
        golden(path + ".golden.h5", arrays, model(arrays if len(arrays) > 1 else arrays[0]))
    k.backend.clear_session()
    write_merged()
    write_channels_first()
    write_chains("keras20_chains", True, "2.0.8")
    write_chains("keras22_chains", False, "2.2.4-tf")
    write_chains("keras22_functional_base", False, "2.3.1", functional_base=True)
    if len(sys.argv) > 1:
        sys.exit(compare(sys.argv[1]))


def compare(convoy):
    bad = 0
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".golden.h5"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = f"{FOLDER}/{name}"
            result = subprocess.run([convoy, "forward", path, path + ".golden.h5", f"{folder}/out.h5", "--overwrite"],
                                    capture_output=True, text=True)
            if result.returncode:
                print(name, result.stderr.strip())
                bad += 1
                continue
            with h5py.File(path + ".golden.h5") as want, h5py.File(f"{folder}/out.h5") as got:
                worst = max(float(np.abs(got["outputs/" + key][()] - want["outputs/" + key][()]).max()
                                  / np.abs(want["outputs/" + key][()]).max()) for key in want["outputs"])
            print(f"{name:32} {worst:.1e}")
            bad += worst > 1e-5
    return 1 if bad else 0


if __name__ == "__main__":
    main()
