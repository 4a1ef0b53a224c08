"""No alarm of any kind on data that are as they should be: a simulated county, and the real panels where they lie."""

from __future__ import annotations

import os

import pytest
from calls import call

from simulated_counties import county as simulated

FEW = ("evaluation.draws=40", "alarm=thorough", "models=[lgbm_hazard]", "model.trees=60", "model.most_rows=30000",
       "model.regression.most_rows=10000", "calibration.draws=20", "calibration.most_asked=8000",
       "calibration.folds=2")  # fmt: skip


def warnings(words: tuple[str, ...], home) -> list[str]:
    done = call("backtest", *words, *FEW, cwd=home)
    assert done.status == 0, done.err
    assert "\nalarms " in done.err
    return [line for line in done.err.splitlines() if line.startswith("warning:")]


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("RELAPSE_REAL_DATA"), reason="RELAPSE_REAL_DATA is not set")
def test_a_real_panel__raises_no_alarm(home):
    """The largest; the others are run from end to end in `test_real_panels.py`."""
    assert warnings(("experiment=argentina_eph_2004_2015", "origins=[2011Q4]", "split.train_years=3"), home) == []


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("RELAPSE_REAL_DATA"), reason="RELAPSE_REAL_DATA is not set")
def test_a_real_panel__with_what_follows_from_its_incomes_beside_them_raises_none_either(home):
    """Distance to the line and the state itself are no secret: they are known when income is."""
    words = ("experiment=germany_soep_1984_1988", "data.exclude=[line_per_person]")
    assert warnings(words, home) == []


@pytest.fixture(scope="module")
def county(once) -> tuple[str, ...]:
    """What names a simulated county, made once for both labels."""

    def make(folder):
        assert simulated("mountain_2020", households=1000, path=str(folder / "county")).prepare()

    return ("data=mountain_2020", "data.households=1000", f"data.path={once('clean_county', make) / 'county'}")


@pytest.mark.slow
@pytest.mark.parametrize("label", ["label=auto", "label=below_line"])
def test_a_simulated_county__raises_no_alarm(label, home, county):
    assert warnings((*county, label, "split.origins=2"), home) == []
