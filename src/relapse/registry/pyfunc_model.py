"""A registered version as MLflow's own kind of model; MLflow keeps this file beside the version and runs it on load.

In: rows of the catalogue's features, one a household. Out: the version's forecasts with reasons. What is learnt lies in
the version's files (text, JSON, Parquet); nothing is unpickled. Needs `relapse` in the environment that loads it.
"""

from __future__ import annotations

from typing import Any, Protocol

import mlflow
import pandas as pd


class _Version(Protocol):
    def forecast_features(self, frame: pd.DataFrame, language: Any) -> pd.DataFrame: ...


class RelapseModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Opens the version that lies beside it and asks it."""

    _version: _Version

    def load_context(self, context: Any) -> None:
        """Read the version from its folder."""
        import relapse

        self._version = relapse.load(context.artifacts["version"])

    def predict(  # MLflow passes what is not used
        self,
        context: Any,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """The version's forecast of each row, and why; `params={"language": "en"}` tells it in English."""
        return self._version.forecast_features(model_input, (params or {}).get("language", "zh"))


mlflow.models.set_model(RelapseModel())
