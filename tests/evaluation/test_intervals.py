import numpy as np
import pytest
from evaluation_trials import clustered, setting, trial

from relapse.evaluation.intervals import blocks_of, interval, resample
from relapse.evaluation.metrics import average_precision, chance_figures, roc_auc
from relapse.evaluation.weighted import areas, score_bins


def periods(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


@pytest.mark.parametrize(
    ("origins", "length", "blocks"),
    [
        (periods(1, 2, 3, 4, 5, 6), 3, [0, 0, 0, 1, 1, 1]),
        (periods(1, 2, 3, 4, 5), 3, [0, 0, 0, 0, 0]),  # the rest of two periods joins the block before
        (periods(0, 6, 12), 6, [0, 1, 2]),
        (periods(0, 6, 12), 7, [0, 0, 0]),
        (periods(1, 2, 3), 1, [0, 1, 2]),
        (periods(7), 3, [0]),
        (periods(), 3, []),
    ],
)
def test_blocks__cover_at_least_the_horizon(origins, length, blocks):
    assert blocks_of(origins, length).tolist() == blocks


@pytest.mark.parametrize("length", [1, 2, 3, 5, 12])
def test_blocks__cover_at_least_the_horizon_wherever_origins_lie(length):
    origins = np.unique(np.random.default_rng(length).integers(0, 60, 25)).astype(np.int32)
    block, step = blocks_of(origins, length), int(np.diff(origins).min())
    assert (np.diff(block) >= 0).all()
    if block.max() > 0:
        ends = [origins[block == number + 1].min() for number in range(block.max())] + [origins[-1] + step]
        starts = [origins[block == number].min() for number in range(block.max() + 1)]
        assert (np.array(ends) - starts >= length).all()


def test_blocks__are_as_long_as_wanted_or_as_the_horizon():
    of = clustered(0, origins=8)
    two_blocks = setting(block_periods=4).resample(of, np.random.default_rng(0))
    assert len(np.unique(two_blocks.block, axis=0)) == 2
    eight = setting().resample(of, np.random.default_rng(0))
    assert len(np.unique(eight.block, axis=0)) == 8


def test_draws__take_as_many_clusters_and_blocks_as_there_are():
    draws = resample(np.array([5, 5, 9, 7]), periods(1, 2, 1, 2), 1, 40, np.random.default_rng(0))
    assert (draws.cluster.sum(axis=0) == 3).all()
    assert (draws.block.sum(axis=0) == 2).all()
    assert draws.cluster.std() > 0


def test_areas__of_draws_equal_those_of_rows_repeated():
    of = clustered(1, villages=8, of_each=5, origins=4)
    chance = np.round(of.probability["sharp"], 2)
    draws = resample(of.cluster, of.origin, 2, 20, np.random.default_rng(4))
    roc, precision = areas(draws, of.observed, chance)
    for draw in range(20):
        times = draws.cluster[draws.row_cluster, draw] * draws.block[of.origin - 100, draw]
        seen, score = (np.repeat(values, times.astype(int)) for values in (of.observed, chance))
        assert roc[-1, draw] == pytest.approx(roc_auc(seen, score), abs=1e-6, nan_ok=True)
        assert precision[-1, draw] == pytest.approx(average_precision(seen, score), abs=1e-6, nan_ok=True)
        here = of.origin == 101
        once = draws.cluster[draws.row_cluster[here], draw]
        expected = average_precision(np.repeat(of.observed[here], once), np.repeat(chance[here], once))
        assert precision[1, draw] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_chances__of_draws_equal_those_of_rows_repeated():
    of = clustered(2)
    measured = setting().measure(of, np.random.default_rng(4))
    draws = setting().resample(of, np.random.default_rng(4))
    for draw in range(10):
        times = (draws.cluster[draws.row_cluster, draw] * draws.block[of.origin - 100, draw]).astype(int)
        repeated = chance_figures(np.repeat(of.observed, times), np.repeat(of.probability["sharp"], times), bands=5)
        for metric in ("brier", "brier_skill", "log_loss", "observed_expected"):
            assert measured.figures["sharp"]["all", metric].drawn[draw] == pytest.approx(repeated[metric], rel=1e-4)
        for metric in ("calibration_slope", "calibration_intercept"):  # one Newton step is nearly all of the way
            drawn = measured.figures["sharp"]["all", metric].drawn[draw]
            assert drawn == pytest.approx(repeated[metric], abs=0.05)


def test_score_bins__keep_order_and_ties_and_stay_few():
    score = np.round(np.random.default_rng(0).random(50_000), 4)
    bins = score_bins(score, 500)
    order = np.lexsort((bins, -score))
    assert (np.diff(bins[order]) >= 0).all()
    assert all(np.ptp(bins[score == one]) == 0 for one in score[:50])
    assert len(np.unique(bins)) <= 520
    assert len(np.unique(score_bins(score[:500], 500))) == len(np.unique(score[:500]))


def test_interval__lies_around_the_figure_and_inside_its_bounds():
    drawn = np.random.default_rng(0).normal(0.7, 0.1, 4000)
    assert interval(0.5, drawn) == pytest.approx((0.5 - 0.1645, 0.5 + 0.1645), abs=0.01)
    assert interval(0.95, drawn, (0, 1))[1] == 1


def test_interval__is_nan_where_figure_or_most_draws_are_not_defined():
    assert np.isnan(interval(np.nan, np.ones(40))).all()
    assert np.isnan(interval(0.5, np.r_[np.full(21, np.nan), np.ones(19)])).all()


def width(of, metric: str) -> float:
    row = setting(draws=200).table(of, np.random.default_rng(0)).set_index(["model", "origin", "metric"])
    return float(np.diff(row.loc[("sharp", "all", metric), ["ci_low", "ci_high"]].to_numpy(float))[0])


def test_interval__is_wider_with_the_real_clusters_than_with_households_taken_as_independent():
    real = clustered(5, villages=20, of_each=40, origins=1, spread=1.5)
    alone = trial(real.observed, {"sharp": real.probability["sharp"]}, real.origin, np.arange(len(real.origin)))
    assert width(real, "observed_expected") > 1.5 * width(alone, "observed_expected")


def test_interval__holds_the_truth_about_as_often_as_it_says():
    # Villages are drawn anew each time; the truth is that of very many villages.
    truth = clustered(0, villages=1500, of_each=10, origins=4)
    wanted = {"observed_expected": 0.0, "roc_auc": 0.0}
    for metric in wanted:
        wanted[metric] = (
            setting(draws=20).measure(truth, np.random.default_rng(0)).figures["sharp"]["all", metric].value
        )
    hits = dict.fromkeys(wanted, 0)
    for seed in range(1, 81):
        table = setting(draws=100).table(clustered(seed, origins=4), np.random.default_rng(seed))
        pooled = table[(table["model"] == "sharp") & (table["origin"] == "all")].set_index("metric")
        for metric, value in wanted.items():
            hits[metric] += bool(pooled.loc[metric, "ci_low"] <= value <= pooled.loc[metric, "ci_high"])
    assert all(0.8 <= hit / 80 <= 1 for hit in hits.values()), hits
