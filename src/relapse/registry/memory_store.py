"""The registry in memory: the same promises as MLflow's, for tests and for trying things out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from relapse.core.errors import InputError
from relapse.core.record import ANYBODY, Record, Registered, Study, check_name, dated, described
from relapse.registry.aliases import CHALLENGER, CHAMPION, challenger, is_refused, require_unchanged
from relapse.registry.privacy import check_privacy, check_study


@dataclass
class _Model:
    versions: list[Registered] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    champion: str | None = None
    former: list[str] = field(default_factory=list)
    once: set[str] = field(default_factory=set)
    decisions: dict[str, list[bytes]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def challenger(self) -> str | None:
        refused = {number for number, tags in self.tags.items() if is_refused(tags)}
        return challenger([one.number for one in self.versions], self.champion, self.once | refused)


@dataclass
class MemoryStore:
    """The registry in memory; see `core.protocols.Registry` for what its methods promise."""

    _models: dict[str, _Model] = field(default_factory=dict)
    _studies: dict[str, Study] = field(default_factory=dict)

    def tracking_uri(self) -> str:
        """Address of the store."""
        return "memory:"

    def is_there(self) -> bool:
        """Always."""
        return True

    def prepare(self) -> None:
        """Nothing has to be made ready."""

    def log(self, record: Record, forbidden: Collection[str]) -> Registered:
        """Keep a run and register its version, or find the version with the same digest; see `Registry.log`."""
        check_privacy(record, forbidden)
        model = self._models.setdefault(record.name, _Model())
        known = [one for one in model.versions if one.digest == record.digest]
        if known:
            return known[-1]
        number = str(len(model.versions) + 1)
        model.versions.append(Registered(record.name, number, f"run-{number}", record.digest))
        model.records[number] = record
        model.tags[number] = {**record.tags, "digest": record.digest}
        return Registered(record.name, number, f"run-{number}", record.digest, reused=False)

    def log_study(self, study: Study, forbidden: Collection[str]) -> None:
        """Keep the runs of a study; see `Registry.log_study`."""
        check_study(study, forbidden)
        self._studies[study.key] = study

    def champion(self, name: str) -> Registered | None:
        """The version that lists are made with, None where there is none."""
        model = self._model(name)
        return None if model.champion is None else self._find(name, model.champion)

    def challenger(self, name: str) -> Registered | None:
        """The newest version that may still become champion, None where there is none."""
        number = self._model(name).challenger
        return None if number is None else self._find(name, number)

    def versions(self, name: str) -> list[Registered]:
        """All versions of a model, oldest first; empty where there is no such model."""
        return list(self._model(name).versions)

    def set_champion(
        self, name: str, version: str, tags: Mapping[str, str], instead_of: str | None = ANYBODY
    ) -> Registered:
        """Tag a version, then make it champion; the one before is remembered for `rollback`."""
        chosen = self._find(name, version)
        model = self._model(name)
        require_unchanged(name, chosen.number, model.champion, instead_of)
        self.tag(name, chosen.number, tags)
        model.once.add(chosen.number)
        if model.champion not in (None, chosen.number):
            model.former.append(str(model.champion))
        model.champion = chosen.number
        return chosen

    def rollback(self, name: str) -> Registered:
        """Make the champion before this one champion again; see `Registry.rollback`."""
        model = self._model(name)
        while model.former and model.former[-1] == model.champion:
            model.former.pop()
        if not model.former:
            raise InputError(f"model '{name}' has no champion before the present one ({model.champion or 'none'})")
        model.champion = model.former.pop()
        return self._find(name, model.champion)

    def files(self, name: str, version: str) -> dict[str, bytes]:
        """The files of a version, by path."""
        return dict(sorted(self._record(name, version).files.items()))

    def kept(self, name: str, version: str) -> dict[str, bytes]:
        """All that is kept of a version and its run, by what it is."""
        record = self._record(name, version)
        said = self._model(name).said.get(self._find(name, version).number, "")
        texts = [described(said, record.description), *self.tags(name, version).values(), *record.params.values()]
        return {**record.files, **record.artifacts, "texts": "\n".join(texts).encode()}

    def keep_decision(self, name: str, version: str, decision: bytes, said: str) -> None:
        """Keep a decision on a version beside its run, and say it above the version's description."""
        number, (kept, words) = self._find(name, version).number, dated(decision, said, datetime.now(UTC))
        self._model(name).decisions.setdefault(number, []).append(kept)
        self._model(name).said[number] = words

    def artifact(self, name: str, version: str, path: str) -> bytes:
        """One artifact of the run that made a version."""
        there = self._record(name, version).artifacts
        if path not in there:
            raise InputError(f"version {version} of '{name}' has no artifact {path}; there are: {', '.join(there)}")
        return there[path]

    def tags(self, name: str, version: str) -> dict[str, str]:
        """The tags of a version."""
        return dict(self._model(name).tags[self._find(name, version).number])

    def tag(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Set tags of a version; others stay."""
        self._model(name).tags[self._find(name, version).number].update(tags)

    def _model(self, name: str) -> _Model:
        check_name(name)
        return self._models.get(name, _Model())

    def _record(self, name: str, version: str) -> Record:
        return self._model(name).records[self._find(name, version).number]

    def _find(self, name: str, version: str) -> Registered:
        model = self._model(name)
        aliases = {CHAMPION: model.champion, CHALLENGER: model.challenger}
        number = aliases.get(version, str(version))
        for one in model.versions:
            if one.number == number:
                return one
        numbers = ", ".join(one.number for one in model.versions)
        known = f"there are: {numbers}" if numbers else "none is registered yet: run `relapse train` first"
        raise InputError(f"model '{name}' has no version '{version}' in memory:; {known}")
