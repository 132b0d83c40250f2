"""Writes schedules/: the learning rates that Keras's schedules give for the first 1,000 steps, and those that its
ReduceLROnPlateau leaves after each epoch of some courses of a score.

    KERAS_BACKEND=tensorflow python write_schedules.py
"""

import json
import os

import h5py
import keras
import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schedules")
STEPS = 1000

SCHEDULES = {
    "ExponentialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 100, "decay_rate": 0.96},
        {"initial_learning_rate": 0.1, "decay_steps": 70, "decay_rate": 0.5, "staircase": True},
    ],
    "PiecewiseConstantDecay": [{"boundaries": [100, 110, 600], "values": [0.1, 0.05, 0.2, 0.001]}],
    "PolynomialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 500},
        {"initial_learning_rate": 0.1, "decay_steps": 300, "end_learning_rate": 0.01, "power": 0.5, "cycle": True},
        {"initial_learning_rate": 0.01, "decay_steps": 900, "end_learning_rate": 0.1, "power": 2.0},
    ],
    "InverseTimeDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
        {"initial_learning_rate": 0.1, "decay_steps": 64, "decay_rate": 0.5, "staircase": True},
    ],
    "CosineDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 700},
        {"initial_learning_rate": 0.1, "decay_steps": 700, "alpha": 0.1},
        {"initial_learning_rate": 0.0, "decay_steps": 500, "warmup_target": 0.1, "warmup_steps": 100, "alpha": 0.01},
    ],
    "CosineDecayRestarts": [
        {"initial_learning_rate": 0.1, "first_decay_steps": 64},
        {"initial_learning_rate": 0.1, "first_decay_steps": 50, "t_mul": 1.0, "m_mul": 0.9, "alpha": 0.01},
        {"initial_learning_rate": 0.1, "first_decay_steps": 30, "t_mul": 3.0, "m_mul": 0.5},
        {"initial_learning_rate": 0.1, "first_decay_steps": 100, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1},
    ],
}

PLATEAUS = [
    {"monitor": "val_loss", "factor": 0.5, "patience": 3},
    {"monitor": "val_loss", "factor": 0.1, "patience": 2, "cooldown": 3, "min_lr": 0.0005, "min_delta": 0.01},
    {"monitor": "val_accuracy", "factor": 0.7, "patience": 0, "min_delta": 0.0},
    {"monitor": "val_accuracy", "factor": 0.3, "patience": 4, "mode": "max", "cooldown": 1, "min_lr": 0.002},
    {"monitor": "val_loss", "factor": 0.3, "patience": 4, "mode": "max", "cooldown": 1},
]


def plateau(arguments, scores):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mean_squared_error", metrics=["accuracy"])
    model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0)
    callback = keras.callbacks.ReduceLROnPlateau(**arguments)
    callback.set_model(model)
    callback.on_train_begin()
    model.optimizer.learning_rate = 0.1
    rates = []
    for epoch, score in enumerate(scores):
        callback.on_epoch_end(epoch, {arguments["monitor"]: score})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def main():
    random = np.random.default_rng(16)
    with h5py.File(os.path.join(FOLDER, "golden.h5"), "w") as file:
        for name, cases in SCHEDULES.items():
            for index, arguments in enumerate(cases):
                schedule = getattr(keras.optimizers.schedules, name)(**arguments)
                rates = [float(schedule(np.int64(step))) for step in range(STEPS)]
                dataset = file.create_dataset(f"schedules/{name}/{index}", data=np.array(rates, "float32"))
                dataset.attrs["arguments"] = json.dumps(arguments)
        for index, arguments in enumerate(PLATEAUS):
            scores = 1 / (1 + np.arange(60) / 6) + 0.05 * random.standard_normal(60)
            if "accuracy" in arguments["monitor"]:
                scores = 1 - scores
            group = file.create_group(f"plateaus/{index}")
            group.attrs["arguments"] = json.dumps(arguments)
            group["scores"] = scores
            group["rates"] = np.array(plateau(arguments, scores), "float32")


if __name__ == "__main__":
    main()
