"""What a list is made of is the same in whatever parts a county is looked at, to the bit."""

from __future__ import annotations

import csv
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

import relapse
from counties import made_county
from in_parts import split
from relapse import config
from relapse.core.errors import InputError
from relapse.core.parts import Whole
from relapse.flows.listing import Office, Origin, make_list, ranks
from relapse.flows.look import look
from relapse.flows.version import forecast_at, make_version

HORIZON = 4


@pytest.fixture(scope="module")
def settings():
    return config.option("risk_list", "default")


@pytest.fixture(scope="module")
def audits():
    return config.option("audits", "national")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """One in which people of other households share numbers, so that rules have to know of everybody."""
    folder = made_county(tmp_path_factory.mktemp("county"), households=300)
    persons = pd.read_csv(folder / "家庭成员信息.csv", dtype=str)
    places = np.random.default_rng(4).permutation(len(persons))[:40]
    persons.loc[places[:20], "证件号码"] = persons.loc[places[20:], "证件号码"].to_numpy()
    persons.to_csv(folder / "家庭成员信息.csv", index=False, encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL)
    return config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))


@pytest.fixture(scope="module")
def versions(signal_task, fitted, quick, rule, calibration):
    as_of, panel = signal_task.panel.last - 4, signal_task.panel
    return {
        name: make_version(signal_task, panel.line, quick(name), rule, calibration, as_of, fitted(name), "0.0.0")
        for name in ("lgbm_hazard", "distance_to_line")
    }


@pytest.mark.parametrize("parts", [1, 5, 200])
@pytest.mark.parametrize("name", ["lgbm_hazard", "distance_to_line"])
def test_forecast__of_parts_is_that_of_the_whole(versions, signal_county, settings, audits, name, parts):
    version, as_of = versions[name], signal_county.last
    whole = forecast_at(version, signal_county, as_of, version.features())
    looked = look(split(signal_county, parts), as_of, version, version.features(), audits, settings)
    np.testing.assert_array_equal(looked.forecast.unit.members, whole.unit.members)
    np.testing.assert_array_equal(looked.forecast.unit.household_ids, whole.unit.household_ids)
    np.testing.assert_array_equal(looked.forecast.hazard.margin, whole.hazard.margin)
    np.testing.assert_array_equal(looked.forecast.hazard.chance, whole.hazard.chance)
    np.testing.assert_array_equal(ranks(version, looked.forecast, HORIZON), ranks(version, whole, HORIZON))
    assert looked.ids.tolist() == signal_county.household_ids.tolist()


@pytest.mark.parametrize("parts", [1, 4, 90])
def test_plain_list__of_parts_is_that_of_the_whole(versions, signal_county, settings, audits, parts):
    version, office = versions["lgbm_hazard"], Office(replace(settings, horizon=HORIZON), 40)

    def made(county):
        looked = look(county, signal_county.last, version, version.features(), audits, settings)
        return make_list(looked, office, Origin("", False), "zh")

    one, other = made(Whole(signal_county)), made(split(signal_county, parts))
    pd.testing.assert_frame_equal(one.rows, other.rows, check_exact=True)
    assert one.head == other.head


@pytest.mark.parametrize("parts", [2, 40])
def test_judged__of_parts_is_that_of_the_whole(county, settings, audits, parts):
    version = relapse.train(county, as_of="2022-12", model="distance_to_line", horizons=[6]).version
    one, other = (
        look(each, county.latest, version, version.features(), audits, settings)
        for each in (Whole(county), split(county, parts))
    )
    assert one.judged.doubtful[audits.triggered(county.as_of(county.latest), ["A16"]).any].all()
    assert audits.triggered(county.as_of(county.latest), ["A16"]).any.sum() > 20, "numbers shared between households"
    for field in fields(one.judged):
        if field.name not in ("rules", "seen"):
            np.testing.assert_array_equal(
                getattr(one.judged, field.name), getattr(other.judged, field.name), field.name
            )
    assert one.judged.rules.raised.findings == other.judged.rules.raised.findings
    np.testing.assert_array_equal(one.judged.rules.before, other.judged.rules.before)
    for name in ("household", "rule", "department", "value", "limit", "ratio"):
        np.testing.assert_array_equal(getattr(one.judged.rules.raised, name), getattr(other.judged.rules.raised, name))
    assert (one.county_name, one.official) == (other.county_name, other.official)
    for name in ("township", "village", "observed", "ids"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert {name: months.tolist() for name, months in one.feeds.items()} == {
        name: months.tolist() for name, months in other.feeds.items()
    }


def test_rules__that_ask_for_everybody_find_in_parts_what_they_find_in_the_whole(county, audits, settings):
    """A part alone would not see who shares a number with somebody of another part."""
    known = county.as_of(county.latest)
    whole, alone = audits.doubts(known), np.zeros(len(county.household_ids), np.int64)
    for places, panel in split(county, 30).parts():
        alone[places] = audits.doubts(panel.as_of(county.latest))
    assert (whole != alone).sum() > 10


def test_nobody_at_risk__is_refused_with_what_to_do(versions, signal_county, settings, audits):
    version = versions["distance_to_line"]
    poor = replace(
        signal_county, income=signal_county.income * 0 + 1, line=config.option("line", "absolute", value=9.0)
    )
    with pytest.raises(InputError, match="no household of .* is at risk .*data.max_age"):
        look(split(poor, 3), signal_county.last, version, version.features(), audits, settings)
