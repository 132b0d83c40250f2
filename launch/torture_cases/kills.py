"""SIGKILL of a random rank at a random moment, while a checkpoint is written, while MPI starts or ends; then a resume on other ranks."""
import signal
import time

from harness import ABANDONED, NO_END, checkpoints, writing, wrongSamples


def run(bench, failures):
    trials = bench.count(200, 4)
    expected, seconds = bench.straight()
    killed = whileSaving = abandoned = 0
    for trial in range(trials):
        folder = bench.fresh()
        logs = [bench.folder / f"samples{attempt}" for attempt in (1, 2)]
        for log in bench.folder.glob("samples*"):
            log.unlink()
        ranks = bench.random.randint(1, 4)
        first = bench.train(folder, "--log-samples", str(logs[0]), ranks=ranks, options=["--mca", "odls_base_sigkill_timeout", "0"])
        kind = trial % 4
        if kind == 0:
            time.sleep(bench.random.uniform(0, 1.2 * seconds))
        elif kind == 1:
            # Rank 0, which writes, in the middle of the n-th checkpoint.
            whileSaving += kill(first, bench, folder, saves=bench.random.randint(1, 10))
        elif kind == 2:
            while first.isRunning and len(first.processes()) < ranks:
                time.sleep(0.001)
            time.sleep(bench.random.uniform(0, 0.3))
        else:
            while first.isRunning and "weights sha256" not in first.textSoFar:
                time.sleep(0.001)
            time.sleep(bench.random.uniform(0, 0.05))
        # At the start and the end two of them, now and then.
        for _ in range(0 if kind == 1 else bench.random.randint(1, 1 if kind == 0 else 2)):
            first.isRunning and first.send(signal.SIGKILL, bench.random)
        status = first.wait()
        killed += status != 0
        abandoned += status == ABANDONED
        if status == NO_END:
            failures.add(f"trial {trial}: the run on {ranks} ranks did not end after a SIGKILL")
        sound = checkpoints(folder)
        if not all(sound.values()):
            failures.add(f"trial {trial}: not sound after a SIGKILL: {[name for name in sound if not sound[name]]}")
        ranks = bench.random.randint(1, 4)
        second = bench.train(folder, "--resume", "--log-samples", str(logs[1]), ranks=ranks)
        if second.wait() != 0:
            failures.add(f"trial {trial}: the resume on {ranks} ranks failed: {second.lastLine}")
            continue
        if second.digest != expected:
            failures.add(f"trial {trial}: the resume on {ranks} ranks ended with other weights")
        wrong = wrongSamples(logs)
        if wrong:
            failures.add(f"trial {trial}: {wrong}")
        if list(folder.glob("*.temporary")):
            failures.add(f"trial {trial}: a temporary file is left")
    stayed = f"; in {abandoned} of them all ranks had ended but mpirun had not, and was killed" if abandoned else ""
    return (f"{trials} runs on 1 to 4 ranks, {killed} ended by SIGKILL ({whileSaving} in the middle of a checkpoint){stayed}; each resumed on 1 to "
            "4 ranks; weights, batch-norm statistics and sample ids compared")


def kill(run, bench, folder, saves):
    """Kills rank 0 while it writes a checkpoint; whether it could."""
    seen, wasWriting = 0, False
    while run.isRunning:
        isWriting = bool(writing(run.processes()[:1], folder))
        seen += isWriting and not wasWriting
        wasWriting = isWriting
        if isWriting and seen >= saves:
            time.sleep(bench.random.uniform(0, 0.003))
            return run.send(signal.SIGKILL, bench.random, rank=0)
        time.sleep(0.0002)
    return False
