"""Writes metrics.json: every metric with arguments, outputs and targets in several updates, and what it then is.

Keras computes most; where it has no such metric or refuses a shape, scikit-learn or numpy do, by the formula.
Needs keras 3 with tensorflow, numpy, scikit-learn:  KERAS_BACKEND=tensorflow python write_metrics.py
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from sklearn import metrics as sk

UPDATES, BATCH, K = 2, 6, 4
SHAPES = [(K,), (3, 2, K)]
rng = np.random.default_rng(20)
cases = []


def rounded(x):
    return np.round(x, 4).astype("float32")


def listed(x):
    values = np.round(np.asarray(x, "float64"), 4).tolist()
    return [[int(v) if v == int(v) else v for v in row] if isinstance(row, list) else row for row in values]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def batches(make):
    return [make() for _ in range(UPDATES)]


def weights():
    return [rounded(rng.uniform(0.1, 2, BATCH)) for _ in range(UPDATES)]


def add(name, arguments, outputs, targets, value, truth, weight=None):
    cases.append({
        "metric": name, "arguments": arguments, "truth": truth,
        "outputShape": list(outputs[0].shape[1:]), "targetShape": list(targets[0].shape[1:]),
        "updates": [
            {"outputs": listed(o.reshape(len(o), -1)), "targets": listed(t.reshape(len(t), -1)),
             **({"weights": listed(weight[i])} if weight is not None else {})}
            for i, (o, t) in enumerate(zip(outputs, targets))],
        "values": [float(v) for v in np.atleast_1d(np.asarray(value, "float64"))],
    })


def with_keras(name, arguments, outputs, targets, weight=None, seen=None, flat=False, **extra):
    """`seen` is what Keras is given for targets, where that differs; `flat` makes positions samples."""
    metric = getattr(keras.metrics, name)(**arguments, **extra)
    for i, output in enumerate(outputs):
        output, target = rounded(output), (seen or targets)[i]
        w = None if weight is None else weight[i]
        if flat:
            if w is not None:
                w = np.repeat(w, int(np.prod(output.shape[1:-1])))
            output, target = output.reshape(-1, output.shape[-1]), target.reshape(-1, target.shape[-1])
        metric.update_state(target, output, sample_weight=w)
    if "IoU" in name:
        # Keras 3.15 also takes the axis of the scores for one of its results.
        metric.axis = -1
    add(name, arguments, outputs, targets, np.asarray(metric.result()), "keras", weight)


def both(function):
    for shape in SHAPES:
        for weight in [None, weights()]:
            function(shape, weight)


def probabilities(shape):
    return batches(lambda: rounded(softmax(2 * rng.normal(size=(BATCH, *shape)))))


def sigmoids(shape):
    return batches(lambda: rounded(1 / (1 + np.exp(-2 * rng.normal(size=(BATCH, *shape))))))


def numbers(shape, axis=True):
    return batches(lambda: rng.integers(0, K, (BATCH, *shape[:-1], *([1] if axis else []))))


def labels(shape):
    return batches(lambda: (rng.uniform(size=(BATCH, *shape)) < 0.4).astype("float32"))


def one_hot(targets):
    return [np.eye(K, dtype="float32")[t[..., 0]] for t in targets]


def accuracies(shape, weight):
    scores, classes = probabilities(shape), numbers(shape)
    with_keras("SparseCategoricalAccuracy", {}, scores, classes, weight)
    with_keras("CategoricalAccuracy", {}, scores, one_hot(classes), weight)
    if len(shape) > 1:
        with_keras("SparseCategoricalAccuracy", {}, scores, [t[..., 0] for t in classes], weight)
    for k in [1, 2, 5]:
        with_keras("SparseTopKCategoricalAccuracy", {"k": k}, scores, [t[..., 0] for t in classes], weight)
        with_keras("TopKCategoricalAccuracy", {"k": k}, scores, one_hot(classes), weight)
    for arguments in [{}, {"threshold": 0.3}]:
        with_keras("BinaryAccuracy", arguments, sigmoids(shape), labels(shape), weight)


def pixel_and_match(shape, weight):
    scores, classes = probabilities(shape), numbers(shape)
    w = np.repeat(np.concatenate(weight) if weight else np.ones(UPDATES * BATCH), int(np.prod(shape[:-1])))
    found, wanted = np.concatenate(scores).argmax(-1).ravel(), np.concatenate(classes).ravel()
    for ignored in [None, 2]:
        kept = wanted != ignored if ignored is not None else wanted >= 0
        value = sk.accuracy_score(wanted[kept], found[kept], sample_weight=w[kept])
        add("PixelAccuracy", {} if ignored is None else {"ignore_class": ignored}, scores, classes, value,
            "scikit-learn", weight)
    outputs = sigmoids(shape)
    # Some samples must be right as a whole.
    targets = [np.where(np.arange(BATCH).reshape(-1, *[1] * len(shape)) < 3, o > 0.5, t).astype("float32")
               for o, t in zip(outputs, labels(shape))]
    value = sk.accuracy_score(np.concatenate(targets).reshape(UPDATES * BATCH, -1),
                              np.concatenate(outputs).reshape(UPDATES * BATCH, -1) > 0.5,
                              sample_weight=None if weight is None else np.concatenate(weight))
    add("ExactMatch", {}, outputs, targets, value, "scikit-learn", weight)


def shares(shape, weight):
    for name in ["Precision", "Recall"]:
        # Keras does not take weights of samples for maps.
        w = weight if len(shape) == 1 else None
        for arguments in [{}, {"thresholds": 0.3}, {"thresholds": [0.2, 0.55, 0.9]}, {"class_id": 1},
                          {"top_k": 2}, {"top_k": 2, "class_id": 3}]:
            with_keras(name, arguments, sigmoids(shape), labels(shape), w)
        classes = numbers(shape)
        with_keras(name, {"class_id": 2}, probabilities(shape), classes, w, seen=one_hot(classes))


def outcomes(shape, weight):
    for name in ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"]:
        # Keras does not take weights of samples for maps.
        w = weight if len(shape) == 1 else None
        for arguments in [{}, {"thresholds": 0.3}, {"thresholds": [0.2, 0.55, 0.9]}]:
            with_keras(name, arguments, sigmoids(shape), labels(shape), w)


def f_scores(shape, weight):
    for average in [None, "micro", "macro", "weighted"]:
        for threshold in [None, 0.4]:
            with_keras("F1Score", {"average": average, "threshold": threshold}, sigmoids(shape), labels(shape),
                       weight, flat=True)
        classes = numbers(shape)
        with_keras("F1Score", {"average": average}, probabilities(shape), classes, weight, seen=one_hot(classes),
                   flat=True)
    with_keras("FBetaScore", {"average": "macro", "beta": 2.0}, sigmoids(shape), labels(shape), weight, flat=True)


def areas(shape, weight):
    for curve in ["ROC", "PR"]:
        for method in ["interpolation", "majoring", "minoring"]:
            with_keras("AUC", {"curve": curve, "summation_method": method}, sigmoids(shape), labels(shape), weight,
                       flat=True)
        for arguments in [{"num_thresholds": 7}, {"thresholds": [0.1, 0.35, 0.8]}, {"multi_label": True},
                          {"multi_label": True, "label_weights": [1.0, 2.0, 0.5, 0.25]},
                          {"label_weights": [1.0, 2.0, 0.5, 0.25]}]:
            with_keras("AUC", {"curve": curve, **arguments}, sigmoids(shape), labels(shape), weight, flat=True)
        logits = batches(lambda: rounded(rng.normal(size=(BATCH, *shape))))
        with_keras("AUC", {"curve": curve, "from_logits": True}, logits, labels(shape), weight, flat=True)
        classes = numbers(shape)
        with_keras("AUC", {"curve": curve}, probabilities(shape), classes, weight, seen=one_hot(classes), flat=True)
        # Few digits, so that scores are equal.
        outputs, targets = [np.round(o, 1) for o in sigmoids(shape)], labels(shape)
        function = sk.roc_auc_score if curve == "ROC" else sk.average_precision_score
        w = None if weight is None else np.repeat(np.concatenate(weight), int(np.prod(shape)))
        value = function(np.concatenate(targets).ravel(), np.concatenate(outputs).ravel(), sample_weight=w)
        add("ExactAUC", {"curve": curve}, outputs, targets, value, "scikit-learn", weight)


def errors(shape, weight):
    def outputs():
        return batches(lambda: rounded(rng.normal(size=(BATCH, *shape))))

    for name in ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "RootMeanSquaredError",
                 "MeanSquaredLogarithmicError", "LogCoshError", "CosineSimilarity"]:
        with_keras(name, {}, outputs(), outputs(), weight)
    if len(shape) > 1:
        with_keras("CosineSimilarity", {"axis": 2}, outputs(), outputs(), weight)
    for aggregation in [None, "uniform_average", "variance_weighted_average"]:
        for regressors in [0, 2]:
            with_keras("R2Score", {"class_aggregation": aggregation, "num_regressors": regressors}, outputs(),
                       outputs(), weight, flat=True)


def unions(shape, weight):
    # Keras makes weights whole numbers unless the metric's numbers are floats, and repeats none over pixels.
    w = weight if len(shape) == 1 else None
    scores, classes = probabilities(shape), numbers(shape)
    for arguments in [{"num_classes": K}, {"num_classes": K, "ignore_class": 1}]:
        dense = {**arguments, "sparse_y_pred": False}
        flat = [t[..., 0] for t in classes]
        with_keras("MeanIoU", dense, scores, flat, w, dtype="float32")
        with_keras("IoU", {**dense, "target_class_ids": [0, 3]}, scores, flat, w, dtype="float32")
        with_keras("OneHotMeanIoU", arguments, scores, one_hot(classes), w, dtype="float32")
        with_keras("OneHotIoU", {**arguments, "target_class_ids": [2]}, scores, one_hot(classes), w, dtype="float32")
        with_keras("MeanIoU", arguments, [t.astype("float32") for t in numbers(shape)], classes, w, dtype="float32")
        with_keras("MeanIoU", {**dense, "sparse_y_true": False}, scores, one_hot(classes), w, dtype="float32")
        if len(shape) > 1:
            with_keras("OneHotMeanIoU", {**arguments, "num_classes": shape[1], "axis": 2}, scores,
                       [np.moveaxis(np.eye(shape[1], dtype="float32")[t[:, :, 0] % shape[1]], -1, 2) for t in
                        [rng.integers(0, 2, (BATCH, shape[0], 1, K)) for _ in scores]], None, dtype="float32")
    for arguments in [{}, {"threshold": 0.3}, {"target_class_ids": [1]}]:
        one = shape[:-1] + (1,)
        with_keras("BinaryIoU", arguments, sigmoids(one), labels(one), w, dtype="float32")


def calibration(shape, weight):
    for bins in [15, 4]:
        for classes_of_outputs in [K, 1]:
            if classes_of_outputs == K:
                outputs, targets = probabilities(shape), numbers(shape)
                p = np.concatenate(outputs).reshape(-1, K)
                confidence, right = p.max(-1), p.argmax(-1) == np.concatenate(targets).ravel()
            else:
                outputs, targets = sigmoids(shape[:-1] + (1,)), labels(shape[:-1] + (1,))
                p, t = np.concatenate(outputs).ravel(), np.concatenate(targets).ravel()
                confidence, right = np.maximum(p, 1 - p), (p > 0.5) == t
            w = np.concatenate(weight) if weight else np.ones(UPDATES * BATCH)
            w = np.repeat(w, len(confidence) // len(w))
            value = 0
            for b in range(bins):
                inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
                value += abs((w * right)[inside].sum() - (w * confidence)[inside].sum())
            add("CalibrationError", {"num_bins": bins}, outputs, targets, value / w.sum(), "numpy", weight)


def boxes():
    def corners(box, form, root):
        box = box.astype("float64")
        if root:
            box = np.concatenate([box[..., :2], box[..., 2:] ** 2], -1)
        a, b, c, d = np.moveaxis(box, -1, 0)
        return {"xyxy": (a, b, c, d), "yxyx": (b, a, d, c), "xywh": (a, b, a + c, b + d),
                "center_xywh": (a - c / 2, b - d / 2, a + c / 2, b + d / 2)}[form]

    for shape in [(4,), (3, 4)]:
        for weight in [None, weights()]:
            for form, root in [("xyxy", False), ("yxyx", False), ("xywh", False), ("center_xywh", False),
                               ("center_xywh", True)]:
                def make():
                    first = rng.uniform(0, 0.5, (BATCH, *shape[:-1], 2))
                    size = rng.uniform(0.2, 0.6, (BATCH, *shape[:-1], 2))
                    return rounded(np.concatenate([first, first + size if form in ("xyxy", "yxyx") else size], -1))

                outputs, targets = batches(make), batches(make)
                # The last box of a list is often none.
                if len(shape) > 1:
                    for target in targets:
                        target[::2, -1] = 0
                a, b = corners(np.concatenate(outputs), form, root), corners(np.concatenate(targets), form, root)
                area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
                common = (np.clip(np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]), 0, None)
                          * np.clip(np.minimum(a[3], b[3]) - np.maximum(a[1], b[1]), 0, None))
                iou = common / (area(a) + area(b) - common)
                w = np.concatenate(weight) if weight else np.ones(len(iou))
                w = w.reshape(-1, *[1] * (iou.ndim - 1)) * (area(b) > 0)
                add("BoxIoU", {"bounding_box_format": form, **({"sqrt": True} if root else {})}, outputs, targets,
                    (w * iou).sum() / w.sum(), "numpy", weight)


for function in [accuracies, pixel_and_match, shares, f_scores, areas, errors, unions, calibration]:
    both(function)
boxes()
both(outcomes)

# Keras's own form of every metric that it has: what a file's training_config says.
forms = [{"values": {"class": c["metric"], "arguments": c["arguments"]},
          "form": keras.saving.serialize_keras_object(getattr(keras.metrics, c["metric"])(**c["arguments"]))}
         for c in {(c["metric"], json.dumps(c["arguments"])): c for c in cases if c["truth"] == "keras"}.values()]
path = pathlib.Path(__file__).parent / "metrics.json"
path.write_text(json.dumps({"cases": cases, "forms": [f["form"] for f in forms]}, separators=(",", ":"),
                           default=lambda value: value.tolist() if hasattr(value, "tolist") else np.asarray(value).tolist()))
print(len(cases), "cases of", len({c["metric"] for c in cases}), "metrics", path.stat().st_size, "bytes")
