"""Writes `models.json`: classifiers whose base is a model inside the model, by ending, class, depth and head, as Keras 2 and 3
describe them.

    KERAS_BACKEND=tensorflow python write_heads.py

Names: h_KERAS_ENDING_CLASS_DEPTH_HEAD; s_: a Sequential of a base; w_: a whole classifier inside the model; tm_: two Sequentials
in a third, as Teachable Machine writes them.
"""
import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")
os.chdir(os.path.dirname(os.path.abspath(__file__)))
import keras as keras3
import tf_keras as keras2

shape = (16, 16, 3)
models = {}


def keep(name, model, version):
    text = json.loads(model.to_json())
    models[name] = {"version": version, "model": {"class_name": text["class_name"], "config": text["config"]}}


for keras, version in [(keras2, 2), (keras3, 3)]:
    layers = keras.layers
    endings = {
        "avg": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D, "flatten": layers.Flatten, "none": None}

    def start():
        return [keras.Input(shape)] if version == 3 else [layers.InputLayer(shape)]

    def base(ending, is_sequential=False, is_deep=False):
        last = [endings[ending]()] if endings[ending] else []
        convolutions = [layers.Conv2D(4, 3, activation="relu", name="c1"), layers.Conv2D(4, 3, strides=2, name="c2")]
        if is_sequential:
            model = keras.Sequential(start() + convolutions + last, name="base")
        else:
            source = keras.Input(shape)
            x = source
            for layer in convolutions[:1] + [layers.BatchNormalization(name="b1")] + convolutions[1:] + last: x = layer(x)
            model = keras.Model(source, x, name="base")
        if is_deep:
            source = keras.Input(shape)
            model = keras.Model(source, model(source), name="wrapper")
        return model

    def classifier(source, x, head):
        if head == "mlp": x = layers.Dense(8, activation="relu")(x)
        if head == "dropout": x = layers.Dropout(0.3)(x)
        if head == "model":
            top = keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")], name="top")
            return keras.Model(source, top(x))
        return keras.Model(source, layers.Dense(3, activation="softmax")(x))

    for ending in endings:
        for is_sequential in [False, True]:
            for is_deep in [False, True]:
                for head in ["dense", "model"] if version == 3 else ["mlp", "dropout"]:
                    source = keras.Input(shape)
                    x = base(ending, is_sequential, is_deep)(source)
                    if ending == "none": x = layers.GlobalAveragePooling2D()(x)
                    name = f"h_{version}_{ending}_{'seq' if is_sequential else 'fun'}_{'deep' if is_deep else 'flat'}_{head}"
                    keep(name, classifier(source, x, head), version)
    for ending in ["avg", "none"]:
        pooling = [layers.GlobalAveragePooling2D()] if ending == "none" else []
        keep(f"s_{version}_{ending}", keras.Sequential(start() + [base(ending)] + pooling + [layers.Dense(3, activation="softmax")]), version)
        inner = keras.Sequential(start() + [base(ending)] + pooling + [layers.Dense(3, activation="softmax")], name="inner")
        source = keras.Input(shape)
        keep(f"w_{version}_{ending}", keras.Model(source, inner(layers.Rescaling(1 / 255)(source))), version)
    first = keras.Sequential(start() + [base("none"), layers.GlobalAveragePooling2D()], name="sequential_1")
    second = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax", use_bias=False)], name="sequential_3")
    keep(f"tm_{version}", keras.Sequential(start() + [first, second]), version)

with open("models.json", "w") as file:
    json.dump(models, file, separators=(",", ":"), sort_keys=True)
