"""Cost of `relapse simulate` as Yi County grows: one process a size, CPU seconds, peak memory, slope (log-log).

python benchmarks/simulate_cost.py [--largest]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZES = [5_000, 15_000, 50_000]  # exited households; all others in proportion, 3.5 in all for each
LARGEST = [200_000]


def main(sizes: list[int]) -> None:
    told = [one(size) for size in sizes]
    for size, (seconds, households, memory) in zip(sizes, told, strict=True):
        print(f"{size:9,} exited, {households:9,} on the books: {seconds:7.1f} s of CPU, {memory:.2f} GiB")
    slope = np.polyfit(np.log(sizes), np.log([seconds for seconds, _, _ in told]), 1)[0]
    print(f"slope {slope:.2f}")


def one(size: int) -> tuple[float, int, float]:
    """CPU seconds, households and peak GiB of one size, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--one", str(size)], capture_output=True, text=True, check=True)
    seconds, households, memory = done.stdout.split()
    return float(seconds), int(households), float(memory)


def measure(size: int) -> None:
    from relapse import config
    from relapse.data.simulator.simulate import simulate

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "yi_2020"
        data = config.option("data", "yi_2020", path=str(place), households=size)
        begun = time.process_time()
        households = simulate(data.world, size, data.world_seed, place)
        seconds = time.process_time() - begun
    print(seconds, households, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure(int(sys.argv[-1]))
    else:
        main(SIZES + (LARGEST if "--largest" in sys.argv else []))
