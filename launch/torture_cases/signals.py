"""SIGTERM, SIGINT, SIGUSR1, SIGUSR2 or SIGHUP to a random rank at a random moment; then the same command line again."""
import re
import signal
import time

from harness import NO_END, checkpoints, wrongSamples

NUMBERS = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP]


def run(bench, failures):
    trials = bench.count(200, 5)
    expected, seconds = bench.straight()
    interrupted = finished = early = repeated = 0
    for trial in range(trials):
        folder = bench.fresh()
        logs = [bench.folder / f"samples{attempt}" for attempt in (1, 2)]
        for log in bench.folder.glob("samples*"):
            log.unlink()
        number, ranks = NUMBERS[trial % len(NUMBERS)], bench.random.randint(1, 4)
        first = bench.train(folder, "--log-samples", str(logs[0]), ranks=ranks)
        time.sleep(bench.random.uniform(0, 1.1 * seconds))
        sent = first.isRunning and first.send(number, bench.random)
        status = first.wait()
        where = f"trial {trial}, {number.name} to one of {ranks} ranks"
        again = []
        if status == 75:
            interrupted += 1
        elif status == 0:
            finished += 1
            if sent and number != signal.SIGHUP and first.digest != expected:
                failures.add(f"{where}: the run ended with other weights")
            if number == signal.SIGHUP and first.digest != expected:
                failures.add(f"{where}: a save changed the weights")
            continue
        elif status == NO_END:
            failures.add(f"{where}: the run did not end")
            continue
        else:
            # Before the program has begun, the signal does what it does to any process.
            early += 1
            again = ["--resume"]
            if "training " in first.text:
                failures.add(f"{where}: status {status}: {first.lastLine}")
        sound = checkpoints(folder) if folder.exists() else {}
        if not all(sound.values()):
            failures.add(f"{where}: not sound: {[name for name in sound if not sound[name]]}")
        second = bench.train(folder, *again, "--log-samples", str(logs[1]), ranks=bench.random.randint(1, 4))
        if second.wait() != 0 or second.digest != expected:
            failures.add(f"{where}: the same command line did not go on to the same weights: {second.lastLine}")
            continue
        if status == 75:
            steps = [int(line.split()[0]) for path in bench.folder.glob("samples1.*") for line in path.read_text().splitlines()]
            resumed = re.search(r"after step (\d+)$", second.text, re.MULTILINE)
            # Before the first step there is nothing to go on from.
            lost = max(steps, default=0) - (int(resumed[1]) if resumed else 0)
            if lost > 1:
                failures.add(f"{where}: {lost} steps were repeated")
            repeated = max(repeated, lost or 0)
        wrong = wrongSamples(logs)
        if wrong:
            failures.add(f"{where}: {wrong}")
    return (f"{trials} signals on 1 to 4 ranks: {interrupted} ended with status 75 and a checkpoint, at most {repeated} steps repeated; "
            f"{finished} ran to their end (SIGHUP, or too late); {early} came before the program had begun")
