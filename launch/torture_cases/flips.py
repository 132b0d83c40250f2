"""Single-bit flips anywhere in a checkpoint: each is found, its dataset named, and no command crashes or hangs over it."""
import json
import subprocess

from harness import seal


def run(bench, failures):
    trials = bench.count(1000, 100)
    folder = bench.fresh()
    training = bench.train(folder, "--max-steps", "1")
    if training.wait() != 0:
        raise RuntimeError(training.lastLine)
    original = (folder / "last.h5").read_bytes()
    datasets = seal(folder / "last.h5")["datasets"]
    end = len(original) - 97 - int(original[-82:-66])
    flips = [bench.random.randrange(8 * len(original)) for _ in range(trials)]
    found = {"dataset": 0, "structure": 0, "digests": 0}
    attributes = 0
    for start in range(0, trials, 50):
        paths = {}
        for bit in flips[start:start + 50]:
            data = bytearray(original)
            data[bit // 8] ^= 1 << bit % 8
            path = bench.folder / f"flip-{bit}.h5"
            path.write_bytes(data)
            paths[str(path)] = bit
        result = subprocess.run([bench.convoy, "verify", "--json", *paths], capture_output=True, text=True, timeout=600)
        lines = {line["file"]: line for line in map(json.loads, result.stdout.splitlines())}
        if result.returncode != 3 or lines.keys() != paths.keys():
            failures.add(f"convoy verify ended with status {result.returncode} after {len(lines)} of {len(paths)} files")
        for path, bit in paths.items():
            line = lines.get(path)
            if not line:
                continue
            if line["sound"]:
                failures.add(f"bit {bit} is called sound")
            hit = [dataset["path"] for dataset in datasets if dataset["range"][0] <= bit // 8 < dataset["range"][1]]
            if hit:
                found["dataset"] += 1
                if line["damaged"] != [f"the dataset '{hit[0]}' is damaged"]:
                    failures.add(f"bit {bit} is in {hit[0]}, but {line['damaged']}")
            elif line["damaged"][0].startswith("its structure"):
                found["structure"] += 1
                attributes += len(line["damaged"]) > 1
            else:
                found["digests"] += 1
        # What would interpret the file refuses it first.
        path = next((path for path, bit in paths.items() if bit // 8 < end), None)
        for command in (["inspect", path], ["predict", path, path]) if path else ():
            result = subprocess.run([bench.convoy, *command], capture_output=True, text=True, timeout=60)
            if result.returncode != 3:
                failures.add(f"convoy {command[0]} ended with status {result.returncode} on bit {paths[path]}: {result.stderr[:200]}")
        for path in paths:
            (bench.folder / path).unlink()
    return (f"{trials} flips in a file of {len(original)} bytes: {found['dataset']} in datasets, all named; {found['structure']} in the "
            f"structure, with the attribute named in {attributes}; {found['digests']} in the digests")
