"""Optuna's study of one search: kept in a file, gone on with where it stopped, the same trials from the same seed.

In: a search space, a model's own settings and a function that scores settings. Out: what each trial was and reached.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from relapse.core.errors import InputError
from relapse.search.tune import Range, Search, Value

if TYPE_CHECKING:
    import optuna

Score = Callable[[Mapping[str, Value]], Iterator[float]]


@dataclass(frozen=True)
class Tried:
    """One trial.

    Args:
        number: from 0, of those that ended.
        settings: of the model.
        state: `whole`, or `pruned` after an origin at which it was behind the median.
        scores: running mean after each origin that was reached.
    """

    number: int
    settings: Mapping[str, Value]
    state: Literal["whole", "pruned"]
    scores: tuple[float, ...]


def load_optuna() -> Any:
    """Optuna, quiet.

    Raises:
        InputError: it is not installed; says what to install.
    """
    try:
        import optuna
    except ModuleNotFoundError:
        raise InputError("relapse tune needs Optuna: pip install 'relapse-forecast[tune]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def tried(file: Path, search: Search, own: Mapping[str, Value], seed: int, score: Score) -> Iterator[list[Tried]]:
    """Goes on with a study until it has as many trials as the search wants; the first has the model's own settings.

    A trial that was under way when a run was killed is thrown away and made anew. What is proposed depends on the seed
    and on the trials before it alone: a study in two pieces is the study in one.

    Args:
        file: SQLite, made where there is none; hold its folder meanwhile.
        search: space, number of trials, when to prune.
        own: the model's own value of each setting of the space.
        seed: of what is proposed.
        score: of some settings, at one origin after the other.

    Yields:
        All trials so far, in their order: first those that stood in the file, then after each new one.
    """
    library = load_optuna()
    study = _open(library, file, search)
    done = _ended(study)
    yield done
    while len(done) < search.trials:
        study.sampler = _sampler(library, search, seed, len(done))
        if not done and all(search.space[name].holds(value) for name, value in own.items()):
            study.enqueue_trial(dict(own))
        trial = study.ask()
        settings = {name: _proposed(trial, name, each) for name, each in search.space.items()}
        study.tell(trial, *_outcome(library, trial, score(settings)))
        done = _ended(study)
        yield done


def _outcome(library: Any, trial: optuna.Trial, scores: Iterator[float]) -> tuple[float | None, Any]:
    reached: list[float] = []
    for place, value in enumerate(scores):
        reached.append(value)
        trial.report(float(np.mean(reached)), place)
        if trial.should_prune():
            return None, library.trial.TrialState.PRUNED
    return float(np.mean(reached)), library.trial.TrialState.COMPLETE


def _open(library: Any, file: Path, search: Search) -> optuna.Study:
    import sqlalchemy

    file.parent.mkdir(parents=True, exist_ok=True)
    address = sqlalchemy.URL.create("sqlite", database=str(file)).render_as_string()
    try:
        study: optuna.Study = library.create_study(
            study_name="tune",
            storage=address,
            direction="maximize",
            pruner=library.pruners.MedianPruner(n_startup_trials=search.least_trials),
            load_if_exists=True,
        )
    except sqlalchemy.exc.DatabaseError as error:
        raise InputError(f"{file} is no study of Optuna's ({error.orig}); move it away") from None
    for left in study.get_trials(deepcopy=False, states=_unfinished(library)):
        study._storage.set_trial_state_values(left._trial_id, library.trial.TrialState.FAIL)
    return study


def _unfinished(library: Any) -> tuple[Any, Any]:
    return library.trial.TrialState.RUNNING, library.trial.TrialState.WAITING


def _sampler(library: Any, search: Search, seed: int, number: int) -> Any:
    """TPE with randomness of the trial's own, which a restart does not lose."""
    own = int(np.random.default_rng([seed, number]).integers(2**31 - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", library.exceptions.ExperimentalWarning)
        return library.samplers.TPESampler(seed=own, n_startup_trials=search.least_trials, multivariate=True)


def _proposed(trial: optuna.Trial, name: str, each: Range) -> Value:
    value: Value
    if each.kind == "choice":
        value = trial.suggest_categorical(name, each.ends)
    elif each.kind == "int":
        value = trial.suggest_int(name, *map(int, each.ends), log=each.log)
    else:
        value = trial.suggest_float(name, *map(float, each.ends), log=each.log)
    return value


def _ended(study: optuna.Study) -> list[Tried]:
    named: dict[str, Literal["whole", "pruned"]] = {"COMPLETE": "whole", "PRUNED": "pruned"}
    ended = [trial for trial in study.get_trials(deepcopy=False) if trial.state.name in named]
    return [
        Tried(
            number,
            dict(trial.params),
            named[trial.state.name],
            tuple(value for _, value in sorted(trial.intermediate_values.items())),
        )
        for number, trial in enumerate(ended)
    ]


def best_of(trials: list[Tried]) -> Tried:
    """The whole trial with the highest score, the earliest of equals."""
    return max((each for each in trials if each.state == "whole"), key=lambda each: (each.scores[-1], -each.number))
