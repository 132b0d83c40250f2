"""Writes inputs/: models with several inputs, with one output or two, data for all of them, and what Keras makes of them in three
steps.

    python write_inputs.py

The whole data set is one batch, so the order of the samples does not matter.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy as np
from keras import layers

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inputs")
os.makedirs(folder, exist_ok=True)
generator = np.random.default_rng(7)
count = 30
labels = np.arange(count) % 3
data = {
    "images": generator.integers(0, 256, (count, 8, 8, 3)).astype(np.uint8),
    "left": generator.integers(0, 256, (count, 8, 8, 1)).astype(np.uint8),
    "right": (generator.random((count, 6, 7, 2)) + labels[:, None, None, None]).astype(np.float32),
    "age": (generator.random((count, 2)) + labels[:, None]).astype(np.float32),
    "weather": generator.standard_normal((count, 3)).astype(np.float32),
    "size": (generator.random((count, 1)) + labels[:, None]).astype(np.float32),
}
with h5py.File(os.path.join(folder, "data.h5"), "w") as file:
    for name, values in data.items():
        file[name] = values
    file["labels"] = labels.astype(np.int64)

# The columns that the inputs take, by the inputs' names.
cases = {
    "image_and_numbers": {"photo": "images", "age": "age"},
    "two_images": {"left": "left", "right": "right"},
    "numbers": {"age": "age", "weather": "weather"},
}
with h5py.File(os.path.join(folder, "golden.h5"), "w") as golden:
    for seed, (name, columns) in enumerate(cases.items()):
        for outputs in (1, 2):
            keras.utils.set_random_seed(seed)
            inputs, branches = [], []
            for key, column in columns.items():
                x = keras.Input(data[column].shape[1:], name=key)
                inputs.append(x)
                if len(x.shape) == 4:
                    x = layers.Conv2D(3, 3, activation="relu", name=f"{key}_conv")(x)
                    x = layers.GlobalAveragePooling2D(name=f"{key}_mean")(x)
                else:
                    x = layers.Dense(4, activation="relu", name=f"{key}_dense")(x)
                branches.append(x)
            x = layers.Concatenate(name="joined")(branches)
            x = layers.Dense(5, activation="relu", name="mixed")(x)
            ends = [layers.Dense(3, activation="softmax", name="kind")(x)]
            if outputs == 2:
                ends.append(layers.Dense(1, name="width")(x))
            model = keras.Model(inputs, ends, name=name)
            ending = "keras" if outputs == 1 else "h5"
            model.save(os.path.join(folder, f"{name}_{outputs}.{ending}"))
            model.compile(
                keras.optimizers.SGD(0.1, momentum=0.9),
                ["sparse_categorical_crossentropy", "mse"][:outputs],
                loss_weights=[0.75, 0.25] if outputs == 2 else None,
            )
            values = [data[c] / np.float32(255) if data[c].dtype == np.uint8 else data[c] for c in columns.values()]
            history = model.fit(values, [labels, data["size"]][:outputs], batch_size=count, epochs=3, verbose=0)
            group = golden.create_group(f"{name}_{outputs}")
            group["losses"] = np.array(history.history["loss"], np.float32)
            group["weights"] = np.concatenate([w.flatten() for w in model.get_weights()])
