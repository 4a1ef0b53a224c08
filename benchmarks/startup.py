"""How long help takes, against a bare Python, in one run.

    python benchmarks/startup.py

Each is started ten times in turn; the least CPU time counts, which a busy machine disturbs least.
"""

from __future__ import annotations

import resource
import subprocess
import sys

STARTS = 10
CALLS = {
    "python -c pass": ["-c", "pass"],
    "relapse --help": ["-m", "relapse", "--help"],
    "relapse train --help": ["-m", "relapse", "train", "--help"],
}


def cpu_seconds(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    measured = {call: [] for call in CALLS}
    for _ in range(STARTS):
        for call, arguments in CALLS.items():
            measured[call].append(cpu_seconds(arguments))
    bare = min(measured["python -c pass"])
    for call, values in measured.items():
        print(f"{call:22} {1000 * min(values):6.0f} ms CPU  {min(values) / bare:4.1f} times a bare Python")


if __name__ == "__main__":
    main()
