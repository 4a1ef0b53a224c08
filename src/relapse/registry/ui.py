"""MLflow's review pages on this machine: one server process on loopback, until Ctrl-C.

In: the store's address and the folder of its artifacts. Out: a running server and the address to open.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from relapse.core.errors import InputError, RelapseError

START_SECONDS = 120
STOP_SECONDS = 15
OPEN_SECONDS = 30
_STORES = ("experiments/search?max_results=1", "registered-models/search?max_results=1")  # one request to each store


@dataclass(frozen=True, eq=False)
class Server:
    """A server that has answered.

    Args:
        address: to open in a browser.
        process: of the server; its children share its process group.
    """

    address: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def serve(uri: str, artifacts: str, host: str, port: int, workers: int = 1) -> Iterator[Server]:
    """Start MLflow's server and stop it at the end.

    Args:
        uri: absolute address of the store; a server's own address cannot be served again.
        artifacts: address of the folder where artifacts of new experiments go.
        host: such as 127.0.0.1, which only this machine can reach.
        port: wanted; another free one is taken where it is busy.
        workers: processes that answer; one is enough for a few reviewers.

    Yields:
        The server, after its first answers: a server opens its stores at the first request that needs them, and whoever
        opens the first page would wait for it.

    Raises:
        InputError: the store is a server already.
        RelapseError: it did not start; says what it wrote.
    """
    if uri.startswith("http"):
        raise InputError(f"{uri} is a server already: open it in a browser")
    chosen = free_port(host, port)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command(uri, artifacts, host, chosen, workers),
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            server = Server(f"http://{host}:{chosen}", process)
            _await(server, said)
            _open_stores(server)
            yield server
        finally:
            _stop(process)


def command(uri: str, artifacts: str, host: str, port: int, workers: int) -> list[str]:
    """The command line of the server."""
    return [
        *(sys.executable, "-m", "mlflow", "server"),
        *("--backend-store-uri", uri),
        *("--default-artifact-root", artifacts),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers)),
    ]


def free_port(host: str, port: int) -> int:
    """The wanted port, or one that the system picks where it is busy."""
    for candidate in (port, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, candidate))
                return int(probe.getsockname()[1])
    raise InputError(f"no port can be opened on {host}; is it an address of this machine?")


def _environment() -> dict[str, str]:
    """Offline, pages alone, and the server's own tools are found beside the Python that runs.

    Beside its pages MLflow starts a runner of jobs (judges of traces and the like) with a process for each kind, all of
    which import MLflow while the first reader waits; no page of ours asks for one.
    """
    folder = os.path.dirname(sys.executable)  # noqa: PTH120 - a symlinked interpreter keeps its folder
    return {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def _await(server: Server, said: IO[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if server.process.poll() is not None:
            raise RelapseError(f"the MLflow server ended at once: {_last_words(said)}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.address}/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise RelapseError(f"the MLflow server did not answer at {server.address} within {START_SECONDS} s")


def _open_stores(server: Server) -> None:
    """Ask each store for something; what is wrong with one is told by the pages."""
    for path in _STORES:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{server.address}/api/2.0/mlflow/{path}", timeout=OPEN_SECONDS).close()


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server with its workers: they share a process group that is ours alone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            break
