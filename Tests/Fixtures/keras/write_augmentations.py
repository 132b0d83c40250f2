"""Writes augmentations/cases.json and augmentations/images.h5: what Keras's augmentations make of an image by given
parameters; and augmentations/head.keras, a model that begins with all of them.

Each case has the class, its arguments, what was drawn, and in the HDF5 file the image before and behind.
Needs keras 3 with tensorflow, numpy, h5py:  KERAS_BACKEND=tensorflow python write_augmentations.py
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
import tensorflow as tf

L = keras.layers
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(17)
cases, images = [], {}


def image(height=13, width=16, channels=3, low=0.0, high=255.0):
    x = rng.uniform(low, high, (height, width, channels)).astype("float32")
    return np.round(x) if high == 255 else x


def add(layer, arguments, drawn, transformation=None, x=None, patch=None, noise=None):
    made = layer(**arguments)
    if x is None:
        x = picture
    made.build((1,) + x.shape)
    if patch:
        patch(made)
    if transformation is None:
        transformation = made.get_random_transformation(x[None], training=True)
    y = made.transform_images(tf.constant(x[None]), transformation, training=True)
    name = str(len(cases))
    drawn = [float(d) for d in np.ravel(drawn)]
    cases.append({"name": getattr(layer, "__name__", ""), "arguments": arguments, "drawn": drawn})
    first = next((n for n, a in images.items() if a["input"] is x), name)
    images[name] = {"input": x, "output": np.asarray(y)[0]}
    cases[-1]["input"] = first
    if noise is not None:
        images[name]["noise"] = np.stack(noise)


picture, pictures = image(), {255: image(), 1: image(high=1.0)}
RANGES = [([0, 255], {}), ([0, 1], {"value_range": [0, 1]})]


def in_range(high):
    return pictures[high]


MODES = [(m, i) for m in ("reflect", "wrap", "constant", "nearest") for i in ("bilinear", "nearest")]
for mode, interpolation in MODES:
    how = {"fill_mode": mode, "fill_value": 7.0, "interpolation": interpolation}
    for part in (0.07, -0.31):
        add(L.RandomRotation, {"factor": [part, part], **how}, [part])
    add(L.RandomTranslation, {"height_factor": [0.23, 0.23], "width_factor": [-0.31, -0.31], **how}, [0.23, -0.31])
    add(L.RandomZoom, {"height_factor": [0.37, 0.37], "width_factor": [-0.2, -0.2], **how}, [0.37, -0.2])
    add(L.RandomZoom, {"height_factor": [0.37, 0.37], **how}, [0.37, 0.37])
    shear = [0.33, -0.21]
    add(L.RandomShear, {"x_factor": 0.5, "y_factor": 0.5, **how}, shear,
        {"shear_factor": tf.constant([shear]), "input_shape": (1, 13, 16, 3)})
for interpolation in ("bilinear", "nearest"):
    for scale in (0.2, 0.5):
        moves = rng.uniform(-0.5 * scale, 0.5 * scale, (1, 4, 2)).astype("float32")
        start = np.array([[[0, 0], [15, 0], [0, 12], [15, 12]]], "float32")
        how = {"factor": 1.0, "scale": scale, "fill_value": 9.0, "interpolation": interpolation}
        add(L.RandomPerspective, how, moves,
            {"apply_perspective": tf.constant([True]), "start_points": tf.constant(start),
             "end_points": tf.constant(start + start * moves), "input_shape": (1, 13, 16, 3)})

for (low, high), how in RANGES:
    for drawn in (0.13, -0.4, 0.5):
        add(L.RandomHue, {"factor": 1.0, **how}, [drawn], {"factor": tf.constant([drawn])}, in_range(high))
    for factor in (0.3, 0.5, 0.8):
        add(L.RandomSaturation, {"factor": [factor, factor], **how}, [factor], None, in_range(high))
    for factor in (0.6, -0.4):
        add(L.RandomColorDegeneration, {"factor": [factor, factor], **how}, [factor], None, in_range(high))
    for factor in (0.9, 0.1):
        add(L.RandomSharpness, {"factor": [factor, factor], **how}, [factor], None, in_range(high))
    for bits in (1, 3, 8):
        add(L.RandomPosterization, {"factor": [bits, bits], **how}, [bits], None, in_range(high))
    for flag in (True, False):
        add(L.RandomInvert, {"factor": [0.5, 0.5], **how}, [flag], {"apply_inversion": tf.constant([flag])},
            in_range(high))
    add(L.RandomBrightness, {"factor": [0.3, 0.3], **how}, [0.3], None, in_range(high))
    for c in (0.6, 1.7):
        add(L.RandomContrast, {"factor": 0.9, **how}, [c], {"contrast_factor": tf.constant(c)}, in_range(high))

    def patch(made):
        made.random_hue.get_random_transformation = lambda *a, **k: {"factor": tf.constant([0.21])}
        made.random_contrast.get_random_transformation = lambda *a, **k: {"contrast_factor": tf.constant(1.3)}

    add(L.RandomColorJitter, {"brightness_factor": [0.1, 0.1], "contrast_factor": [0.3, 0.3],
                              "saturation_factor": [0.6, 0.6], "hue_factor": 0.5, **how},
        [0.1 * high, 1.3, 0.6 / (1 - 0.6 + 1e-7), 0.21], {}, in_range(high), patch)
    for value in (0.4 * high, [0.1 * high, 0.5 * high, 1.5 * high]):
        arguments = {"factor": 1.0, "scale": [0.02, 0.5], "fill_value": value, **how}
        box = [3.2, 9.7, 2.0, 8.5]
        made = L.RandomErasing(**arguments)
        masks = made._generate_batch_mask((1, 13, 16, 3), [tf.constant([b]) for b in box])
        filled = made._get_fill_value(tf.zeros((1, 13, 16, 3)), (1, 13, 16, 3), None)
        add(L.RandomErasing, arguments, box,
            {"apply_erasing": tf.constant([True]), "batch_masks": masks, "fill_value": filled}, in_range(high))
    for size, deviations in ((3, (0.9, 0.5)), ([5, 5], (0.7, 1.0))):
        add(L.RandomGaussianBlur, {"factor": 1.0, "kernel_size": size, "sigma": 1.0, **how}, deviations,
            {"should_apply_blur": tf.constant([True]), "blur_factor": tf.constant(deviations)}, in_range(high))
for channels in (1, 3):
    add(L.RandomGrayscale, {"factor": 0.5}, [1], tf.constant(True)[None, None, None, None], image(channels=channels))

drawing = tf.random.stateless_normal
for mode, interpolation in MODES:
    noise = [rng.normal(size=(1, 24, 28)).astype("float32") for _ in range(2)]
    rest = list(noise)
    tf.random.stateless_normal = lambda **k: tf.constant(rest.pop(0))
    add(L.RandomElasticTransform,
        {"factor": 1.0, "scale": 1.0, "fill_mode": mode, "fill_value": 7.0, "interpolation": interpolation}, [0.9],
        {"apply_transform": tf.constant([True]), "distortion_factor": tf.constant(0.9), "seed": 0},
        image(24, 28, 1), noise=[n[0] for n in noise])
    tf.random.stateless_normal = drawing

for (low, high), how in RANGES:
    narrow = (pictures[high] * 0.6 + 0.2 * high).astype("float32")
    narrow[:, :, 1] = narrow[0, 0, 1]
    add(L.AutoContrast, how, [], {}, narrow)
    for bins in (256, 16):
        add(L.Equalization, {"bins": bins, **how}, [], {}, narrow)
    for drawn in ((30.0, 140.0), (0.0, 99.5)):
        add(L.Solarization, {"addition_factor": 0.2, "threshold_factor": 0.8, **how}, drawn,
            {"additions": tf.constant(drawn[0]), "thresholds": tf.constant(drawn[1])}, in_range(high))

# RandAugment and AugMix: the steps by number, with what was drawn for each, through Keras's own layers.
def steps_of(made, numbers):
    drawn = {"random_shear": {"shear_factor": tf.constant([[0.2, -0.1]]), "input_shape": (1, 13, 16, 3)},
             "random_brightness": {"rgb_delta": tf.constant(40.0)},
             "random_color_degeneration": {"factor": tf.constant(0.4)},
             "random_contrast": {"contrast_factor": tf.constant(1.2)},
             "random_sharpness": {"factor": tf.constant([0.3])},
             "random_posterization": {"shift_factor": tf.constant([5], "uint8")},
             "solarization": {"additions": tf.constant(12.0), "thresholds": tf.constant(100.0)},
             "auto_contrast": {}, "equalization": {}}
    made.random_translation.height_lower = made.random_translation.height_upper = 0.23
    made.random_translation.width_lower = made.random_translation.width_upper = -0.31
    made.random_rotation.factor = (0.07, 0.07)
    x = tf.constant(picture[None])
    for name in ("random_translation", "random_rotation"):
        drawn[name] = getattr(made, name).get_random_transformation(x, training=True)
    names = L.RandAugment._AUGMENT_LAYERS
    return drawn, [[{"layer_name": names[i], "transformation": drawn[names[i]]} for i in chain] for chain in numbers]


for numbers in ([0, 4], [1, 7], [2, 6], [3, 5], [9, 8], [10, 2]):
    made = L.RandAugment(num_ops=2)
    drawn, _ = steps_of(made, [])
    ordered = {name: drawn[name] for name in L.RandAugment._AUGMENT_LAYERS}
    add(lambda **k: made, {"num_ops": 2}, numbers, {"transforms": ordered, "layer_idxes": tf.constant(numbers)})
    cases[-1]["name"] = "RandAugment"
for numbers in ([[0, 4, 9], [2], [7, 5, 6]], [[1], [], [10, 3]]):
    made = L.AugMix()
    _, chains = steps_of(made, numbers)
    add(lambda **k: made, {}, [0.4, 0.5, 0.2, 0.3], {"chain_mixing_weights": tf.constant([0.5, 0.2, 0.3]),
                                                     "weight_sample": tf.constant(0.4), "chain_transforms": chains})
    cases[-1].update(name="AugMix", chains=numbers)


# MixUp and CutMix: two samples, each the other's partner.
pair, labels = np.stack([image(), image()]), np.eye(3, dtype="float32")[:2]
boxes = np.array([[3.2, 9.7, 2.0, 8.5], [0.5, 15.0, 7.0, 12.9]], "float32")
masks, weight = L.CutMix()._generate_batch_mask(pair.shape, [tf.constant(boxes[:, i]) for i in range(4)])
partners = {"permutation_order": tf.constant([1, 0])}
mixing = {"pair": pair, "boxes": boxes}
for name, made, drawn in (("up", L.MixUp(), {"mix_weight": tf.constant([0.3, 0.8])}),
                          ("cut", L.CutMix(), {"batch_masks": masks, "mix_weight": weight})):
    mixing[name] = np.asarray(made.transform_images(pair, {**drawn, **partners}))
    mixing[f"{name}_labels"] = np.asarray(made.transform_labels(labels, {**drawn, **partners}))

(here / "augmentations").mkdir(exist_ok=True)
with h5py.File(here / "augmentations" / "images.h5", "w") as f:
    for name, arrays in images.items():
        for key, array in arrays.items():
            if key == "input" and cases[int(name)]["input"] != name:
                continue
            f.create_dataset(f"{name}/{key}", data=np.asarray(array, "float32"), compression="gzip")
    for key, array in mixing.items():
        f.create_dataset(f"mixing/{key}", data=np.asarray(array, "float32"), compression="gzip")
(here / "augmentations" / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")

keras.utils.set_random_seed(5)
head = [
    L.RandomFlip("horizontal"), L.RandomTranslation(0.1, 0.1, fill_mode="constant"), L.RandomRotation(0.05),
    L.RandomZoom(0.2, fill_mode="wrap"), L.RandomShear(0.1, 0.2), L.RandomPerspective(0.5, scale=0.2),
    L.RandomBrightness(0.1), L.RandomContrast(0.2), L.RandomHue(0.1), L.RandomSaturation((0.4, 0.6)),
    L.RandomColorJitter(brightness_factor=0.1, contrast_factor=0.1, saturation_factor=(0.4, 0.6), hue_factor=0.1),
    L.RandomColorDegeneration(0.3), L.RandomGrayscale(0.3), L.RandomSharpness((0.3, 0.7)),
    L.RandomGaussianBlur(0.5, kernel_size=3, sigma=0.8), L.RandomPosterization((4, 8)), L.RandomInvert(0.2),
    L.RandomErasing(0.5, fill_value=100), L.RandomElasticTransform(0.5, scale=0.8),
    L.AutoContrast(), L.Solarization(0.1, 0.9), L.RandAugment(factor=0.3), L.AugMix(num_chains=2, chain_depth=2),
]  # Equalization is missing: Keras 3.15 cannot build a model with it behind another layer ("part of a cycle").
model = keras.Sequential([keras.Input((16, 20, 3)), *head, L.Rescaling(1 / 255), L.Conv2D(4, 3, activation="relu"),
                          L.GlobalAveragePooling2D(), L.Dense(3, activation="softmax")])
model.save(here / "augmentations" / "head.keras")
print(len(cases), "cases")
