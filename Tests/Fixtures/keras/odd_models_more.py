"""More models for odd_models.py: what users build with several inputs, shared and nested models, operations and 1-D or 3-D data.

Every function takes the module keras or tf_keras and gives a model, or None where that version has no such thing.
"""
import contextlib

import keras as keras3
import tf_keras as keras2


@contextlib.contextmanager
def half_precision(k):
    """Layers made meanwhile compute in float16."""
    set_policy = k.mixed_precision.set_global_policy if k is keras2 else keras3.config.set_dtype_policy
    set_policy("mixed_float16")
    try:
        yield
    finally:
        set_policy("float32")


def text_cnn(k):
    """Kim's text CNN: an embedding, convolutions of several widths, their maxima."""
    l = k.layers
    s = k.Input((24,), dtype="int32", name="words")
    x = l.SpatialDropout1D(0.2)(l.Embedding(20, 8, name="embedding")(s))
    branches = [l.GlobalMaxPooling1D()(l.Conv1D(6, n, activation="relu", name=f"width_{n}")(x)) for n in (2, 3, 5)]
    x = l.Dropout(0.5)(l.Concatenate()(branches))
    return k.Model(s, [l.Dense(4, activation="softmax", name="topic")(x), l.Dense(1, activation="sigmoid", name="spam")(x)])


def siamese(k):
    """Two images through one tower, compared by their distance and by their cosine."""
    l = k.layers
    tower = k.Sequential([k.Input((10, 10, 1)), l.Conv2D(4, 3, activation="relu"), l.MaxPooling2D(), l.Flatten(), l.Dense(6)], name="tower")
    a, b = k.Input((10, 10, 1), name="first"), k.Input((10, 10, 1), name="second")
    x, y = tower(a), tower(b)
    if k is keras3:
        distance = keras3.ops.sqrt(keras3.ops.sum(keras3.ops.square(x - y), axis=1, keepdims=True))
    else:
        import tensorflow as tf
        distance = tf.sqrt(tf.reduce_sum(tf.square(x - y), axis=1, keepdims=True))
    near = l.Dense(1, activation="sigmoid")(l.Concatenate()([distance, l.Dot(axes=1, normalize=True)([x, y])]))
    return k.Model([a, b], [near, distance])


def unet(k):
    l = k.layers
    s = k.Input((16, 12, 2))
    def double(x, n):
        for _ in range(2):
            x = l.ReLU()(l.BatchNormalization()(l.Conv2D(n, 3, padding="same", use_bias=False)(x)))
        return x
    down = [double(s, 4)]
    down.append(double(l.MaxPooling2D()(down[-1]), 6))
    x = double(l.MaxPooling2D()(down[-1]), 8)
    x = l.Conv2DTranspose(6, 2, strides=2)(x)
    x = double(l.Concatenate()([x, down[1]]), 6)
    x = l.UpSampling2D(interpolation="bilinear")(x)
    x = double(l.Concatenate(axis=-1)([x, down[0]]), 4)
    return k.Model(s, l.Conv2D(3, 1, activation="softmax")(x))


def tabular(k):
    """Numbers, categories and an image together."""
    l = k.layers
    numbers, category, image = k.Input((7,), name="z_numbers"), k.Input((1,), dtype="int32", name="category"), k.Input((8, 8, 3), name="image")
    c = l.Flatten()(l.Embedding(20, 3)(category))
    x = l.GlobalAveragePooling2D()(l.SeparableConv2D(5, 3, activation="relu")(l.Rescaling(1 / 255)(image)))
    y = l.Concatenate()([l.BatchNormalization()(numbers), c, x])
    y = l.Dense(8, activation="selu", kernel_initializer="lecun_normal")(l.AlphaDropout(0.1)(y))
    return k.Model({"z_numbers": numbers, "category": category, "image": image}, {"b": l.Dense(2, name="b")(y), "a": l.Dense(3, name="a")(y)})


def wavenet(k):
    """Dilated causal convolutions with gates and skips."""
    l = k.layers
    s = k.Input((40, 3))
    x, skips = l.Conv1D(6, 1)(s), []
    for rate in (1, 2, 4, 8):
        gate = l.Multiply()([l.Conv1D(6, 2, padding="causal", dilation_rate=rate, activation=a)(x) for a in ("tanh", "sigmoid")])
        skips.append(l.Conv1D(6, 1)(gate))
        x = l.Add()([x, skips[-1]])
    x = l.ReLU()(l.Add()(skips))
    return k.Model(s, l.Conv1D(4, 1, activation="softmax")(x))


def sequences_1d(k):
    l = k.layers
    s = k.Input((21, 4))
    x = l.ZeroPadding1D((2, 1))(s)
    x = l.SeparableConv1D(6, 3, strides=2, depth_multiplier=2, padding="valid", dilation_rate=1, activation="swish")(x)
    x = l.DepthwiseConv1D(4, strides=2, padding="valid", depth_multiplier=3, use_bias=False)(x)
    x = l.LayerNormalization(axis=-1, scale=False)(x)
    y = l.Conv1DTranspose(5, 3, strides=2, padding="same", output_padding=1 if k is keras2 else None)(x)
    y = l.MaxPooling1D(3, strides=1, padding="same")(y)
    z = l.RepeatVector(4)(l.GlobalAveragePooling1D()(y))
    return k.Model(s, [l.GlobalMaxPooling1D(keepdims=True)(y), z, l.Permute((2, 1))(y)])


def volumes_3d(k):
    l = k.layers
    s = k.Input((7, 9, 8, 2))
    x = l.Conv3D(6, 3, strides=2, padding="same", groups=2)(s)
    x = l.PReLU(shared_axes=[1, 2, 3])(l.GroupNormalization(3)(x))
    x = l.Conv3DTranspose(4, (2, 3, 3), strides=(1, 2, 2), padding="valid", output_padding=(0, 1, 1))(x)
    y = l.AveragePooling3D((2, 2, 3), strides=(1, 2, 2), padding="same")(x)
    return k.Model(s, [l.GlobalAveragePooling3D(keepdims=True)(y), l.Softmax(axis=[1, 2, 3])(y), l.UpSampling3D(2)(y)])


def transposes_2d(k):
    l = k.layers
    s = k.Input((5, 6, 4))
    x = l.Conv2DTranspose(6, 4, strides=(2, 3), padding="same", output_padding=(1, 2))(s)
    x = l.Conv2DTranspose(4, (5, 2), strides=(3, 1), padding="valid", output_padding=(2, 0), activation="elu")(x)
    return k.Model(s, [x, l.Conv2DTranspose(2, 1, strides=2, padding="same", use_bias=False)(s)])


def head_of_heads(k):
    """Softmax over another axis than the last, heads of attention by hand, sums of several."""
    l = k.layers
    s = k.Input((6, 12))
    q, v = l.Dense(12, use_bias=False)(s), l.Dense(12)(s)
    heads = []
    for first in range(0, 12, 4):
        scores = l.Dot(axes=(2, 2))([q[:, :, first:first + 4], s[..., first:first + 4]])
        heads.append(l.Dot(axes=(2, 1))([l.Softmax(axis=-1)(scores / 2.0), v[..., first:first + 4]]))
    x = l.LayerNormalization(epsilon=1e-6)(l.Add()([s, l.Concatenate()(heads)]))
    return k.Model(s, [x, l.Softmax(axis=1)(l.Dense(3)(x)), l.Average()(heads)])


def mobile_block(k):
    """MobileNetV3's arithmetic, as operators and as layers."""
    l = k.layers
    s = k.Input((9, 9, 8))
    x = l.Conv2D(16, 1, use_bias=False)(s)
    x = x * (l.ReLU(6.0)(x + 3.0) * (1.0 / 6.0))
    x = l.DepthwiseConv2D(3, strides=2, padding="valid")(l.ZeroPadding2D(((0, 1), (0, 1)))(x))
    w = l.GlobalAveragePooling2D(keepdims=True)(x)
    w = l.Conv2D(16, 1, activation="hard_sigmoid")(l.Conv2D(4, 1, activation="relu6" if k is keras3 else "relu")(w))
    x = l.Multiply()([x, w])
    return k.Model(s, l.Conv2D(8, 1)(l.Activation("swish")(x)) - l.AveragePooling2D(2)(s[:, :, :, ::1]))


def shuffle(k):
    """ShuffleNet's channel shuffle by reshaping, splits by slices."""
    l = k.layers
    s = k.Input((6, 6, 8))
    a, b = s[..., :4], s[..., 4:]
    x = l.Concatenate()([a, l.Conv2D(4, 3, padding="same", groups=2)(b)])
    x = l.Reshape((6, 6, 2, 4))(x)
    x = l.Permute((1, 2, 4, 3))(x)
    x = l.Reshape((6, 6, -1))(x)
    return k.Model(s, [x, l.Cropping2D(((1, 0), (0, 2)))(x), l.Reshape((-1,))(a)])


def functions(k):
    """Functions that are no layers."""
    l = k.layers
    s = k.Input((5, 4, 6))
    if k is keras3:
        o = keras3.ops
        x = o.relu(l.Dense(6)(s)) + o.sigmoid(s) * o.tanh(s) - o.silu(s)
        m = o.mean(x, axis=-1, keepdims=True)
        y = (x - m) * o.rsqrt(o.mean(o.square(x - m), axis=-1, keepdims=True) + 1e-3)
        z = o.matmul(o.reshape(y, (-1, 20, 6)), o.transpose(o.reshape(x, (-1, 20, 6)), (0, 2, 1)))
        return k.Model(s, [y, o.softmax(z, axis=-1), o.maximum(s, 0.1), o.minimum(x, y), o.stack([s, x], axis=1)[:, 1],
                           o.gelu(s, approximate=False), o.log(o.exp(x) + 1.0), o.power(o.abs(s) + 1, 1.5), o.negative(x)])
    import tensorflow as tf
    x = tf.nn.relu(l.Dense(6)(s)) + tf.sigmoid(s) * tf.tanh(s) - tf.nn.silu(s)
    m = tf.reduce_mean(x, axis=-1, keepdims=True)
    y = (x - m) * tf.math.rsqrt(tf.reduce_mean(tf.square(x - m), axis=-1, keepdims=True) + 1e-3)
    z = tf.matmul(tf.reshape(y, (-1, 20, 6)), tf.reshape(x, (-1, 20, 6)), transpose_b=True)
    return k.Model(s, [y, tf.nn.softmax(z, axis=-1), tf.maximum(s, 0.1), tf.minimum(x, y), tf.stack([s, x], axis=1)[:, 1],
                       tf.nn.gelu(s), tf.math.log(tf.exp(x) + 1.0), tf.pow(tf.abs(s) + 1, 1.5), tf.negative(x)])


def more_functions(k):
    """What fewer models contain."""
    l = k.layers
    s = k.Input((6, 4, 8))
    if k is keras3:
        o = keras3.ops
        parts = o.split(s, [2, 5], axis=-1)
        x = (s - o.mean(s, axis=[1, 2], keepdims=True)) / o.sqrt(o.var(s, axis=[1, 2], keepdims=True) + 1e-3)
        return k.Model(s, [o.gelu(s), o.flip(s, axis=1), o.swapaxes(s, 1, 2), o.moveaxis(s, -1, 1), o.var(s, axis=-1), x,
                           o.std(s, axis=[1, 2], keepdims=True), o.split(s, 2, axis=-1)[1], parts[2] * 2.0, l.Conv2D(3, 1)(parts[0]),
                           o.normalize(s, axis=-1), o.image.resize(s, (9, 5)), o.sum(s, axis=(1, 2, 3)),
                           keras3.activations.gelu(s), o.image.resize(s, (3, 8), interpolation="nearest")])
    import tensorflow as tf
    parts = tf.split(s, [2, 3, 3], axis=-1)
    x = (s - tf.reduce_mean(s, axis=[1, 2], keepdims=True)) / tf.sqrt(tf.math.reduce_variance(s, axis=[1, 2], keepdims=True) + 1e-3)
    return k.Model(s, [tf.nn.gelu(s, approximate=True), tf.reverse(s, axis=[1]), tf.split(s, 2, axis=-1)[1], parts[2] * 2.0, x,
                       l.Conv2D(3, 1)(parts[0]), tf.math.reduce_variance(s, axis=-1), tf.math.reduce_std(s, axis=[1, 2]),
                       tf.nn.l2_normalize(s, axis=-1), tf.image.resize(s, (9, 5)), tf.image.resize(s, (3, 8), method="nearest"),
                       tf.nn.depth_to_space(s, 2), tf.nn.space_to_depth(s, 2), k.backend.l2_normalize(s, axis=[1, 2])])


def super_resolution(k):
    """ESPCN: pixels from channels at the end."""
    l = k.layers
    s = k.Input((7, 9, 3))
    x = l.Conv2D(12, 3, padding="same", activation="tanh")(s)
    if k is keras3:
        return k.Model(s, keras3.ops.nn.depth_to_space(x, 2))
    import tensorflow as tf
    return k.Model(s, tf.nn.depth_to_space(x, 2))


def strange_operations(k):
    """Refused: operations that no network should need."""
    s = k.Input((6, 4, 8))
    if k is keras3:
        return k.Model(s, keras3.ops.sort(s, axis=-1))
    import tensorflow as tf
    return k.Model(s, tf.sort(s, axis=-1))


def whole_numbers(k):
    """Means, variances and scales that are whole numbers."""
    l = k.layers
    return k.Sequential([k.Input((16, 16, 3)), l.Rescaling([2, 3, 4], offset=[1000, 2000, 3000]),
                         l.Normalization(mean=[103, 116, 123], variance=[3249, 3364, 3481]), l.RandomContrast(0.2), l.RandomRotation(0.1),
                         l.RandomTranslation(0.1, 0.2), l.RandomZoom(0.1), l.RandomFlip(), l.RandomBrightness(0.1),
                         l.AveragePooling2D(8), l.Conv2D(2, 1)])


def nested_sequential(k):
    """Sequential in functional in Sequential, without names of their own, one frozen."""
    l = k.layers
    inner = k.Sequential([l.Conv2D(4, 3, padding="same"), l.BatchNormalization(), l.ReLU()])
    a = k.Input((8, 8, 3))
    middle = k.Model(a, l.Add()([inner(a), l.Conv2D(4, 1)(a)]))
    inner.trainable = False
    return k.Sequential([k.Input((8, 8, 3)), middle, k.Sequential([l.MaxPooling2D(), l.Dropout(0.3)]), l.Flatten(),
                         k.Sequential([l.Dense(5), l.LeakyReLU()]), l.Dense(2, activation="softmax")])


def shared_embedding(k):
    """An embedding that two inputs share, one of them masked on its way to an average."""
    l = k.layers
    table = l.Embedding(20, 5, mask_zero=True)
    a, b = k.Input((6,), dtype="int32", name="question"), k.Input((9,), dtype="int32", name="answer")
    x, y = l.GlobalAveragePooling1D()(table(a)), l.GlobalAveragePooling1D(keepdims=True)(l.Dropout(0.1)(table(b)))
    return k.Model([a, b], l.Dense(1)(l.Multiply()([x, l.Flatten()(y)])))


def pooled(k):
    l = k.layers
    s = k.Input((9, 7, 3))
    return k.Model(s, [l.GlobalMaxPooling2D(keepdims=True)(s), l.MaxPooling2D((3, 2), strides=(2, 3), padding="same")(s),
                       l.AveragePooling2D((4, 3), strides=1, padding="same")(s), l.Flatten()(l.AveragePooling2D(3)(s))])


def half_with_norms(k):
    """float16 throughout, softmax in float32."""
    with half_precision(k):
        l = k.layers
        s = k.Input((12, 12, 3))
        x = l.Rescaling(1 / 255)(s)
        x = l.SeparableConv2D(8, 3, padding="same")(l.LayerNormalization()(x))
        x = l.Add()([l.GroupNormalization(4)(x), l.Conv2D(8, 1)(x)])
        x = l.Dense(5)(l.GlobalAveragePooling2D()(x))
        return k.Model(s, l.Activation("softmax", dtype="float32")(x))


def conv_norms(k):
    l = k.layers
    s = k.Input((8, 8, 6))
    x = l.GroupNormalization(groups=6, epsilon=1e-5)(s)
    x = l.Conv2D(6, 3, padding="same", kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")(x)
    x = l.UnitNormalization(axis=[1, 2])(x)
    x = l.BatchNormalization(scale=False, momentum=0.9, epsilon=1e-5)(x)
    return k.Model(s, l.ActivityRegularization(l2=0.1)(x))


def recurrent(k):
    l = k.layers
    return k.Sequential([k.Input((6, 4)), l.Conv1D(4, 3), l.LSTM(5, name="memory"), l.Dense(2)])


def both_ways(k):
    l = k.layers
    return k.Sequential([k.Input((6, 4)), l.Bidirectional(l.GRU(3), name="both_ways")])


def attending(k):
    l = k.layers
    s = k.Input((6, 4))
    return k.Model(s, l.MultiHeadAttention(2, 4, name="heads")(s, s))


def distributed(k):
    l = k.layers
    return k.Sequential([k.Input((3, 6, 6, 2)), l.TimeDistributed(l.Conv2D(2, 3), name="frames"), l.Flatten()])


MODELS = [text_cnn, siamese, unet, tabular, wavenet, sequences_1d, volumes_3d, transposes_2d, head_of_heads, mobile_block, shuffle,
          functions, more_functions, super_resolution, strange_operations, whole_numbers, nested_sequential, shared_embedding, pooled, half_with_norms, conv_norms, recurrent, both_ways,
          attending, distributed]
REFUSED = {"strange_operations", "recurrent", "both_ways", "attending", "distributed"}
