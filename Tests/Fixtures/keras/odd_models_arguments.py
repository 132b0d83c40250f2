"""More models for odd_models.py: layers with arguments that few give them, and functions that are layers.

Every function takes the module keras or tf_keras and gives a model, or None where that version has no such thing.
"""
import keras as keras3
import numpy as np
import tf_keras as keras2


def dilated_groups(k):
    l = k.layers
    s = k.Input((12, 11, 6))
    x = l.Conv2D(9, (3, 2), groups=3, dilation_rate=(2, 3), padding="same")(s)
    y = l.DepthwiseConv2D((3, 5), dilation_rate=(2, 1))(x)
    z = l.SeparableConv2D(5, 3, dilation_rate=2, padding="same", depth_multiplier=3)(s)
    return k.Model(s, [x, y, z, l.Conv2D(4, (1, 7), strides=(3, 1))(s)])


def long_strides(k):
    """Strides beyond the window, windows as large as the image."""
    l = k.layers
    s = k.Input((9, 10, 4))
    return k.Model(s, [
        l.Conv2D(3, 2, strides=4, padding="same")(s), l.MaxPooling2D(2, strides=3)(s),
        l.AveragePooling2D((1, 3), strides=(4, 2), padding="same")(s), l.Conv2D(2, 3, strides=(1, 2), padding="same")(s),
        l.MaxPooling2D((9, 1))(s), l.DepthwiseConv2D(3, strides=3, padding="same", depth_multiplier=2)(s),
        l.SeparableConv2D(3, 2, strides=2)(s), l.Conv2DTranspose(3, 2, strides=3, padding="same")(s),
        l.Conv2DTranspose(3, (1, 4), strides=(1, 2), use_bias=False)(s)])


def causal(k):
    l = k.layers
    s = k.Input((9, 4))
    return k.Model(s, [l.Conv1D(4, 3, padding="causal", groups=2)(s), l.Conv1D(4, 3, padding="causal", strides=2)(s),
                       l.SeparableConv1D(3, 3, padding="same", dilation_rate=2)(s),
                       l.Conv1D(3, 4, dilation_rate=2, padding="same")(s)])


def activations(k):
    """Activations that are layers, and by name whatever the version has."""
    l = k.layers
    s = k.Input((6, 6, 3))
    x = l.Dense(4, activation=l.ReLU(6.0))(l.Conv2D(4, 3, activation=l.LeakyReLU(0.3))(s))
    x = l.Activation(l.ELU(0.5))(x)
    names = ["elu", "relu6", "leaky_relu", "softplus", "softsign", "exponential", "hard_sigmoid", "gelu", "swish", "mish"]
    if k is keras3:
        names += ["log_softmax", "hard_silu", "celu", "squareplus", "sparse_plus", "tanh_shrink", "hard_shrink", "soft_shrink",
                  "log_sigmoid", "hard_tanh", "sparse_sigmoid", "sparsemax", "glu"]
    else:
        names = [name for name in names if name not in ("relu6", "leaky_relu", "hard_sigmoid")]
    return k.Model(s, [x, l.Softmax(axis=-2)(x)] + [l.Dense(6, activation=name)(x) for name in names])


def axes(k):
    l = k.layers
    s = k.Input((5, 6, 4))
    outputs = [l.LayerNormalization(axis=1, center=False, scale=False)(s), l.BatchNormalization(axis=2)(s),
               l.BatchNormalization(axis=-3, scale=False, center=False)(s), l.GroupNormalization(2, axis=2)(s),
               l.PReLU()(s), l.PReLU(shared_axes=[3])(s), l.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.1)(s),
               l.Concatenate(axis=-2)([s, s[:, :, :2]])]
    return k.Model(s, outputs + ([l.RMSNormalization(axis=-1)(s)] if k is keras3 else []))


def broadcasting(k):
    l = k.layers
    a, b, c = k.Input((4, 5, 3)), k.Input((1, 5, 1)), k.Input((4, 1, 3))
    d, e = k.Input((4, 6)), k.Input((5, 6))
    return k.Model([a, b, c, d, e], [
        l.Add()([a, b]), l.Multiply()([a, b, c]), l.Subtract()([a, c]), l.Maximum()([b, a, c]), l.Average()([a, c]),
        l.Minimum()([c, b]), l.Dot(axes=-1)([d, e]), l.Dot(axes=(2, 2), normalize=True)([d, e])])


def items(k):
    s = k.Input((6, 7, 8))
    outputs = [s[:, 2], s[:, -1, :, 3], s[:, 1:-1, ::3, ::-2], s[:, :, 2:3], s[:, 4:1:-1], s[:, None, 1], s[:, -3:],
               s[:, :, ::2, 1], s[:, 5, 6, 7:]]
    # Keras 2 does not write an ellipsis into its archives.
    return k.Model(s, outputs + ([s[..., -2], s[..., None], s[:, ..., 1:3]] if k is keras3 else []))


def reductions(k):
    s = k.Input((4, 5, 6))
    if k is keras3:
        o = keras3.ops
        return k.Model(s, [o.mean(s, axis=[-2, -3]), o.max(s, axis=(1,), keepdims=True), o.sum(s, axis=-1, keepdims=True),
                           o.min(s, axis=[1, 2, 3], keepdims=True), o.std(s, axis=-2), o.amax(s, axis=1), o.amin(s, axis=-1)])
    import tensorflow as tf
    return k.Model(s, [tf.reduce_mean(s, [-2, -3]), tf.reduce_max(s, (1,), keepdims=True), tf.reduce_min(s, [1, 2, 3], True),
                       tf.math.reduce_std(s, -2), k.backend.mean(s, axis=1), k.backend.sum(s, axis=[1, 2], keepdims=True)])


def resizings(k):
    l = k.layers
    s = k.Input((8, 10, 3))
    outputs = [l.Resizing(5, 5, crop_to_aspect_ratio=True)(s), l.Resizing(12, 7, interpolation="bicubic")(s),
               l.Resizing(4, 4, interpolation="nearest")(s), l.UpSampling2D((3, 2), interpolation="bilinear")(s),
               l.CenterCrop(12, 6)(s), l.CenterCrop(3, 10)(s), l.Normalization(axis=None, mean=0.5, variance=2.0)(s)]
    if k is keras3:
        outputs += [l.Resizing(9, 5, pad_to_aspect_ratio=True)(s), l.UpSampling2D(2, interpolation="bicubic")(s),
                    l.Resizing(5, 7, interpolation="lanczos3")(s), l.Resizing(5, 7, interpolation="lanczos5")(s),
                    l.Normalization(axis=(1, 3), mean=np.ones((8, 3)), variance=np.full((8, 3), 2.0), invert=True)(s)]
    return k.Model(s, outputs)


def open_and_shared(k):
    """A model of open sizes inside, called with images of two, and a head for both; inputs and outputs out of order."""
    l = k.layers
    i = k.Input((None, None, 3))
    inner = k.Model(i, [l.Conv2D(4, 3, padding="same")(i), l.MaxPooling2D()(i)], name="inner")
    a, b = k.Input((8, 8, 3)), k.Input((6, 10, 3))
    (x, y), (z, w) = inner(a), inner(b)
    j = k.Input((4,))
    head = k.Model(j, l.Dense(2)(l.Dense(4, activation="relu")(j)), name="head")
    average = l.GlobalAveragePooling2D()
    return k.Model([b, a], [head(average(z)), head(average(x)), w, y, x, x, a])


def functions_as_layers(k):
    s = k.Input((6, 4, 6))
    if k is keras3:
        o = keras3.ops
        return k.Model(s, [o.max_pool(s, (2, 3), strides=2), o.average_pool(s, 2, padding="same"), o.log_softmax(s), o.glu(s),
                           o.max_pool(s[:, 0], 3, strides=1, padding="same"), o.hard_shrink(s), o.tanh_shrink(s)])
    import tensorflow as tf
    return k.Model(s, [tf.nn.max_pool2d(s, 2, 2, "SAME"), tf.nn.avg_pool2d(s, [1, 3, 2, 1], [1, 1, 2, 1], "VALID"),
                       tf.add_n([s, s * s, s]), k.backend.batch_flatten(s), tf.nn.log_softmax(s)])


def local_response(k):
    """Local response normalisation, which only TensorFlow has."""
    if k is keras3:
        return None
    import tensorflow as tf
    s = k.Input((5, 4, 9))
    x = tf.nn.local_response_normalization(s, depth_radius=2, bias=1.5, alpha=0.3, beta=0.75)
    return k.Model(s, [k.layers.Conv2D(3, 3)(x), tf.nn.local_response_normalization(x)])


def small(k):
    """Images of one pixel, vectors of one number, words in two dimensions."""
    l = k.layers
    s, t, w = k.Input((1, 1, 5)), k.Input((1,)), k.Input((6, 7), dtype="int32")
    x = l.Embedding(20, 4)(w)
    return k.Model([s, t, w], [l.Conv2D(3, 3, padding="same")(s), l.Dense(4)(t), l.BatchNormalization()(t), l.Conv2D(2, 1)(s),
                               l.Conv2D(3, 3)(x), l.Flatten()(x)])


def chain(k):
    l = k.layers
    return k.Sequential([
        k.Input((12,)), l.Reshape((2, 3, 2)), l.Permute((3, 1, 2)), l.Reshape((-1, 2)), l.Flatten(), l.RepeatVector(3),
        l.Conv1D(4, 2), l.Dense(2), l.Reshape((2, 2, 1)), l.Conv2DTranspose(2, 3, strides=2, padding="same", activation="relu"),
        l.GlobalMaxPooling2D(), l.Dense(1, activation="sigmoid")])


MODELS = [dilated_groups, long_strides, causal, activations, axes, broadcasting, items, reductions, resizings, open_and_shared,
          functions_as_layers, local_response, small, chain]
