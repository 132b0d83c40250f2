"""One training step of PyTorch DistributedDataParallel (gloo) on CPU, timed.

    "$(launch/peers/setup)" -m torch.distributed.run --standalone --nproc_per_node=2 launch/peers/torch_bench.py resnet50

Prints one JSON line from rank 0: median and best step, images per second over all ranks, peak resident memory of the largest
rank, seconds from process start to the end of the first step. `--layout best` (the default) times both memory layouts and
keeps the faster one. Synthetic data, SGD with momentum, single precision, eager unless --compile.
"""
import argparse
import json
import resource
import time

_start = time.time()
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from networks import network


def measure(arguments, layout):
    torch.manual_seed(0)
    model, shape, classes = network(arguments.model, arguments.size)
    x, y = torch.randn(arguments.batch, *shape), torch.randint(0, classes, (arguments.batch,))
    if layout == "channels_last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if arguments.infer:
        model.eval()
    elif dist.get_world_size() > 1:
        model = DistributedDataParallel(model)
    if arguments.compile:
        model = torch.compile(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step():
        with torch.set_grad_enabled(not arguments.infer):
            out = model(x)
            out = out.logits if hasattr(out, "logits") else out
            if arguments.infer:
                return
            loss = F.cross_entropy(out, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    step()
    first = time.time() - _start
    step()
    times = []
    for _ in range(arguments.steps):
        dist.barrier()
        t = time.perf_counter()
        step()
        dist.barrier()
        times.append(time.perf_counter() - t)
    times.sort()
    return times[len(times) // 2], times[0], first


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, default=16, help="images per rank")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layout", choices=["contiguous", "channels_last", "best"], default="best")
    parser.add_argument("--compile", action="store_true", help="torch.compile (Inductor); needs a C++ compiler")
    parser.add_argument("--infer", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    dist.init_process_group("gloo")
    layouts = ["contiguous", "channels_last"] if arguments.layout == "best" else [arguments.layout]
    results = [(measure(arguments, layout), layout) for layout in layouts]
    (median, best, first), layout = min(results)
    memory = torch.tensor([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024])
    dist.all_reduce(memory, op=dist.ReduceOp.MAX)
    if dist.get_rank() == 0:
        world = dist.get_world_size()
        print(json.dumps({
            "peer": f"torch {torch.__version__} ddp gloo", "model": arguments.model, "ranks": world,
            "batch_per_rank": arguments.batch,
            "threads": arguments.threads, "layout": layout, "compile": arguments.compile, "infer": arguments.infer,
            "step_ms_median": round(median * 1e3, 2), "step_ms_min": round(best * 1e3, 2),
            "images_per_second": round(arguments.batch * world / median, 2), "peak_rss_mb": round(memory.item()),
            "first_step_s": round(results[0][0][2], 2)}))
    dist.destroy_process_group()


main()
