"""What the cases share: starting runs, finding ranks, reading what they leave."""
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# A small network with batch norm; 3 epochs of 16 steps take a second or so. A checkpoint every fourth step.
CONFIGURATION = f"""
model:
  input: [28, 28, 1]
  layers:
    - Conv2D: {{filters: 4, kernel_size: 5, strides: 2, activation: relu}}
    - BatchNormalization
    - Flatten
    - Dense: {{units: 10, activation: softmax}}
data: {{train: {ROOT}/data/digits.h5:/train}}
batch: 250
shards: 5
epochs: 3
threads: 1
optimizer: {{rate: 0.05, momentum: 0.9}}
preprocessing: {{standardize: mnist}}
augmentation: [{{padCrop: 2}}]
checkpoint: {{every: 4, keep: {{last: 3}}}}
"""
EPOCHS, SAMPLES = 3, 4000

# What `outcome` returns beside exit statuses.
NO_END, ABANDONED = "no end", "mpirun stays"
# In which mpirun ends after its last rank has, in seconds.
ALONE = 15


def outcome(process, seconds, ranks, slow=20):
    """Waits for a run and returns its exit status: NO_END if it has to be killed because it does not end; ABANDONED if that is mpirun itself,
    whose ranks have ended: PMIx 4.2 in it may wait for ever where a rank dies while MPI starts or ends (docs/reliability.md). `ranks()` are the
    processes of the ranks that live. What all processes do is shown after `slow` seconds and at the end."""
    start = alive = time.monotonic()
    while True:
        try:
            return process.wait(0.5)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        if ranks():
            alive = now
        isOver = now - alive >= ALONE or now - start >= seconds
        if isOver or now - start >= slow:
            found = family(process.pid)
            print(f"after {now - start:.0f} s:\n" + "\n".join(map(describe, found)), file=sys.stderr, flush=True)
            slow = seconds
        if not isOver:
            continue
        for pid in reversed(found):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
        return ABANDONED if now - alive >= ALONE else NO_END


def family(pid):
    """A process and all that it has started."""
    found = [pid]
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            children = pathlib.Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
            found += [member for child in children for member in family(int(child))]
    except OSError:
        pass
    return found


def describe(pid):
    """What the threads of a process wait for, with their stacks where there is gdb."""
    lines = []
    try:
        for thread in sorted(os.listdir(f"/proc/{pid}/task"), key=int):
            task = pathlib.Path(f"/proc/{pid}/task/{thread}")
            state = (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
            lines.append(f"process {pid} thread {thread} {(task / 'comm').read_text().strip()} {state} {(task / 'wchan').read_text()}")
    except OSError:
        pass
    if shutil.which("gdb") and lines and " Z " not in lines[0]:
        command = ["gdb", "-p", str(pid), "-batch", "-ex", "thread apply all backtrace 20"]
        try:
            stacks = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60).stdout
            lines += [line for line in stacks.splitlines() if line.startswith(("#", "Thread"))]
        except subprocess.TimeoutExpired:
            lines.append("gdb gives no answer")
    return "\n".join(lines)


def writing(pids, folder):
    """Paths to the files that processes are writing into a folder: until they are whole, they have no names."""
    found = []
    for descriptor in (path for pid in pids for path in pathlib.Path(f"/proc/{pid}/fd").glob("*")):
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.endswith(" (deleted)") and os.path.dirname(target) == str(folder.resolve()):
            found.append(descriptor)
    return found


class Failures:
    """What went wrong in a case."""

    def __init__(self, case):
        self.case, self.texts = case, []

    def add(self, text):
        self.texts.append(text)
        print(f"torture: {self.case}: {text}", file=sys.stderr, flush=True)

    @property
    def summary(self):
        return "all as promised" if not self.texts else f"**{len(self.texts)} failures**, such as: {self.texts[0][:200]}"


class Run:
    """One start of convoy, under mpirun unless it has one rank."""

    def __init__(self, bench, arguments, ranks=1, options=(), **popen):
        self.ranks, self.convoy = ranks, bench.convoy
        command = [bench.convoy, *arguments]
        if ranks > 1:
            command = ["mpirun", "--oversubscribe", "--bind-to", "none", *options, "-n", str(ranks), *command]
        self.output = open(bench.folder / "output.txt", "w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True, **popen)
        self.start = time.monotonic()

    @property
    def isRunning(self):
        return self.process.poll() is None

    def processes(self):
        """The process of each rank, as far as they have been started. Until it is convoy, a child of mpirun is mpirun itself, whose handlers
        tell the mpirun that waits."""
        if self.ranks == 1:
            return [self.process.pid]
        found = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            try:
                found += [child for child in path.read_text().split() if os.path.samefile(f"/proc/{child}/exe", self.convoy)]
            except OSError:
                pass
        return sorted(map(int, found))

    def send(self, number, random, rank=None):
        """Sends a signal to a rank, a random one unless given; false if there is none yet or any more."""
        processes = self.processes()
        if not processes:
            return False
        try:
            os.kill(processes[rank] if rank is not None else random.choice(processes), number)
            return True
        except (ProcessLookupError, IndexError):
            return False

    def wait(self, seconds=120):
        """The exit status, or as `outcome` says."""
        status = outcome(self.process, seconds, self.processes)
        self.seconds = time.monotonic() - self.start
        self.output.seek(0)
        self.text = self.output.read()
        self.output.close()
        if status in (NO_END, ABANDONED):
            print("its last words:\n" + "\n".join(self.text.splitlines()[-20:]), file=sys.stderr, flush=True)
        found = re.search(r"^weights sha256 ([0-9a-f]{64})$", self.text, re.MULTILINE)
        self.digest = found and found[1]
        return status

    @property
    def textSoFar(self):
        return pathlib.Path(self.output.name).read_text()

    @property
    def lastLine(self):
        lines = [line for line in self.text.splitlines() if line.startswith("convoy: ")] or self.text.splitlines()[-1:]
        return lines[0] if lines else "(no output)"


class Bench:
    """Where a case works, and with what."""

    def __init__(self, folder, random, isShort, only):
        self.folder, self.random, self.isShort = pathlib.Path(folder), random, isShort
        # Faults whose names hold it, and a table of more than the one line that a case has.
        self.only, self.details = only, None
        self.convoy = os.environ["CONVOY"]
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        self.configuration = self.folder / "a.yaml"
        self.configuration.write_text(CONFIGURATION)

    def count(self, long, short):
        return short if self.isShort else long

    def train(self, output, *arguments, ranks=1, options=(), **popen):
        return Run(self, ["train", str(self.configuration), "--output", str(output), *arguments], ranks, options, **popen)

    def straight(self):
        """The digest of the weights after a run that nothing disturbs, and its duration in seconds."""
        run = self.train(self.folder / "straight", ranks=2)
        if run.wait() != 0 or not run.digest:
            raise RuntimeError(f"the undisturbed run failed: {run.lastLine}")
        return run.digest, run.seconds

    def fresh(self, name="run"):
        """An empty folder."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def checkpoints(folder):
    """The checkpoints in a folder, and which of them are sound, by their names."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.h5")):
        found[path.name] = seal(path) is not None
    return found


def seal(path):
    """What stands at the end of a sound checkpoint; None if a byte of the file is not what was written. Written apart from
    convoy's own verification, after docs/reliability.md."""
    data = pathlib.Path(path).read_bytes()
    ending = re.fullmatch(rb"\nconvoy seal 1 (\d{16}) ([0-9a-f]{64})\n", data[-97:])
    if not ending:
        return None
    length, end = int(ending[1]), len(data) - 97 - int(ending[1])
    body = data[end:end + length]
    if end < 0 or hashlib.sha256(body).hexdigest().encode() != ending[2]:
        return None
    table, rest, position = json.loads(body), hashlib.sha256(), 0
    for dataset in table["datasets"]:
        first, last = dataset["range"]
        rest.update(data[position:first])
        if hashlib.sha256(data[first:last]).hexdigest() != dataset["sha256"]:
            return None
        position = last
    rest.update(data[position:end])
    return table if rest.hexdigest() == table["rest"] else None


def consumed(logs):
    """The samples of each epoch that went into the final weights, from the logs of the attempts of one run, in order. A step that a later
    attempt repeats counts once."""
    steps = {}
    for attempt in logs:
        parts = collections.defaultdict(list)
        for path in sorted(attempt.parent.glob(attempt.name + ".*")):
            for line in path.read_text().splitlines(keepends=True):
                if line.endswith("\n"):
                    step, *samples = map(int, line.split())
                    parts[step] += samples
        if parts:
            first = min(parts)
            steps = {step: samples for step, samples in steps.items() if step < first}
            steps.update(parts)
    perEpoch = -(-SAMPLES // 250)
    return [collections.Counter(sample for step in range(epoch * perEpoch + 1, (epoch + 1) * perEpoch + 1)
                                for sample in steps.get(step, [])) for epoch in range(EPOCHS)]


def wrongSamples(logs):
    """What is wrong with the samples of a run; None if every epoch had each exactly once."""
    for epoch, counts in enumerate(consumed(logs), 1):
        missing = SAMPLES - len(counts)
        repeated = sum(1 for count in counts.values() if count > 1)
        if missing or repeated:
            return f"in epoch {epoch}, {missing} samples are missing and {repeated} come more than once"
    return None
