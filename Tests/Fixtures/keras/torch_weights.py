"""Compares networks of torchvision and timm with random weights, saved as safetensors, with the same weights in convoy.

    python torch_weights.py .build/release/convoy [--exact] [name]...      needs torch, torchvision, h5py, numpy; timm for its names

With --exact convolutions are computed without Winograd's transforms (`convolution: exact`).

`timm:mobilenetv2_100` is timm's network of that name; `timm` alone stands for all of TIMM_NAMES, and for those of TIMM_REFUSED,
which must be refused. For each network the script writes a safetensors file and inputs.h5, has `convoy forward --into NAME` run
them, and compares the softmax of PyTorch's outputs in double precision. Prints a line for each network, with what PyTorch's
single precision differs by, and ends with status 1 if one differs by more than 1e-4 of the largest output, or if one is read that
should be refused.
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
         "mobilenet_v2", "mobilenet_v3_large", "densenet121", "densenet169", "densenet201", "googlenet", "efficientnet_b0", "efficientnet_b1",
         "efficientnet_b5", "fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101",
         "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large"]
# Those that give every pixel a class.
SEGMENTATION = ("fcn_", "deeplabv3_", "lraspp_")
# What convoy calls timm's networks, where it is not what timm calls them. Those with TensorFlow's padding are Keras's.
TIMM = {"mobilenetv2_100": "mobilenet_v2", "seresnet18": "se_resnet18", "seresnet34": "se_resnet34", "seresnet50": "se_resnet50",
        "seresnet101": "se_resnet101", "seresnet152": "se_resnet152", "efficientnet_b5": "timm_efficientnet_b5"}
TIMM_NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "vgg16", "vgg19", "mobilenetv2_100", "densenet121",
              "densenet169", "densenet201", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b5",
              "tf_efficientnet_b0", "tf_efficientnet_b3", "seresnet18", "seresnet34", "seresnet50"]
# timm's networks that are none of convoy's, and what a user might take for theirs: refused with a sentence.
TIMM_REFUSED = {"resnet50d": "resnet50", "resnetrs50": "resnet50", "resnext50_32x4d": "resnet50", "wide_resnet50_2": "resnet50",
                "resnet50_gn": "resnet50", "resnetv2_50": "resnet50", "seresnet50": "resnet50", "resnet50": "se_resnet50",
                "resnet34": "resnet18", "vgg16_bn": "vgg16", "densenetblur121d": "densenet121", "mobilenetv2_050": "mobilenet_v2",
                "mobilenetv2_110d": "mobilenet_v2", "efficientnet_lite0": "efficientnet_b0",
                "efficientnet_b0": "keras:efficientnetb0",
                "efficientnetv2_rw_t": "efficientnet_b0", "efficientnet_b6": "efficientnet_b6", "resnet18": "keras:resnet50"}


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


def logits(model, inputs):
    outputs = model(inputs)
    return outputs["out"] if isinstance(outputs, dict) else outputs


def probabilities(model, inputs):
    """Channels last."""
    return torch.softmax(logits(model, inputs), 1).movedim(1, -1).numpy()


def randomized(name):
    torch.manual_seed(3)
    if name.startswith("timm:"):
        import timm
        model = timm.create_model(name.removeprefix("timm:"), pretrained=False).eval()
    else:
        # Convoy's GoogLeNet has no auxiliary classifiers.
        options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
        if name.startswith(SEGMENTATION):
            # With the auxiliary classifier that published weights have, where there is one.
            options = {"weights_backbone": None} | ({} if name.startswith("lraspp") else {"aux_loss": True})
        model = torchvision.models.get_model(name, weights=None, **options).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.0)
                module.bias.normal_(0, 0.1)
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
        # Outputs as far apart as those of a trained network, so that softmax does not hide a difference.
        outputs = logits(model, torch.randn(1, 3, 224, 224))
        lasts = [m for n, m in model.named_modules()
                 if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d)) and not n.startswith("aux")]
        # LR-ASPP adds what two of them make.
        for last in lasts[-2:] if name.startswith("lraspp") else lasts[-1:]:
            last.weight.mul_(3 / outputs.std())
            last.bias.mul_(3 / outputs.std())
    return model


def forward(convoy, weights, inputs_file, outputs_file, target, size, exact):
    """Convoy's sentence where it refuses the weights, else None."""
    if exact:
        # What a configuration says of the network; its data are not looked at.
        configuration = weights + ".yaml"
        with open(configuration, "w") as file:
            file.write(f"model: {target}\nconvolution: exact\ndata: {{train: none}}\n")
        target = configuration
    result = subprocess.run(
        [convoy, "forward", weights, inputs_file, outputs_file, "--overwrite", "--into", target, "--input", f"{size},{size},3"],
        capture_output=True, text=True)
    return result.stderr.strip().removeprefix(f"convoy: {weights}: ") if result.returncode else None


def main():
    exact = "--exact" in sys.argv
    convoy, *names = [argument for argument in sys.argv[1:] if argument != "--exact"]
    names = names or NAMES
    refused = [(f"timm:{name}", target) for name, target in TIMM_REFUSED.items()] if "timm" in names else []
    names = [n for name in names for n in ([f"timm:{t}" for t in TIMM_NAMES] if name == "timm" else [name])]
    good = True
    for name, target in [(name, None) for name in names] + refused:
        model = randomized(name)
        bare = name.removeprefix("timm:")
        target = target or (TIMM.get(bare, bare) if bare != name else name)
        # Small images do, and take less time; a configuration without data means the usual ones.
        size = 160 if "efficientnet" in name and not exact else 224
        if name.startswith(SEGMENTATION):
            # No multiple of the stride, so that all enlarging is between uneven sizes.
            size = 129
        inputs = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(5))
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            weights, inputs_file, outputs_file = (os.path.join(folder, f) for f in ("w.safetensors", "inputs.h5", "outputs.h5"))
            save_safetensors(model.state_dict(), weights)
            with h5py.File(inputs_file, "w") as file:
                file["inputs/0"] = inputs.permute(0, 2, 3, 1).numpy()
            sentence = forward(convoy, weights, inputs_file, outputs_file, target, size, exact)
            label = f"{name:24} into {target:18}:"
            if sentence:
                good = good and (name, target) in refused
                print(label, "refused:", sentence, "" if (name, target) in refused else "  <-- WRONG", flush=True)
                continue
            single = probabilities(model, inputs)
            wanted = probabilities(model.double(), inputs.double())
            with h5py.File(outputs_file) as file:
                got = file["outputs/0"][()]
        difference, own = (float(numpy.abs(a - wanted).max() / numpy.abs(wanted).max()) for a in (got, single))
        is_right = difference <= 1e-4 and (name, target) not in refused
        good = good and is_right
        print(label, f"largest difference {difference:.1e}, PyTorch's own {own:.1e}", "" if is_right else "  <-- WRONG", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
