"""Runs every fixture in every dialect through `convoy forward` and writes docs/keras-support.md.

    python support_table.py .build/release/convoy ../shared/keras/fixtures [docs/keras-support.md]     needs h5py, numpy

A row is a model of the fixtures, a column a dialect; a cell is the largest difference from Keras's double-precision output,
as a part of the largest output, or why the file is not read. Weights-only files are loaded into the architecture of the
whole-model file beside them. Ends with status 1 where a difference is over 1e-5 (1e-3 for models in half precision).
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap

import h5py
import numpy

DIALECTS = ["k2.h5", "k2_weights.h5", "k2.weights.h5", "k2.keras", "k3.h5", "k3.weights.h5", "k3.keras"]


NOTES = """
## What to know

- Sizes that a model leaves open (`None`) are those of the samples in `convoy forward`; `convoy inspect`, `import` and `export`
  take them from `--input 224,224,3`, and what they write has them fixed. In `convoy predict` each image keeps its size. What `convoy convolve` writes leaves them open.
- Networks for segmentation need no layers beyond those below: `Resizing` and `UpSampling2D` with `bilinear` have gradients, and
  `Conv2D` and `DepthwiseConv2D` any `dilation_rate`.
- Masks of `Embedding(mask_zero=True)` are followed to `GlobalAveragePooling1D`, which leaves the masked places out. Softmax and
  BatchNormalization under a mask are refused; other layers do not look at masks, in Keras either.
- A call with `training=False` is inference in training too, as Keras 2 does it and Keras's guide to fine-tuning describes it.
  Keras 3.15 writes the argument into its files, but its `fit` overrides it.
- `BatchNormalization` with `renorm` trains as in Keras 2 and Keras 3.15: r and d come from each shard's moments (with `normalization:
  global`, the batch's), and its five statistics follow those of the whole batch. Other versions of Keras 3 do not have it.
- `ActivityRegularization` and an `activity_regularizer` (L1, L2) add to the loss what Keras 2 and Keras 3.15 add: the sum over the
  activations of a batch, divided by its images. Older versions of Keras 3 did not divide. On probabilities, where the loss is taken
  from the logits, they are refused in training.
- `SpectralNormalization` divides its kernel before every step of training, as Keras 3 does, also where it is frozen; in
  a call with `training=False` it does not.
- Layers may have any name. Where HDF5 cannot hold it, or not beside another (`x//y`, `conv/`, `.`), the layer's group
  has another one, which `layer_names` lists; Keras goes by that list. A model whose names have "/" is written for
  Keras 2.
- Operations between layers (`keras.ops`, `TFOpLambda`, slices) are read where they are one of those that the sentence of refusal
  lists; TensorFlow's `max_pool2d`, `avg_pool2d`, `local_response_normalization`, `add_n` become layers, `split` a selection for each part, a transposing product of matrices a `transpose` before it, and an
  `activity_regularizer` a layer `ActivityRegularization`. They are written as Keras 3's operations, so that a `.h5` file with
  them suits Keras 3 only.
- Keras 3.15 drops `axis` where an HDF5 file names several axes for a layer (LayerNormalization, Softmax, UnitNormalization), in its
  own files too: for such a model export a `.keras` archive for Keras 3, and `.h5` for Keras 2.
- Augmentation layers train as in Keras, with draws of the run's own: for each image by seed, step, layer and sample ([what differs](decisions/0022-augmentation.md#where-this-is-not-keras)). `RandomHeight` and `RandomWidth` are refused in training: they give images of another size in every step. `AutoContrast` acts at inference, too.
- Keras 3.15 writes a range of `RandomShear` that it does not read itself; here it is read, and written as a number.
- The `hard_sigmoid` of Keras 2 is another function than Keras 3's, and its `RandomCrop` another layer (Keras 3's leaves images as they
  are at inference): a model with one of them is written as `.h5` for the version of Keras that it is of only. Classes
  that one version does not have (ThresholdedReLU, RMSNormalization, augmentations of Keras 3) are written all the same, for the other.
- The state of SGD, Adam, AdamW and RMSprop (centered too) is read from `.keras` and `.h5` of Keras 2 and 3, with the
  counter of steps, the moving average of the weights and the schedules; those of Keras 2 before 2.11 too.
- `convoy export` writes that state into `.keras` for Keras 3 and into `.h5` for Keras 2. Keras 3.15 cannot train on
  after loading any `.h5` that has `optimizer_weights` ("Unknown variable"), its own included: checkpoints have none.
- Losses and metrics that a file was compiled with are written under their long names, which Keras 3 needs in `.h5`.
- Keras 1's models are read with its names of classes and arguments, its `Merge` and its kernels. Its files do not say whether Theano
  trained them, whose kernels are mirrored: such a model must be converted by Keras 2 first.
- Initializers, regularizers and constraints of the author's own change no output. A file with them is read; `convoy train`, `inspect`,
  `import` and `export` say that training, and what is written, go without them.
- `FixedDropout`, `CastToFloat32`, the `GroupNormalization` of TensorFlow Addons and the old names of Keras's classes
  (`BatchNormalizationV1`, `SyncBatchNormalization`, `MaxPool2D`) are read as Keras's own layers, and written as such.
- Weights of Keras 3 in several files are read through their index, `NAME.weights.json`.
- Files of PyTorch do not say which padding a network has: `efficientnet_b0` and `tf_efficientnet_b0` of timm have the same names and
  shapes. Each is a network of Convoy; take the one that timm calls so.

## Not supported

- Recurrent layers, layers of attention, `TimeDistributed`, `Lambda`, layers of one's own, SavedModel folders: refused with a sentence
  that names the layer or the file.
- `BatchNormalization` with `virtual_batch_size` or over several axes, which Keras 3 does not have either (nor does Keras 2 load its own
  file with the former).

What was compared beyond this table, with the commands: [keras-checks.md](keras-checks.md).
"""

LOSSES = """
## Losses

`loss:` takes the name of a function, of a class, or a name with arguments, `{huber: {delta: 2}}`; a file's `training_config` is read
in Keras's forms. The loss of an image is the mean over its positions, that of a batch the mean over its images: Keras's
`sum_over_batch_size`. With `reduction: sum` an image's is the sum over its positions. `none` is refused: it gives no single number.

| function | class | other names | arguments | of an image |
| --- | --- | --- | --- | --- |
| `binary_focal_crossentropy` | `BinaryFocalCrossentropy` | | `from_logits`, `label_smoothing`, `axis`, `gamma`, `alpha`, `apply_class_balancing` | any shape |
| `categorical_crossentropy` | `CategoricalCrossentropy` | | `from_logits`, `label_smoothing`, `axis` | classes along `axis` |
| `categorical_focal_crossentropy` | `CategoricalFocalCrossentropy` | | the same, `gamma`, `alpha` (a number, or one for each class) | classes along `axis` |
| `categorical_generalized_cross_entropy` | `CategoricalGeneralizedCrossEntropy` | | `q`, `ignore_class` | as the sparse one; probabilities |
| `mean_squared_error` | `MeanSquaredError` | `mse`, `MSE` | | any shape |
| `mean_absolute_error` | `MeanAbsoluteError` | `mae`, `MAE` | | any shape |
| `mean_absolute_percentage_error` | `MeanAbsolutePercentageError` | `mape`, `MAPE` | | any shape |
| `mean_squared_logarithmic_error` | `MeanSquaredLogarithmicError` | `msle`, `MSLE` | | any shape |
| `huber` | `Huber` | `huber_loss` | `delta` | any shape |
| `log_cosh` | `LogCosh` | `logcosh` | | any shape |
| `kl_divergence` | `KLDivergence` | `kld`, `KLD`, `kullback_leibler_divergence` | | shares along the last axis |
| `poisson` | `Poisson` | | | any shape |
| `cosine_similarity` | `CosineSimilarity` | `cosine_proximity`, `cosine` | `axis` | vectors along `axis` |
| `hinge` | `Hinge` | | | any shape |
| `squared_hinge` | `SquaredHinge` | | | any shape |
| `categorical_hinge` | `CategoricalHinge` | | | classes along the last axis |
| `dice` | `Dice` | | `axis` | shares, over `axis` |
| `tversky` | `Tversky` | | `alpha`, `beta`, `axis` | shares, over `axis` |
| `iou`, `giou`, `diou`, `ciou` | `IoULoss`, `GIoULoss`, `DIoULoss`, `CIoULoss` | | `bounding_box_format`: `xyxy` or `center_xywh` | boxes, (..., 4) |

Keras has no losses of boxes; the classes are named as in KerasCV. Values and gradients of the others are Keras 3.15's
(`write_losses.py`), but for what is said here:

- `Dice` and `Tversky` with `axis: null`, Keras's default, or with 0 among the axes pool over all images of a batch in Keras. Ours are
  taken of each image. `denominator: batch` is refused.
- A softmax or sigmoid before a loss of probabilities is computed with it from the logits, and nothing is clipped. Where that is not
  so, probabilities are clipped to 1e-7...1 - 1e-7 as in Keras.
- `Hinge` and `SquaredHinge` take targets of 0 and 1 for -1 and 1 where an image has no others. Keras asks that of the whole batch.
- The gradient of `CategoricalCrossentropy` is right also for targets whose sum is not 1; TensorFlow takes it for 1.
- Keras 3.15 leaves `delta` of `Huber` and `axis` of `CosineSimilarity` out of the files that it writes; so its own file means 1 and -1.
- A vector of zeros has no gradient in `CosineSimilarity`, nor have probabilities that are all 0; Keras's is NaN.
"""


def reason(sentence):
    """The sentence without what stands in parentheses and without what to do."""
    return re.sub(r" \([^()]*\)", "", sentence).split("; ")[0]


def wrap(text):
    """Prose in lines of 120 columns; tables stay as they are."""
    blocks = re.split(r"\n(?=\n|- |\d+\. |\||#)", text)
    def lines(block):
        start = re.match(r"\n?(- |\d+\. )?", block)
        if re.match(r"\n?[|#]", block) or not block.strip():
            return block
        first = "\n" if block.startswith("\n") else ""
        indent = " " * len(start[1] or "")
        return first + textwrap.fill(
            " ".join(block.split()), 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(lines, blocks)).rstrip("\n") + "\n"


def run(convoy, file, golden, into=None):
    """The largest difference, or convoy's sentence."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = os.path.join(folder, "outputs.h5")
        command = [convoy, "forward", file, golden, outputs, "--overwrite"] + (["--into", into] if into else [])
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            sentence = result.stderr.strip().removeprefix("convoy: ")
            for path in (file, into):
                sentence = sentence.removeprefix(f"{path}: ")
            # The classes that are known stand at the end of the page.
            return sentence.split(" Known are ")[0]
        with h5py.File(golden) as want, h5py.File(outputs) as got:
            older = "k2" in os.path.basename(file) and "outputs_k2" in want
            want = want["outputs_k2" if older else "outputs"]
            worst = 0.0
            for key in want:
                a, b = got["outputs/" + key][()], want[key][()]
                if a.shape != b.shape:
                    return f"output {key} has the shape {a.shape}, not {b.shape}"
                worst = max(worst, float(numpy.abs(a - b).max() / max(numpy.abs(b).max(), 1e-30)))
            return worst


def cell(result, limit, notes):
    if isinstance(result, float):
        return f"{result:.0e}" if result <= limit else f"**{result:.0e}**"
    if result not in notes:
        notes.append(result)
    return f"[{notes.index(result) + 1}]"


def main():
    convoy, fixtures = sys.argv[1:3]
    target = sys.argv[3] if len(sys.argv) > 3 else os.path.join(os.path.dirname(__file__), "../../../docs/keras-support.md")
    notes, rows, failed, read, refused = [], [], 0, 0, 0
    for name in sorted(os.listdir(fixtures)):
        folder = os.path.join(fixtures, name)
        if not os.path.exists(os.path.join(folder, "meta.json")):
            continue
        golden = os.path.join(folder, "golden.h5")
        cells = []
        for dialect in DIALECTS:
            file = os.path.join(folder, dialect)
            if not os.path.exists(file):
                cells.append("")
                continue
            into = None
            if "weights" in dialect:
                older = [f for f in ("k2.h5", "k3.keras", "k3.h5") if os.path.exists(os.path.join(folder, f))]
                newer = [f for f in ("k3.keras", "k3.h5") if os.path.exists(os.path.join(folder, f))]
                into = os.path.join(folder, (older if dialect.startswith("k2") else newer)[0])
            result = run(convoy, file, golden, into)
            failed += isinstance(result, float) and result > 1e-5
            read += isinstance(result, float)
            refused += not isinstance(result, float)
            cells.append(cell(result, 1e-5, notes))
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    variants, folder = [], os.path.join(fixtures, "variants")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".golden.h5") or name.startswith("lenet.sharded_") or name == "README.md":
            continue
        file = os.path.join(folder, name)
        stem = name.split(".")[0] if not name.startswith("half") else ".".join(name.split(".")[:2])
        golden = os.path.join(folder, ("lenet" if stem == "refuse" else stem) + ".golden.h5")
        into = os.path.join(fixtures, "lenet/k3.keras") if "weights" in name else None
        result = run(convoy, file, golden, into)
        limit = 1e-3 if name.startswith("half") and "64" not in name else 1e-5
        limit = 1e-2 if "bfloat16" in name else limit
        failed += isinstance(result, float) and (result > limit or stem == "refuse")
        text = f"difference {result:.0e}" if isinstance(result, float) else f"refused: {reason(result)}"
        variants.append(f"| `{name}` | {text} |")
    layers = subprocess.run([convoy, "layers"], capture_output=True, text=True, check=True).stdout.split()
    text = f"""# What Convoy reads of Keras

Written by `Tests/Fixtures/keras/support_table.py`, which runs `convoy forward` on models that Keras 2 (tf_keras 2.21) and Keras 3
(3.15) saved; do not edit. A figure is the largest difference from Keras's output in double precision, as a part of the largest
output; {read} files are read, {refused} refused for the reasons below.

| model | {" | ".join(DIALECTS)} |
| --- |{" --- |" * len(DIALECTS)}
""" + "\n".join(rows) + "\n\n`k2_weights.h5` lists weights by layer, `k2.weights.h5` and `k3.weights.h5` by path; they are loaded into the architecture\nof the file beside them.\n"
    if notes:
        text += "\n" + "\n".join(f"{i + 1}. {note}" for i, note in enumerate(notes)) + "\n"
    text += "\n## Unusual encodings\n\nFiles called `refuse` must be refused.\n\n| file | |\n| --- | --- |\n"
    text += "\n".join(variants) + "\n" + NOTES + LOSSES
    text += f"\n## Layers\n\n{len(layers)} classes, as `convoy layers` lists them: "
    text += ", ".join(f"`{layer}`" for layer in layers) + ".\n"
    with open(target, "w") as file:
        file.write(wrap(text))
    print(f"{read} files read, {refused} refused, {failed} wrong; wrote {target}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
