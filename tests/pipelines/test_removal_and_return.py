"""Outcomes after a recognition, as an office asks for them: who comes off the list of the monitored, and who comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calls import call, files, settled

from counties import FIRST, MONTHS, made_county, month

WORDS = (
    "data=county", "data.path=county", "model=logit", "models=[distance_to_line]", "evaluation.draws=20",
    "calibration.draws=40", "horizons=[3,6]", "origins=[2022-06,2022-12]",
)  # fmt: skip
LAST = FIRST + MONTHS - 1


@pytest.fixture
def folder(tmp_path: Path, ready_db: Path) -> Path:
    """A made county in which risks are removed four to nine months after the recognition, and nobody comes back."""
    home = settled(tmp_path / "home", ready_db)
    path = made_county(home / "county", households=400) / "识别记录.csv"
    told = pd.read_csv(path, dtype=str)
    removed = came(told["识别监测时间"]) + np.random.default_rng(3).integers(4, 10, len(told))
    written = month(removed.to_numpy()).str.replace("-", "")
    told.assign(风险消除时间=written.where(removed.to_numpy() <= LAST, "")).to_csv(path, index=False)
    return home


def came(told: pd.Series) -> pd.Series:
    """Months from year 0 of months written 202301."""
    return told.str[:4].astype(int) * 12 + told.str[4:].astype(int) - 1


def test_removal__lists_those_who_are_monitored_and_no_others(folder):
    done = call("run", *WORDS, "label=removal", cwd=folder)
    assert done.status == 0, done.err
    listed = next((folder / "outputs" / "lists").rglob("list.csv"))
    households = set(pd.read_csv(listed, dtype=str)["户编号"])
    told = pd.read_csv(folder / "county" / "识别记录.csv", dtype=str, keep_default_na=False)
    monitored = told[told["风险消除时间"] == ""]["户编号"]
    assert households <= set(monitored)
    assert len(households) > 5
    metrics = pd.read_csv(folder / "outputs" / "backtest" / "metrics.csv")
    assert set(metrics["outcome"]) == {"removal"}
    assert metrics.loc[metrics["metric"] == "pr_auc", "value"].notna().any()
    assert "风险消除" in listed.with_suffix(".html").read_text()


def test_return__with_too_few_is_refused_without_a_word_of_the_line(folder):
    before = county_and_outputs(folder)
    done = call("run", *WORDS, "label=return", cwd=folder)
    assert done.status == 2
    assert done.told.startswith(
        "0 recognitions anew after a removal of risk had closed and were known at 2022-12 among"
    )
    assert done.told.endswith("at least 5 are needed: take a later as_of or more data")
    assert county_and_outputs(folder) == before


def county_and_outputs(folder: Path) -> dict[str, bytes]:
    """Every file but those of the store."""
    return {name: content for name, content in files(folder).items() if not name.startswith("state/")}
