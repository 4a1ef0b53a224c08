"""Bad input and wrong use: status 2, one clear message, nothing written or lost."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from calls import SOURCE, Called, call, files, finished, on, plain, start, words_of, written

Spoil = Callable[[Path], Path]


def text_file(content: bytes, name: str = "t.csv") -> Spoil:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def spoilt(**cells: object) -> Spoil:
    """The small panel with other values in its row 9."""

    def make(folder: Path) -> Path:
        frame = plain().astype(object)
        for column, value in cells.items():
            frame.loc[7, column] = value
        return written(folder, frame)

    return make


def changed(change: Callable[..., pd.DataFrame], encoding: str = "utf-8", **how: object) -> Spoil:
    return lambda folder: written(folder, change(plain(), **how), encoding=encoding)


def without_income_pc(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"income_pc": "income"})


def with_a_row_twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[[3]]])


def beside(folder: Path) -> Path:
    return written(folder, plain(), "panel_2.csv").with_name("panel.csv")


RAGGED = plain().to_csv(index=False).replace("\n", ",7\n", 5).encode()
TOO_FEW = "at least 5 are needed"


def a_folder(folder: Path) -> Path:
    (folder / "t.csv").mkdir()
    return folder / "t.csv"


BAD: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no such file": (beside, ("no such file", "did you mean 'panel_2.csv'?")),
    "a folder": (a_folder, ("is a folder", "data.path=FILE")),
    "empty": (text_file(b""), ("is empty", "header")),
    "header only": (text_file(b"hhid,year,income_pc,village\n"), ("has a header and no rows",)),
    "not a table": (text_file(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), ("no text table",)),
    "not a workbook": (text_file(b"hm", "t.xlsx"), ("no whole workbook",)),
    "not Parquet": (text_file(b"hm", "t.parquet"), ("no whole Parquet file",)),
    "another kind": (text_file(b"hm", "t.docx"), ("cannot tell the kind of file", ".csv")),
    "wrong encoding": (changed(pd.DataFrame.assign, "latin1", village="M\xe1laga"), ("encoding", "UTF-8")),
    "UTF-16": (changed(pd.DataFrame.copy, "utf-16"), ("UTF-8",)),
    "missing column": (changed(without_income_pc), ("data.columns.income", "did you mean 'income'?")),
    "twice": (changed(with_a_row_twice), ("row 1,202", "The same household and period stand in row 5")),
    "text in a number": (spoilt(income_pc="abc"), ("row 9, column 'income_pc': 'abc' is no number",)),
    "negative income": (spoilt(income_pc=-5), ("row 9, column 'income_pc'", "negative", "data.losses_allowed=true")),
    "absurd income": (spoilt(income_pc=1e15), ("row 9, column 'income_pc'", "beyond 1,000,000,000,000")),
    "infinite income": (spoilt(income_pc="inf"), ("row 9, column 'income_pc'",)),
    "a period that is none": (spoilt(year="spring"), ("row 9, column 'year': 'spring' is no annual period",)),
    "no period": (spoilt(year=None), ("row 9, column 'year'",)),
    "no household": (spoilt(hhid=None), ("row 9, column 'hhid': The row has no household id",)),
    "one wave": (changed(lambda frame: frame[frame["year"] == 2010]), ("one period, 2010", "at least two")),
    "no income at all": (changed(lambda frame: frame.assign(income_pc=None)), ("No row has an income",)),
    "no event": (changed(pd.DataFrame.assign, income_pc=20_000), ("0 falls below the line", TOO_FEW)),
    "too few events": (changed(lambda frame: frame[frame["hhid"] < "0006"]), ("falls below the line", TOO_FEW)),
    "all below": (changed(lambda frame: frame.assign(income_pc=1)), ("0 households at risk",)),
    "a ragged row": (text_file(RAGGED), ("more or fewer values",)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *(("backtest", name) for name in BAD),
        *(("run", name) for name in ("missing column", "no event")),
    ],
)
def test_bad_input__one_message_status_2_and_nothing_written(name, command, tmp_path):
    spoil, said = BAD[name]
    (tmp_path / "in").mkdir()
    path = spoil(tmp_path / "in")
    shutil.copytree(tmp_path / "in", tmp_path / "before")
    done = on(command, path, cwd=tmp_path)
    assert done.status == 2, done.err
    assert all(part in done.told for part in said), done.told
    assert len(done.told) < 600
    assert done.told.count("\n") == 0
    assert not done.out
    assert {each.name for each in tmp_path.iterdir()} == {"in", "before"}
    assert files(tmp_path / "in") == files(tmp_path / "before")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, plain_csv: Path) -> Path:
    """A folder in which a backtest and a validation lie."""
    folder = tmp_path_factory.mktemp("there")
    assert on("backtest", plain_csv, cwd=folder).status == 0
    assert on("validate", plain_csv, cwd=folder).status == 0
    return folder


WRONG = {
    "horizons=0": "horizons: 0 is not allowed",
    "horizons=[1,20]": "horizons=[20]: no household of 'plain' is observed that many periods apart; there are [1, 2, 3",
    "horizons=[]": "horizons",
    "horizons=1.5": "horizons: 1.5 is not allowed",
    "horizons=soon": "horizons: 'soon' is not allowed",
    "origins=[1990]": "origins: 1990 has no closed window in 'plain'; choose periods from",
    "origins=[2014]": "origins: 2014 has no closed window",
    "origins=[spring]": "origins: 'spring' is no annual period; write it like 2020",
    "origins=[]": "origins=[] names no period",
    "models=[]": "models=[] names no model",
    "models=[lgbm]": "model: no option 'lgbm'; did you mean 'lgbm_hazard'?",
    "models=a,b": "write 'models=[A,B]' for a list",
    "model.tres=5": "did you mean 'trees'?",
    "+model.tres=5": "model.tres: no such key; did you mean 'trees'?",
    "+modell.trees=5": "modell: no such key in backtest; did you mean 'model'?",
    "model.trees=-3": "model.trees: -3 is not allowed",
    "model.trees=many": "model.trees: 'many' is not allowed",
    "seed=-1": "seed: -1 is not allowed",
    "sed=1": "did you mean 'seed'?",
    "language=fr": "language: 'fr' is not allowed: input should be 'zh' or 'en'",
    "line=relativ": "line: no option 'relativ'; did you mean 'relative'?",
    "line.value=0": "line.value: 0 is not allowed",
    "line.value=much": "line.value: 'much' is not allowed",
    "data=pannel": "data: no option 'pannel'; did you mean 'panel'?",
    "data.frequency=yearly": "data.frequency: 'yearly' is not allowed",
    "data.frequency=monthly": "'2007' is no monthly period",
    "data.columns.village=nowhere": "data.columns.village names 'nowhere'",
    "data.columns.vilage=village": "did you mean 'village'?",
    "data.exclude=[nothing]": "data.exclude[nothing] names 'nothing'",
    "risk_list.length=0": "risk_list: list length '0': write a count such as 300 or a share such as 5pct",
    "risk_list.length=120pct": "list length '120pct'",
    "evaluation.draws=0": "evaluation.draws: 0 is not allowed",
    "evaluation.lists=[few]": "evaluation.lists",
    "paths.outputs=": "paths.outputs: '' is not allowed: no folder is named",
    "paths.output=x": "did you mean 'outputs'?",
    "paths=x": "paths",
    "model={_target_:os.system,command:id}": "model",
    "nonsense": "settings are written KEY=VALUE",
    "--nonsense": "unknown flag --nonsense",
    "--config-dir=nowhere": "no such folder",
}


@pytest.mark.parametrize("word", list(WRONG))
def test_wrong_use__one_message_status_2_and_old_outputs_stay(word, there, plain_csv):
    before = files(there)
    done = on("backtest", plain_csv, word, cwd=there)
    assert done.status == 2, done.err
    assert WRONG[word] in done.told
    assert len(done.told) < 700
    assert done.told.count("\n") <= 1
    assert files(there) == before


@pytest.mark.parametrize(
    "word",
    [
        "model._target_=pickle.load", "model._target_=builtins.exec", "model._target_=relapse.cli.main", "model._target_=hydra.utils.instantiate",
        "model._target_=wreck.Boom", "+model.more._target_=wreck.Boom", "+anything._target_=wreck.Boom",
        "+model={_target_:wreck.Boom}", "data._target_=wreck.Boom", "line._target_=wreck.Boom",
        "features.income._target_=wreck.Boom", "+features.own._target_=wreck.Boom",
        "+hydra.callbacks.x._target_=wreck.Boom",
        "hydra.job_logging.formatters={x:{'()':wreck.Boom}}", "+model._args_=[1]", "+model._partial_=true",
    ],
)  # fmt: skip
def test_wrong_use__a_hostile_target_is_refused_before_anything_is_imported(word, tmp_path, plain_csv, monkeypatch):
    (tmp_path / "wreck.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Boom:\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    done = on("backtest", plain_csv, word, cwd=tmp_path)
    assert done.status == 2, done.err
    assert len(done.told) < 600
    assert "wreck" not in sys.modules
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize("word", ["as_of=1990", "as_of=2030", "as_of=spring", "as_of=2007", "as_of=20.5"])
def test_train__a_period_that_cannot_be(word, tmp_path, plain_csv):
    done = on("train", plain_csv, word, cwd=tmp_path)
    assert done.status == 2
    assert "2007" in done.told or "is no annual period" in done.told or "write 2020-10" in done.told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("tracking.uri=nonsense", "is not an address of an MLflow store"),
        ("tracking.uri=http://127.0.0.1:9", "no MLflow server answers"),
        ("paths.state=taken", "paths.state=taken cannot be written"),
        ("tracking.uri=sqlite:///taken", "is no SQLite database"),
        ("risk_list.horizon=7", "risk_list.horizon=7: the forecast is for [1]; choose one of these"),
    ],
)
def test_run__what_cannot_be_used_is_refused_and_leaves_nothing(word, message, tmp_path, plain_csv):
    (tmp_path / "taken").write_text("mine")
    done = on("run", plain_csv, word, cwd=tmp_path)
    assert done.status == 2
    assert message in done.told
    assert not (tmp_path / "outputs").exists()
    assert (tmp_path / "taken").read_text() == "mine"


def test_validate__lists_every_fault_and_ends_with_2(tmp_path):
    frame = plain().astype(object)
    frame.loc[0, "income_pc"], frame.loc[1, "year"], frame.loc[2, "hhid"] = "abc", "spring", None
    done = on("validate", written(tmp_path, frame), cwd=tmp_path)
    assert done.status == 2
    found = pd.read_csv(tmp_path / "outputs/quality/findings.csv")
    assert len(found) == 3
    assert "3 faults stop the work" in done.told
    assert (tmp_path / "outputs/quality/report.html").is_file()


def test_outputs__a_file_stands_where_the_folder_should_be(tmp_path, plain_csv):
    (tmp_path / "out").write_text("mine")
    done = on("backtest", plain_csv, "paths.outputs=out", cwd=tmp_path)
    assert done.status == 2
    assert "is a file where a folder is needed" in done.told
    assert (tmp_path / "out").read_text() == "mine"


def limited(code: str, words: list[str], cwd: Path, **how: object) -> Called:
    """A command in a process of its own, after some code."""
    text = f"import sys\n{code}\nfrom relapse.cli import main\nsys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", text, *words], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)}, **how,
    )  # fmt: skip
    return Called(done.returncode, done.stdout, done.stderr)


def full(handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_outputs__a_full_disk(there, plain_csv, monkeypatch):
    before = files(there)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        done = on("backtest", plain_csv, "seed=5", cwd=there)
    assert done.status == 2
    assert "is full" in done.told
    assert "Traceback" not in done.err
    assert files(there) == before


NO_GROWTH = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""


def test_outputs__files_may_not_grow(there, plain_csv):
    before = files(there)
    done = limited(NO_GROWTH, words_of("backtest", plain_csv, "seed=6"), there)
    assert done.status == 2, done.err
    assert "Traceback" not in done.err
    assert files(there) == before


def test_run__a_real_disk_that_is_full(tmp_path, plain_csv, ready_db):
    disk = tmp_path / "disk"
    disk.mkdir()
    room = ready_db.stat().st_size + 250_000  # the store fits in, what a run adds to it does not
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (disk / "state").mkdir()
        shutil.copy(ready_db, disk / "state" / "mlflow.db")
        (disk / "outputs").mkdir()
        (disk / "outputs" / "mine.txt").write_text("mine")
        done = finished(start(*words_of("run", plain_csv), cwd=disk))
        assert done.status == 2, done.err
        assert "full" in done.told
        assert "Traceback" not in done.err
        assert done.told.count("\n") == 0
        assert files(disk / "outputs") == {"mine.txt": b"mine"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_outputs__a_folder_without_leave(tmp_path, plain_csv):
    if os.geteuid():
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o555)
        done = on("backtest", plain_csv, f"paths.outputs={folder}", cwd=tmp_path)
    else:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may write everywhere, and setpriv is not there to be somebody else")
        folder = Path("/var/lib")
        words = [sys.executable, "-c", "import sys; from relapse.cli import main; sys.exit(main(sys.argv[1:]))"]
        probe = subprocess.run(
            [setpriv, "--reuid=65534", "--clear-groups", sys.executable, "-c", "import relapse"],
            cwd="/",
            capture_output=True,
        )
        if probe.returncode:
            pytest.skip("somebody else may not read the installed package here")
        ran = subprocess.run(
            [setpriv, "--reuid=65534", "--clear-groups", *words, "backtest", f"paths.outputs={folder}/relapse"],
            cwd="/", capture_output=True, text=True,
        )  # fmt: skip
        done = Called(ran.returncode, ran.stdout, ran.stderr)
    assert done.status == 2, done.err
    assert "no permission" in done.told
    assert str(folder) in done.told
    assert "Traceback" not in done.err


HELD = """
import sys, time
from pathlib import Path
import relapse.data.panel_file as panel_file
from relapse.cli import main
real = panel_file.read_table
def held(*arguments):
    while not Path("go").exists():
        time.sleep(0.05)
    return real(*arguments)
panel_file.read_table = held
sys.exit(main(sys.argv[1:]))
"""


def one_after_the_other(first: list[str], second: list[str], folder: Path) -> tuple[Called, Called]:
    """Two commands on one folder: the first reads no data before the second said that it waits."""
    one = subprocess.Popen(
        [sys.executable, "-c", HELD, *first],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (folder / "outputs" / ".relapse.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    two = start(*second, cwd=folder)
    assert two.stderr is not None
    assert "waiting for another run" in next(two.stderr)
    (folder / "go").touch()
    return finished(one), finished(two)


def test_outputs__the_second_of_two_runs_waits_for_the_first(tmp_path, plain_csv):
    words = words_of("backtest", plain_csv)
    one, two = one_after_the_other(words, words, tmp_path)
    assert (one.status, two.status) == (0, 0), (one.err, two.err)
    assert "waiting for another run" not in one.err
    there = files(tmp_path / "outputs")
    assert not [name for name in there if "edition" in name or ".writing" in name]
    assert one.out == two.out


def test_outputs__the_one_that_waited_for_a_run_that_failed_has_its_turn(tmp_path, plain_csv):
    failed, done = one_after_the_other(
        words_of("backtest", tmp_path / "none.csv"), words_of("backtest", plain_csv), tmp_path
    )
    assert "no such file" in failed.err
    assert done.status == 0, done.err
    assert (tmp_path / "outputs/backtest/metrics.csv").is_file()


def test_command__that_is_not_there(tmp_path):
    done = call("trian", cwd=tmp_path)
    assert (done.status, done.told.startswith("no command 'trian'; did you mean 'train'?")) == (2, True)
