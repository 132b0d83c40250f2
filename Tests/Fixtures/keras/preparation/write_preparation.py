"""Writes small models that prepare their images themselves, in every form that Keras 2 and 3 save, and what they say of images.

    KERAS_BACKEND=tensorflow python write_preparation.py

Beside each FORM.k2.h5, FORM.k3.h5 and FORM.k3.keras, `expected.json` holds the numbers that the form is made for (null where
the model takes images as they are) and its outputs for the images of `images/CLASS`, whose pixels `images.h5` holds.
"""
import json
import os

import h5py
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
side = 8


def images():
    from PIL import Image
    random = np.random.default_rng(1)
    pixels = {}
    for name in ["disc", "stripe"]:
        os.makedirs(f"images/{name}", exist_ok=True)
        for index in range(4):
            y, x = np.mgrid[0:side, 0:side]
            shape = (x - 3.5) ** 2 + (y - 3.5) ** 2 < 9 if name == "disc" else x % 3 == index % 3
            image = np.where(shape[..., None], random.integers(120, 255, 3), random.integers(0, 90, 3))
            image = np.clip(image + random.integers(-10, 10, image.shape), 0, 255).astype("uint8")
            path = f"images/{name}/{index}.png"
            Image.fromarray(image).save(path)
            pixels[path] = image
    with h5py.File("images.h5", "w") as file: file["images"] = np.stack(list(pixels.values()))
    return pixels


def forms(keras, tf, version):
    """Name, numbers that it is made for, and a function from the input to what the first convolution reads."""
    layers, applications = keras.layers, keras.applications
    bytes_, unit = [0, 255], [0, 1]

    def adapted(scale):
        layer = layers.Normalization()
        layer.adapt(np.random.default_rng(2).uniform(0, scale, (200, side, side, 3)).astype("float32"))
        return layer

    def nested(x):
        inner = keras.Sequential([layers.RandomFlip("horizontal"), layers.Rescaling(1 / 127.5, offset=-1)], name="prepare")
        return inner(x)

    def nested_twice(x):
        inside = keras.Input((side, side, 3))
        inner = keras.Model(inside, layers.Rescaling(1 / 255)(inside), name="scale")
        outside = keras.Input((side, side, 3))
        return keras.Model(outside, inner(outside), name="outer")(x)

    def geometry(x):
        x = layers.RandomFlip("horizontal_and_vertical")(x)
        x = layers.CenterCrop(6, 6)(layers.Resizing(10, 10)(x))
        return layers.Rescaling(1 / 255)(layers.ZeroPadding2D(1)(layers.Activation("linear")(x)))

    def efficientnet(x):
        x = layers.Rescaling(1 / 255)(x)
        x = layers.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.229 ** 2, 0.224 ** 2, 0.225 ** 2])(x)
        return layers.Rescaling([2.0, 2.1, 2.2])(x) if version == 2 else layers.Rescaling(2.0)(x)

    def reverse(x):
        x = tf.reverse(x, [-1]) if version == 2 else keras.ops.flip(x, axis=-1)
        return x - np.array([103.9, 116.8, 123.7], "float32")

    def pieces(x):
        red, green, blue = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return layers.Concatenate()([blue, green, red]) / 255.0

    def cast(x):
        x = tf.cast(x, tf.float32) if version == 2 else keras.ops.cast(x, "float32")
        return x * (1.0 / 255)

    def clipped(x):
        x = tf.clip_by_value(x, 0.0, 255.0) if version == 2 else keras.ops.clip(x, 0.0, 255.0)
        return x / 255.0

    return [
        ("plain", None, lambda x: x),
        ("augmented", None, lambda x: layers.RandomFlip("horizontal")(x)),
        ("batch_normalization", None, lambda x: layers.BatchNormalization()(x)),
        ("rescaling", bytes_, lambda x: layers.Rescaling(1 / 255)(x)),
        ("rescaling_unit", unit, lambda x: layers.Rescaling(2.0, offset=-1)(x)),
        ("normalization", bytes_, lambda x: adapted(255)(x)),
        ("normalization_unit", unit, lambda x: adapted(1)(x)),
        ("tf", bytes_, applications.mobilenet_v2.preprocess_input),
        ("caffe", bytes_, applications.vgg16.preprocess_input),
        ("torch", bytes_, applications.densenet.preprocess_input),
        ("nested", bytes_, nested),
        ("nested_twice", bytes_, nested_twice),
        ("geometry", bytes_, geometry),
        ("efficientnet", bytes_, efficientnet),
        ("reverse", bytes_, reverse),
        ("pieces", bytes_, pieces),
        ("cast", bytes_, cast),
        ("clipped", bytes_, clipped),
    ]


def main():
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")
    import tensorflow as tf
    import keras as keras3
    import tf_keras as keras2
    pixels, expected = images(), {}
    batch = np.stack(list(pixels.values())).astype("float32")
    for keras, version in [(keras2, 2), (keras3, 3)]:
        for name, numbers, prepare in forms(keras, tf, version):
            keras.utils.set_random_seed(7)
            source = keras.Input((side, side, 3))
            x = keras.layers.Conv2D(6, 3, strides=2, activation="relu", name="first")(prepare(source))
            x = keras.layers.GlobalAveragePooling2D()(x)
            # A name that is known for a preparation of its own.
            model = keras.Model(source, keras.layers.Dense(2, activation="softmax", name="classes")(x), name="mobilenetv2_small")
            scale = 1 if numbers == [0, 255] else 1 / 127.5 if numbers is None else 1 / 255
            shift = -1 if numbers is None else 0
            if name == "batch_normalization": model.layers[1].set_weights([np.full(3, v, "float32") for v in (1.1, 0.1, 0.0, 0.3)])
            outputs = model.predict(batch * scale + shift, verbose=0)
            # Weights whose answers differ by image, and far from certainty.
            kernel, bias = model.layers[-1].get_weights()
            logits = np.log(outputs[:, 0] / outputs[:, 1])
            factor = 2 / max(np.ptp(logits), 1e-6)
            centre = np.log(outputs).mean(0) * factor
            model.layers[-1].set_weights([kernel * factor, bias * factor - centre])
            outputs = model.predict(batch * scale + shift, verbose=0)
            files = [f"{name}.k{version}.h5"] + ([f"{name}.k3.keras"] if version == 3 else [])
            for file in files:
                model.save(file, **({"include_optimizer": False} if file.endswith(".h5") else {}))
                expected[file] = {"numbers": numbers, "outputs": dict(zip(pixels, outputs.tolist()))}
    with open("expected.json", "w") as file:
        json.dump(expected, file, indent=1)


if __name__ == "__main__":
    main()
