"""What a training run leaves behind in the registry, and what the registry says of it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from relapse.core.errors import InputError, RelapseError

RUN_NAME_LENGTH = 20  # the runs table of the review pages cuts longer names
MOST_PARAMS = 60
LONGEST_PARAM = 6000
ANYBODY = "*"  # of `Registry.set_champion`: whoever is champion
LONGEST_DESCRIPTION = 5000  # the column of a version's description in MLflow's database
_MODEL = re.compile(r"^\w[\w \-]*$")
_FIGURE = re.compile(r"^[\w\-./: ]+$")
_PICKLES = (".pkl", ".pickle", ".joblib", ".skops", ".cloudpickle")


@dataclass(frozen=True, eq=False)
class Record:
    """All of one training run that is kept for review.

    Args:
        name: of the registered model, the panel's or county's: letters, digits, `_`, `-` and spaces.
        experiment: under which runs are kept together.
        run_name: at most 20 characters, such as `2021Q4 h4 lgbm 7f3a`.
        digest: SHA-256 hex of the version's files; equal digests are one version.
        files: the version itself, by path inside its folder; text, JSON and Parquet, never a pickle.
        tags: of run and version, to filter by.
        params: flattened settings, at most 60, each at most 6,000 characters.
        metrics: final figures by name with slashes, such as `eval/pr_auc`; all finite.
        curves: stepped figures by name, (step, value) each.
        artifacts: pages, pictures and tables by path, such as `report.html`; no row of a household.
        description: Markdown, at most 5,000 characters; its first line is a plain sentence.
        feature_names: inputs of the model, all numbers, any may be missing.
        output_names: columns of its forecast, all numbers.
        output_texts: columns of its forecast that are texts, behind those.
        input_example: made-up rows with the columns of `feature_names`.
        about: of the registered model, said once when it is made; plain text.

    Raises:
        InputError: the name cannot name a registered model.
        RelapseError: a promise above is broken.
    """

    name: str
    experiment: str
    run_name: str
    digest: str
    files: Mapping[str, bytes]
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    curves: Mapping[str, Sequence[tuple[int, float]]]
    artifacts: Mapping[str, bytes]
    description: str
    feature_names: Sequence[str]
    output_names: Sequence[str]
    output_texts: Sequence[str]
    input_example: pd.DataFrame
    about: str = ""

    def __post_init__(self) -> None:
        check_name(self.name)
        broken = [why for holds, why in self._promises() if not holds]
        if broken:
            raise RelapseError(f"the record of '{self.run_name}' cannot be kept: {'; '.join(broken)}")

    def _promises(self) -> list[tuple[bool, str]]:
        figures = [*self.metrics.values(), *(value for curve in self.curves.values() for _, value in curve)]
        names = [*self.metrics, *self.curves, *self.params]
        first = self.description.lstrip()[:1]
        return [
            (len(self.run_name) <= RUN_NAME_LENGTH, f"its name is longer than {RUN_NAME_LENGTH} characters"),
            (bool(self.files), "it has no files"),
            (not [path for path in self.files if path.lower().endswith(_PICKLES)], "a version never holds a pickle"),
            (len(self.params) <= MOST_PARAMS, f"{len(self.params)} params, at most {MOST_PARAMS}"),
            (all(len(value) <= LONGEST_PARAM for value in self.params.values()), "a param is too long"),
            (all(math.isfinite(figure) for figure in figures), "a metric is not finite"),
            (all(_FIGURE.match(name) for name in names), "a name holds other than letters, digits and _ - . / : space"),
            (first not in ("", "#", "|", "-", "*"), "its description does not begin with a plain sentence"),
            (
                len(self.description) <= LONGEST_DESCRIPTION,
                f"its description is longer than {LONGEST_DESCRIPTION} characters",
            ),
            (
                list(self.input_example.columns) == list(self.feature_names),
                "the example's columns are not the features",
            ),
        ]


def described(said: str, description: str) -> str:
    r"""A decision above the description of its version; the description ends sooner where both are too long.

    Example:
        >>> described("Refused by Li.", "Trained on 545 households.")
        'Refused by Li.\n\n---\n\nTrained on 545 households.'
    """
    whole = f"{said}\n\n---\n\n{description}" if said else description
    if len(whole) <= LONGEST_DESCRIPTION:
        return whole
    return whole[: max(whole.rfind("\n\n", 0, LONGEST_DESCRIPTION), 0) or LONGEST_DESCRIPTION]


def dated(decision: bytes, said: str, when: datetime) -> tuple[bytes, str]:
    """A decision and what is said of it with the moment at which the registry kept it.

    A decision itself has no clock, so that one made twice has the same bytes; what a registry keeps is its history.

    Args:
        decision: JSON, an object.
        said: in a sentence or more.
        when: by the registry's own clock.

    Example:
        >>> dated(b'{"action": "promote"}', "Decision: refused.", datetime(2026, 3, 9, 1, 30, tzinfo=UTC))[1]
        '2026-03-09 01:30 UTC: Decision: refused.'
    """
    moment = when.astimezone(UTC)
    told = {"decided_at": moment.isoformat(timespec="seconds"), **json.loads(decision)}
    words = f"{moment:%Y-%m-%d %H:%M} UTC: {said}"
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode(), words


@dataclass(frozen=True, eq=False)
class PlainRun:
    """A run that makes no version.

    Args:
        name: at most 20 characters.
        tags: to filter by.
        params: settings that were tried.
        metrics: final figures; all finite.
        curves: stepped figures by name, (step, value) each.
        artifacts: text by path.
        description: markdown that the run's page begins with.
    """

    name: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    curves: Mapping[str, Sequence[tuple[int, float]]]
    artifacts: Mapping[str, bytes]
    description: str = ""


@dataclass(frozen=True, eq=False)
class Study:
    """A search for settings: one run, and below it one for each trial.

    Args:
        experiment: under which runs are kept together.
        key: of the study; there is one run of a key, and of each trial, however often it is kept.
        whole: the run of the study.
        trials: in their order; a longer study of the same key begins with the same ones.
    """

    experiment: str
    key: str
    whole: PlainRun
    trials: Sequence[PlainRun]


@dataclass(frozen=True)
class Registered:
    """A version that stands in the registry.

    Args:
        name: of the registered model.
        number: as the registry counts, from "1".
        run_id: of the run that made it.
        digest: of its files.
        reused: whether it stood there before.
    """

    name: str
    number: str
    run_id: str
    digest: str
    reused: bool = True


def check_name(name: str) -> None:
    """Refuse a name that no registry takes.

    Raises:
        InputError: other characters than letters, digits, `_`, `-` and spaces.
    """
    if not _MODEL.match(name):
        raise InputError(f"'{name}' cannot name a model: use letters, digits, _ and - only (set it with data.name=…)")
