"""One program whose system calls are timed by itself: microseconds per call, as JSON on standard output."""

import json
import os
import subprocess
import sys
import time


def per_call(count, call):
    """The time of one call in microseconds, the loop's own cost included (it is the same under every tracer)."""
    begin = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - begin) / count * 1e6


def stat_missing():
    try:
        os.stat("/nowhere/at-all")
    except FileNotFoundError:
        pass


def open_and_close():
    os.close(os.open("/etc/passwd", os.O_RDONLY))


def main():
    scale = float(sys.argv[1])
    null = os.open("/dev/null", os.O_WRONLY)
    measured = {
        "stat, existing": per_call(int(20000 * scale), lambda: os.stat("/etc/passwd")),
        "stat, missing": per_call(int(20000 * scale), stat_missing),
        "open + close": per_call(int(20000 * scale), open_and_close),
        "getppid": per_call(int(200000 * scale), os.getppid),
        "write to /dev/null": per_call(int(200000 * scale), lambda: os.write(null, b"x")),
        "spawn a process": per_call(int(200 * scale), lambda: subprocess.run(["/bin/true"], check=True)),
    }
    json.dump(measured, sys.stdout)


main()
