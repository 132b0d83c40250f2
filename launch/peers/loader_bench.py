"""Loading images by PyTorch's DataLoader, timed: with torchvision's transforms and with Albumentations'.

    ~/.cache/convoy-peers/bin/python launch/peers/loader_bench.py FOLDER --size 32 --pad 4

FOLDER has one folder of images for each class. Images are decoded, resized where they have another size, padded and
cropped, flipped, and normalised. Prints one JSON line per library: images per second of one process without workers.
Albumentations is left out where it is not installed (pip install albumentations).
"""
import argparse
import json
import time

import numpy
import torch
from torchvision import datasets
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2

MEAN, DEVIATION = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)


def torchvision_set(folder, size, pad):
    steps = [v2.Resize((size, size), antialias=True)] if size else []
    transforms = v2.Compose(steps + [
        v2.RandomCrop(size, padding=pad), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(MEAN, DEVIATION)])
    return datasets.ImageFolder(folder, transform=transforms, loader=lambda path: decode_image(path, ImageReadMode.RGB))


def albumentations_set(folder, size, pad):
    import albumentations
    import cv2

    cv2.setNumThreads(0)
    transforms = albumentations.Compose([
        albumentations.Resize(size, size), albumentations.PadIfNeeded(size + 2 * pad, size + 2 * pad, border_mode=0),
        albumentations.RandomCrop(size, size), albumentations.HorizontalFlip(),
        albumentations.Normalize(MEAN, DEVIATION)])

    def change(image):
        image = transforms(image=image)["image"]
        return torch.from_numpy(numpy.ascontiguousarray(image.transpose(2, 0, 1)))

    def load(path):
        return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)

    return datasets.ImageFolder(folder, transform=change, loader=load)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--pad", type=int, default=4)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--images", type=int, default=10000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name, make in [("torchvision", torchvision_set), ("albumentations", albumentations_set)]:
        try:
            data = make(arguments.folder, arguments.size, arguments.pad)
        except ImportError:
            continue
        loader = torch.utils.data.DataLoader(data, batch_size=arguments.batch, shuffle=True)
        count, start = 0, time.perf_counter()
        for images, _ in loader:
            count += len(images)
            if count >= arguments.images:
                break
        seconds = time.perf_counter() - start
        print(json.dumps({"peer": name, "images": count, "images_per_second": round(count / seconds, 1)}), flush=True)


if __name__ == "__main__":
    main()
