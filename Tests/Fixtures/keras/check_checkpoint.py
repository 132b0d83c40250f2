"""Compares a checkpoint in Keras with the same file in convoy, on 100 random images: prints the largest difference of an output.

    python check_checkpoint.py runs/digits/last.h5 .build/release/convoy        needs keras, tensorflow-cpu, h5py, numpy
"""
import os
import subprocess
import sys
import tempfile

import h5py
import keras
import numpy


def main():
    checkpoint, convoy = sys.argv[1:3]
    model = keras.models.load_model(checkpoint)
    images = numpy.random.default_rng(0).standard_normal((100,) + model.input_shape[1:]).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = os.path.join(folder, "inputs.h5"), os.path.join(folder, "outputs.h5")
        with h5py.File(inputs, "w") as file:
            file["inputs/0"] = images
        subprocess.check_call([convoy, "forward", checkpoint, inputs, outputs])
        with h5py.File(outputs) as file:
            ours = file["outputs/0"][:]
    difference = float(numpy.abs(ours - model.predict(images, verbose=0)).max())
    print(f"Keras {keras.__version__}: the largest difference of {ours.size} outputs is {difference:.1e}")
    sys.exit(0 if difference <= 1e-5 else 1)


if __name__ == "__main__":
    main()
