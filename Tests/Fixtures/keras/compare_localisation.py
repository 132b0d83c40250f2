"""Localisation of white blood cells by Keras and by Convoy: the same network, first weights, data and recipe.

    /PATH/OF/KERAS/python Tests/Fixtures/keras/compare_localisation.py BCCD FOLDER [--seeds 3] [--epochs 30]

BCCD is the folder with Annotations, ImageSets and JPEGImages (VOC). Of its images those with exactly one white cell are
taken; the class says whether the edge of the image cuts the cell, the box is that of the cell. Writes into
FOLDER the data as Convoy takes it (train.csv, test.csv), the network (cells.keras, one for each seed) and the
configuration (cells.yaml), trains with Keras and prints a table of its scores by epoch. Then run, for each seed,

    convoy train FOLDER/cells.yaml --set model=FOLDER/cells-SEED.keras --set seed=SEED --output FOLDER/run-SEED

and compare with history.jsonl there. Images are 120x160, numbers from 0 to 1, flipped at random; boxes are divided
by width and height.
"""
import argparse
import csv
import os
import xml.etree.ElementTree as elements

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import keras
import numpy as np
from keras import layers
from PIL import Image

HEIGHT, WIDTH, BATCH = 120, 160, 8
CONFIGURATION = """\
model: cells-0.keras
data:
  train: train.csv
  validation: test.csv
  resize: true
preprocessing: {{scale: 1/255}}
outputs:
  class_output: {{target: label, loss: sparse_categorical_crossentropy, weight: 0.8, metrics: [accuracy]}}
  box_output: {{target: box, loss: mean_squared_error, weight: 0.2, metrics: [box_iou]}}
batch: 8
shards: 2
epochs: {epochs}
optimizer: {{name: adam, rate: 1.0e-3}}
schedule: cosine
transforms: [{{RandomFlip: horizontal_and_vertical}}]
"""


def samples(folder, split):
    """Of each image with exactly one white cell: its file, whether it is whole, and the box in pixels."""
    with open(f"{folder}/ImageSets/Main/{split}.txt") as file:
        names = file.read().split()
    for name in names:
        root = elements.parse(f"{folder}/Annotations/{name}.xml").getroot()
        objects = [(o.find("name").text, o.find("bndbox")) for o in root.iter("object")]
        cells = [box for kind, box in objects if kind == "WBC"]
        if len(cells) == 1:
            box = [int(cells[0].find(key).text) for key in ("xmin", "ymin", "xmax", "ymax")]
            kind = "whole" if min(box) > 2 and box[2] < 638 and box[3] < 478 else "cut"
            yield f"{os.path.abspath(folder)}/JPEGImages/{name}.jpg", kind, box


def arrays(rows):
    images, classes, boxes = [], [], []
    for path, kind, box in rows:
        image = Image.open(path).convert("RGB")
        boxes.append(np.array(box) / [image.width, image.height, image.width, image.height])
        classes.append(["cut", "whole"].index(kind))
        images.append(np.asarray(image.resize((WIDTH, HEIGHT), Image.BILINEAR)))
    return np.stack(images).astype("float32") / 255, np.array(classes), np.stack(boxes).astype("float32")


def network():
    x = inputs = keras.Input((HEIGHT, WIDTH, 3), name="image")
    for filters in (16, 32, 64, 64, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D()(layers.ReLU()(x))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, [
        layers.Dense(2, activation="softmax", name="class_output")(x),
        layers.Dense(4, name="box_output")(x)])


class Flipped(keras.utils.PyDataset):
    """Batches of samples in random order, each flipped along both axes with probability one half."""

    def __init__(self, images, classes, boxes, seed):
        super().__init__()
        self.images, self.classes, self.boxes = images, classes, boxes
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return (len(self.images) + BATCH - 1) // BATCH

    def on_epoch_end(self):
        self.order = self.random.permutation(len(self.images))

    def __getitem__(self, index):
        chosen = self.order[index * BATCH:(index + 1) * BATCH]
        images, boxes = self.images[chosen].copy(), self.boxes[chosen].copy()
        for axis in (0, 1):
            for lane in np.flatnonzero(self.random.random(len(chosen)) < 0.5):
                images[lane] = np.flip(images[lane], axis)
                low, high = 1 - axis, 3 - axis
                boxes[lane, [low, high]] = 1 - boxes[lane, [high, low]]
        return images, (self.classes[chosen], boxes)


@keras.saving.register_keras_serializable()
def box_iou(truth, boxes):
    low, high = keras.ops.maximum(truth[:, :2], boxes[:, :2]), keras.ops.minimum(truth[:, 2:], boxes[:, 2:])
    inside = keras.ops.prod(keras.ops.maximum(high - low, 0), axis=1)
    area = lambda box: keras.ops.prod(keras.ops.maximum(box[:, 2:] - box[:, :2], 0), axis=1)
    return inside / (area(truth) + area(boxes) - inside)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=60)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    parts = {}
    for split in ("train", "test"):
        rows = list(samples(arguments.data, split))
        parts[split] = arrays(rows)
        with open(f"{arguments.folder}/{split}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["image", "label", "xmin", "ymin", "xmax", "ymax"])
            writer.writerows([path, kind, *box] for path, kind, box in rows)
    with open(f"{arguments.folder}/cells.yaml", "w") as file:
        file.write(CONFIGURATION.format(epochs=arguments.epochs))
    (images, classes, boxes), test = parts["train"], parts["test"]
    print(f"{len(images)} images to train, {len(test[0])} to test")
    for seed in range(arguments.seeds):
        keras.utils.set_random_seed(seed)
        model = network()
        model.save(f"{arguments.folder}/cells-{seed}.keras")
        rate = keras.optimizers.schedules.CosineDecay(1e-3, arguments.epochs * ((len(images) + BATCH - 1) // BATCH))
        model.compile(
            keras.optimizers.Adam(rate), ["sparse_categorical_crossentropy", "mean_squared_error"],
            loss_weights=[0.8, 0.2], metrics=[["accuracy"], [box_iou]])
        history = model.fit(
            Flipped(images, classes, boxes, seed), epochs=arguments.epochs, verbose=0,
            validation_data=(test[0], (test[1], test[2]))).history
        print(f"\n| seed {seed}: epoch | " + " | ".join(history) + " |")
        for epoch in range(arguments.epochs):
            if epoch % 10 == 9:
                print(f"| {epoch + 1} | " + " | ".join(f"{values[epoch]:.4f}" for values in history.values()) + " |")


main()
