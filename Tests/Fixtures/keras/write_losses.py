#!/usr/bin/env python3
"""Writes Tests/Fixtures/keras/losses.h5: every loss of Keras 3, with several arguments, on vectors and images, and what it gives.

    python3 Tests/Fixtures/keras/write_losses.py          needs keras, tensorflow, h5py, numpy

The loss of an image is what Keras gives for a batch of that image alone; the script checks that the mean of them is what it gives for
the whole batch, but for Dice, Tversky and `ignore_class`, which pool over it. Cases that are `pooled` are what Keras gives for the whole
batch, with a weight for each image or without; `class_weights` are given to Keras as a weight for every position. Losses and gradients of the mean are computed in double precision from
inputs that are floats; the edges (zeros, ones, ties, saturated logits) in single precision, as Keras's `fit` computes them: it takes
the cross-entropy of what a sigmoid or softmax gives from their inputs. Boxes, which Keras does not have, follow their formula in NumPy,
and its derivatives in TensorFlow. LossGoldenTests.swift reads the file.
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import h5py
import keras
import numpy as np
import tensorflow as tf

COUNT = 3
SHAPES = [(5,), (4, 3, 6)]
random = np.random.default_rng(16)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def one_hot(shape):
    return np.eye(shape[-1])[random.integers(0, shape[-1], shape[:-1])]


def boxes(shape, centred):
    corner, size = random.uniform(0, 4, (*shape[:-1], 2)), random.uniform(2, 6, (*shape[:-1], 2))
    return np.concatenate([corner + size / 2, size] if centred else [corner, corner + size], -1)


DRAW = {
    "real": lambda shape: random.normal(size=shape) * 2,
    "probability": lambda shape: random.uniform(0.02, 0.98, shape),
    "distribution": lambda shape: softmax(random.normal(size=shape)),
    "count": lambda shape: random.uniform(0.1, 4, shape),
    "binary": lambda shape: random.integers(0, 2, shape),
    "sign": lambda shape: 2 * random.integers(0, 2, shape) - 1,
    "one_hot": one_hot,
    "class": lambda shape: random.integers(0, shape[-1], (*shape[:-1], 1)),
    # Some count for nothing.
    "void": lambda shape: np.where(random.uniform(size=(*shape[:-1], 1)) < 0.3, 255, random.integers(0, shape[-1], (*shape[:-1], 1))),
    "xyxy": lambda shape: boxes(shape, False),
    "center_xywh": lambda shape: boxes(shape, True),
}

SMOOTH = [{"label_smoothing": 0.1}]
# Class, predictions, targets, arguments.
CASES = [
    ("MeanSquaredError", "real", "real", [{}]), ("MeanAbsoluteError", "real", "real", [{}]),
    ("MeanAbsolutePercentageError", "real", "real", [{}]), ("MeanSquaredLogarithmicError", "count", "count", [{}]),
    ("MeanSquaredLogarithmicError", "real", "real", [{}]),
    ("Huber", "real", "real", [{}, {"delta": 0.5}, {"delta": 3.0}]), ("LogCosh", "real", "real", [{}]),
    ("Poisson", "count", "count", [{}]), ("KLDivergence", "distribution", "distribution", [{}]),
    ("KLDivergence", "probability", "binary", [{}]), ("CosineSimilarity", "real", "real", [{}, {"axis": 1}]),
    ("Hinge", "real", "sign", [{}]), ("Hinge", "real", "binary", [{}]), ("SquaredHinge", "real", "sign", [{}]),
    ("SquaredHinge", "real", "binary", [{}]), ("CategoricalHinge", "real", "one_hot", [{}]),
    ("CategoricalHinge", "probability", "distribution", [{}]),
    ("BinaryFocalCrossentropy", "probability", "binary", [
        {}, {"gamma": 1.5}, {"gamma": 0.5, "apply_class_balancing": True}, {"apply_class_balancing": True, "alpha": 0.7}, {"gamma": 0.0}] + SMOOTH),
    ("BinaryFocalCrossentropy", "real", "binary", [
        {"from_logits": True}, {"from_logits": True, "gamma": 3.0, "apply_class_balancing": True},
        {"from_logits": True, "label_smoothing": 0.2, "gamma": 0.5}]),
    ("CategoricalCrossentropy", "distribution", "one_hot", [{}, {"axis": 1}] + SMOOTH),
    ("CategoricalCrossentropy", "probability", "distribution", [{}, {"axis": 1, "label_smoothing": 0.1}]),
    ("CategoricalCrossentropy", "real", "one_hot", [{"from_logits": True}, {"from_logits": True, "label_smoothing": 0.1}]),
    ("CategoricalCrossentropy", "real", "distribution", [{"from_logits": True}]),
    ("CategoricalFocalCrossentropy", "distribution", "one_hot", [{}, {"gamma": 0.5}, {"gamma": 0.0, "alpha": 1.0}, {"axis": 1}] + SMOOTH),
    ("CategoricalFocalCrossentropy", "probability", "distribution", [{"alpha": "list"}]),
    ("CategoricalFocalCrossentropy", "real", "one_hot", [{"from_logits": True}, {"from_logits": True, "gamma": 1.5, "label_smoothing": 0.1}]),
    ("Dice", "probability", "binary", [{}, {"axis": [1, 2]}, {"axis": -1}]),
    ("Tversky", "probability", "binary", [{}, {"alpha": 0.3, "beta": 0.7}, {"axis": [1, 2], "alpha": 0.8, "beta": 0.2}]),
] + [(name, form, form, [{"bounding_box_format": form}]) for name in ("IoULoss", "GIoULoss", "DIoULoss", "CIoULoss")
     for form in ("xyxy", "center_xywh")] + [
    ("BinaryCrossentropy", "probability", "binary", [{}] + SMOOTH),
    ("BinaryCrossentropy", "real", "probability", [{"from_logits": True}, {"from_logits": True, "label_smoothing": 0.2}]),
    ("BinaryCrossentropy", "real", "binary", [{"from_logits": True, "reduction": "sum"}, {"from_logits": True, "axis": 1, "reduction": "sum"}]),
    ("BinaryCrossentropy", "probability", "binary", [{"reduction": "sum"}, {"axis": 1}]),
    ("CategoricalGeneralizedCrossEntropy", "distribution", "class", [{}, {"q": 0.7}, {"reduction": "sum"}]),
    ("SparseCategoricalCrossentropy", "distribution", "class", [{}, {"axis": "rank"}, {"reduction": "sum"}]),
    ("SparseCategoricalCrossentropy", "probability", "class", [{}]),
    ("SparseCategoricalCrossentropy", "real", "class", [{"from_logits": True}, {"from_logits": True, "axis": "rank"}, {"from_logits": True, "reduction": "sum"}]),
    ("SparseCategoricalCrossentropy", "probability", "void", [{"ignore_class": 255}]),
    ("SparseCategoricalCrossentropy", "real", "void", [{"ignore_class": 255, "from_logits": True}]),
    ("SparseCategoricalCrossentropy", "real", "class", [{"ignore_class": 2, "from_logits": True}]),
]
# The same with weights of classes, on maps.
WEIGHTED = [
    ("SparseCategoricalCrossentropy", "real", "void", {"ignore_class": 255, "from_logits": True}, (4, 3, 5), [0.5, 2, 3, 0, 1.25]),
    ("SparseCategoricalCrossentropy", "probability", "void", {"ignore_class": 255}, (4, 3, 5), [0.5, 2, 3, 0, 1.25]),
    ("SparseCategoricalCrossentropy", "distribution", "class", {}, (6,), [0.5, 2, 3, 1, 1.25, 4]),
    ("SparseCategoricalCrossentropy", "real", "class", {"from_logits": True}, (2, 3, 2, 4), [0.5, 2, 3, 1]),
    ("BinaryCrossentropy", "real", "binary", {"from_logits": True}, (4, 3, 1), [0.5, 3]),
    ("BinaryCrossentropy", "probability", "binary", {"label_smoothing": 0.1}, (4, 3, 1), [2, 0.25]),
    ("BinaryCrossentropy", "real", "binary", {"from_logits": True}, (1,), [0.5, 3]),
    ("BinaryFocalCrossentropy", "real", "binary", {"from_logits": True}, (4, 3, 1), [0.5, 3]),
    ("BinaryFocalCrossentropy", "probability", "binary", {"apply_class_balancing": True, "label_smoothing": 0.1}, (4, 3, 1), [2, 0.25]),
]
# What Keras pools over the batch.
POOLED = [
    ("SparseCategoricalCrossentropy", "real", "void", [{"ignore_class": 255, "from_logits": True}]),
    ("SparseCategoricalCrossentropy", "probability", "void", [{"ignore_class": 255}]),
    ("Dice", "probability", "binary", [{}, {"axis": [0, 1, 2]}, {"axis": 0}, {"axis": [0, -1]}]),
    ("Tversky", "probability", "binary", [{"alpha": 0.3, "beta": 0.7}, {"axis": [0, 1, 2], "alpha": 0.8, "beta": 0.4}]),
]

BIG = [60.0, -60.0, 0.0, 30.0, -30.0, 1.0]
PROBABILITIES = [0.0, 1.0, 1e-8, 1 - 1e-6, 0.5, 1.0]
ONES, ZEROS, TIES = [1.0, 1, 1, 1, 1, 1], [0.0, 0, 0, 0, 0, 0], [2.0, 2, 2, -1, -1, 0]
FIRST, LAST, MIXED = [1.0, 0, 0, 0, 0, 0], [0.0, 0, 0, 0, 0, 1], [0.0, 1, 0, 1, 0, 1]
# Class, arguments, and pairs of predictions and targets.
EDGES = [
    (name, {}, [(ZEROS, ZEROS), (ONES, ONES), (TIES, [2, 0, 1, -1, 0, 0]), (BIG, ZEROS)])
    for name in ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCosh", "Huber")
] + [
    ("Huber", {"delta": 1.0}, [(TIES, [1, 3, 2, -2, 0, 0])]), ("Poisson", {}, [(ZEROS, ONES), (ONES, ZEROS), (ZEROS, ZEROS)]),
    ("KLDivergence", {}, [(PROBABILITIES, FIRST), (ZEROS, LAST), (FIRST, FIRST), (ONES, ZEROS), (TIES, LAST)]),
    ("CosineSimilarity", {}, [(ONES, ZEROS), (ONES, ONES), ([1e-9] * 6, ONES), (TIES, [1e-9] * 6), ([1e15] * 6, TIES)]),
    ("Hinge", {}, [(ONES, ONES), (TIES, MIXED), (ONES, [1, -1, 1, -1, 1, -1]), (ZEROS, [0, 0.5, 1, 1, 1, 1]), (ONES, ZEROS)]),
    ("SquaredHinge", {}, [(ONES, ONES), (TIES, MIXED), (ONES, [1, -1, 1, -1, 1, -1]), (ZEROS, [0, 0.5, 1, 1, 1, 1])]),
    ("CategoricalHinge", {}, [(TIES, FIRST), (TIES, LAST), (ZEROS, ZEROS), (ONES, ONES), ([1, 0, 0, 0, 0, 0], FIRST), (BIG, LAST)]),
    ("BinaryCrossentropy", {}, [(PROBABILITIES, ONES), (PROBABILITIES, ZEROS), (PROBABILITIES, MIXED)]),
    ("BinaryCrossentropy", {"from_logits": True}, [(BIG, ONES), (BIG, ZEROS), (BIG, MIXED)]),
    ("SparseCategoricalCrossentropy", {}, [(PROBABILITIES, [0]), (PROBABILITIES, [1]), (PROBABILITIES, [2]), (ONES, [3]), (ZEROS, [3]), (FIRST, [0]), (FIRST, [5]), (TIES, [5])]),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, [(BIG, [0]), (BIG, [1]), (TIES, [0]), (ZEROS, [3])]),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, [(PROBABILITIES, [0]), (PROBABILITIES, [1]), (ZEROS, [1])]),
    ("BinaryFocalCrossentropy", {}, [(PROBABILITIES, ONES), (PROBABILITIES, ZEROS), (PROBABILITIES, MIXED)]),
    ("BinaryFocalCrossentropy", {"gamma": 1.0}, [(PROBABILITIES, ONES), (PROBABILITIES, ZEROS)]),
    ("BinaryFocalCrossentropy", {"from_logits": True}, [(BIG, ONES), (BIG, ZEROS), (BIG, MIXED)]),
    ("CategoricalCrossentropy", {}, [(PROBABILITIES, FIRST), (PROBABILITIES, LAST), (FIRST, FIRST), (FIRST, LAST), (TIES, LAST)]),
    ("CategoricalCrossentropy", {"from_logits": True}, [(BIG, FIRST), (BIG, LAST), (TIES, FIRST), (ZEROS, LAST)]),
    ("CategoricalFocalCrossentropy", {}, [(PROBABILITIES, FIRST), (PROBABILITIES, LAST), (FIRST, FIRST), (FIRST, LAST)]),
    ("Dice", {}, [(ZEROS, ZEROS), (ZEROS, ONES), (ONES, ONES), (ONES, ZEROS), (MIXED, FIRST)]),
    ("Tversky", {}, [(ZEROS, ZEROS), (ZEROS, ONES), (ONES, ONES), (ONES, ZEROS), (MIXED, FIRST)]),
]


def box_formula(k, name, form, t, p):
    """The loss of each box, with NumPy or TensorFlow for k."""
    def corners(b):
        first, second, third, fourth = (b[..., i] for i in range(4))
        if form == "xyxy":
            return first, second, third, fourth
        return first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2
    (px1, py1, px2, py2), (tx1, ty1, tx2, ty2) = corners(p), corners(t)
    pw, ph, tw, th = px2 - px1, py2 - py1, tx2 - tx1, ty2 - ty1
    common = k.maximum(k.minimum(px2, tx2) - k.maximum(px1, tx1), 0) * k.maximum(k.minimum(py2, ty2) - k.maximum(py1, ty1), 0)
    union = pw * ph + tw * th - common
    iou = common / (union + 1e-7)
    hw, hh = k.maximum(px2, tx2) - k.minimum(px1, tx1), k.maximum(py2, ty2) - k.minimum(py1, ty1)
    if name == "IoULoss":
        return 1 - iou
    if name == "GIoULoss":
        return 1 - iou + (hw * hh - union) / (hw * hh + 1e-7)
    distance = (((px1 + px2 - tx1 - tx2) / 2) ** 2 + ((py1 + py2 - ty1 - ty2) / 2) ** 2) / (hw ** 2 + hh ** 2 + 1e-7)
    if name == "DIoULoss":
        return 1 - iou + distance
    v = 4 / np.pi ** 2 * (k.atan(tw / th) - k.atan(pw / ph)) ** 2
    return 1 - iou + distance + v * v / (1 - iou + v + 1e-7)


def positions_of(arguments, name, t):
    """The class of every position, 0 where it does not count."""
    numbers = t[..., 0].astype(int)
    return np.where(numbers == arguments.get("ignore_class", -1), 0, numbers)


def evaluate(name, arguments, p, t, kind, class_weights=None, pooled=False, image_weights=None):
    """Losses by image, and the gradient of their mean; with `pooled` the loss of the batch, and its gradient."""
    keras.config.set_floatx(kind)
    p, t = p.astype(kind), t.astype(kind)
    if name.endswith("IoULoss"):
        form = arguments["bounding_box_format"]
        images = box_formula(np, name, form, t, p).reshape(len(p), -1).mean(1)
        x = tf.constant(p)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_mean(box_formula(tf, name, form, tf.constant(t), x))
        assert abs(float(value) - images.mean()) < 1e-12
        return images, tape.gradient(value, x).numpy()
    loss = getattr(keras.losses, name)(**arguments, dtype=kind)
    if name == "CategoricalGeneralizedCrossEntropy":
        # Keras makes vectors of these numbers, along an axis of its own.
        t = t[..., 0]

    weights = None
    if class_weights is not None:
        weights = np.array(class_weights, kind)[positions_of(arguments, name, t)]
    if image_weights is not None:
        weights = np.array(image_weights, kind)
        if name.startswith("Sparse"):
            weights = np.broadcast_to(weights.reshape(-1, *[1] * (t.ndim - 2)), t.shape[:-1])

    @tf.function
    def of(target, x, w):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss(target, x, sample_weight=w)
        return value, tape.gradient(value, x)

    def part(array, i):
        return None if array is None else tf.constant(array[i:i + 1])

    if pooled:
        value, gradient = of(tf.constant(t), tf.constant(p), None if weights is None else tf.constant(weights))
        return np.full(len(p), float(value)), gradient.numpy()
    values, gradients = zip(*(of(part(t, i), part(p, i), part(weights, i)) for i in range(len(p))))
    images = np.array([float(value) for value in values])
    if name not in ("Dice", "Tversky") and kind == "float64" and "ignore_class" not in arguments and arguments.get("reduction") != "sum":
        assert abs(images.mean() - float(loss(t, p, sample_weight=weights))) < 1e-9 * (1 + abs(images.mean())), name
    return images, np.concatenate([g.numpy() for g in gradients]) / len(p)


def main():
    cases, predictions, targets, losses, gradients = [], [], [], [], []

    def add(name, arguments, p, t, kind, **more):
        p, t = np.asarray(p, "float32"), np.asarray(t, "float32")
        images, gradient = evaluate(name, arguments, p, t, kind, **more)
        cases.append({
            **more, "first_target": sum(map(len, targets)),
            "class": name, "arguments": arguments, "shape": list(p.shape[1:]), "images": len(p), "is_edge": kind == "float32",
            "start": sum(map(len, predictions)), "first_loss": sum(map(len, losses)),
        })
        for array, values in ((predictions, p), (targets, t), (losses, images), (gradients, gradient)):
            array.append(np.asarray(values).ravel())

    for name, form, target, ways in CASES:
        for way in ways:
            for shape in SHAPES:
                if name.endswith("IoULoss"):
                    shape = (4,) if len(shape) == 1 else (3, 4)
                arguments = dict(way)
                if arguments.get("alpha") == "list":
                    arguments["alpha"] = [0.1 * (c + 1) for c in range(shape[-1])]
                axis = arguments.get("axis")
                if axis == "rank":
                    arguments["axis"] = axis = len(shape)
                if isinstance(axis, list) and len(shape) == 1:
                    continue
                add(name, arguments, DRAW[form]((COUNT, *shape)), DRAW[target]((COUNT, *shape)), "float64")
    for name, form, target, arguments, shape, weights in WEIGHTED:
        add(name, arguments, DRAW[form]((COUNT, *shape)), DRAW[target]((COUNT, *shape)), "float64", class_weights=weights)
    for name, form, target, ways in POOLED:
        for arguments in ways:
            shape = (4, 3, 6)
            # Keras cannot weigh images where Dice leaves several numbers.
            for weights in (None,) if "axis" in arguments else (None, [0.5, 2.0, 0.0]):
                add(name, arguments, DRAW[form]((COUNT, *shape)), DRAW[target]((COUNT, *shape)), "float64", pooled=True, image_weights=weights)
    # Nothing counts.
    add("SparseCategoricalCrossentropy", {"ignore_class": 255}, DRAW["probability"]((COUNT, 3, 2, 4)), np.full((COUNT, 3, 2, 1), 255), "float64", pooled=True)
    for name, arguments, pairs in EDGES:
        add(name, arguments, [p for p, _ in pairs], [t for _, t in pairs], "float32")
    known = sorted({case["class"] for case in cases})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.h5")
    with h5py.File(path, "w", libver=("earliest", "v108")) as file:
        text = json.dumps(cases).encode()
        file.create_dataset("cases", data=np.frombuffer(text, "uint8"), compression="gzip")
        for key, arrays, kind in (("predictions", predictions, "float32"), ("targets", targets, "float32"),
                                  ("losses", losses, "float64"), ("gradients", gradients, "float32")):
            file.create_dataset(key, data=np.concatenate(arrays).astype(kind), compression="gzip")
    print(f"{len(cases)} cases of {len(known)} losses, {os.path.getsize(path)} bytes; Keras {keras.__version__}")
    for case in cases:
        count = case["images"] * int(np.prod(case["shape"]))
        all_gradients = np.concatenate(gradients)[case["start"]:case["start"] + count]
        values = np.concatenate(losses)[case["first_loss"]:case["first_loss"] + case["images"]]
        if not (np.isfinite(values).all() and np.isfinite(all_gradients).all()):
            print("not finite:", case["class"], case["arguments"], values)


if __name__ == "__main__":
    main()
