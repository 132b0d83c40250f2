#!/usr/bin/env python3
"""Writes Tests/Fixtures/keras/compiled.json: what both versions of Keras write into their files of models compiled with
every loss and every metric that Convoy knows, as strings and as objects, for one output and for two.

    python3 Tests/Fixtures/keras/write_compiled.py          needs keras, tf_keras, tensorflow, h5py

CompiledLossTests.swift reads it.
"""
import json
import os
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import h5py
import keras
import tf_keras

LOSSES = {
    "BinaryCrossentropy": {"label_smoothing": 0.25}, "BinaryFocalCrossentropy": {"gamma": 3.0},
    "CategoricalCrossentropy": {"label_smoothing": 0.25}, "CategoricalFocalCrossentropy": {"alpha": 0.5},
    "CategoricalGeneralizedCrossEntropy": {"q": 0.25}, "CategoricalHinge": {}, "CosineSimilarity": {},
    "Dice": {"axis": [1]}, "Hinge": {}, "Huber": {"delta": 1.0},
    "KLDivergence": {}, "LogCosh": {}, "MeanAbsoluteError": {}, "MeanAbsolutePercentageError": {},
    "MeanSquaredError": {"reduction": "sum"}, "MeanSquaredLogarithmicError": {}, "Poisson": {},
    "SparseCategoricalCrossentropy": {"ignore_class": 2}, "SquaredHinge": {}, "Tversky": {"alpha": 0.25},
}
METRICS = {
    "AUC": {"num_thresholds": 50}, "BinaryAccuracy": {"threshold": 0.25}, "BinaryIoU": {"threshold": 0.25},
    "CategoricalAccuracy": {}, "CosineSimilarity": {}, "F1Score": {"average": "macro"}, "FBetaScore": {"beta": 2.0},
    "FalseNegatives": {}, "FalsePositives": {"thresholds": 0.25},
    "IoU": {"num_classes": 3, "target_class_ids": [0]}, "LogCoshError": {}, "MeanAbsoluteError": {},
    "MeanAbsolutePercentageError": {}, "MeanIoU": {"num_classes": 3}, "MeanSquaredError": {},
    "MeanSquaredLogarithmicError": {}, "OneHotIoU": {"num_classes": 3, "target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 3}, "Precision": {"top_k": 2}, "R2Score": {}, "Recall": {"thresholds": 0.25},
    "RootMeanSquaredError": {}, "SparseCategoricalAccuracy": {}, "SparseTopKCategoricalAccuracy": {"k": 2},
    "TopKCategoricalAccuracy": {"k": 2}, "TrueNegatives": {}, "TruePositives": {"thresholds": [0.25, 0.5]},
}
ALIASES = ["mse", "mae", "mape", "msle", "kld", "bce", "logcosh"]


def model(k, outputs):
    x = k.Input((4,))
    ends = [k.layers.Dense(3, activation="softmax", name=name)(x) for name in ("a", "b")[:outputs]]
    return k.Model(x, ends[0] if outputs == 1 else ends, name="m")


def texts(k, m):
    """What is in the two kinds of files."""
    with tempfile.TemporaryDirectory() as folder:
        m.save(f"{folder}/m.h5")
        m.save(f"{folder}/m.keras")
        with h5py.File(f"{folder}/m.h5") as file:
            h5 = file.attrs["training_config"]
        archive = json.loads(zipfile.ZipFile(f"{folder}/m.keras").read("config.json"))["compile_config"]
    return [("h5", json.loads(h5)), ("keras", archive)]


def main():
    cases = []

    def add(k, outputs, loss, metrics, weights, expected):
        m = model(k, outputs)
        m.compile("sgd", loss=loss, metrics=metrics, loss_weights=weights)
        for kind, config in texts(k, m):
            # The optimizer is tested elsewhere.
            config = {key: config[key] for key in ("loss", "loss_weights", "metrics", "weighted_metrics") if config.get(key) is not None}
            cases.append({"version": k.__name__, "format": kind, "config": config, "outputs": expected})

    for k in (keras, tf_keras):
        snake = k.src.utils.naming.to_snake_case if k is keras else k.src.utils.generic_utils.to_snake_case
        for name, arguments in LOSSES.items():
            if not hasattr(k.losses, name):
                continue
            whole = getattr(k.losses, name)(**arguments)
            add(k, 1, whole, None, None, [{"loss": [name, arguments]}])
            if not arguments or name != "CosineSimilarity":
                add(k, 1, snake(name).replace("kl_divergence", "kl_divergence"), None, None, [{"loss": [name, {}]}])
            for form in ("list", "dict"):
                loss = [whole, "mse"] if form == "list" else {"a": whole, "b": "mse"}
                weights = [0.5, 2.0] if form == "list" else {"a": 0.5, "b": 2.0}
                add(k, 2, loss, None, weights,
                    [{"loss": [name, arguments], "weight": 0.5}, {"loss": ["MeanSquaredError", {}], "weight": 2.0}])
        for alias in ALIASES:
            add(k, 1, alias, None, None, [{"loss": [alias, {}]}])
        for name, arguments in METRICS.items():
            if not hasattr(k.metrics, name):
                continue
            def make():
                return getattr(k.metrics, name)(**arguments)
            add(k, 1, "mse", [make()], None, [{"loss": ["MeanSquaredError", {}], "metrics": [[name, arguments]]}])
            add(k, 2, ["mse", "mse"], [[make()], ["mae", make()]], None, [
                {"loss": ["MeanSquaredError", {}], "metrics": [[name, arguments]]},
                {"loss": ["MeanSquaredError", {}], "metrics": [["MeanAbsoluteError", {}], [name, arguments]]}])
            add(k, 2, {"a": "mse", "b": "mse"}, {"b": [make()]}, None, [
                {"loss": ["MeanSquaredError", {}]},
                {"loss": ["MeanSquaredError", {}], "metrics": [[name, arguments]]}])
        add(k, 1, "mse", ["accuracy", "mae"], None,
            [{"loss": ["MeanSquaredError", {}], "metrics": [["accuracy", {}], ["MeanAbsoluteError", {}]]}])
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "compiled.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases, {os.path.getsize(path)} bytes; Keras {keras.__version__}, tf_keras {tf_keras.__version__}")


if __name__ == "__main__":
    main()
