"""Lets Keras and Convoy take turns: ten steps of one, ten of the other, in both directions, and compares the variables
with those that Keras alone has after twenty. Also loads Convoy's checkpoints in Keras 2 and 3 as they are, and trains
them on there.

Run: python check_resumption.py CONVOY    (needs what write_resumption.py needs)
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import write_resumption as w

import keras
import tf_keras

CONVOY = sys.argv[1] if len(sys.argv) > 1 else "convoy"
TOLERANCE = 1e-5

# The names of write_resumption.OPTIMIZERS as a configuration has them.
CHOICES = {
    "sgd": {"name": "sgd", "rate": 0.1},
    "momentum": {"name": "sgd", "rate": 0.1, "momentum": 0.9},
    "nesterov": {"name": "sgd", "rate": 0.05, "momentum": 0.9, "nesterov": True},
    "decayed": {"name": "sgd", "rate": 0.1, "momentum": 0.5, "weightDecay": 0.02, "decoupled": True},
    "adam": {"name": "adam", "rate": 0.01, "beta1": 0.8, "epsilon": 1e-5},
    "clipped": {"name": "adam", "rate": 0.01, "clipNorm": 0.1},
    "adamw": {"name": "adamw", "rate": 0.01, "weightDecay": 0.05},
    "rmsprop": {"name": "rmsprop", "rate": 0.005, "rho": 0.8, "momentum": 0.5},
    "centered": {"name": "rmsprop", "rate": 0.002, "momentum": 0.3, "centered": True, "epsilon": 1e-4},
    "averaged": {"name": "adam", "rate": 0.01},
    "scheduled": {"name": "adam"},
}
SCHEDULE = {"ExponentialDecay": {"initial_learning_rate": 0.02, "decay_steps": 5, "decay_rate": 0.7}}
failures = 0


def say(what, difference, limit=TOLERANCE):
    global failures
    if not difference <= limit:
        failures += 1
    print(f"{'ok  ' if difference <= limit else 'FAIL'} {difference:.1e} {what}", flush=True)


def distance(model, other):
    ours, theirs = w.variables(model), w.variables(other)
    assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
    return max(float(np.max(np.abs(ours[name] - theirs[name]))) for name in ours)


def convoy(*arguments):
    result = subprocess.run([CONVOY, *arguments], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"convoy {' '.join(arguments)}: {result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def train(folder, model, optimizer=None):
    """Ten steps of Convoy; gives the checkpoint and what it said."""
    configuration = {
        "model": model, "data": {"train": f"{w.FOLDER}/samples.h5:/train"}, "batch": 24, "shards": 2,
        "epochs": w.STEPS, "normalization": "global", "preprocessing": {"scale": 1}, "threads": 1,
    }
    if ".two." in os.path.basename(model):
        # Losses, weights and metrics are those that the file was compiled with.
        configuration["data"]["columns"] = {"shift": "numbers"}
        configuration["outputs"] = {"classes": {"target": "label"}, "shift": {"target": "shift"}}
    if optimizer:
        configuration["optimizer"] = CHOICES[optimizer]
        if optimizer == "averaged":
            configuration["average"] = {"decay": 0.8, "evaluate": "weights", "save": "weights"}
        if optimizer == "scheduled":
            configuration["schedule"] = SCHEDULE
    path = os.path.join(folder, "run.yaml")
    with open(path, "w") as file:
        json.dump(configuration, file)
    run = os.path.join(folder, "run")
    text = convoy("train", path, "--output", run, "--overwrite")
    return os.path.join(run, "last.h5"), text


def check_checkpoint(checkpoint, what):
    """Loads and trains in both versions as it is."""
    images, _ = w.samples()
    for k in (keras, tf_keras):
        if k is tf_keras and "nested" in what:
            continue  # written in Keras 3's style
        loaded = k.models.load_model(checkpoint)
        if getattr(loaded, "optimizer", None) is None:
            # Both versions have no common form of this optimizer.
            assert any(word in what for word in ("decayed", "adamw", "averaged")), what
            w.compile_model(loaded, "sgd")
        before = w.variables(loaded)
        loaded.fit(images, w.targets(loaded), epochs=1, batch_size=24, verbose=0, shuffle=False)
        after = w.variables(loaded)
        moved = max(float(np.max(np.abs(before[name] - after[name]))) for name in before)
        say(f"{what}: last.h5 trains on in {k.__name__}", 0 if 0 < moved < 1 else np.nan)


def main():
    for version, suffix, name, optimizer in w.CASES:
        k = w.library(version)
        what = f"{version} {suffix} {name} {optimizer}"
        alone = w.compiled(version, name, optimizer)
        w.train(alone, 2 * w.STEPS)
        with tempfile.TemporaryDirectory() as folder:
            # Keras, then Convoy.
            first = w.compiled(version, name, optimizer)
            w.train(first)
            path = os.path.join(folder, f"first.{name}.{suffix}")
            first.save(path)
            checkpoint, text = train(folder, path)
            result = w.compiled(version, name, "sgd")
            load_checkpoint(checkpoint, result)
            say(f"{what}: Keras, then Convoy", distance(result, alone))
            assert "goes on after step 10" in text, text
            if optimizer not in CHOICES or (version, suffix) in [("keras3", "h5"), ("keras2", "keras")]:
                continue
            # Convoy, then Keras.
            untrained = w.compiled(version, name, optimizer)
            start = os.path.join(folder, f"start.{name}.{suffix}")
            untrained.save(start)
            checkpoint, _ = train(folder, start, optimizer)
            exported = os.path.join(folder, f"exported.{suffix}")
            convoy("export", checkpoint, "--output", exported)
            second = k.models.load_model(exported)
            w.train(second)
            say(f"{what}: Convoy, then Keras", distance(second, alone))
            check_checkpoint(checkpoint, what)
    print(f"{failures} failures")
    sys.exit(failures > 0)


def load_checkpoint(checkpoint, model):
    """By layer: Convoy's checkpoint need not be one that this version of Keras reads."""
    import h5py

    with h5py.File(checkpoint) as file:
        found = {}
        for layer in file["model_weights"].values():
            for name in layer.attrs.get("weight_names", []):
                name = name.decode() if isinstance(name, bytes) else name
                found[name] = np.array(layer[name])
    for path, layer in w.leaves(model):
        values = []
        for variable in layer.weights:
            short = variable.name.split("/")[-1].split(":")[0]
            values.append(found[f"{path}/{short}:0"])
        layer.set_weights(values)


if __name__ == "__main__":
    main()
