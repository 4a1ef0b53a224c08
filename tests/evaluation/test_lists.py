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
