"""Copies the files listed below from a folder of models saved by Keras 2 and 3, and removes the L2 regularizer from LeNet,
which is not supported yet. Its goldens keep the regularizer: 0.02 * sum(w^2) of the kernel of 'dense' in the loss.

Run: python copy_fixtures.py SOURCE    (needs h5py, numpy)
"""
import json
import os
import shutil
import sys

import h5py
import numpy

FILES = {
    "lenet": ["k2.h5", "k3.h5", "k2_weights.h5", "golden.h5"],
    "mlp": ["k2.h5", "k3.h5", "k2_weights.h5", "trained.k2.h5", "trained.k3.h5", "golden.h5"],
    "conv_geometry": ["k2.h5", "k3.h5", "golden.h5"],
    "variants": [
        "lenet.fixed_strings.k2.h5", "lenet.compressed.k2.h5", "lenet.latest.k2.h5", "lenet.big_endian.k2.h5",
        "lenet.double.k2.h5", "lenet.userblock.k2.h5", "lenet.keras20_list.h5", "lenet.golden.h5",
        "lenet.theano.k2_weights.h5", "lenet.keras1_th.weights.h5", "lenet.deflated.keras", "refuse.truncated.k3.h5",
        "refuse.wrong_shape.k3.h5", "lenet.latest_compressed.k3.weights.h5",
    ],
}


def without_regularizer(path):
    latest = {"libver": "latest"} if ".latest." in path else {}
    try:
        file = h5py.File(path, "r+", **latest)
    except OSError:
        return  # truncated on purpose
    with file:
        if "model_config" not in file.attrs:
            return
        text = file.attrs["model_config"]
        model = json.loads(text)
        for layer in model["config"] if isinstance(model["config"], list) else model["config"]["layers"]:
            if layer["config"].get("kernel_regularizer"):
                layer["config"]["kernel_regularizer"] = None
        changed = json.dumps(model)
        file.attrs["model_config"] = numpy.bytes_(changed.encode()) if isinstance(text, bytes) else changed


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for folder, names in FILES.items():
        os.makedirs(os.path.join(here, folder), exist_ok=True)
        for name in names:
            target = os.path.join(here, folder, name)
            shutil.copyfile(os.path.join(sys.argv[1], folder, name), target)
            if name.endswith(".h5") and folder in ("lenet", "variants"):
                without_regularizer(target)
    shutil.copyfile(os.path.join(sys.argv[1], "lenet", "k3.h5"), os.path.join(here, "lenet", "regularized.k3.h5"))


if __name__ == "__main__":
    main()
