"""Runs cases and prints their table; see launch/torture."""
import argparse
import importlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from harness import Bench, Failures  # noqa: E402


def cases():
    """The modules of this folder that have a function `run(bench, failures)`; it returns a sentence about what it did."""
    modules = [importlib.import_module(path.stem) for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith("_")]
    return {module.__name__: module for module in modules if hasattr(module, "run")}


def main():
    parser = argparse.ArgumentParser(prog="launch/torture")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    arguments = parser.parse_args()
    known = cases()
    if arguments.list:
        for name, module in known.items():
            print(f"{name:16} {module.__doc__.strip().splitlines()[0]}")
        return
    for name in arguments.cases:
        if name not in known:
            parser.error(f"there is no case {name}; known are {', '.join(known)}")

    print(f"seed {arguments.seed}; to repeat: launch/torture{' --short' if arguments.short else ''} --seed {arguments.seed}"
          f"{''.join(' ' + name for name in arguments.cases)}", file=sys.stderr)
    rows, details, isClean = [], [], True
    for name in arguments.cases or known:
        folder = tempfile.mkdtemp(prefix=f"convoy-torture-{name}-")
        failures = Failures(name)
        start = time.monotonic()
        bench = Bench(folder, random.Random(f"{arguments.seed} {name}"), arguments.short, arguments.only)
        try:
            done = known[name].run(bench, failures)
        except Exception as error:  # A case that breaks must not hide the others.
            failures.add(f"the case itself broke: {type(error).__name__}: {error}")
            done = "broken"
        isClean = isClean and not failures.texts
        details += [bench.details] if bench.details else []
        rows.append(f"| {name} | {done} | {failures.summary} | {time.monotonic() - start:.0f} s |")
        print(rows[-1], file=sys.stderr, flush=True)
        if failures.texts and os.environ.get("CONVOY_TORTURE_KEEP"):
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("| case | what was done | result | time |\n| --- | --- | --- | --- |\n" + "\n".join(rows))
    if not arguments.short:
        print("".join(f"\n{table}\n" for table in details), end="")
    sys.exit(0 if isClean else 1)


main()
