"""Inference by ONNX Runtime and OpenVINO on CPU, timed: what a user would serve with.

    "$(launch/peers/setup --inference)" launch/peers/infer_bench.py resnet50 --batch 16 --threads 1

Prints one JSON line per engine: median milliseconds of a batch and images per second, of one process. Synthetic data, single
precision; OpenVINO is told so, for by itself it takes bfloat16 where the processor multiplies matrices of it.
"""
import argparse
import json
import os
import statistics
import tempfile
import time

import onnxruntime
import openvino
import torch

from networks import network


def timed(step, steps):
    for _ in range(2):
        step()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, shape, _ = network(arguments.model, arguments.size)
    images = torch.randn(arguments.batch, *shape)

    def report(engine, milliseconds):
        print(json.dumps({
            "peer": engine, "model": arguments.model, "batch": arguments.batch, "threads": arguments.threads,
            "batch_ms_median": round(milliseconds, 2),
            "images_per_second": round(arguments.batch / milliseconds * 1e3, 2)}), flush=True)

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        torch.onnx.export(model.eval(), (images,), path, input_names=["x"], dynamo=False, opset_version=17)
        array = images.numpy()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = arguments.threads, 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        report(f"onnxruntime {onnxruntime.__version__}", timed(lambda: session.run(None, {"x": array}), arguments.steps))
        settings = {
            "INFERENCE_NUM_THREADS": arguments.threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        request = openvino.Core().compile_model(path, "CPU", settings).create_infer_request()
        version = openvino.__version__.split("-")[0]
        report(f"openvino {version}", timed(lambda: request.infer([array]), arguments.steps))


main()
