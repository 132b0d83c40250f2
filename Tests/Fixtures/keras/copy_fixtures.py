"""Copies the files listed below from a folder of models saved by Keras 2 and 3.

Run: python copy_fixtures.py SOURCE
"""
import os
import shutil
import sys

FILES = {
    "lenet": ["k2.h5", "k3.h5", "k2_weights.h5", "k3.keras", "k3.weights.h5", "golden.h5"],
    "mlp": ["k2.h5", "k3.h5", "k2_weights.h5", "trained.k2.h5", "trained.k3.h5", "k2.keras", "k3.keras", "k2.weights.h5", "k3.weights.h5", "golden.h5"],
    "conv_geometry": ["k2.h5", "k3.h5", "golden.h5"],
    "conv1d_stack": ["k2.h5", "k3.h5", "golden.h5"],
    "conv3d_stack": ["k2.h5", "k3.h5", "golden.h5"],
    "conv_transpose": ["k2.h5", "k3.h5", "golden.h5"],
    "depthwise_separable": ["k2.h5", "k3.h5", "golden.h5"],
    "activations": ["k2.h5", "k3.h5", "golden.h5"],
    "advanced_activations": ["k2.h5", "k3.h5", "golden.h5"],
    "dropouts": ["k2.h5", "k3.h5", "golden.h5"],
    "keras2_only": ["k2.h5", "golden.h5"],
    "embedding_text": ["k2.h5", "k3.h5", "golden.h5"],
    "merges": ["k2.h5", "k3.h5", "golden.h5"],
    "batchnorm": ["k2.h5", "k3.h5", "golden.h5"],
    "preprocessing": ["k2.h5", "k3.h5", "golden.h5"],
    "random_crop": ["k2.h5", "golden.h5"],
    "norms": ["k2.h5", "k3.h5", "golden.h5"],
    "pooling": ["k2.h5", "k3.h5", "golden.h5"],
    "nested_shared": ["k2.h5", "k3.h5", "golden.h5"],
    "frozen_nested": ["k2.h5", "k3.h5", "golden.h5"],
    "multi_io": ["k2.h5", "k3.h5", "golden.h5"],
    "operators_k2": ["k2.h5", "golden.h5"],
    "operators_k3": ["k3.h5", "golden.h5"],
    "channels_first": ["k2.h5", "k3.h5", "golden.h5"],
    "keras2_only": ["k2.h5", "golden.h5"],
    "variants": [
        "lenet.fixed_strings.k2.h5", "lenet.compressed.k2.h5", "lenet.latest.k2.h5", "lenet.big_endian.k2.h5",
        "lenet.double.k2.h5", "lenet.userblock.k2.h5", "lenet.keras20_list.h5", "lenet.golden.h5",
        "lenet.theano.k2_weights.h5", "lenet.keras1_th.weights.h5", "lenet.deflated.keras", "refuse.truncated.k3.h5",
        "refuse.wrong_shape.k3.h5", "lenet.latest_compressed.k3.weights.h5",
        "lenet.checkpoint_dependencies.weights.h5", "lenet.directory/config.json", "lenet.directory/metadata.json",
        "lenet.directory/model.weights.h5", "half.float16.keras", "half.bfloat16.keras", "half.mixed_float16.keras",
        "half.float64.keras", "half.float16.golden.h5", "half.bfloat16.golden.h5", "half.mixed_float16.golden.h5",
        "half.float64.golden.h5", "refuse.lambda.k3.keras", "refuse.custom.k3.keras",
        "lenet.sharded.weights.json", "lenet.sharded_00000.weights.h5", "lenet.sharded_00001.weights.h5",
        "lenet.sharded_00002.weights.h5", "lenet.sharded_00003.weights.h5", "lenet.sharded_00004.weights.h5",
        "lenet.sharded_00005.weights.h5",
    ],
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for folder, names in FILES.items():
        for name in names:
            os.makedirs(os.path.dirname(os.path.join(here, folder, name)), exist_ok=True)
            shutil.copyfile(os.path.join(sys.argv[1], folder, name), os.path.join(here, folder, name))


if __name__ == "__main__":
    main()
