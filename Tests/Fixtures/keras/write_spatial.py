"""Writes spatial/: layers over one, two and three axes side by side, saved by Keras 3 and by Keras 2 (tf_keras), and
golden.h5: its outputs at inference, and in training outputs, loss (the sum of the mean squared errors) and gradients.
Computed in single precision: TensorFlow has no other for volumes.

Run: python write_spatial.py    (needs keras, tensorflow, tf_keras, h5py)
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy
import tensorflow
import tf_keras

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spatial")
SHAPES = ((11, 4), (7, 6, 4), (4, 5, 3, 2))


def build(k):
    layers = k.layers
    sequence, image, volume = (k.Input(shape, name=name) for shape, name in zip(SHAPES, ("sequence", "image", "volume")))
    outputs = [
        layers.Conv1D(6, 3, strides=2, padding="causal", groups=2, name="causal")(sequence),
        layers.Conv1D(3, 3, dilation_rate=3, name="dilated")(sequence),
        layers.DepthwiseConv1D(4, strides=2, padding="same", depth_multiplier=2, activation="tanh", name="depthwise1")(sequence),
        layers.SeparableConv1D(5, 2, strides=3, depth_multiplier=3, name="separable1")(sequence),
        layers.Conv1DTranspose(3, 4, dilation_rate=2, name="transpose1_dilated")(sequence),
        layers.Conv1DTranspose(2, 2, strides=4, output_padding=3, name="transpose1_wide")(sequence),
        layers.MaxPooling1D(4, strides=3, padding="same", name="maximum1")(sequence),
        layers.AveragePooling1D(3, padding="same", name="average1")(sequence),
        layers.GlobalMaxPooling1D(keepdims=True, name="largest1")(sequence),
        layers.GlobalAveragePooling1D(keepdims=True, name="mean1")(sequence),
        layers.Cropping1D(2, name="cropping1")(sequence),
        layers.SpatialDropout1D(0.0, name="dropout1")(layers.ZeroPadding1D(2, name="padding1")(sequence)),
        layers.DepthwiseConv2D((3, 2), dilation_rate=(2, 3), padding="same", name="depthwise2")(image),
        layers.SeparableConv2D(3, (2, 3), dilation_rate=(2, 1), padding="same", use_bias=False, name="separable2")(image),
        layers.SeparableConv2D(8, 3, strides=2, padding="same", activation="tanh", name="separable2_strided")(image),
        layers.Conv2DTranspose(3, (3, 5), strides=(2, 3), padding="same", output_padding=(1, 0), name="transpose2")(image),
        layers.Conv2DTranspose(2, (3, 2), padding="same", dilation_rate=2, name="transpose2_dilated")(image),
        layers.UpSampling2D((3, 2), interpolation="bilinear", name="bilinear")(image),
        layers.UpSampling2D((2, 3), interpolation="bicubic", name="bicubic")(image),
        layers.UpSampling2D((3, 2), interpolation="lanczos3", name="lanczos3")(image),
        layers.UpSampling2D((2, 2), interpolation="lanczos5", name="lanczos5")(image),
        layers.Conv3DTranspose(3, (2, 3, 2), strides=(2, 1, 3), name="transpose3")(volume),
        layers.Conv3DTranspose(2, 3, strides=2, padding="same", activation="tanh", name="transpose3_same")(volume),
        layers.Conv3D(4, (2, 3, 1), strides=(1, 2, 1), padding="same", groups=2, name="grouped3")(volume),
        layers.MaxPooling3D((2, 3, 2), strides=(1, 2, 2), padding="same", name="maximum3")(volume),
        layers.AveragePooling3D((3, 2, 2), padding="same", name="average3")(volume),
        layers.GlobalMaxPooling3D(keepdims=True, name="largest3")(volume),
        layers.GlobalAveragePooling3D(keepdims=True, name="mean3")(volume),
        layers.SpatialDropout3D(0.0, name="dropout3")(layers.UpSampling3D((1, 2, 3), name="up3")(volume)),
    ]
    return k.Model([sequence, image, volume], outputs, name="spatial")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    draws = numpy.random.default_rng(11)
    new, old = build(keras), build(tf_keras)
    for layer in new.layers:
        layer.set_weights([draws.normal(0, 0.3, w.shape).astype("float32") for w in layer.weights])
        old.get_layer(layer.name).set_weights(layer.get_weights())
    new.save(os.path.join(FOLDER, "k3.h5"))
    old.save(os.path.join(FOLDER, "k2.h5"))

    def sample(count):
        return [tensorflow.constant(draws.normal(size=(count,) + s).astype("float32")) for s in SHAPES]

    golden = {"inputs": sample(2), "train/inputs": sample(2)}
    golden["outputs"] = new(golden["inputs"], training=False)
    for a, b in zip(golden["outputs"], old(golden["inputs"], training=False)):
        assert numpy.abs(numpy.asarray(a) - numpy.asarray(b)).max() < 1e-5
    golden["train/targets"] = targets = [draws.normal(size=(2,) + o.shape[1:]).astype("float32") for o in new.outputs]
    with tensorflow.GradientTape() as tape:
        tape.watch(golden["train/inputs"])
        golden["train/outputs"] = new(golden["train/inputs"], training=True)
        loss = sum(tensorflow.reduce_mean((o - t) ** 2) for o, t in zip(golden["train/outputs"], targets))
    golden["train/grad_inputs"], grads = tape.gradient(
        loss, [golden["train/inputs"], [v.value for v in new.trainable_variables]])
    with h5py.File(os.path.join(FOLDER, "golden.h5"), "w") as file:
        for name, arrays in golden.items():
            for i, value in enumerate(arrays):
                file[f"{name}/{i}"] = numpy.asarray(value, "float32")
        file["train/loss"] = numpy.asarray([loss], "float32")
        file["train/grads"] = numpy.concatenate([numpy.asarray(g, "float32").ravel() for g in grads])


if __name__ == "__main__":
    main()
