"""Models that prepare their images themselves: with each module's `preprocess_input`, in each mode, for both orders of axes."""


def preparation(name, channels_first, prepare):
    """A function that makes a model whose first operations are those of `prepare(k, tensor, data_format)`."""

    def make(k):
        l = k.layers
        order = "channels_first" if channels_first else "channels_last"
        s = k.Input((3, 6, 5) if channels_first else (6, 5, 3))
        x = prepare(k, s, order)
        y = l.GlobalAveragePooling2D(data_format=order)(x)
        # Flatten alone sees where each element lies.
        return k.Model(s, [l.Dense(4)(l.Flatten()(x)), l.Dense(2)(y)])

    make.__name__ = f"prepared_{name}" + ("_first" if channels_first else "")
    return make


def of_module(name):
    return lambda k, tensor, order: getattr(k.applications, name).preprocess_input(tensor, data_format=order)


def of_mode(mode):
    return lambda k, tensor, order: k.applications.imagenet_utils.preprocess_input(tensor, data_format=order, mode=mode)


def layerless(k):
    """Channels first with no layer that says so."""
    s = k.Input((3, 6, 5))
    x = k.applications.imagenet_utils.preprocess_input(s, data_format="channels_first", mode="torch")
    return k.Model(s, k.layers.Dense(2)(k.layers.Flatten()(x)), name="layerless")


def by_hand(k):
    """What people write themselves: arrays of numbers on either side of an operator."""
    import numpy as np
    mean, deviation = np.array([0.485, 0.456, 0.406], "float32"), np.array([[[0.229, 0.224, 0.225]]], "float32")
    s = k.Input((6, 5, 3))
    x = (s / 255.0 - mean) / deviation
    y = k.ops.flip(s, axis=-1) if hasattr(k, "ops") else s[..., ::-1]
    return k.Model(s, k.layers.Flatten()(k.layers.Add()([x, 1.0 - y * mean])), name="by_hand")


MODULES = ["convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2", "inception_v3", "mobilenet",
           "mobilenet_v2", "mobilenet_v3", "nasnet", "regnet", "resnet", "resnet_rs", "resnet_v2", "vgg16", "vgg19", "xception"]
MODES = ["caffe", "tf", "torch"]
# Modules that only one version has are passed over where they are absent.
MODELS = [preparation(name, first, of_module(name)) for name in MODULES for first in (False, True)]
MODELS += [preparation(mode, first, of_mode(mode)) for mode in MODES for first in (False, True)]
MODELS += [layerless, by_hand]
