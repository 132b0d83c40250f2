"""Compares networks of torchvision and timm with random weights, saved as safetensors, with the same weights in convoy.

    python torch_weights.py .build/release/convoy [name]...        needs torch, torchvision, h5py, numpy; timm for its names

For each network it writes a safetensors file and inputs.h5, has `convoy forward --into NAME` run them, and compares the softmax
of PyTorch's outputs. Prints a line for each network and ends with status 1 if one differs by more than 1e-5 of the largest
output. `timm:mobilenetv2_100` is timm's network of that name.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

import h5py
import numpy
import torch
import torchvision

NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "vgg16", "vgg19", "alexnet", "squeezenet1_0", "squeezenet1_1",
         "mobilenet_v2", "densenet121", "densenet169", "densenet201", "googlenet", "efficientnet_b0", "efficientnet_b1",
         "efficientnet_b5"]
# What convoy calls timm's networks.
TIMM = {"resnet18": "resnet18", "resnet50": "resnet50", "vgg16": "vgg16", "mobilenetv2_100": "mobilenet_v2", "densenet121": "densenet121", "efficientnet_b0": "efficientnet_b0", "resnet34": "resnet34",
        "resnet101": "resnet101", "resnet152": "resnet152", "vgg19": "vgg19", "densenet169": "densenet169", "densenet201": "densenet201",
        "seresnet50": "se_resnet50"}


def save_safetensors(tensors, path):
    """The format in ten lines: github.com/huggingface/safetensors."""
    header, data, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        array = tensors[name].detach().contiguous().numpy()
        kind = {"float32": "F32", "int64": "I64"}[str(array.dtype)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        data.append(array.tobytes())
        offset += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def randomized(name):
    torch.manual_seed(3)
    if name.startswith("timm:"):
        import timm
        model = timm.create_model(name.removeprefix("timm:"), pretrained=False).eval()
    else:
        # Convoy's GoogLeNet has no auxiliary classifiers.
        options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
        model = torchvision.models.get_model(name, weights=None, **options).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.0)
                module.bias.normal_(0, 0.1)
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
        # Outputs as far apart as those of a trained network, so that softmax does not hide a difference.
        outputs = model(torch.randn(1, 3, 224, 224))
        last = [m for m in model.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))][-1]
        last.weight.mul_(3 / outputs.std())
        last.bias.mul_(3 / outputs.std())
    return model


def main():
    convoy, names = sys.argv[1], sys.argv[2:] or NAMES
    worst = 0.0
    for name in names:
        model = randomized(name)
        target = TIMM[name.removeprefix("timm:")] if name.startswith("timm:") else name
        inputs = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(5))
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            weights, inputs_file, outputs_file = (os.path.join(folder, f) for f in ("w.safetensors", "inputs.h5", "outputs.h5"))
            save_safetensors(model.state_dict(), weights)
            with h5py.File(inputs_file, "w") as file:
                file["inputs/0"] = inputs.permute(0, 2, 3, 1).numpy()
            wanted = torch.softmax(model.double()(inputs.double()), 1).numpy()
            subprocess.check_call([convoy, "forward", weights, inputs_file, outputs_file, "--into", target])
            with h5py.File(outputs_file) as file:
                got = file["outputs/0"][()]
        difference = float(numpy.abs(got - wanted).max() / numpy.abs(wanted).max())
        worst = max(worst, difference)
        print(f"{name:22} into {target:14}: largest difference {difference:.1e}", flush=True)
    sys.exit(0 if worst <= 1e-5 else 1)


if __name__ == "__main__":
    main()
