#!/usr/bin/env python3
"""Compares Convoy's networks called keras:NAME with keras.applications, with weights in the files that Keras publishes them in.

    python check_applications.py .build/release/convoy [MobileNet ResNet50 ...]     needs keras, tensorflow, tf_keras, h5py

Each network gets weights at random in Keras 2 (tf_keras) and Keras 3. Keras 2 saves them by layer (NAME.h5, as on Keras's
servers), Keras 3 by path (.weights.h5) and as a whole model; `convoy forward --into keras:NAME` runs them on one image.
Prints the largest difference as a part of the largest probability, and ends with status 1 where one is over 1e-5.
"""
import os
import subprocess
import sys
import tempfile
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.filterwarnings("ignore")

import h5py
import keras
import numpy
import tf_keras

SMALL = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "DenseNet121", "NASNetMobile", "EfficientNetB0",
         "EfficientNetV2B0", "ResNet50", "ResNet50V2", "InceptionV3", "InceptionResNetV2", "Xception", "ConvNeXtTiny"]


def randomized(library, name, draws):
    library.backend.clear_session()
    options = {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}
    model = getattr(library.applications, name)(weights=None, **options)
    values = []
    for weight in model.weights:
        value = numpy.array(weight)
        full = getattr(weight, "path", weight.name)
        if "variance" in full:
            value = draws.uniform(0.5, 1.5, value.shape)
        elif "gamma" in full and "layer_scale" not in full:
            value = draws.uniform(0.5, 1.2, value.shape)
        elif value.ndim == 1:
            value = draws.normal(0, 0.1, value.shape)
        values.append(value.astype(numpy.array(weight).dtype))
    model.set_weights(values)
    return model


def main():
    convoy, names = sys.argv[1], sys.argv[2:] or SMALL
    failed = False
    for name in names:
        for library in (tf_keras, keras):
            draws = numpy.random.default_rng(3)
            model = randomized(library, name, draws)
            image = draws.uniform(0, 255, (1,) + tuple(model.input_shape[1:])).astype("float32")
            if not any(part in name for part in ("Efficient", "ConvNeXt", "MobileNetV3")):
                image = image / 127.5 - 1
            wanted = numpy.array(model(image, training=False))
            with tempfile.TemporaryDirectory() as folder:
                inputs, outputs = f"{folder}/inputs.h5", f"{folder}/outputs.h5"
                with h5py.File(inputs, "w") as file:
                    file["inputs/0"] = image
                files = ["w.h5"] if library is tf_keras else ["w.weights.h5", "model.h5"]
                model.save_weights(f"{folder}/{files[0]}")
                if library is keras:
                    model.save(f"{folder}/model.h5")
                for file in files:
                    run = subprocess.run(
                        [convoy, "forward", f"{folder}/{file}", inputs, outputs, "--overwrite", "--into", f"keras:{name.lower()}"],
                        capture_output=True, text=True)
                    label = f"{name:20} {library.__name__:8} {file:12}"
                    if run.returncode:
                        print(label, run.stderr.strip())
                        failed = True
                        continue
                    with h5py.File(outputs) as results:
                        difference = float(abs(results["outputs/0"][()] - wanted).max() / wanted.max())
                    failed |= not difference <= 1e-5
                    print(label, f"{difference:.1e}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
