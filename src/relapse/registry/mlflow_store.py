"""Versions, runs and the champion in MLflow: by default an SQLite file in the state folder, no server.

In: records of training runs. Out: registered versions, their files and artifacts.
"""

from __future__ import annotations

import contextlib
import errno
import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, RelapseError
from relapse.core.recipe import STRICT
from relapse.core.record import ANYBODY, Record, Registered, Study, check_name, dated, described
from relapse.registry.aliases import CHALLENGER, CHAMPION, challenger, is_refused, require_unchanged
from relapse.registry.database import absolute_uri, artifacts_uri, lock, prepare, quiet_mlflow, shown, sqlite_path
from relapse.registry.mlflow_run import DIGEST, NOTE, read_files, write_run
from relapse.registry.mlflow_study import write_study
from relapse.registry.moved import led_back, path_of
from relapse.registry.privacy import check_privacy, check_study

FORMER = "former_champions"
ONCE = "champion_once"
REMEMBERED = 100
DECISIONS = "decisions"
MODELS_AN_ANSWER = 1000  # more MLflow refuses


@dataclass(frozen=True, config=STRICT)
class MlflowStore:
    """The registry in MLflow; see `core.protocols.Registry` for what its methods promise.

    Args:
        uri: of the store: sqlite:///FILE, postgresql://…, http(s)://…; None for `mlflow.db` in the state folder.
        state: folder of the default store, of artifacts (unless a server keeps them) and of the lock.
    """

    uri: str | None
    state: str

    def tracking_uri(self) -> str:
        """Address of the store, absolute."""
        return absolute_uri(self.uri, self.state)

    def artifacts_uri(self) -> str:
        """Where artifacts of new experiments lie (a server decides for itself)."""
        return artifacts_uri(self.state)

    def is_there(self) -> bool:
        """Whether there is a store already; of a server or a database one learns it by using it."""
        uri = self.tracking_uri()
        return not uri.startswith("sqlite") or Path(sqlite_path(uri)).exists()

    def prepare(self) -> None:
        """Create the store if it is not there, and check that it can be used; see `database.prepare`.

        Earlier releases let `challenger` name a version that a gate refused: no store is opened which still does.
        """
        prepare(self.tracking_uri(), self.state)
        self._settle_challengers()

    def log(self, record: Record, forbidden: Collection[str]) -> Registered:
        """Keep a run and register its version, or find the version with the same digest; see `Registry.log`."""
        check_privacy(record, forbidden)
        with self._store() as client, lock(self.state):
            known = [one for one in self._versions(client, record.name) if one.digest == record.digest]
            if known:
                return known[-1]
            self._make_model(client, record)
            written = write_run(client, record, self._experiment(client, record.experiment))
            self._name_challenger(client, record.name)
            return written

    def log_study(self, study: Study, forbidden: Collection[str]) -> None:
        """Keep the runs of a study; see `Registry.log_study`."""
        check_study(study, forbidden)
        with self._store() as client, lock(self.state):
            write_study(client, study, self._experiment(client, study.experiment))

    def champion(self, name: str) -> Registered | None:
        """The version that lists are made with, None where there is none."""
        check_name(name)
        with self._store() as client:
            number = self._number(client, name, CHAMPION)
            return None if number is None else self._find(client, name, number)

    def challenger(self, name: str) -> Registered | None:
        """The newest version that may still become champion, None where there is none."""
        check_name(name)
        with self._store() as client:
            number = self._number(client, name, CHALLENGER)
            return None if number is None else self._find(client, name, number)

    def versions(self, name: str) -> list[Registered]:
        """All versions of a model, oldest first; empty where there is no such model."""
        check_name(name)
        with self._store() as client:
            return self._versions(client, name)

    def set_champion(
        self, name: str, version: str, tags: Mapping[str, str], instead_of: str | None = ANYBODY
    ) -> Registered:
        """Tag a version, then make it champion; the one before is remembered for `rollback`.

        The order is what keeps the store sound when it dies half-way: tags, memory, and the alias last of all.
        """
        with self._store() as client, lock(self.state):
            chosen, before = self._find(client, name, version), self._number(client, name, CHAMPION)
            require_unchanged(name, chosen.number, before, instead_of)
            self._require_whole(client, chosen)
            for key, value in {**tags, ONCE: "true"}.items():
                client.set_model_version_tag(name, chosen.number, key, value)
            if before not in (None, chosen.number):
                former = [*self._former(client, name), before][-REMEMBERED:]
                client.set_registered_model_tag(name, FORMER, json.dumps(former))
            client.set_registered_model_alias(name, CHAMPION, chosen.number)
            self._name_challenger(client, name)
            return chosen

    def rollback(self, name: str) -> Registered:
        """Make the champion before this one champion again; see `Registry.rollback`."""
        with self._store() as client, lock(self.state):
            now = self._number(client, name, CHAMPION)
            there = {one.number for one in self._versions(client, name)}
            former = [number for number in self._former(client, name) if number in there]
            while former and former[-1] == now:
                former.pop()
            if not former:
                raise InputError(f"model '{name}' has no champion before the present one ({now or 'none'})")
            chosen = self._find(client, name, former[-1])
            self._require_whole(client, chosen)
            client.set_registered_model_alias(name, CHAMPION, chosen.number)
            client.set_registered_model_tag(name, FORMER, json.dumps(former[:-1]))
            self._name_challenger(client, name)
            return chosen

    def files(self, name: str, version: str) -> dict[str, bytes]:
        """The files of a version, by path."""
        with self._store() as client, tempfile.TemporaryDirectory() as folder:
            number = self._find(client, name, version).number
            source: str = client.get_model_version(name, number).source
            if source.startswith("models:/"):
                source = client.get_logged_model(source.removeprefix("models:/")).artifact_location
            _require_there(source, number, name, self.artifacts_uri())
            download = quiet_mlflow().artifacts.download_artifacts
            place = f"{source}/artifacts/version"
            return read_files(Path(download(place, dst_path=folder, tracking_uri=self.tracking_uri())))

    def kept(self, name: str, version: str) -> dict[str, bytes]:
        """All that is kept of a version and its run, by what it is: files, artifacts, tags, params, description."""
        files = self.files(name, version)
        with self._store() as client, tempfile.TemporaryDirectory() as folder:
            found = self._find(client, name, version)
            one, run = client.get_model_version(name, found.number), client.get_run(found.run_id)
            data, said = run.data, [one.description or "", run.info.run_name]
            texts = {**one.tags, **data.tags, **data.params, **dict.fromkeys(data.metrics, "")}
            words = "\n".join([*said, *texts, *texts.values()])
            artifacts = read_files(Path(client.download_artifacts(found.run_id, "", folder)))
        return {**{f"files/{path}": content for path, content in files.items()}, **artifacts, "texts": words.encode()}

    def keep_decision(self, name: str, version: str, decision: bytes, said: str) -> None:
        """Keep a decision on a version beside its run, and say it above the version's description."""
        with self._store() as client, lock(self.state):
            found = self._find(client, name, version)
            number = 1 + len(client.list_artifacts(found.run_id, DECISIONS))
            first = client.get_run(found.run_id).data.tags.get(NOTE, "")
            touched = client.update_model_version(name, found.number, described(said, first))
            when = datetime.fromtimestamp(touched.last_updated_timestamp / 1000, UTC)  # of a server, its own clock
            kept, words = dated(decision, said, when)
            client.log_text(found.run_id, kept.decode(), f"{DECISIONS}/{number:03d}.json")
            client.update_model_version(name, found.number, described(words, first))

    def artifact(self, name: str, version: str, path: str) -> bytes:
        """One artifact of the run that made a version."""
        with self._store() as client, tempfile.TemporaryDirectory() as folder:
            found = self._find(client, name, version)
            parent = path.rpartition("/")[0] or None
            if path not in [entry.path for entry in client.list_artifacts(found.run_id, parent)]:
                there = ", ".join(entry.path for entry in client.list_artifacts(found.run_id))
                raise InputError(f"version {found.number} of '{name}' has no artifact {path}; there are: {there}")
            return Path(client.download_artifacts(found.run_id, path, folder)).read_bytes()

    def tags(self, name: str, version: str) -> dict[str, str]:
        """The tags of a version."""
        with self._store() as client:
            number = self._find(client, name, version).number
            return dict(client.get_model_version(name, number).tags)

    def tag(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Set tags of a version; others stay. One that they say was refused challenges no longer."""
        with self._store() as client, lock(self.state):
            number = self._find(client, name, version).number
            for key, value in tags.items():
                client.set_model_version_tag(name, number, key, value)
            self._name_challenger(client, name)

    @cached_property
    def _client(self) -> Any:
        uri, mlflow = self.tracking_uri(), quiet_mlflow()
        from mlflow.tracking._tracking_service import utils

        utils._artifact_repos_cache.clear()  # places of runs by their ids alone: those of a copied store are others
        return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)

    @contextlib.contextmanager
    def _store(self) -> Iterator[Any]:
        """The client; what MLflow and its database raise becomes one sentence."""
        quiet_mlflow()
        import sqlalchemy.exc
        from mlflow.exceptions import MlflowException

        try:
            yield self._client
        except (MlflowException, sqlalchemy.exc.SQLAlchemyError, OSError) as fault:
            first = (str(fault).splitlines() or [type(fault).__name__])[0]
            if getattr(fault, "errno", None) == errno.ENOSPC or "disk is full" in first:
                raise InputError(f"the disk of {self.state} is full; free some space and run again") from fault
            raise RelapseError(f"the MLflow store {shown(self.tracking_uri())} failed: {first}") from fault

    def _versions(self, client: Any, name: str) -> list[Registered]:
        found = client.search_model_versions(f"name = '{name}'", max_results=10_000)
        ordered = sorted(found, key=lambda one: int(one.version))
        return [Registered(name, str(one.version), one.run_id, one.tags.get(DIGEST, "")) for one in ordered]

    def _find(self, client: Any, name: str, version: str) -> Registered:
        check_name(name)
        there = self._versions(client, name)
        aliases = (CHAMPION, CHALLENGER)
        number = self._number(client, name, version) if version in aliases else str(version)
        for one in there:
            if one.number == number:
                return one
        numbers = ", ".join(one.number for one in there)
        known = f"there are: {numbers}" if numbers else "none is registered yet: run `relapse train` first"
        raise InputError(f"model '{name}' has no version '{version}' in {shown(self.tracking_uri())}; {known}")

    def _model(self, client: Any, name: str) -> Any | None:
        found = client.search_registered_models(f"name = '{name}'")
        return found[0] if found else None

    def _make_model(self, client: Any, record: Record) -> None:
        if self._model(client, record.name) is None:
            client.create_registered_model(record.name, description=record.about or None)

    def _number(self, client: Any, name: str, alias: str) -> str | None:
        model = self._model(client, name)
        return None if model is None or alias not in model.aliases else str(model.aliases[alias])

    def _name_challenger(self, client: Any, name: str) -> None:
        """Let the alias challenger point where it belongs; a champion that another tool made counts as one."""
        now, before = self._number(client, name, CHAMPION), self._number(client, name, CHALLENGER)
        found = client.search_model_versions(f"name = '{name}'", max_results=10_000)
        out = {str(one.version) for one in found if ONCE in one.tags or is_refused(one.tags)}
        out |= {*self._former(client, name)}
        wanted = challenger(sorted((str(one.version) for one in found), key=int), now, out)
        if wanted is not None and wanted != before:
            client.set_registered_model_alias(name, CHALLENGER, wanted)
        elif wanted is None and before is not None:
            client.delete_registered_model_alias(name, CHALLENGER)

    def _settle_challengers(self) -> None:
        """Name the challenger of each model anew whose alias points at a refused version; nothing else is written."""
        with self._store() as client:
            wrong = [
                model.name
                for model in _all_models(client)
                if CHALLENGER in model.aliases
                and is_refused(client.get_model_version(model.name, str(model.aliases[CHALLENGER])).tags)
            ]
            if not wrong:
                return
            from mlflow.exceptions import MlflowException

            with lock(self.state), contextlib.suppress(MlflowException):  # who may only read a server leaves it so
                for name in wrong:
                    self._name_challenger(client, name)

    def _require_whole(self, client: Any, one: Registered) -> None:
        """Refuse to point an alias at a version whose making did not end.

        Raises:
            RelapseError: MLflow does not call it ready, or its files are not there.
        """
        status = client.get_model_version(one.name, one.number).status
        if status != "READY" or "version.json" not in self.files(one.name, one.number):
            raise RelapseError(
                f"version {one.number} of '{one.name}' is not whole ({status}); train it again with `relapse train`"
            )

    def _former(self, client: Any, name: str) -> list[str]:
        model = self._model(client, name)
        return [] if model is None else list(json.loads(model.tags.get(FORMER, "[]")))

    def _experiment(self, client: Any, name: str) -> str:
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        place = None if self.tracking_uri().startswith("http") else f"{self.artifacts_uri()}/{name.replace(' ', '_')}"
        return str(client.create_experiment(name, artifact_location=place))


def _all_models(client: Any) -> Iterator[Any]:
    """All registered models, in as many answers as the registry gives them."""
    token = None
    while True:
        found = client.search_registered_models(max_results=MODELS_AN_ANSWER, page_token=token)
        yield from found
        token = found.token
        if not token:
            return


def _require_there(source: str, number: str, name: str, artifacts: str) -> None:
    """Refuse a version whose files are not where the store says.

    Raises:
        InputError: says where they should be, and what to do.
    """
    if source.startswith("file:") and not path_of(source).is_dir():
        command = led_back(source, artifacts)
        if command is not None:
            raise InputError(
                f"the files of version {number} of '{name}' are not at {path_of(source)}: the folder was moved to "
                f"{path_of(artifacts)}, and a database that others may share is not changed; let the old path lead "
                f"there: {command}"
            )
        raise InputError(
            f"the files of version {number} of '{name}' are not at {path_of(source)}: bring the folder artifacts back "
            f"beside the store, or name the folder that has both with paths.state=DIR"
        )
