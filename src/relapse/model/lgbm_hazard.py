"""Gradient-boosted hazards, pooled over leads: one LightGBM model whose rows are household, origin and lead.

The lead is a column like any other, so one model speaks of all horizons and the chances within them cannot contradict
each other. A slow learning rate, few leaves and a floor on what a leaf must hold are the point: with LightGBM's own
defaults such a model loses to the plain distance to the line.

A regularised regression on the same columns stands beside the trees: it is steadier where events are few, and the two
err differently. The margin is a weighted mean of both, so contributions still sum to it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import field, replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature
from relapse.core.recipe import STRICT, Count, Share
from relapse.core.rows import TrainingRows, Unit
from relapse.core.threads import free_cores
from relapse.model.columns import columns_of
from relapse.model.logit import FittedLogit, Logit, restore_logit

if TYPE_CHECKING:
    import lightgbm

    _Parted = list[tuple[lightgbm.Booster | None, ...]]
Floats = NDArray[np.float64]

SMALL_CELLS = 5_000_000  # rows times columns: to fit fewer, one thread is as fast as two, and nothing can slow it
SMALL_ASKED = 5_000  # to be asked about fewer, likewise
_BINNED_BY = 50_000  # rows that the bins of a column are drawn by
_SLOWER = 100  # times the work of a forecast, about, that its contributions are


@plain_dataclass(frozen=True, eq=False)
class FittedLgbm:
    """Fitted boosters, one a seed; their mean margin is the model's.

    Args:
        boosters: LightGBM models with the same columns.
        names: of the columns, in the boosters' order.
    """

    boosters: tuple[lightgbm.Booster, ...]
    names: tuple[str, ...]
    _parted: dict[frozenset[int], _Parted] = field(default_factory=dict, init=False, repr=False)

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead, before calibration.

        Most trees ask nothing that differs by lead: these are asked once, and only the others at each lead.
        """
        columns = columns_of(unit.entries, self.names)
        differ = frozenset(np.flatnonzero(columns >= unit.table.values.shape[1]).tolist())
        if differ not in self._parted:
            self._parted[differ] = [_apart(booster, differ) for booster in self.boosters]
        once, each = zip(*self._parted[differ], strict=True)
        out = np.empty((len(unit.members), len(unit.leads)))
        for place, matrix in enumerate(unit.each_lead(columns)):
            if place == 0:
                same = _raw(once, matrix)
            out[:, place] = same + _raw(each, matrix)
        return out

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) exact shares of the mean margin over some leads (Lundberg et al. 2020); last the base."""
        columns = columns_of(unit.entries, self.names)
        out = np.zeros((len(unit.members), len(unit.entries) + 1))
        threads = _threads(len(unit.members) * _SLOWER, SMALL_ASKED)
        for place in places:
            matrix = unit.matrix(int(place))[:, columns]
            for booster in self.boosters:
                part = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads))
                out[:, columns] += part[:, :-1]
                out[:, -1] += part[:, -1]
        return out / (len(places) * len(self.boosters))

    def dump(self) -> Mapping[str, bytes]:
        """The model as LightGBM text, one file a seed, and the names of its columns as JSON."""
        texts = {f"lightgbm_{k}.txt": _text(booster) for k, booster in enumerate(self.boosters)}
        return {**texts, "columns.json": json.dumps(self.names, indent=1).encode()}


def _raw(boosters: Sequence[lightgbm.Booster | None], matrix: NDArray[np.float32]) -> Floats:
    """(rows,) mean margin; a booster without trees adds nothing."""
    threads, total = _threads(len(matrix), SMALL_ASKED), np.zeros(len(matrix))
    for booster in boosters:
        if booster is not None:
            total += np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads))
    return total / len(boosters)


def _apart(booster: lightgbm.Booster, columns: frozenset[int]) -> tuple[lightgbm.Booster | None, ...]:
    """Two boosters whose margins add up to one's: of the trees that ask none of some columns, and of the others."""
    head, _, rest = booster.model_to_string().partition("\nTree=")
    trees, _, tail = rest.partition("end of trees")
    head = re.sub(r"^tree_sizes=.*\n", "", head, flags=re.MULTILINE)  # they are of all trees; without, each is sought
    parts: tuple[list[str], list[str]] = ([], [])
    for tree in trees.split("\nTree="):
        asked = re.search(r"^split_feature=(.*)$", tree, flags=re.MULTILINE)
        parts[asked is not None and not columns.isdisjoint(map(int, asked[1].split()))].append(tree)
    texts = ("".join([head, *(f"\nTree={tree}" for tree in part), "end of trees", tail]) for part in parts)
    lightgbm = load_lightgbm()
    return tuple(lightgbm.Booster(model_str=text) if part else None for text, part in zip(texts, parts, strict=True))


@plain_dataclass(frozen=True, eq=False)
class FittedMixture:
    """Fitted trees with a fitted regression beside them.

    Args:
        trees: the one.
        regression: the other.
        trees_share: of the trees in the margin.
    """

    trees: FittedLgbm
    regression: FittedLogit
    trees_share: float

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead, before calibration."""
        return self._mean(self.trees.margin(unit), self.regression.margin(unit))

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: the weighted mean of both models'."""
        return self._mean(self.trees.contributions(unit, places), self.regression.contributions(unit, places))

    def dump(self) -> Mapping[str, bytes]:
        """The files of both; the share is the recipe's."""
        return {**self.trees.dump(), **self.regression.dump()}

    def _mean(self, trees: Floats, regression: Floats) -> Floats:
        return self.trees_share * trees + (1 - self.trees_share) * regression


@dataclass(frozen=True, config=STRICT)
class LgbmHazard:
    """Settings of the boosted hazard.

    Args:
        trees, learning_rate, leaves: small and slow; with `patience` so many trees at most.
        rows_per_leaf: rows that a leaf must hold.
        events_per_leaf: least sum of hessians in a leaf, which near the base rate is the number of expected events:
            no leaf's hazard can run far beyond what so many events show.
        l2: penalty on leaf values.
        feature_share: share of the features that each tree may use.
        seeds: models whose mean margin is taken.
        most_rows: training rows at most; all events stay, non-events are sampled and weighted.
        others_per_event: where rows are sampled, so many non-events an event at most (and never fewer rows than a
            quarter of `most_rows`): what more of them tell is little where events are rare.
        least_events: with fewer closed events the rule is used instead.
        monotone: whether the catalogue's expected directions bind the trees; they are argued for what harms, and of a
            removal of risk they say nothing.
        guarded: whether the rule stays where later origins do not show that the model is ahead.
        half_life_years: a row's weight halves with every so many years that its origin lies back; None: all alike.
        patience: growth ends after so many trees that make the log loss on later origins no smaller; None: it does not.
        least_trees: a model that ends before has learned nothing that lasts; so many are grown whatever the loss says.
        regression: what stands beside the trees; None: nothing.
        trees_share: of the trees in the margin, where something stands beside them.
    """

    trees: Count
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    leaves: Annotated[int, Field(ge=2)]
    rows_per_leaf: Count
    events_per_leaf: Annotated[float, Field(gt=0)]
    l2: Annotated[float, Field(ge=0)]
    feature_share: Share
    seeds: Count
    most_rows: Count
    others_per_event: Count
    least_events: Count
    monotone: bool
    guarded: bool
    half_life_years: Annotated[float, Field(gt=0)] | None
    patience: Count | None
    least_trees: Count
    regression: Logit | None
    trees_share: Share

    name = "lgbm_hazard"

    @property
    def stops_early(self) -> bool:
        """Whether the number of trees is found on later origins."""
        return self.patience is not None

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedLgbm | FittedMixture:
        """The model fitted on closed labels.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: draws the seeds.
        """
        trees = self.fit_trees(rows, rng)
        if self.regression is None:
            return trees
        fewer = rows.thinned(self.regression.most_rows, rng)
        faded = replace(fewer, weight=self._faded(fewer))
        return FittedMixture(trees, self.regression.fit(faded, rng), self.trees_share)

    def fit_trees(self, rows: TrainingRows, rng: np.random.Generator, start: Floats | None = None) -> FittedLgbm:
        """The trees alone.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: draws the seeds.
            start: (rows,) log-odds to which the trees are added; None: the same for all.
        """
        entries, data = self._dataset(rows, start)
        boosters = tuple(
            load_lightgbm().train(self._parameters(entries, rows, seed), data, num_boost_round=self.trees)
            for seed in self._seeds(rng)
        )
        return FittedLgbm(boosters, tuple(entry.name for entry in entries))

    @property
    def at_floor(self) -> bool:
        """Whether there are no more trees than the fewest that are grown."""
        return self.trees <= self.least_trees

    def stopped(
        self,
        rows: TrainingRows,
        later: TrainingRows,
        rng: np.random.Generator,
        starts: tuple[Floats, Floats] | None = None,
    ) -> LgbmHazard:
        """The same settings with as many trees as later origins bear out; for those with `patience`.

        Args:
            rows: of the cross-fit.
            later: of origins after it.
            rng: draws the seeds; the number of trees is found with the first.
            starts: see `fit`, of both.
        """
        assert self.patience is not None
        lightgbm = load_lightgbm()
        first, then = starts or (None, None)
        entries, data = self._dataset(rows, first)
        _, judge = self._dataset(later, then, data)
        booster = lightgbm.train(
            {**self._parameters(entries, rows, self._seeds(rng)[0]), "metric": "binary_logloss"},
            data,
            num_boost_round=self.trees,
            valid_sets=[judge],
            callbacks=[lightgbm.early_stopping(self.patience, verbose=False)],
        )
        return replace(self, trees=min(self.trees, max(self.least_trees, booster.best_iteration)), patience=None)

    def for_shuffles(self) -> LgbmHazard:
        """A smaller recipe that no expected direction binds."""
        trees, rows = min(self.trees, 30), min(self.most_rows, 20_000)
        return replace(self, monotone=False, trees=trees, seeds=1, most_rows=rows, patience=None, regression=None)

    def restore(self, files: Mapping[str, bytes]) -> FittedLgbm | FittedMixture:
        """The fitted model from its files; runs no code of theirs."""
        trees = self.restore_trees(files)
        return trees if self.regression is None else FittedMixture(trees, restore_logit(files), self.trees_share)

    def restore_trees(self, files: Mapping[str, bytes]) -> FittedLgbm:
        """The trees alone."""
        lightgbm = load_lightgbm()
        names = sorted((name for name in files if name.startswith("lightgbm_")), key=lambda name: int(name[9:-4]))
        boosters = tuple(lightgbm.Booster(model_str=files[name].decode()) for name in names)
        return FittedLgbm(boosters, tuple(json.loads(files["columns.json"])))

    def _seeds(self, rng: np.random.Generator) -> list[int]:
        return [int(seed) for seed in rng.integers(1, 2**31 - 1, size=self.seeds)]

    def _faded(self, rows: TrainingRows) -> Floats:
        """(rows,) weights, less for origins that lie back."""
        if self.half_life_years is None or rows.age is None:
            return rows.weight
        return np.asarray(rows.weight * 0.5 ** (rows.age / self.half_life_years))

    def _dataset(
        self, rows: TrainingRows, start: Floats | None, bins: lightgbm.Dataset | None = None
    ) -> tuple[list[Feature], lightgbm.Dataset]:
        """Entries of the columns that are learned from, and the rows, binned as `bins` are where these are given."""
        columns = np.array([k for k, entry in enumerate(rows.entries) if entry.modelled], dtype=np.intp)
        data = load_lightgbm().Dataset(
            np.take(rows.matrix, columns, axis=1),
            rows.event,
            reference=bins,
            weight=self._faded(rows),
            init_score=start,
            params={"verbose": -1, "bin_construct_sample_cnt": _BINNED_BY},
            free_raw_data=False,
        )
        return [rows.entries[k] for k in columns], data

    def _parameters(self, entries: Sequence[Feature], rows: TrainingRows, seed: int) -> dict[str, Any]:
        bound = self.monotone and rows.harmful
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_per_leaf,
            "min_sum_hessian_in_leaf": self.events_per_leaf,
            "lambda_l2": self.l2,
            "feature_fraction": self.feature_share,
            "monotone_constraints": [entry.direction if bound else 0 for entry in entries],
            "monotone_constraints_method": "basic",
            "seed": seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": _threads(len(rows.event) * len(entries), SMALL_CELLS),
            "bin_construct_sample_cnt": _BINNED_BY,
            "verbose": -1,
        }


def load_lightgbm() -> Any:
    """LightGBM, told before its first import that idle threads sleep (spinning ones made it 4-23 times slower)."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import lightgbm

    return lightgbm


def _text(booster: lightgbm.Booster) -> bytes:
    """A booster as LightGBM text, without the number of threads: machines with other cores give the same bytes."""
    return re.sub(r"\[num_threads: \d+\]", "[num_threads: 0]", booster.model_to_string()).encode()


def _threads(rows: int, few: int) -> int:
    return 1 if rows < few else free_cores()
