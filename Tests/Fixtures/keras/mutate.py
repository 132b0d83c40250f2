"""Writes mutations.zip: a small model saved by Keras in four formats, and files in each of which one thing is wrong or unusual.

    python mutate.py          needs keras, tensorflow, h5py, numpy

`expectations.json` in it says for every file how it is to be loaded ("own": with the architecture in it; "into": into that of
base.h5) and what must come of it: "refused", or "equal" where the change is harmless. `golden.h5` holds inputs and outputs.
"""
import json
import os
import shutil
import struct
import tempfile
import zipfile


os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
expectations = {}


def build():
    layers = keras.layers
    x = image = keras.Input((6, 6, 2), name="image")
    for name in ("c1", "c2", "c3"):
        x = layers.Conv2D(4, 3, padding="same", activation="relu", name=name)(x)
    x = layers.BatchNormalization(epsilon=0.01, name="bn")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(4, activation="tanh", name="d1")(x)
    x = layers.Dense(4, activation="tanh", name="d2")(x)
    model = keras.Model(image, layers.Dense(3, name="out")(x), name="tiny")
    draws = numpy.random.default_rng(11)
    for w in model.weights:
        w.assign(draws.uniform(0.5, 1.5, w.shape) if "variance" in w.path or "gamma" in w.path else draws.normal(0, 0.5, w.shape))
    return model


def mutation(base, name, expected, how="own"):
    """Copies the base and hands the file to the function that changes it."""
    def run(change):
        suffix = ".keras" if base.endswith(".keras") else ".h5"
        path = os.path.join(folder, name + suffix)
        shutil.copyfile(os.path.join(folder, base), path)
        change(path)
        expectations[name + suffix] = {"expected": expected, "how": how}
    return run


def hdf5(base, name, expected, how="own"):
    def run(change):
        def inside(path):
            with h5py.File(path, "r+") as file:
                change(file["model_weights"] if "model_weights" in file else file, file)
        mutation(base, name, expected, how)(inside)
    return run


def config(name, expected, how="own"):
    """Changes the JSON of model_config."""
    def run(change):
        def inside(weights, file):
            model = json.loads(file.attrs["model_config"])
            by_name = {l["config"]["name"]: l for l in model["config"]["layers"]}
            text = change(model, by_name)
            file.attrs["model_config"] = text if isinstance(text, str) else json.dumps(model)
        hdf5("base.h5", name, expected, how)(inside)
    return run


def replace(group, name, **arguments):
    attributes = dict(group[name].attrs)
    del group[name]
    dataset = group.create_dataset(name, **arguments)
    for key, value in attributes.items():
        dataset.attrs[key] = value


KERNEL, BIAS = "c1/c1/kernel", "c1/c1/bias"


def legacy():
    case = lambda name, expected, how="own": hdf5("base.h5", name, expected, how)

    def names(group, change):
        value = [str(v) for v in group.attrs["layer_names"]]
        change(value)
        del group.attrs["layer_names"]
        group.attrs["layer_names"] = value

    def weight_names(group, value):
        del group.attrs["weight_names"]
        group.attrs["weight_names"] = value

    @case("layer_renamed_everywhere_but_in_the_config", "equal")
    def _(g, f):
        g.move("c1", "first")
        names(g, lambda n: n.__setitem__(n.index("c1"), "first"))

    @case("group_renamed", "refused")
    def _(g, f): g.move("c1", "first")

    @case("name_in_list_changed", "refused")
    def _(g, f): names(g, lambda n: n.__setitem__(n.index("c1"), "first"))

    @case("layers_reordered", "equal")
    def _(g, f): names(g, lambda n: n.reverse())

    @case("layers_reordered_and_one_renamed", "refused")
    def _(g, f):
        g.move("c1", "first")
        names(g, lambda n: (n.__setitem__(n.index("c1"), "first"), n.reverse()))

    @case("weights_reordered", "equal")
    def _(g, f): weight_names(g["bn"], list(g["bn"].attrs["weight_names"])[::-1])

    @case("weights_reordered_with_other_names", "refused")
    def _(g, f):
        g["bn/bn"].move("gamma", "other")
        weight_names(g["bn"], ["bn/beta", "bn/other", "bn/moving_mean", "bn/moving_variance"])

    @case("weights_without_names", "equal")
    def _(g, f):
        g["c1"].move("c1/kernel", "Variable_7:0")
        g["c1"].move("c1/bias", "Variable_8:0")
        weight_names(g["c1"], ["Variable_7:0", "Variable_8:0"])

    @case("weights_without_names_swapped", "refused")
    def _(g, f):
        g["c1"].move("c1/kernel", "Variable_7:0")
        g["c1"].move("c1/bias", "Variable_8:0")
        weight_names(g["c1"], ["Variable_8:0", "Variable_7:0"])

    @case("equal_layers_swapped_with_names", "refused")
    def _(g, f):
        g.move("c2", "x")
        g.move("c3", "c2")
        g.move("x", "c3")

    @case("equal_dense_layers_swapped_with_names", "refused")
    def _(g, f):
        g.move("d1", "x")
        g.move("d2", "d1")
        g.move("x", "d2")

    @case("weight_names_of_another_layer", "refused")
    def _(g, f): weight_names(g["c2"], list(g["c3"].attrs["weight_names"]))

    @case("dataset_missing", "refused")
    def _(g, f): del g["bn/bn/gamma"]

    @case("group_missing", "refused")
    def _(g, f): del g["d1"]

    @case("layer_missing", "refused")
    def _(g, f):
        names(g, lambda n: n.remove("d1"))
        del g["d1"]

    @case("weight_missing", "refused")
    def _(g, f): weight_names(g["c1"], ["c1/kernel"])

    @case("weight_names_missing", "refused")
    def _(g, f): del g["c1"].attrs["weight_names"]

    @case("weight_names_empty", "refused")
    def _(g, f): weight_names(g["c1"], numpy.zeros(0))

    @case("layer_names_missing", "refused")
    def _(g, f): del g.attrs["layer_names"]

    @case("layer_names_empty", "refused")
    def _(g, f):
        del g.attrs["layer_names"]
        g.attrs["layer_names"] = numpy.zeros(0)

    @case("layer_names_are_numbers", "refused")
    def _(g, f):
        del g.attrs["layer_names"]
        g.attrs["layer_names"] = numpy.arange(9)

    @case("layer_extra", "refused")
    def _(g, f):
        g.copy("d1", "d3")
        names(g, lambda n: n.append("d3"))

    @case("group_extra", "equal")
    def _(g, f): g.copy("d1", "d3")

    @case("weight_extra", "refused")
    def _(g, f):
        g["c1/c1/more"] = numpy.zeros(4, "f4")
        weight_names(g["c1"], ["c1/kernel", "c1/bias", "c1/more"])

    @case("layer_listed_twice", "refused")
    def _(g, f): names(g, lambda n: n.append("d1"))

    @case("weight_listed_twice", "refused")
    def _(g, f): weight_names(g["c1"], ["c1/kernel", "c1/kernel"])

    @case("top_level_weights", "refused")
    def _(g, f):
        g["top_level_model_weights/temperature"] = numpy.ones(1, "f4")
        weight_names(g["top_level_model_weights"], ["temperature"])

    @case("model_weights_missing", "refused")
    def _(g, f): del f["model_weights"]

    @case("layer_is_a_dataset", "refused")
    def _(g, f):
        del g["pool"]
        g["pool"] = numpy.zeros(3, "f4")

    for name, change in {
        "kernel_in_and_out_swapped": lambda k: k.transpose(0, 1, 3, 2), "kernel_channels_first": lambda k: k.transpose(3, 2, 0, 1),
        "kernel_reversed_axes": lambda k: k.transpose(), "kernel_flat": lambda k: k.ravel(), "kernel_with_a_filter_less": lambda k: k[..., :3],
        "kernel_with_a_channel_more": lambda k: numpy.concatenate([k, k[:, :, :1]], 2), "kernel_with_an_axis_more": lambda k: k[None],
        "kernel_of_integers": lambda k: k.astype("i4"), "kernel_of_booleans": lambda k: k > 0, "kernel_complex": lambda k: k.astype("c8"),
        "kernel_with_nan": lambda k: numpy.where(k == k.max(), numpy.nan, k).astype("f4"),
        "kernel_infinite": lambda k: numpy.where(k == k.max(), numpy.inf, k).astype("f4"),
        "kernel_empty": lambda k: k[:0],
    }.items():
        @case(name, "refused")
        def _(g, f): replace(g, KERNEL, data=change(g[KERNEL][()]))

    for name, change in {
        "kernel_double": lambda k: k.astype("f8"), "kernel_big_endian": lambda k: k.astype(">f4"),
    }.items():
        @case(name, "equal")
        def _(g, f): replace(g, KERNEL, data=change(g[KERNEL][()]))

    @case("kernel_double_too_large", "refused")
    def _(g, f): replace(g, KERNEL, data=g[KERNEL][()].astype("f8") * 1e300)

    @case("kernel_compressed", "equal")
    def _(g, f): replace(g, KERNEL, data=g[KERNEL][()], compression="gzip", shuffle=True, fletcher32=True)

    @case("kernel_of_strings", "refused")
    def _(g, f): replace(g, KERNEL, data=numpy.full((3, 3, 2, 4), b"0.5"))

    @case("kernel_is_a_group", "refused")
    def _(g, f):
        del g[KERNEL]
        g.create_group(KERNEL)

    @case("kernel_huge", "refused")
    def _(g, f): replace(g, KERNEL, shape=(1 << 20, 1 << 20, 2, 4), dtype="f4", chunks=(64, 64, 2, 4))

    @case("kernel_overflowing", "refused")
    def _(g, f): replace(g, KERNEL, shape=(1 << 40, 1 << 40, 2, 4), dtype="f4", chunks=(64, 64, 2, 4))

    @case("kernel_never_written", "refused")
    def _(g, f): replace(g, KERNEL, shape=(3, 3, 2, 4), dtype="f4", fillvalue=numpy.nan)

    @case("kernel_without_space", "refused")
    def _(g, f):
        del g[KERNEL]
        g[KERNEL] = h5py.Empty("f4")

    @case("bias_scalar", "refused")
    def _(g, f): replace(g, BIAS, data=numpy.float32(1))

    @case("bias_row", "refused")
    def _(g, f): replace(g, BIAS, data=g[BIAS][()][None])

    @case("bias_is_a_soft_link", "refused")
    def _(g, f):
        del g[BIAS]
        g[BIAS] = h5py.SoftLink("/model_weights/c2/c2/bias")

    @case("bias_is_an_external_link", "refused")
    def _(g, f):
        del g[BIAS]
        g[BIAS] = h5py.ExternalLink("base.h5", "/model_weights/c1/c1/bias")

    @case("layer_is_a_soft_link", "refused")
    def _(g, f):
        del g["c2"]
        g["c2"] = h5py.SoftLink("/model_weights/c3")

    @case("soft_link_to_itself", "refused")
    def _(g, f):
        del g["c2"]
        g["c2"] = h5py.SoftLink("/model_weights/c2")

    @case("second_hard_link", "equal")
    def _(g, f): g["again"] = g["c1"]

    @case("external_storage", "refused")
    def _(g, f):
        del g[BIAS]
        g.create_dataset(BIAS, (4,), "f4", external=[("/etc/passwd", 0, 16)])

    @case("virtual_dataset", "refused")
    def _(g, f):
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("base.h5", "model_weights/c1/c1/bias", (4,))
        del g[BIAS]
        g.create_virtual_dataset(BIAS, layout)

    for name, size in (("truncated_by_half", 0.5), ("truncated_at_nine_tenths", 0.9), ("truncated_to_the_header", 0.01)):
        @mutation("base.h5", name, "refused")
        def _(path): os.truncate(path, int(os.path.getsize(path) * size))

    @mutation("base.h5", "first_bytes_changed", "refused")
    def _(path):
        with open(path, "r+b") as file:
            file.write(b"\x88HDF")


def configurations():
    @config("config_missing_layer", "refused")
    def _(m, l):
        m["config"]["layers"].remove(l["d2"])
        l["out"]["inbound_nodes"] = l["d2"]["inbound_nodes"]

    @config("config_extra_layer", "refused")
    def _(m, l):
        extra = json.loads(json.dumps(l["d2"]).replace('"d2"', '"d3"').replace('"d1"', '"d2"'))
        m["config"]["layers"].insert(-1, extra)
        l["out"]["inbound_nodes"] = json.loads(json.dumps(l["out"]["inbound_nodes"]).replace('"d2"', '"d3"'))

    for name, layer, key, value in (
        ("config_wrong_head", "out", "units", 5), ("config_wrong_filters", "c2", "filters", 5), ("config_wrong_kernel", "c2", "kernel_size", [5, 5]),
        ("config_without_bias", "c2", "use_bias", False), ("config_without_scale", "bn", "scale", False), ("config_wrong_groups", "c2", "groups", 2),
        ("config_unknown_activation", "c2", "activation", "swash"), ("config_unknown_key", "c2", "spread", 3),
        ("config_negative_filters", "c2", "filters", -4), ("config_filters_is_text", "c2", "filters", "four"),
        ("config_strides_zero", "c2", "strides", [0, 0]),
    ):
        @config(name, "refused")
        def _(m, l): l[layer]["config"][key] = value

    for name, layer, key, value in (
        ("config_wrong_epsilon", "bn", "epsilon", 0.001), ("config_wrong_strides", "c2", "strides", [2, 2]),
        ("config_wrong_activation", "c2", "activation", "tanh"), ("config_wrong_padding", "c2", "padding", "valid"),
        ("config_wrong_dilation", "c2", "dilation_rate", [2, 2]),
    ):
        @config(name, "refused", how="into")
        def _(m, l): l[layer]["config"][key] = value

    @config("config_unchanged_but_written_anew", "equal", how="into")
    def _(m, l): return json.dumps(m, indent=1)

    @config("config_unknown_class", "refused")
    def _(m, l): l["c2"]["class_name"] = "Conv2E"

    @config("config_unknown_reference", "refused")
    def _(m, l): l["out"]["inbound_nodes"] = json.loads(json.dumps(l["out"]["inbound_nodes"]).replace('"d2"', '"d9"'))

    @config("config_loop", "refused")
    def _(m, l): l["d1"]["inbound_nodes"] = json.loads(json.dumps(l["out"]["inbound_nodes"]))

    @config("config_name_twice", "refused")
    def _(m, l): l["d2"]["config"]["name"] = l["d2"]["name"] = "d1"

    @config("config_cut", "refused")
    def _(m, l): return json.dumps(m)[:700]

    @config("config_no_json", "refused")
    def _(m, l): return "model"

    @config("config_empty", "refused")
    def _(m, l): return "{}"

    @config("config_renamed_layers", "equal", how="into")
    def _(m, l):
        text = json.dumps(m)
        for name in ("c1", "c2", "c3"):
            text = text.replace(f'"{name}"', f'"new_{name}"')
        return text

    @hdf5("base.h5", "config_attribute_missing", "refused")
    def _(g, f): del f.attrs["model_config"]

    @hdf5("base.h5", "config_attribute_is_a_number", "refused")
    def _(g, f):
        del f.attrs["model_config"]
        f.attrs["model_config"] = 7


def by_path():
    case = lambda name, expected: hdf5("base.weights.h5", name, expected, "into")

    @case("path_variables_swapped", "refused")
    def _(g, f):
        v = f["layers/conv2d/vars"]
        v.move("0", "x")
        v.move("1", "0")
        v.move("x", "1")

    @case("path_variable_missing", "refused")
    def _(g, f): del f["layers/conv2d/vars/1"]

    @case("path_variable_gap", "refused")
    def _(g, f): f["layers/conv2d/vars"].move("1", "2")

    @case("path_variable_extra", "refused")
    def _(g, f): f["layers/conv2d/vars/2"] = numpy.zeros(4, "f4")

    @case("path_variable_named", "refused")
    def _(g, f): f["layers/conv2d/vars"].move("1", "bias")

    @case("path_group_missing", "refused")
    def _(g, f): del f["layers/conv2d_1"]

    @case("path_group_extra", "refused")
    def _(g, f): f.copy("layers/conv2d_1", "layers/conv2d_3")

    @case("path_group_renamed", "refused")
    def _(g, f): f["layers"].move("conv2d_1", "convolution")

    @case("path_groups_swapped_with_names", "equal")
    def _(g, f):
        f["layers"].move("conv2d_1", "x")
        f["layers"].move("conv2d_2", "conv2d_1")
        f["layers"].move("x", "conv2d_2")

    @case("path_without_names", "equal")
    def _(g, f): f.visititems(lambda n, o: o.attrs.pop("name", None) and None)

    @case("path_with_an_unknown_name", "equal")
    def _(g, f): f["layers/conv2d_1/vars"].attrs["name"] = "unknown"

    @case("path_with_a_name_twice", "refused")
    def _(g, f): f["layers/conv2d_1/vars"].attrs["name"] = "c3"

    @case("path_with_a_name_of_another_place", "refused")
    def _(g, f):
        f["layers/conv2d_1/vars"].attrs["name"] = "c3"
        f["layers/conv2d_2/vars"].attrs["name"] = "unknown"

    @case("path_of_keras_2_12", "equal")
    def _(g, f): f.move("layers", "_layer_checkpoint_dependencies")

    @case("path_layers_renamed", "refused")
    def _(g, f): f.move("layers", "layer")

    @case("path_optimizer_left_over", "equal")
    def _(g, f): f["optimizer/vars/77"] = numpy.zeros(4, "f4")

    @case("path_with_nan", "refused")
    def _(g, f): f["layers/batch_normalization/vars/2"][1] = numpy.nan

    @case("path_group_is_a_soft_link", "refused")
    def _(g, f):
        del f["layers/conv2d_1"]
        f["layers/conv2d_1"] = h5py.SoftLink("/layers/conv2d_2")

    @case("path_endless", "refused")
    def _(g, f): f["layers/conv2d/again"] = f["layers"]

    @case("path_double_precision", "equal")
    def _(g, f): replace(f, "layers/batch_normalization/vars/0", data=f["layers/batch_normalization/vars/0"][()].astype("f8"))


def archives():
    def rewritten(name, expected, change, **arguments):
        @mutation("base.keras", name, expected)
        def _(path):
            with zipfile.ZipFile(path) as old:
                members = [(n, old.read(n)) for n in old.namelist()]
            members = change(members)
            with zipfile.ZipFile(path, "w", **arguments) as new:
                for member, data in members:
                    new.writestr(zipfile.ZipInfo(member), data, **arguments)

    def without(name):
        return lambda members: [m for m in members if m[0] != name]

    def with_member(name, data):
        return lambda members: members + [(name, data)]

    rewritten("archive_reordered", "equal", lambda m: m[::-1])
    rewritten("archive_without_metadata", "equal", without("metadata.json"))
    rewritten("archive_without_config", "refused", without("config.json"))
    rewritten("archive_without_weights", "refused", without("model.weights.h5"))
    rewritten("archive_with_assets", "equal", with_member("assets/words.txt", b"one\ntwo\n"))
    rewritten("archive_leads_out", "refused", with_member("../../words.txt", b"one"))
    rewritten("archive_absolute", "refused", with_member("/etc/words.txt", b"one"))
    rewritten("archive_member_twice", "refused", with_member("config.json", b"{}"))
    rewritten("archive_weights_no_hdf5", "refused", lambda m: [(n, b"words" if n.endswith("h5") else d) for n, d in m])
    rewritten("archive_config_no_json", "refused", lambda m: [(n, b"words" if n == "config.json" else d) for n, d in m])
    rewritten(
        "archive_config_other_units", "refused",
        lambda m: [(n, d.replace(b'"units": 3', b'"units": 5') if n == "config.json" else d) for n, d in m])

    @mutation("base.keras", "archive_deflated", "equal")
    def _(path):
        with zipfile.ZipFile(path) as old:
            members = [(n, old.read(n)) for n in old.namelist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for member, data in members:
                new.writestr(member, data)

    @mutation("base.keras", "archive_bomb", "refused")
    def _(path):
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
            file.writestr("assets/zeros", bytes(64 << 20))

    @mutation("base.keras", "archive_truncated", "refused")
    def _(path): os.truncate(path, os.path.getsize(path) * 2 // 3)

    @mutation("base.keras", "archive_weights_damaged", "refused")
    def _(path):
        with open(path, "r+b") as file:
            place = file.read().rindex(b"\x89HDF") + 3000
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1]))

    @mutation("base.keras", "archive_claims_more", "refused")
    def _(path):
        with open(path, "r+b") as file:
            data = file.read()
            place = data.rindex(b"model.weights.h5") - 46
            file.seek(place + 20)
            file.write(struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF))


def main():
    global folder
    with tempfile.TemporaryDirectory() as folder:
        model = build()
        model.save(os.path.join(folder, "base.h5"))
        model.save(os.path.join(folder, "base.keras"))
        model.save_weights(os.path.join(folder, "base.weights.h5"))
        inputs = numpy.random.default_rng(2).normal(size=(3, 6, 6, 2)).astype("f4")
        with h5py.File(os.path.join(folder, "golden.h5"), "w") as file:
            file["inputs/0"] = inputs
            file["outputs/0"] = numpy.asarray(model(inputs, training=False))
        for base, how in (("base.h5", "own"), ("base.keras", "own"), ("base.weights.h5", "into")):
            expectations[base] = {"expected": "equal", "how": how}
        legacy()
        configurations()
        by_path()
        archives()
        with open(os.path.join(folder, "expectations.json"), "w") as file:
            json.dump(expectations, file, indent=0, sort_keys=True)
        with zipfile.ZipFile(os.path.join(HERE, "mutations.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(os.listdir(folder)):
                member = zipfile.ZipInfo(name)
                with open(os.path.join(folder, name), "rb") as file:
                    archive.writestr(member, file.read(), zipfile.ZIP_DEFLATED, 9)
    print(len(expectations) - 3, "mutations,", sum(e["expected"] == "refused" for e in expectations.values()), "to be refused")


if __name__ == "__main__":
    main()
