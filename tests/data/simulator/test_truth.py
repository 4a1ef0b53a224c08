"""Nobody but studies opens the truth of a simulated county."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from relapse import config
from relapse.core.errors import InputError
from relapse.data.county_folder import CountyFolder
from relapse.data.simulator.settings import month_of
from relapse.data.simulator.truth import read_truth
from simulated_counties import Made

SOURCE = Path(__file__).parents[3] / "src" / "relapse"
READER = SOURCE / "data" / "simulator" / "truth.py"


def test_the_truth__has_chances_that_are_chances(small: Made):
    told = read_truth(small.truth).to_pandas()
    assert set(told["origin"].astype(str)) == {"2020-09", "2022-06"}
    assert not told.duplicated(["household_id", "origin"]).any()
    kinds = ("unstable", "edge", "sudden")
    for horizon in (1, 3, 6, 12):
        for outcome in (*kinds, "any", "below_line"):
            chance = told[f"{outcome}_{horizon}"].dropna()
            assert chance.between(0, 1 + 1e-9).all()
        whole = sum(told[f"{kind}_{horizon}"] for kind in kinds)
        np.testing.assert_allclose(told[f"any_{horizon}"], whole, atol=1e-12)
    for outcome in (*kinds, "any", "below_line"):
        rising = told[[f"{outcome}_{horizon}" for horizon in (1, 3, 6, 12)]].dropna().to_numpy()
        assert (np.diff(rising, axis=1) >= -1e-12).all(), f"{outcome}: a longer horizon holds the shorter one"
    assert told["any_12"].mean() > 0.005


def test_the_truth__is_of_those_at_risk_alone(small: Made):
    told = read_truth(small.truth).to_pandas()
    told["since"] = [month_of(text) for text in told["origin"].astype(str)]
    rows = small.table("recognitions")
    rows["since"] = [month_of(text) for text in rows["recognised_at"].astype(str)]
    for origin, part in told.groupby("since"):
        earlier = rows[rows["since"] <= origin]
        open_still = set(earlier["household_id"]) - set(earlier.loc[earlier["removed"] == 1, "household_id"])
        assert not open_still & set(part["household_id"]), "one who is monitored is at no risk of a recognition"


def test_a_folder_without_the_mark__is_refused(small: Made, tmp_path: Path):
    with pytest.raises(InputError, match="no truth of a simulated county"):
        read_truth(tmp_path)
    with pytest.raises(InputError, match="no truth of a simulated county"):
        read_truth(small.folder)  # the county's own mark is not the truth's
    assert json.loads((small.truth / "simulated.json").read_text(encoding="utf-8"))["truth"] is True


def imported(node: ast.AST) -> list[str]:
    """Dotted names that an import names."""
    if isinstance(node, ast.ImportFrom):
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_nothing_in_the_package__reads_the_truth():
    """No module imports the reader, and none but the writer and the reader knows the file's name."""
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if any(name.startswith("relapse.data.simulator.truth") for name in imported(node)):
                wrong.append(f"{path}:{node.lineno}")
        if path not in (READER, READER.with_name("simulate.py")):
            wrong += [f"{path}: {word}" for word in ("read_truth", "CHANCES") if word in text]
            wrong += [f"{path}: opens it" for word in ("chances.parquet", "returns.parquet") if word in _code(text)]
    assert not wrong, "only studies of simulated counties may open the truth"


def _code(text: str) -> str:
    """A module's texts without its docstrings."""
    nodes = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\n".join(node.value for node in nodes if "\n" not in node.value)


def test_a_county__is_the_same_with_and_without_the_truth_beside_it(small: Made, tmp_path: Path):
    """Reading knows nothing of the truth: the folder lies apart, and its absence changes no byte of the panel's digest."""
    line = config.option("line", "county")
    settings = {"path": str(small.folder), "name": "yi_2020", "region": small.world.region, "simulated": True}
    folder: CountyFolder = config.option("data", "county", **settings)
    first = folder.examine(line)
    away = small.truth.rename(tmp_path / "away")
    try:
        second = config.option("data", "county", **settings).examine(line)
    finally:
        away.rename(small.truth)
    assert not small.truth.is_relative_to(small.folder)
    assert first.panel is not None and second.panel is not None
    assert first.panel.digest == second.panel.digest
