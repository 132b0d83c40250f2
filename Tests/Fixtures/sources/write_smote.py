#!/usr/bin/env python3
"""Writes Tests/Fixtures/sources/smote.json: rows that imbalanced-learn's SMOTE makes of given draws.

    python3 Tests/Fixtures/sources/write_smote.py          needs imbalanced-learn, numpy

OversampledSourceTests.swift reads it.
"""
import json
import os

import numpy as np
from imblearn.over_sampling import SMOTE

random = np.random.default_rng(6)
rows = random.normal(size=(30, 3)).astype("float32")
smote = SMOTE(k_neighbors=4)
smote.fit_resample(np.concatenate([rows, random.normal(size=(60, 3))]), [1] * 30 + [0] * 60)
smote.nn_k_.fit(rows)
nearest = smote.nn_k_.kneighbors(rows, return_distance=False)[:, 1:]
chosen, places = random.integers(0, 30, 40), random.integers(0, 4, 40)
gaps = random.uniform(size=(40, 1)).astype("float32")
made = smote._generate_samples(rows, rows, nearest, chosen, places, gaps, 1)
made = made[0] if isinstance(made, tuple) else made
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smote.json")
with open(path, "w") as file:
    json.dump({"rows": rows.tolist(), "nearest": nearest.tolist(), "chosen": chosen.tolist(), "places": places.tolist(),
               "gaps": gaps[:, 0].tolist(), "made": np.asarray(made, "float64").tolist()}, file)
