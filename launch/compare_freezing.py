"""The measurements of launch/compare-freezing, and, under torch.distributed.run, PyTorch's side of them."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torchvision

BATCH, RANKS = 64, 2


def write_inputs(folder, count):
    """Images of noise in two folders, and the weights of a ResNet-18 whose values do not matter here."""
    generator = torch.Generator().manual_seed(0)
    for index in range(count):
        path = folder / "train" / "ab"[index % 2] / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = torch.nn.functional.interpolate(torch.rand(1, 3, 28, 28, generator=generator) * 255, size=224, mode="bilinear")
        torchvision.io.write_jpeg(noise[0].to(torch.uint8), str(path), quality=90)
    torch.manual_seed(0)
    write_safetensors(torchvision.models.resnet18().state_dict(), folder / "resnet18.safetensors")


def write_safetensors(state, path):
    header, values, offset = {}, [], 0
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        data = tensor.float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        values.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(values))


def convoy(folder, name, phase, cache):
    """Seconds of the epochs from the second on, and the digest of the weights."""
    (folder / "plan.yaml").write_text(
        f"model: resnet18\ndata: {{train: {folder}/train}}\nbatch: {BATCH}\nshards: 4\noptimizer: {{name: sgd, rate: 1.0e-3, momentum: 0.9}}\n"
        f"featureCache: {cache}\nfinetune:\n  from: {folder}/resnet18.safetensors\n  head: {{}}\n  phases:\n    - {phase}\n")
    output = subprocess.run(
        ["mpirun", "-n", str(RANKS), "--oversubscribe", "--bind-to", "core", os.environ["CONVOY"], "train", folder / "plan.yaml",
         "--output", folder / name, "--set", "threads=1"], check=True, capture_output=True, text=True).stdout
    entries = [json.loads(line) for line in open(folder / name / "history.jsonl")]
    epochs = [entry for entry in entries if entry["kind"] == "epoch"]
    images = epochs[0]["samples"]
    seconds = [images / entry["imagesPerSecond"] for entry in epochs[1:]]
    return seconds, re.search(r"^weights sha256 (\w+)$", output, re.M)[1]


def torch_epochs(count):
    """Seconds of the second and third epoch on this rank, the backbone frozen and not."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    rank = torch.distributed.get_rank()
    own = BATCH // RANKS
    images = torch.rand(own * 4, 3, 224, 224).to(memory_format=torch.channels_last)
    labels = torch.randint(2, (own * 4,))
    result = {}
    for frozen in (True, False):
        torch.manual_seed(0)
        network = torchvision.models.resnet18().to(memory_format=torch.channels_last)
        network.fc = torch.nn.Linear(512, 2)
        if frozen:
            for name, parameter in network.named_parameters():
                parameter.requires_grad = name.startswith("fc.")
        parallel = torch.nn.parallel.DistributedDataParallel(network)
        network.eval() if frozen else network.train()
        optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], 1e-3, momentum=0.9)
        seconds = []
        for _ in range(3):
            torch.distributed.barrier()
            start = time.perf_counter()
            for step in range(count // BATCH):
                first = step % 4 * own
                loss = torch.nn.functional.cross_entropy(parallel(images[first:first + own]), labels[first:first + own])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            torch.distributed.barrier()
            seconds.append(time.perf_counter() - start)
        result["frozen" if frozen else "whole"] = seconds[1:]
    if rank == 0:
        print(json.dumps(result))


def main():
    count = int(sys.argv[1])
    if "RANK" in os.environ:
        return torch_epochs(count)
    rows, digests = {}, {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder, count)
        for turn in range(2):
            for key, phase, cache in (
                ("whole", "{unfreeze: all, epochs: 3}", "never"),
                ("frozen", "{freeze: backbone, epochs: 3}", "never"),
                ("cached", "{freeze: backbone, epochs: 3}", "memory"),
            ):
                seconds, digests[key] = convoy(folder, f"{key}{turn}", phase, cache)
                rows.setdefault(key, []).extend(seconds)
            output = subprocess.run(
                [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={RANKS}", __file__, str(count)],
                check=True, capture_output=True, text=True).stdout
            for key, seconds in json.loads(output.strip().splitlines()[-1]).items():
                rows.setdefault(f"torch {key}", []).extend(seconds)
    middle = {key: statistics.median(seconds) for key, seconds in rows.items()}
    print(f"an epoch of {count} images, from the second on: median and longest of {len(rows['whole'])}, in seconds\n")
    print("| | median | longest | of convoy's whole |\n| --- | --- | --- | --- |")
    names = {"whole": "convoy, whole network", "frozen": "convoy, frozen backbone", "cached": "convoy, frozen backbone, features kept",
             "torch whole": "PyTorch, whole network", "torch frozen": "PyTorch, frozen backbone"}
    for key, title in names.items():
        print(f"| {title} | {middle[key]:.4f} | {max(rows[key]):.4f} | {middle[key] / middle['whole']:.3f} |")
    print(f"\nweights with and without the features kept are {'the same' if digests['frozen'] == digests['cached'] else 'DIFFERENT'}")


if __name__ == "__main__":
    main()
