import numpy as np
import pytest
from evaluation_trials import setting, trial

from relapse.core.results import Trial
from relapse.evaluation.lists import ListLength, lengths_of


@pytest.mark.parametrize(
    ("text", "rows", "length"),
    [
        (300, 1000, 300),
        ("300", 300, 300),
        (300, 299, None),
        ("5pct", 100, 5),
        ("5pct", 101, 6),
        ("1pct", 700, 7),
        ("0.5pct", 3, 1),
    ],
)
def test_length__is_a_count_or_a_share_rounded_up(text, rows, length):
    assert ListLength.of(text).at(rows) == length


@pytest.mark.parametrize("text", [0, -3, "five", "5%", "0pct", "101pct", "", "3.5"])
def test_length__refuses_what_is_no_length(text):
    with pytest.raises(ValueError, match="neither a count"):
        ListLength.of(text)


def test_lengths__that_are_the_same_come_once():
    assert [length.label for length in lengths_of([300, "5pct", "300"])] == ["300", "5pct"]


def figure(of: Trial, metric: str, origin: int | str = "all", column: str = "value") -> float:
    table = setting(lists=[2, 3, "50pct"]).table(of, np.random.default_rng(0))
    return float(table.set_index(["origin", "metric"]).loc[(origin, metric), column])


# Two origins of four households: the list of two finds one of one at 10, and none of one at 11.
TWO = trial([1, 0, 0, 0, 0, 0, 1, 0], {"m": [0.9, 0.5, 0.4, 0.1, 0.9, 0.5, 0.4, 0.1]}, [10] * 4 + [11] * 4)


def test_list_figures__by_hand():
    assert figure(TWO, "precision_at_2", 10) == 0.5
    assert figure(TWO, "recall_at_2", 10) == 1
    assert figure(TWO, "precision_at_2") == 0.25
    assert figure(TWO, "recall_at_2") == 0.5
    assert figure(TWO, "lift_at_2") == 1
    assert figure(TWO, "precision_at_50pct") == 0.25
    assert figure(TWO, "precision_at_3") == pytest.approx(2 / 6)


def test_list_figures__say_how_many_rows_stand_behind_them():
    assert (figure(TWO, "precision_at_2", column="n"), figure(TWO, "precision_at_2", column="events")) == (4, 1)
    assert (figure(TWO, "recall_at_2", column="n"), figure(TWO, "recall_at_2", column="events")) == (8, 2)


def test_attainable__is_counted_origin_by_origin():
    # All three events are at one origin: its list of two can find two, that of the other none.
    lopsided = trial([1, 1, 1, 0, 0, 0, 0, 0], {"m": [0.1, 0.2, 0.3, 0.9, 0.9, 0.5, 0.4, 0.1]}, [10] * 4 + [11] * 4)
    assert figure(lopsided, "attainable_at_2") == 0.5
    assert figure(lopsided, "attainable_at_2", 10) == 1
    assert figure(lopsided, "attainable_at_2", 11) == 0


def test_precision__follows_the_rank_and_not_the_chance():
    tied = TWO.probability["m"] * 0 + 0.25
    best, worst = np.array([1, 2, 3, 4, 2, 3, 1, 4]), np.array([4, 1, 2, 3, 1, 2, 4, 3])
    for rank, precision in ((best, 0.5), (worst, 0.0)):
        of = Trial(
            "x", 1, TWO.origin, TWO.cluster, TWO.household_id, TWO.observed, {"m": tied}, {"m": rank.astype(np.int32)}
        )
        assert figure(of, "precision_at_2") == precision
        assert figure(of, "roc_auc") == 0.5


def test_list_of_a_count__is_left_out_at_origins_that_are_shorter():
    uneven = trial([1, 0, 0, 1, 0], {"m": [0.9, 0.5, 0.4, 0.9, 0.5]}, [10] * 3 + [11] * 2)
    table = setting(lists=[3, 4]).table(uneven, np.random.default_rng(0))
    assert set(table.loc[table["metric"] == "precision_at_3", "origin"]) == {"all", 10}
    assert not table["metric"].str.endswith("_at_4").any()
    pooled = table[(table["metric"] == "recall_at_3") & (table["origin"] == "all")]
    assert pooled[["value", "n", "events"]].to_numpy().tolist() == [[1, 3, 1]]


def test_errors_and_visits__by_hand():
    assert figure(TWO, "exclusion_error_at_2") == 0.5, "one event of two was not listed"
    assert figure(TWO, "inclusion_error_at_2") == 0.75, "three of four listed had no event"
    assert figure(TWO, "visits_per_fall_at_2") == 4
    assert (figure(TWO, "exclusion_error_at_2", column="n"), figure(TWO, "inclusion_error_at_2", column="n")) == (8, 4)


# Households a to d at three origins; d is gone at the second. Lists of two: ab, ac, cd.
STAYING = trial(
    [0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0],
    {"m": [0.9, 0.8, 0.2, 0.1, 0.9, 0.1, 0.8, 0.1, 0.2, 0.8, 0.9]},
    [10] * 4 + [11] * 3 + [12] * 4,
    household=[0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3],
)


def test_kept__is_the_share_of_the_last_list_that_is_listed_again():
    assert np.isnan(figure(STAYING, "kept_at_2", 10))
    assert figure(STAYING, "kept_at_2", 11) == 0.5, "a stays, b does not"
    assert figure(STAYING, "kept_at_2", 12) == 0.5, "c stays, a does not"
    assert (figure(STAYING, "kept_at_2"), figure(STAYING, "kept_at_2", column="n")) == (0.5, 4)


def test_kept__counts_only_those_who_are_still_there():
    gone = trial([0, 0, 0, 0, 0], {"m": [0.9, 0.8, 0.1, 0.9, 0.8]}, [10, 10, 10, 11, 11], household=[0, 1, 2, 0, 2])
    assert figure(gone, "kept_at_2") == 1
    assert figure(gone, "kept_at_2", column="n") == 1


# Of a list of three, those found fall one, one and five periods ahead; one who falls after four is not listed.
LED = trial([1, 1, 1, 1, 0], {"m": [0.9, 0.8, 0.7, 0.2, 0.1]}, ahead=[1, 5, 1, 4, np.nan])


def test_lead_time__is_that_of_the_falls_that_were_found():
    assert figure(LED, "lead_time_mean_at_3") == pytest.approx(7 / 3)
    assert figure(LED, "lead_time_median_at_3") == 1
    assert figure(LED, "lead_time_median_at_2") == 1, "half of two have come by the first"
    assert figure(LED, "lead_time_mean_at_3", column="n") == 3


def test_cost__is_that_of_all_visits_over_the_falls_found_early_enough():
    for early, found in ((1, 3), (2, 1)):
        table = setting(lists=[3], early=early, visit_cost=50).table(LED, np.random.default_rng(0))
        row = table[(table["metric"] == "cost_per_early_fall_at_3") & (table["origin"] == "all")].iloc[0]
        assert row["value"] == pytest.approx(3 * 50 / found)
        assert (row["n"], row["events"]) == (3, found)


def test_lead_time__of_a_draw_is_that_of_the_rows_it_repeats():
    rng = np.random.default_rng(4)
    count, village = 400, np.repeat(np.arange(40), 10)
    seen = (rng.random(count) < 0.3).astype(float)
    ahead = np.where(seen > 0, rng.integers(1, 7, count), np.nan)
    of = trial(seen, {"m": rng.random(count)}, cluster=village, horizon=6, ahead=ahead)
    evaluation = setting(lists=[150])
    figures = evaluation.measure(of, np.random.default_rng(1)).figures["m"]
    draws = evaluation.resample(of, np.random.default_rng(1))
    listed = (of.rank["m"] <= 150) & (seen > 0)
    for draw in range(20):
        times = draws.cluster[draws.row_cluster, draw][listed]
        repeated = np.sort(np.repeat(ahead[listed], times))
        assert figures["all", "lead_time_mean_at_150"].drawn[draw] == pytest.approx(repeated.mean(), rel=1e-5)
        half = repeated[(len(repeated) - 1) // 2]
        assert figures["all", "lead_time_median_at_150"].drawn[draw] == half


def test_lead_time__is_not_told_of_states_at_the_horizon():
    table = setting(lists=[2]).table(TWO, np.random.default_rng(0))
    assert not table["metric"].str.startswith(("lead_time", "cost")).any()
