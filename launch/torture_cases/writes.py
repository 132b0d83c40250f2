"""Writes that break off at a random byte: a limit on the file's size, a full file system, SIGKILL. A sound checkpoint remains."""
import os
import resource
import shutil
import signal
import subprocess
import time

from harness import NO_END, checkpoints, writing


def run(bench, failures):
    trials = bench.count(1000, 24)
    # A checkpoint of step 4, and how large its file is.
    template = bench.fresh("template")
    training = bench.train(template, "--max-steps", "4", "--set", "checkpoint.keep.last=1")
    if training.wait() != 0:
        raise RuntimeError(training.lastLine)
    size = (template / "last.h5").stat().st_size
    before = (template / "last.h5").read_bytes()
    full = FullDisk(bench)
    counts = {"limit": 0, "full": 0, "kill": 0}
    replaced = 0
    for trial in range(trials):
        kind = ("limit", "kill", "full" if full.isPossible else "limit")[trial % 3]
        counts[kind] += 1
        folder = full.folder if kind == "full" else bench.fresh()
        if kind == "full":
            full.prepare(room=bench.random.randrange(size - 4 * 4096), template=template)
        else:
            shutil.copytree(template, folder)
        arguments = ["--resume", "--max-steps", "5", "--set", "checkpoint.keep.last=1"]
        if kind == "limit":
            limit = bench.random.randrange(size)
            attempt = bench.train(
                folder, *arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        else:
            attempt = bench.train(folder, *arguments)
        if kind == "kill":
            kill(attempt, folder, bench.random.randrange(size))
        status = attempt.wait()
        where = f"trial {trial} ({kind})"
        # Without room for its small files a run does not even start: status 3.
        if status == NO_END or (kind != "kill" and status not in (1, 3)):
            failures.add(f"{where}: status {status}: {attempt.lastLine}")
        if list(folder.glob("*.temporary")):
            failures.add(f"{where}: a temporary file is left")
        if not checkpoints(folder).get("last.h5"):
            failures.add(f"{where}: last.h5 is not sound")
        elif (folder / "last.h5").read_bytes() != before:
            # The whole new one was there before the signal.
            replaced += 1
            if kind != "kill":
                failures.add(f"{where}: last.h5 was replaced although writing failed")
        if trial % 20 == 0:
            again = bench.train(folder if kind != "full" else shutil.copytree(folder, bench.fresh("copy")), "--resume", "--max-steps", "5")
            if again.wait() != 0:
                failures.add(f"{where}: not resumable: {again.lastLine}")
    full.remove()
    return (f"{trials} interrupted writes of a file of {size} bytes: {counts['limit']} by a limit on its size, {counts['full']} by a full "
            f"tmpfs, {counts['kill']} by SIGKILL ({replaced} of them too late)")


def kill(attempt, folder, offset):
    """Kills a run as soon as the file that it writes has so many bytes."""
    while attempt.isRunning:
        for path in writing(attempt.processes(), folder):
            try:
                if path.stat().st_size >= offset:
                    attempt.process.send_signal(signal.SIGKILL)
                    return
            except FileNotFoundError:
                pass
        time.sleep(0)


class FullDisk:
    """A tmpfs whose size is set so that a file of some bytes no longer fits; only root can make one."""

    def __init__(self, bench):
        self.mount = bench.folder / "tmpfs"
        self.folder = self.mount / "run"
        self.mount.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=16m", "convoy-torture", str(self.mount)]
        self.isPossible = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0

    def prepare(self, room, template):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.resize("16m")
        shutil.copytree(template, self.folder)
        status = os.statvfs(self.mount)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        # Room for the small files beside it too; sizes are in pages.
        self.resize(str(used + room // 4096 * 4096 + 2 * 4096))

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.mount)], check=True, capture_output=True)

    def remove(self):
        if self.isPossible:
            subprocess.run(["umount", str(self.mount)], check=True)
