"""Makes a folder of wheels from which relapse is installed where there is no network.

    python docs/make_wheels.py wheels                      for a computer like this one
    python docs/make_wheels.py wheels --system windows     for Windows (64 bits), made on any system
    python docs/make_wheels.py wheels --system linux --python 3.12

Run in a checkout on a computer with network, with the Python of an environment in which relapse is installed. Versions
are those of constraints.txt. What only Windows needs is not seen by pip when it runs elsewhere; it is read from the
wheels themselves here. The folder ends with SHA256SUMS, by which it is checked after it was carried over.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
SUMS = "SHA256SUMS"
ONLY_AS_SOURCE = ("antlr4-python3-runtime",)  # pure Python that its makers give out as source alone; built here
PLATFORMS = {
    "windows": ("win_amd64",),
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}
SYSTEMS = {
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
}


def main(words: Sequence[str]) -> int:
    """Build, fetch, close the gaps, sum up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the wheels go; made where there is none")
    here = "windows" if sys.platform == "win32" else "linux"
    parser.add_argument("--system", choices=sorted(PLATFORMS), default=here)
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}", help="such as 3.12")
    told = parser.parse_args(words)
    told.folder.mkdir(parents=True, exist_ok=True)
    ours = build(told.folder)
    fetch(told.folder, told.system, told.python, [str(ours)])
    while gaps := lacking(told.folder, told.system, told.python):
        fetch(told.folder, told.system, told.python, gaps)
    names = sorted(path.name for path in told.folder.glob("*.whl"))
    sums = [f"{hashlib.sha256((told.folder / name).read_bytes()).hexdigest()}  {name}" for name in names]
    (told.folder / SUMS).write_text("\n".join(sums) + "\n", encoding="ascii")
    megabytes = sum((told.folder / name).stat().st_size for name in names) / 1e6
    print(f"{len(names)} wheels, {megabytes:.0f} MB, for Python {told.python} on {told.system}: {told.folder}")
    return 0


def build(folder: Path) -> Path:
    """Our own wheel, and those of packages that are given out as source alone."""
    pins = dict(line.split("==") for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if "==" in line)
    source = [f"{name}=={pins[name]}" for name in ONLY_AS_SOURCE]
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT), *source)
    return next(folder.glob("relapse_forecast-*.whl"))


def fetch(folder: Path, system: str, python: str, wanted: Sequence[str]) -> None:
    """Wheels of what is wanted and of what that needs."""
    platforms = [word for name in PLATFORMS[system] for word in ("--platform", name)]
    pip(
        "download", "--only-binary=:all:", "--implementation", "cp", "--python-version", python, *platforms,
        "--constraint", str(CONSTRAINTS), "--find-links", str(folder), "--dest", str(folder), *wanted,
    )  # fmt: skip


def pip(*words: str) -> None:
    """One call of pip; what it says is shown where it fails."""
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pip {words[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def lacking(folder: Path, system: str, python: str) -> list[str]:
    """What the wheels of a folder need on that system and what no wheel of it is of."""
    wheels = {canonicalize_name(parse_wheel_filename(path.name)[0]): path for path in folder.glob("*.whl")}
    needs: dict[str, str] = {}
    for path in wheels.values():
        for need in needed(path, {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.0"}):
            if canonicalize_name(need.name) not in wheels:
                needs[need.name] = f"{need.name}{need.specifier}"
    return [needs[name] for name in sorted(needs)]


def needed(wheel: Path, environment: Mapping[str, str]) -> Iterator[Requirement]:
    """What a wheel needs in an environment, extras left out."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(archive.read(name).decode())
    for line in told.get_all("Requires-Dist", []):
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate({**environment, "extra": ""}):
            yield need


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
