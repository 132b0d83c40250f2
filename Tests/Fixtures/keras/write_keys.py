#!/usr/bin/env python3
"""Writes Tests/Fixtures/keras/keys.json and keys.keras: Keras 3's layers for texts, numbers and categories.

    python3 Tests/Fixtures/keras/write_keys.py          needs keras, tensorflow, numpy

keys.json has cases: a model, what goes into it, and what Keras gives. Where `adapted` is true, the model is that before `adapt`, and Keras
has adapted its layers to the same samples. keys.keras is a model whose vocabularies lie in files beside its configuration.
KeyLayerTests.swift reads both.
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

random = np.random.default_rng(17)
HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ["red", "green", "blue", "Rot", "grün", "naïve", "", "x", "日本", "a b", "zebra " * 12]
TEXTS = [
    "The cat, the CAT - and the dog!", "a  b\tc\n d", "", "Ünïcode ÄÖÜ äöü", "don't stop_me now", "日本 語",
    "one two three four five six seven", "the the the", "x", "cat dog cat",
]
# Every length that hashes treat in a way of their own.
LENGTHS = ["".join(chr(97 + (7 * i + n) % 26) for i in range(n)) for n in range(0, 200)]


def strings(*columns):
    return [np.array(column, dtype=object).reshape(len(columns[0]), -1) for column in columns]


cases = []


def case(name, layer, inputs, dtypes, adapt=False, shape=None):
    keras.utils.clear_session()
    count = len(inputs[0])
    places = [keras.Input(shape or array.shape[1:], dtype=dtype, name=f"in{i}")
              for i, (array, dtype) in enumerate(zip(inputs, dtypes))]
    values = [array.reshape((count,) + tuple(place.shape[1:])) for array, place in zip(inputs, places)]
    tensors = [tf.constant(value.tolist() if dtype == "string" else value, dtype=dtype)
               for value, dtype in zip(values, dtypes)]
    if adapt:
        layer.adapt(tensors[0])
    result = layer(places[0] if len(places) == 1 else places)
    model = keras.Model(places, result)
    config = json.loads(model.to_json())
    for entry in config["config"]["layers"]:
        if adapt and entry["class_name"] == "Discretization":
            entry["config"]["bin_boundaries"] = None
    output = np.array(layer(tensors[0] if len(tensors) == 1 else tensors), dtype="float64")
    cases.append({
        "name": name, "model": config, "adapted": adapt, "shape": list(output.shape[1:]),
        "inputs": [array.reshape(count, -1).tolist() for array in inputs],
        "output": output.reshape(count, -1).tolist(),
    })


words = strings(WORDS)
pairs = [np.array([[a, b] for a, b in zip(WORDS, reversed(WORDS))], dtype=object)]
known = ["red", "green", "blue", "日本"]
for mode in ["int", "one_hot", "multi_hot", "count", "tf_idf"]:
    weights = {"idf_weights": [0.5, 1.5, 2.0, 0.25]} if mode == "tf_idf" else {}
    case(f"StringLookup {mode}", layers.StringLookup(vocabulary=known, output_mode=mode, **weights), words, ["string"])
    if mode != "one_hot":
        case(f"StringLookup {mode} of two", layers.StringLookup(vocabulary=known, output_mode=mode, mask_token="x", **weights),
             pairs, ["string"])
    case(f"StringLookup {mode} adapted", layers.StringLookup(output_mode=mode), words, ["string"], adapt=True)
    numbers = [np.array([[3], [5], [-7], [12345678901], [0], [5]])]
    values = {"idf_weights": [0.5, 1.5]} if mode == "tf_idf" else {}
    case(f"IntegerLookup {mode}", layers.IntegerLookup(vocabulary=[5, 12345678901], output_mode=mode, num_oov_indices=3, **values),
         numbers, ["int64"])
    case(f"IntegerLookup {mode} adapted", layers.IntegerLookup(output_mode=mode, max_tokens=4), numbers, ["int64"], adapt=True)
case("StringLookup masked", layers.StringLookup(vocabulary=known, mask_token="x", num_oov_indices=3), words, ["string"])
case("StringLookup salted", layers.StringLookup(vocabulary=known, num_oov_indices=7, salt=[3, -9]), words, ["string"])
case("StringLookup padded", layers.StringLookup(vocabulary=known, max_tokens=9, pad_to_max_tokens=True, output_mode="one_hot"),
     words, ["string"])
case("StringLookup few", layers.StringLookup(max_tokens=3), words, ["string"], adapt=True)
case("IntegerLookup farmhash", layers.IntegerLookup(vocabulary=[5], num_oov_indices=4, oov_method="farmhash"), numbers, ["int64"])
case("IntegerLookup of floats", layers.IntegerLookup(vocabulary=[5, 3], mask_token=0), [numbers[0] % 100], ["int32"])
case("StringLookup of its own unknown", layers.StringLookup(oov_token="red", oov_method="farmhash"), words, ["string"], adapt=True)
case("IntegerLookup of its own unknown", layers.IntegerLookup(oov_token=5), numbers, ["int64"], adapt=True)
case("IntegerLookup salted", layers.IntegerLookup(vocabulary=[5], num_oov_indices=4, oov_method="farmhash", salt=[7, -8]), numbers,
     ["int64"])
case("IntegerLookup padded", layers.IntegerLookup(max_tokens=9, pad_to_max_tokens=True, output_mode="count"), numbers, ["int64"],
     adapt=True)
long = strings(LENGTHS)
case("Hashing", layers.Hashing(1000), long, ["string"])
case("Hashing salted", layers.Hashing(1000, salt=[123456789, -5]), long, ["string"])
case("Hashing masked", layers.Hashing(9, mask_value="x", output_mode="one_hot"), words, ["string"])
case("Hashing count", layers.Hashing(9, output_mode="count"), pairs, ["string"])
case("Hashing integers", layers.Hashing(50, mask_value=3), numbers, ["int64"])
case("Hashing salted integers", layers.Hashing(50, salt=7, output_mode="multi_hot"), numbers, ["int64"])
small = [random.integers(0, 9, (12, 1)), random.integers(-4, 9, (12, 1))]
texts = np.array([[WORDS[i % len(WORDS)]] for i in range(12)], dtype=object)
case("HashedCrossing", layers.HashedCrossing(100), [texts, small[0]], ["string", "int64"])
case("HashedCrossing of integers", layers.HashedCrossing(10, output_mode="one_hot"), small, ["int64", "int64"])
for standardize in ["lower_and_strip_punctuation", "lower", "strip_punctuation", None]:
    for split in ["whitespace", "character", None]:
        case(f"TextVectorization {standardize} {split}",
             layers.TextVectorization(standardize=standardize, split=split, output_sequence_length=9), strings(TEXTS), ["string"],
             adapt=True)
for mode in ["multi_hot", "count", "tf_idf"]:
    for ngrams in [None, 2, (1, 3)]:
        case(f"TextVectorization {mode} {ngrams}", layers.TextVectorization(output_mode=mode, ngrams=ngrams), strings(TEXTS),
             ["string"], adapt=True)
case("TextVectorization of a bare text", layers.TextVectorization(max_tokens=6, output_sequence_length=5), strings(TEXTS), ["string"],
     adapt=True, shape=())
case("TextVectorization of letters", layers.TextVectorization(split="character", ngrams=2, output_sequence_length=30), strings(TEXTS),
     ["string"], adapt=True)
case("TextVectorization padded", layers.TextVectorization(max_tokens=40, pad_to_max_tokens=True, output_mode="tf_idf"),
     strings(TEXTS), ["string"], adapt=True)
case("TextVectorization given", layers.TextVectorization(vocabulary=["cat", "the", "dog"], idf_weights=[0.5, 0.25, 2.0],
                                                       output_mode="tf_idf"), strings(TEXTS), ["string"])
real = [random.normal(size=(300, 1)).astype("float32")]
for mode in ["int", "one_hot", "multi_hot", "count"]:
    case(f"Discretization {mode}", layers.Discretization([-1.0, 0.0, 0.5], output_mode=mode),
         [np.array([[-2.0], [-1.0], [-0.5], [0.0], [0.25], [0.5], [9.0]], "float32")], ["float32"])
for bins, epsilon in [(4, 0.01), (10, 0.01), (3, 0.1), (50, 0.02)]:
    case(f"Discretization {bins} {epsilon} adapted", layers.Discretization(num_bins=bins, epsilon=epsilon), real, ["float32"],
         adapt=True)
numbers = [random.integers(0, 5, (10, 3))]
for mode in ["one_hot", "multi_hot", "count"]:
    case(f"CategoryEncoding {mode}", layers.CategoryEncoding(5, output_mode=mode), numbers, ["int32"])
    case(f"CategoryEncoding {mode} of one", layers.CategoryEncoding(5, output_mode=mode), [numbers[0][:, :1]], ["int32"])

case("CategoryEncoding of more", layers.CategoryEncoding(7), numbers, ["int32"])
with open(os.path.join(HERE, "keys.json"), "w") as file:
    json.dump(cases, file, ensure_ascii=False)

keras.utils.clear_session()
word, text, number = keras.Input((1,), dtype="string", name="word"), keras.Input((), dtype="string", name="text"), \
    keras.Input((1,), name="number")
lookup, vectors = layers.StringLookup(output_mode="one_hot", name="lookup"), layers.TextVectorization(output_mode="tf_idf", name="vectors")
inner_lookup = layers.StringLookup(name="inner_lookup")
for layer, values in [(lookup, WORDS), (vectors, TEXTS), (inner_lookup, WORDS)]:
    layer.adapt(values)
inner_input = keras.Input((1,), dtype="string", name="inner_word")
inner = keras.Model(inner_input, layers.Embedding(20, 3, name="embedding")(inner_lookup(inner_input)), name="inner")
encoding = layers.CategoryEncoding(4, output_mode="count", name="encoding")
counted = encoding(layers.Discretization([0.0, 1.0, 2.0], name="bins")(number), count_weights=number)
joined = layers.Concatenate(name="joined")([lookup(word), vectors(text), layers.Flatten(name="flat")(inner(word)), counted])
model = keras.Model([word, text, number], layers.Dense(4, name="dense")(joined), name="keys")
model.save(os.path.join(HERE, "keys.keras"))
values = [np.array(WORDS, dtype=object), np.array(TEXTS + ["z"], dtype=object), random.normal(size=len(WORDS)).astype("float32")]
output = model([tf.constant(values[0].reshape(-1, 1).tolist()), tf.constant(values[1].tolist()), tf.constant(values[2].reshape(-1, 1))])
with open(os.path.join(HERE, "keys.keras.json"), "w") as file:
    json.dump({"inputs": [value.tolist() for value in values], "output": np.array(output, "float64").tolist()}, file, ensure_ascii=False)
