"""A maker of `PanelFile` recipes with the defaults of conf/data/panel.yaml."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from relapse.data.panel_file import PanelFile

CONF = Path(__file__).parents[2] / "conf" / "data" / "panel.yaml"
Maker = Callable[..., PanelFile]


def make(path: object = "frame", columns: dict[str, Any] | None = None, **settings: Any) -> PanelFile:
    written = OmegaConf.load(CONF)
    plain = {"household_id": "hh", "period": "year"}
    income = {} if columns and {"income", "log_income", "sources"} & set(columns) else {"income": "income"}
    said = {"path": str(path), "frequency": "annual", "columns": plain | income | (columns or {}), **settings}
    merged = OmegaConf.to_container(OmegaConf.merge(written, said), resolve=True)
    assert isinstance(merged, dict)
    merged.pop("_target_")
    merged["columns"].pop("_target_")
    return PanelFile(**merged)


@pytest.fixture
def panel_file() -> Maker:
    return make
