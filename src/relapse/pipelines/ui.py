"""`relapse ui`: the MLflow UI on loopback."""

from __future__ import annotations

import contextlib
from typing import Annotated

from pydantic import Field

from relapse.pipelines.common import say
from relapse.registry.mlflow_store import MlflowStore
from relapse.registry.ui import serve


def ui(registry: MlflowStore, host: str, port: Annotated[int, Field(ge=0, le=65535)]) -> None:
    """Open the registry in MLflow's UI on this machine alone; Ctrl-C ends it.

    In the page choose "Model training", close the side panel, and open "Models".

    Examples:
        relapse ui
        relapse ui port=5001
        relapse ui paths.state=/srv/relapse/state
    """
    registry.prepare()
    say("starting MLflow (some 20 seconds)")
    with serve(registry.tracking_uri(), registry.artifacts_uri(), host, port) as server:
        say(f"open {server.address} ; Ctrl-C ends it")
        with contextlib.suppress(KeyboardInterrupt):
            server.process.wait()
