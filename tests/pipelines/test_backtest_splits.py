"""Splits of a backtest besides rolling origins: a regime cut, villages held out, another panel to learn from."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd
import pytest
from calls import COLUMNS, Called, hidden, on, plain, written

TAUGHT = ("data@trained_on=panel", *(word.replace("data.", "trained_on.") for word in COLUMNS[1:]))
LEARNER = ("models=[distance_to_line,logit]", "origins=null")


def well(done: Called) -> Called:
    assert done.status == 0, done.err
    return done


def page(folder: Path) -> str:
    return html.unescape(re.sub("<[^>]+>", "", (folder / "outputs/backtest/report.html").read_text()))


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"outputs/backtest/{name}.csv", dtype={"origin": str})


def test_cut__tests_from_the_period_on_what_was_known_at_it__and_says_so(tmp_path):
    """What comes after the cut changes what is observed, and no forecast made at the cut."""
    frame = plain()
    later = frame["year"] > 2011
    changed = frame.assign(income_pc=frame["income_pc"].where(~later, frame["income_pc"] * 0.5))
    chances = []
    for name, rows in (("one", frame), ("other", changed)):
        folder = tmp_path / name
        folder.mkdir()
        done = well(on("backtest", written(folder, rows), *LEARNER, "split.cut=2011", "language=en", cwd=folder))
        predictions = pd.read_parquet(folder / "outputs/backtest/predictions.parquet")
        assert sorted(set(predictions["origin"])) == ["2011", "2012", "2013"]
        for said in (done.err, page(folder)):
            assert "fitted once, on what was known in 2011, and not again" in " ".join(said.split())
        at_cut = predictions[predictions["origin"] == "2011"]
        chances.append(at_cut.set_index(["model", "household_id"])[["probability", "observed"]])
    assert chances[0]["probability"].equals(chances[1]["probability"])
    assert chances[0]["observed"].sum() < chances[1]["observed"].sum()


@pytest.mark.parametrize("cut", ["2001", "2014"])
def test_cut__outside_the_data_is_refused(tmp_path, plain_csv, cut):
    done = on("backtest", plain_csv, f"split.cut={cut}", cwd=tmp_path)
    assert done.status == 2
    assert "choose a period after 2007 and before 2014" in done.told
    assert not (tmp_path / "outputs" / "backtest").exists()


def test_hold_out__leaves_a_table_of_its_own_and_says_what_is_lost(tmp_path):
    path = written(tmp_path, hidden(households=400))
    words = ("split.hold_out=village", "split.folds=2", "models=[distance_to_line,logit]", "origins=[2011,2012]")
    done = well(on("backtest", path, *words, "language=en", cwd=tmp_path))
    found = table(tmp_path, "held_out")
    assert set(found["held_out"]) == {"village"}
    assert set(found["model"]) == {"distance_to_line", "logit"}
    assert set(found["against"]) == {"everybody", "as_many"}
    both = found[(found["metric"] == "pr_auc") & (found["against"] == "everybody")]
    pooled = table(tmp_path, "metrics").query("origin == 'all' and metric == 'pr_auc'").set_index("model")["value"]
    assert both.set_index("model")["value"].to_dict() == pytest.approx(pooled.to_dict())
    assert "learned nothing of whole villages, it loses" in " ".join(done.err.split())
    assert "learned nothing of whole villages, it loses" in page(tmp_path)


def test_hold_out__of_a_panel_without_townships_is_refused(tmp_path, plain_csv):
    done = on("backtest", plain_csv, "split.hold_out=township", cwd=tmp_path)
    assert done.status == 2
    assert "tells no two of them; name their column with data.columns.township=NAME" in done.told


def test_trained_on__learns_from_the_other_panel_alone(tmp_path):
    """Outcomes of the panel that is asked about may be turned round: the forecasts stay; those of its teacher not."""
    asked, teacher = hidden(seed=5), hidden(seed=6)
    shuffled = teacher.assign(debt=teacher["debt"].sample(frac=1, random_state=1).to_numpy())
    last = asked["year"] == asked["year"].max()
    turned = asked.assign(income_pc=asked["income_pc"].where(~last, asked["income_pc"] * 0.5))
    said = {}
    for name, mine, others in (("plain", asked, teacher), ("turned", turned, teacher), ("other", asked, shuffled)):
        folder = tmp_path / name
        folder.mkdir()
        path, from_path = written(folder, mine), written(folder, others, "teacher.csv")
        words = (
            *TAUGHT,
            f"trained_on.path={from_path}",
            "models=[distance_to_line,logit]",
            "origins=[2013]",
            "language=en",
        )
        done = well(on("backtest", path, *words, cwd=folder))
        assert "fitted on another panel, teacher" in " ".join(done.err.split())
        assert "fitted on another panel, teacher" in page(folder)
        told = pd.read_parquet(folder / "outputs/backtest/predictions.parquet")
        said[name] = told[told["model"] == "logit"].set_index("household_id")[["probability", "observed"]]
    assert said["plain"]["probability"].equals(said["turned"]["probability"])
    assert not said["plain"]["observed"].equals(said["turned"]["observed"])
    assert not said["plain"]["probability"].equals(said["other"]["probability"])


def test_trained_on__a_panel_of_other_periods_is_refused(tmp_path, plain_csv):
    quarters = {year: f"{2010 + (year - 2007) // 4}Q{(year - 2007) % 4 + 1}" for year in range(2007, 2015)}
    other = plain().assign(year=lambda rows: rows["year"].map(quarters))
    path = written(tmp_path, other, "quarters.csv")
    done = on("backtest", plain_csv, *TAUGHT, f"trained_on.path={path}", "trained_on.frequency=quarterly", cwd=tmp_path)
    assert done.status == 2
    assert "the periods of 'quarters' are quarterly, those of" in done.told
    assert not (tmp_path / "outputs" / "backtest").exists()


def test_trained_on__and_held_out_villages_exclude_each_other(tmp_path, plain_csv):
    done = on("backtest", plain_csv, *TAUGHT, f"trained_on.path={plain_csv}", "split.hold_out=village", cwd=tmp_path)
    assert done.status == 2
    assert "exclude each other" in done.told


def test_backtest__of_the_same_data_leaves_the_same_bytes_of_every_table(tmp_path, plain_csv):
    names, kept = ("selection", "decision_curve", "slices", "held_out"), []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        well(on("backtest", plain_csv, "split.hold_out=village", "split.folds=2", cwd=folder))
        kept.append([(folder / f"outputs/backtest/{each}.csv").read_bytes() for each in names])
    assert kept[0] == kept[1]


def test_cut__holds_for_the_panel_that_teaches__too(tmp_path, plain_csv):
    words = (*TAUGHT, f"trained_on.path={plain_csv}", "split.cut=2011", "origins=[2012]", "language=en")
    done = well(on("backtest", plain_csv, *words, cwd=tmp_path))
    assert "at each origin on what was known then, 2011 at the latest" in " ".join(done.err.split())
