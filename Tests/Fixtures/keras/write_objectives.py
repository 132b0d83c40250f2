"""Writes objectives/: a small model, data, and what Keras makes of them in three steps with label smoothing, class weights and an
exponential moving average of the weights.

    python write_objectives.py

The whole data set is one batch, so the order of the samples does not matter.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "objectives")
os.makedirs(folder, exist_ok=True)
keras.utils.set_random_seed(5)
model = keras.Sequential(
    [
        keras.Input((5, 5, 2)),
        keras.layers.Conv2D(4, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ],
    name="objectives",
)
model.save(os.path.join(folder, "model.h5"))
generator = np.random.default_rng(5)
labels = np.array([0] * 9 + [1] * 4 + [2] * 2)
images = (generator.standard_normal((15, 5, 5, 2)) + labels[:, None, None, None] * 0.5).astype(np.float32)
with h5py.File(os.path.join(folder, "data.h5"), "w") as file:
    file["images"] = images
    file["labels"] = labels.astype(np.int64)

cases = {
    "smoothing": (0.1, None, False),
    "weights": (0.0, {0: 0.5, 1: 2.0, 2: 3.0}, False),
    # What scikit-learn calls balanced.
    "balanced": (0.0, {c: 15 / (3 * np.sum(labels == c)) for c in range(3)}, False),
    "average": (0.2, {0: 0.5, 1: 2.0, 2: 3.0}, True),
}
with h5py.File(os.path.join(folder, "golden.h5"), "w") as golden:
    for name, (smoothing, class_weight, is_averaged) in cases.items():
        trained = keras.models.load_model(os.path.join(folder, "model.h5"), compile=False)
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9, use_ema=is_averaged, ema_momentum=0.75)
        trained.compile(optimizer, keras.losses.CategoricalCrossentropy(label_smoothing=smoothing))
        history = trained.fit(
            images, keras.utils.to_categorical(labels, 3), batch_size=15, epochs=3, class_weight=class_weight, verbose=0
        )
        group = golden.create_group(name)
        group["losses"] = np.array(history.history["loss"], np.float32)
        group["weights"] = np.concatenate([w.flatten() for w in trained.get_weights()])
        # Evaluation knows no class weights.
        group["evaluation"] = np.float32(trained.evaluate(images, keras.utils.to_categorical(labels, 3), batch_size=15, verbose=0))
        if is_averaged:
            averages = optimizer._model_variables_moving_average
            group["averages"] = np.concatenate([np.array(a).flatten() for a in averages])
