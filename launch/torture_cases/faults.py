"""One rank goes wrong in every way, at 2, 3 and 4 ranks: every run ends in time, names the rank and leaves no process.

A case must end within the patience and some more, with the exit status that docs/reliability.md says, and one sentence.
Faults inside a run are made by convoy-faults (Tests/FaultInjection), which is built beside convoy; the others are signals,
files and limits around convoy itself.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from harness import ABANDONED, outcome

PATIENCE = 4
# In which a process that crashes may print where.
CRASHING = 30
# Beyond the patience: start of the program, two beats, mpirun's own way to end processes, a machine with much to do.
SLACK = 40
# mpirun's statuses for ranks that died: 128 and the signal.
DEADLY = [132, 133, 137, 139]


def run(bench, failures):
    global CONVOY, FAULTS
    CONVOY, FAULTS = bench.convoy, str(pathlib.Path(bench.convoy).with_name("convoy-faults"))
    if not os.path.exists(FAULTS):
        raise RuntimeError(f"{FAULTS} is missing; build it with: swift build -c release --product convoy-faults")
    chosen = [(ranks, case) for ranks, case in cases(bench) if bench.only in case.name]
    longest, rows = 0, {}
    for ranks, case in chosen:
        folder = os.path.realpath(tempfile.mkdtemp(dir=bench.folder))
        result = case.run(folder)
        problems = list(case.problems(result))
        longest = max(longest, result.seconds)
        rows.setdefault(case.kind, []).append((ranks, result, problems))
        print(f"{ranks} ranks  {case.name:<56} status {result.status!s:<4} {result.seconds:5.1f} s  {'; '.join(problems) or 'ok'}",
              file=sys.stderr, flush=True)
        if problems:
            failures.add(f"{ranks} ranks, {case.name}: {'; '.join(problems)}")
            print("\n".join("    " + line for line in result.errors.strip().split("\n")[:20]), file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    bench.details = table(rows)
    return (f"{len(chosen)} faults on {'3' if bench.isShort else '2, 3 and 4'} ranks with a patience of {PATIENCE} s; the longest run took "
            f"{longest:.0f} s")


def table(rows):
    """What became of each kind of fault, whatever the rank."""
    lines = ["| fault | on ranks | runs | status | longest run | result |", "| --- | --- | --- | --- | --- | --- |"]
    for kind, results in rows.items():
        numbers = ", ".join(map(str, sorted({ranks for ranks, _, _ in results})))
        statuses = ", ".join(map(str, sorted({result.status for _, result, _ in results}, key=str)))
        bad = sum(1 for _, _, problems in results if problems)
        seconds = max(result.seconds for _, result, _ in results)
        lines.append(f"| {kind} | {numbers} | {len(results)} | {statuses} | {seconds:.1f} s | "
                     f"{'as promised' if not bad else f'**{bad} failures**'} |")
    return "\n".join(lines)


class Result:
    """How a run ended, in how many seconds: after its start, or after a fault from outside."""

    def __init__(self, status, seconds, errors, output, leftovers):
        self.status, self.seconds, self.errors, self.output, self.leftovers = status, seconds, errors, output, leftovers

    @property
    def complaints(self):
        # Open MPI's own words about what the program then reports may lack the end of their line.
        return re.findall(r"convoy: .*$", self.errors, re.M)


def environment():
    names = ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OPENBLAS_NUM_THREADS"]
    # Printing where it crashed takes a process some seconds, so most cases go without: "with a backtrace" is a case of its own.
    return {**os.environ, **{name: "1" for name in names}, "NO_COLOR": "1", "SWIFT_BACKTRACE": "enable=no"}


def processes(folder):
    """The processes that were started in a folder, by rank."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{entry}/cwd") != folder or int(entry) == os.getpid():
                continue
            with open(f"/proc/{entry}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    continue
            with open(f"/proc/{entry}/environ", "rb") as file:
                rank = re.search(rb"(?:^|\0)OMPI_COMM_WORLD_RANK=(\d+)", file.read())
            found[int(entry)] = int(rank.group(1)) if rank else None
        except (OSError, ValueError):
            continue
    return found


def ranks_of(folder):
    """The processes of the ranks that were started in a folder and live, by rank."""
    return {rank: pid for pid, rank in processes(folder).items() if rank is not None}


def launch(folder, commands, act=None, variables={}):
    """Runs under mpirun; `commands` is a list of (ranks, arguments). `act(folder, process)` makes a fault from outside, and may return
    when."""
    line = ["mpirun", "--oversubscribe", "--bind-to", "none"]
    for index, (ranks, command) in enumerate(commands):
        line += ([":"] if index else []) + ["-n", str(ranks)] + command
    start = time.monotonic()
    with open(os.path.join(folder, "errors"), "w+") as errors, open(os.path.join(folder, "output"), "w+") as output:
        process = subprocess.Popen(
            line, cwd=folder, env={**environment(), **variables}, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            start_new_session=True)
        try:
            if act:
                start = act(folder, process) or time.monotonic()
            status = outcome(process, 5 * PATIENCE + SLACK, lambda: ranks_of(folder), slow=2 * PATIENCE + 4)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        seconds = time.monotonic() - start
        # mpirun may end a moment before the last of its processes.
        for _ in range(50):
            leftovers = processes(folder)
            if not leftovers:
                break
            time.sleep(0.1)
        for leftover in leftovers:
            os.kill(leftover, signal.SIGKILL)
        errors.seek(0)
        output.seek(0)
        return Result(status, seconds, errors.read(), output.read(), leftovers)


CONFIGURATION = """
model: {{input: [8, 8, 3], layers: [Conv2D: {{filters: 4, kernel_size: 3}}, BatchNormalization, ReLU, Flatten, Dense: {{units: 3}}]}}
data: {{train: {data}}}
batch: 24
shards: 12
epochs: 100000
threads: 1
patience: {patience} s
checkpoint: {{every: 100000 epochs}}
"""


def write_configuration(folder, name="a.yaml", data="synthetic:960"):
    with open(os.path.join(folder, name), "w") as file:
        file.write(CONFIGURATION.format(data=data, patience=PATIENCE))


def train(ranks, *arguments):
    return (ranks, [CONVOY, "train", "a.yaml", "--output", "run", *arguments])


def fault(kind, rank, ranks, *values, step=3):
    return [(ranks, [FAULTS, kind, str(rank), str(step), ".", f"patience={PATIENCE}", *values])]


def when_training(act):
    """Waits until a run has begun to train, then lets `act(pids by rank)` happen."""

    def wait(folder, process):
        end = time.monotonic() + SLACK
        while not os.path.exists(os.path.join(folder, "run", "config.yaml")) and process.poll() is None:
            if time.monotonic() > end:
                return
            time.sleep(0.02)
        time.sleep(0.3)
        act(ranks_of(folder))

    return wait


def png(path, damaged=False):
    """An 8x8 image of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([100, 50, 200] * 8) for _ in range(8))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    data += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    with open(path, "wb") as file:
        file.write(data[:50] if damaged else data)


def write_images(folder, damaged):
    for label in ["a", "b", "c"]:
        os.makedirs(os.path.join(folder, "images", label))
        for index in range(16):
            png(os.path.join(folder, "images", label, f"{index}.png"), damaged=damaged and (label, index) == ("b", 7))


class Case:
    """What happens, and what must come of it."""

    def __init__(self, name, status, words, run, complaints=1, limit=PATIENCE, mpirunMayFail=False):
        self.name, self.status, self.words, self.run, self.complaints = name, status, words, run, complaints
        self.limit, self.mpirunMayFail = limit + SLACK, mpirunMayFail

    @property
    def kind(self):
        """The name without the rank."""
        return re.sub(r", rank \d+", "", self.name)

    def problems(self, result):
        text = " ".join(result.complaints)
        # Where a rank died, mpirun and the other ranks end the run at the same time, and either status may be the first. Where it was lost
        # while MPI started or ended, mpirun itself may stay or crash (docs/reliability.md).
        allowed = [self.status] + [4] * (self.status in DEADLY) + [ABANDONED, -signal.SIGSEGV, -signal.SIGABRT] * self.mpirunMayFail
        if result.status not in allowed:
            yield f"status {result.status} instead of {self.status}"
        # What says that training goes on, such as a history that cannot be written, is a warning and no report of an end.
        reports = [sentence for sentence in result.complaints if "training goes on" not in sentence]
        if self.complaints is not None and len(reports) != self.complaints:
            yield f"{len(reports)} reports instead of {self.complaints}"
        for word in self.words:
            if word not in text:
                yield f"the report does not say '{word}'"
        if result.leftovers:
            yield f"processes left: {result.leftovers}"
        if result.seconds > self.limit:
            yield f"took longer than {self.limit} s"


def names(rank):
    return f"rank {rank} on "


def inside(ranks, rank):
    """Faults of one rank inside a run."""
    both = [names(0), names(1)] if ranks == 2 else [names(rank)]
    cases = [
        ("a callback throws", "throw", 1, [names(rank), "failed on purpose"], []),
        ("a layer traps", "trap", 132, [names(rank), "died in step"], []),
        ("SIGKILL", "kill", 137, [names(rank), "died in step"], []),
        ("a write to no memory", "segv", 139, [names(rank), "died in step"], []),
        ("SIGSTOP", "stop", 4, [names(rank), "nothing is heard"], []),
        ("a callback hangs", "hang", 4, [names(rank), "in its callbacks"], []),
        ("exit(7)", "exit", 7, [names(rank), "exit status 7"], []),
        ("a weight is NaN", "nan", 1, [names(rank), "is not finite", "'dense'"], []),
        ("a weight's bit flips", "weight", 4, both, []),
        ("a statistic's bit flips", "statistic", 4, both + ["moving_mean"], []),
        ("an operation too many", "barrier", 4, both, []),
        ("another operation", "sum", 4, both, []),
    ]
    for name, kind, status in [("a layer traps", "trap", 132), ("a write to no memory", "segv", 139)]:
        yield Case(f"{name}, with a backtrace, rank {rank}", status, [names(rank), "died in step"], lambda folder, kind=kind: backtraced(
            launch(folder, fault(kind, rank, ranks), variables={"SWIFT_BACKTRACE": slow_backtrace(folder)})), limit=PATIENCE + CRASHING)
    for name, kind, status, words, values in cases:
        yield Case(f"{name}, rank {rank}", status, words, lambda folder, kind=kind, values=values: launch(
            folder, fault(kind, rank, ranks, *values, step=4 if kind == "nan" else 3)))


def at_the_edges(ranks, rank):
    """A rank is lost before the first step or after the last one, or mpirun is."""
    for name, kind in [("before MPI starts", "absent"), ("while it connects with mpirun", "connecting"), ("once MPI has started", "started")]:
        yield Case(f"SIGKILL {name}, rank {rank}", 137, [], lambda folder, kind=kind: launch(
            folder, fault(kind, rank, ranks)), complaints=None, mpirunMayFail=True)
    for name, kind, status, words in [
        ("SIGKILL while the others leave", "leaving", 137, [names(rank), "died in step"]),
        ("SIGSTOP while the others leave", "stopLeaving", 4, [names(rank), "nothing is heard"]),
        ("SIGKILL while it waits for the others to leave", "left", 137, []),
    ]:
        yield Case(f"{name}, rank {rank}", status, words, lambda folder, kind=kind: launch(
            folder, fault(kind, rank, ranks)), complaints=1 if words else None, mpirunMayFail=True)
    if rank < 2:
        yield Case(f"SIGKILL while mpirun stands still, rank {rank}", 137, [names(rank), "died in step"], lambda folder: without_mpirun(
            folder, ranks, rank), complaints=None)
    if rank == ranks - 1 > 1:
        def both(pids):
            os.kill(pids[rank - 1], signal.SIGKILL)
            os.kill(pids[rank], signal.SIGKILL)
        yield Case("SIGKILL of two ranks at once", 137, ["died in step"], lambda folder: killed(folder, ranks, both))


def killed(folder, ranks, act):
    write_configuration(folder)
    return launch(folder, [train(ranks)], when_training(act))


def without_mpirun(folder, ranks, rank):
    """A rank dies while mpirun does nothing: the others end by themselves."""
    left = {}

    def act(folder, process):
        def stop(pids):
            os.kill(process.pid, signal.SIGSTOP)
            os.kill(pids[rank], signal.SIGKILL)
        when_training(stop)(folder, process)
        start = time.monotonic()
        end = time.monotonic() + SLACK
        while ranks_of(folder) and time.monotonic() < end:
            time.sleep(0.1)
        left.update(ranks_of(folder))
        os.kill(process.pid, signal.SIGCONT)
        return start

    write_configuration(folder)
    result = launch(folder, [train(ranks)], act)
    result.leftovers.update({pid: rank for rank, pid in left.items()})
    return result


def slow_backtrace(folder):
    """Swift's backtraces, as users have them, and as slow as where there is much else to do: slower than the ranks are patient."""
    libraries = subprocess.run(["ldd", FAULTS], capture_output=True, text=True, check=True).stdout
    swift = pathlib.Path(re.search(r"=> (\S+)/libswiftCore\.so", libraries).group(1)).parents[2]
    script = os.path.join(folder, "slow-backtrace")
    with open(script, "w") as file:
        file.write(f'#!/bin/sh\nsleep {PATIENCE + 3}\nexec {swift}/libexec/swift/linux/swift-backtrace "$@"\n')
    os.chmod(script, 0o755)
    return f"enable=yes,color=no,swift-backtrace={script}"


def backtraced(result):
    """The backtrace must have been printed to its end."""
    if "Backtrace took" not in result.errors:
        result.status = f"{result.status}, and no whole backtrace"
    return result


def recovering(ranks, rank, digest):
    """Faults that a run survives."""
    if ranks > 2:
        yield Case(f"a statistic's bit flips, rank {rank}, onDesync: repair", 0, [], lambda folder: expect(
            launch(folder, fault("statistic", rank, ranks, "onDesync=repair")), digest()), complaints=0)


def expect(result, digest):
    if digest not in result.output:
        result.status = "other weights"
    return result


def around(ranks, rank):
    """Signals, files and limits around convoy."""
    for name, number, status, word in [
        ("SIGKILL", signal.SIGKILL, 137, "died in step"), ("SIGSTOP", signal.SIGSTOP, 4, "nothing is heard"),
    ]:
        def run(folder, number=number):
            write_configuration(folder)
            return launch(folder, [train(ranks)], when_training(lambda pids: os.kill(pids[rank], number)))
        yield Case(f"{name} from outside, rank {rank}", status, [names(rank), word], run)

    def different(arguments):
        def run(folder, data="synthetic:960"):
            write_configuration(folder, data=data)
            return launch(folder, [c for c in [train(rank), train(1, *arguments), train(ranks - rank - 1)] if c[0]])
        return run

    both = [names(0), names(1)] if ranks == 2 else [names(rank)]
    yield Case(f"another seed, rank {rank}", 2, both + ["'seed' is 9"], different(["--set", "seed=9"]))
    yield Case(f"a missing file, rank {rank}", 3, [names(rank), "none.h5"], different(
        ["--set", "data.train=none.h5:/train"]))
    def unreadable(folder):
        write_images(folder, damaged=False)
        os.rename(os.path.join(folder, "images"), os.path.join(folder, "sound"))
        write_images(folder, damaged=True)
        return different(["--set", "data.train=images"])(folder, data="sound")

    # Found before the first step by whichever rank looks at it, or by this rank's loader, within a few epochs of two steps.
    yield Case(f"a damaged image that one rank alone has, rank {rank}", 3, ["images/b/7.png"], unreadable)
    yield Case(f"other data, rank {rank}", 2, both + ["training data"], different(["--set", "data.train=synthetic:984"]))


def once(ranks):
    """Faults that no particular rank has."""

    def damaged(folder):
        write_images(folder, damaged=True)
        write_configuration(folder, data="images")
        return launch(folder, [train(ranks)])

    yield Case("a damaged image", 3, ["images/b/7.png"], damaged)

    def full(folder):
        write_configuration(folder)
        # MPI has made its own files by then; the end of the run comes when the last checkpoint cannot be written.
        return launch(folder, [train(ranks)], when_training(fill))

    def fill(pids):
        for pid in pids.values():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (6000, 6000))
        os.kill(pids[0], signal.SIGTERM)

    def absent(folder):
        write_configuration(folder)
        # Stopped before it becomes convoy, and so before it can meet the others.
        stopped = ["sh", "-c", 'kill -STOP $$; exec "$0" "$@"', *train(1)[1]]
        return launch(folder, [train(ranks - 1), (1, stopped)], variables={"CONVOY_PATIENCE": str(PATIENCE)})

    yield Case("a rank that never starts", 4, ["did not meet"], absent)
    yield Case("a full disk", 1, ["last.h5"], full)


def cases(bench):
    """The number of ranks and the case, for all."""
    reference = []

    def digest():
        if not reference:
            folder = os.path.realpath(tempfile.mkdtemp(dir=bench.folder))
            reference.append(launch(folder, fault("none", 0, 2)).output.split()[-1])
        return reference[0]

    for ranks in [3] if bench.isShort else [2, 3, 4]:
        for rank in [1] if bench.isShort else range(ranks):
            for case in list(inside(ranks, rank)) + list(recovering(ranks, rank, digest)) + list(around(ranks, rank)) + list(
                    at_the_edges(ranks, rank)):
                yield ranks, case
        for case in once(ranks):
            yield ranks, case
