"""A county whose register is young: what its model was held against is said wherever somebody reads of the version."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from calls import call

from counties import foretold_county
from relapse.core.texts import text
from relapse.registry.mlflow_store import MlflowStore

DATA = ("data=county", "data.path=county", "origins=[2023-05]", "risk_list.length=40", "evaluation.draws=20")
TRAIN = ("horizons=[6]", "calibration.draws=20", "calibration.least_events=50", "model.seeds=1", "model.trees=40",
         "model.regression=null", "features=[income,history,window,people,health,events]")  # fmt: skip
YOUNG = "split.calibration_years=50"  # no label is older than what calibrates


@pytest.mark.slow
def test_young_register__page_card_description_and_list_say_that_other_villages_were_asked(home: Path) -> None:
    foretold_county(home / "county", households=500)
    trained = call("train", *DATA, *TRAIN, YOUNG, cwd=home)
    assert trained.status == 0, trained.err
    told = json.loads((home / "outputs/train/model/version.json").read_text())
    assert (told["places"], told["share"] > 0) == (True, True)
    listed = call("score", "data=county", "data.path=county", "risk_list.length=40", cwd=home)
    assert listed.status == 0, listed.err
    said = text("held.places", "zh")
    client = MlflowStore(uri=None, state=str(home / "state"))._client
    page = next((home / "outputs/lists").rglob("list.html"))
    for where, words in {
        "review": shown(home / "outputs/train/review.html"),
        "card": (home / "outputs/train/model_card.md").read_text(encoding="utf-8"),
        "description": client.get_model_version("county", "1").description,
        "list": shown(page),
    }.items():
        assert said in words, where


def shown(page: Path) -> str:
    """The words of a page, without its marks."""
    return html.unescape(re.sub("<[^>]+>", "", page.read_text(encoding="utf-8")))
