"""The command line, tried on a small package of the same layout with a made-up command `train`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from relapse import cli, config, helps
from relapse.core.errors import InputError

SOURCE = Path(cli.__file__).parent
SETTINGS = config.conf_dir() / "settings.yaml"
REAL = ("__main__.py", "cli.py", "composition.py", "config.py", "helps.py", "misuse.py")
CORE = ("conf_dir.py", "errors.py", "instantiate.py", "recipe.py")

PARTS = '''
"""Recipes of the scratch package."""
import os
from typing import Annotated, Literal
from pydantic import Field
from pydantic.dataclasses import dataclass
from relapse.core.recipe import STRICT, Count

@dataclass(frozen=True, config=STRICT)
class Columns:
    household_id: str
    period: str | None = None

@dataclass(frozen=True, config=STRICT)
class Table:
    path: str
    columns: Columns

@dataclass(frozen=True, config=STRICT)
class Trees:
    trees: Count
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    kind: Literal["hazard", "logit"] = "hazard"
    seed: int = 0

@dataclass(frozen=True, config=STRICT)
class Block:
    windows: tuple[Count, ...]

class Plain:
    def __init__(self, size: int) -> None:
        self.size = size

def made(size: int = 1) -> Plain:
    return Plain(size)
'''

TRAIN = '''
"""The scratch command."""
import errno
import json
import logging
from typing import Literal
from relapse.core.errors import GateError, InputError, RelapseError
from relapse.core.recipe import Horizons, PeriodText
from relapse.parts import Trees

ERRORS = {
    "input": InputError("households.csv, row 3: no income"), "gate": GateError("the gate says no"),
    "work": RelapseError("the work failed"), "bug": KeyError("x" * 300), "memory": MemoryError(),
    "disk": OSError(errno.ENOSPC, "No space left on device", "outputs/list.csv"),
    "leave": PermissionError(errno.EACCES, "Permission denied", "outputs"), "stop": KeyboardInterrupt(),
}

def train(
    data: object, model: object, features: dict[str, object], as_of: PeriodText | None, horizons: Horizons | None,
    paths: dict[str, str], share: float, resolved: dict[str, object],
    fail: Literal["no", "input", "gate", "work", "bug", "memory", "disk", "leave", "stop"],
) -> None:
    """Fit one version on all that was known.

    What was known later is never used.

    Args:
        data: no word of this is for the help.

    Example:
        Try
        relapse train model=logit
        relapse train horizons=[1,3] \\
            seed=2
    """
    logging.getLogger("relapse.train").info("rows=3")
    if fail != "no":
        raise ERRORS[fail]
    print(json.dumps({"model": repr(model), "features": sorted(features), "as_of": as_of, "horizons": horizons,
                      "outputs": paths["outputs"], "seed": resolved["seed"], "data": repr(data)}))
'''

INIT = '''
def init(folder: str) -> None:
    """Make a folder for your own county."""
    print(folder)
'''

CONF = {
    "train.yaml": """
defaults:
  - settings
  - data: panel
  - model: trees
  - features: default
  - _self_
share: 0.5 # of the households, between 0 and 1
fail: "no"
""",
    "init.yaml": "defaults:\n  - settings\n  - _self_\nfolder: ???\n",
    "data/panel.yaml": """
_target_: relapse.parts.Table
path: households.csv
columns: {household_id: hhid, period: null}
""",
    "model/trees.yaml": "_target_: relapse.parts.Trees\ntrees: 30\nlearning_rate: 0.1\nseed: ${seed}\n",
    "model/small.yaml": "defaults: [trees, _self_]\ntrees: 5\n",
    "model/logit.yaml": "_target_: relapse.parts.Trees\ntrees: 1\nlearning_rate: 1\nkind: logit\n",
    "features/default.yaml": "defaults:\n  - income\n  - health\n",
    "features/income.yaml": "income:\n  _target_: relapse.parts.Block\n  windows: [3, 12]\n",
    "features/health.yaml": "health:\n  _target_: relapse.parts.Block\n  windows: [6]\n",
}


def write_conf(folder: Path) -> Path:
    """The scratch config files, with the real `settings.yaml`."""
    for name, text in CONF.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(SETTINGS, folder)
    return folder


def write_package(root: Path, layout: str) -> Path:
    """The scratch package as a checkout (`src/relapse`, `conf`) or a wheel (`relapse/conf`); where to import from."""
    home = root / "src" if layout == "checkout" else root
    for folder, names in (("", REAL), ("core", CORE)):
        (home / "relapse" / folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(SOURCE / folder / name, home / "relapse" / folder)
    pipelines = home / "relapse" / "pipelines"
    pipelines.mkdir()
    for path, text in (
        (pipelines / "train.py", TRAIN),
        (pipelines / "init.py", INIT),
        (home / "relapse/parts.py", PARTS),
    ):
        path.write_text(text, encoding="utf-8")
    for folder in ("", "core", "pipelines"):
        (home / "relapse" / folder / "__init__.py").touch()
    write_conf(root / "conf" if layout == "checkout" else home / "relapse" / "conf")
    return home


def run(home: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python -m relapse` of the package in `home`, called in `cwd`."""
    environment = {**os.environ, "PYTHONPATH": str(home)}
    command = [sys.executable, "-m", "relapse", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture
def here(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scratch commands inside this process; the empty folder in which they are called."""
    for name in ("relapse.parts", "relapse.pipelines.train", "relapse.pipelines.init"):
        path = wheel / f"{name.replace('.', '/')}.py"
        module = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), module.__dict__)
    monkeypatch.setattr(helps, "__file__", str(wheel / "relapse" / "helps.py"))
    monkeypatch.setattr(config, "conf_dir", lambda: wheel / "relapse" / "conf")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_help__lists_every_command_with_its_first_line(here, capsys):
    status, out, _ = said(capsys, "--help")
    assert status == 0
    assert "  train    Fit one version on all that was known." in out
    assert "manual: " in out


def test_no_command__prints_the_help_and_is_wrong_use(here, capsys):
    assert said(capsys)[:2] == (2, said(capsys, "--help")[1])


@pytest.mark.parametrize("words", [["tran"], ["tran", "--help"]])
def test_unknown_command__names_the_nearest(here, capsys, words):
    status, _, err = said(capsys, *words)
    assert status == 2
    assert "did you mean 'train'?" in err


def test_version(capsys):
    assert said(capsys, "--version")[1].startswith("relapse")


def test_command_help__has_groups_settings_examples_and_statuses(here, capsys):
    (here / "model").mkdir()
    (here / "model" / "mine.yaml").write_text("_target_: relapse.parts.Trees\n")
    status, out, _ = said(capsys, "train", "--help", "--config-dir", str(here))
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "relapse train: Fit one version on all that was known."
    assert "What was known later is never used." in lines
    assert "no word of this" not in out
    assert "  model     logit  mine  small  *trees" in lines
    assert any("'features=[health,income]'" in line for line in lines)
    assert any(line.startswith("  share=0.5 ") and "between 0 and 1" in line for line in lines)
    assert any(line.startswith("  paths.outputs=outputs ") for line in lines)
    assert lines[lines.index("examples") + 1 :][:2] == [
        "  relapse train model=logit",
        "  relapse train horizons=[1,3] seed=2",
    ]


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["nope"]])
def test_help__loads_nothing_heavy(wheel, tmp_path, words):
    heavy = {"pandas", "lightgbm", "shap", "mlflow", "optuna", "hydra", "omegaconf", "numpy", "pydantic", "yaml"}
    code = f"import sys; from relapse.cli import main; main({words!r}); print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not heavy & loaded


def test_run__leaves_nothing_behind_by_itself(here, capsys):
    status, out, _ = said(capsys, "train", "model=small", "seed=3")
    assert status == 0
    assert "Trees(trees=5, learning_rate=0.1, kind='hazard', seed=3)" in json.loads(out)["model"]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("word", "key", "value"),
    [
        ("as_of=2020-03", "as_of", "2020-03"),
        ("as_of=1987", "as_of", "1987"),
        ("horizons=6", "horizons", [6]),
        ("horizons=[3,1,3]", "horizons", [1, 3]),
        ("~features.income", "features", ["health"]),
        ("features=[income]", "features", ["income"]),
    ],
)
def test_override__reaches_the_pipeline(here, capsys, word, key, value):
    status, out, err = said(capsys, "train", word)
    assert (status, err) == (0, err)
    assert json.loads(out)[key] == value


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("horizn=6", "did you mean 'horizons'?"),
        ("+horizn=6", "did you mean 'horizons'?"),
        ("++horizn=6", "did you mean 'horizons'?"),
        ("~featurs", "did you mean 'features'?"),
        ("learning_rate=0.3", "did you mean 'model.learning_rate'?"),
        ("model.learning_rat=1", "'model' has no key 'learning_rat'; did you mean 'learning_rate'?"),
        ("+model.learning_rat=1", "model.learning_rat: no such key; did you mean 'learning_rate'?"),
        ("data.columns.househld_id=x", "did you mean 'household_id'?"),
        ("+data.columns.househld_id=x", "data.columns.househld_id: no such key; did you mean 'household_id'?"),
        ("modle=trees", "did you mean 'model'?"),
        ("model=tres", "model: no option 'tres'; did you mean 'trees'?"),
        ("model=3", "model: no option '3'; There are: logit, small, trees"),
        ("model=[logit,trees]", "model: choose one"),
        ("features=[incme]", "features: no option 'incme'; did you mean 'income'?"),
        ("~model", "model: missing"),
        (
            "model.trees=0",
            "model.trees: 0 is not allowed: input should be greater than or equal to 1; for example model.trees=1",
        ),
        ("model.trees=abc", "model.trees: 'abc' is not allowed"),
        ("features.income.windows=[3,0]", "features.income.windows[1]: 0 is not allowed"),
        ("fail=gaet", "for example fail=gate"),
        ("share=null", "share: null is not allowed"),
        ("horizons=0", "horizons: 0 is not allowed"),
        ("horizons=1,3", "write 'horizons=[A,B]' for a list, or add -m"),
        ("as_of=2020.1", "as_of: 2020.1 is not allowed"),
        ("language=fr", "language: 'fr' is not allowed"),
        ("seed=-1", "seed: -1 is not allowed"),
        ("paths=3", "paths: 3 stands where keys are wanted"),
        ("+paths.foo=1", "paths.foo: no such key"),
        ("as_of=${nope}", "as_of: refers to 'nope', which is not in the config"),
        ("train", "'train' is no override"),
        ("a=b=c", "cannot read the override 'a=b=c'"),
        ("+seed=1", "write seed=VALUE without the +"),
        ("+model=logit", "write model=NAME without the +"),
        ("--confg-dir", "did you mean '--config-dir'?"),
        ("--config-dir=/no/such/folder", "no such folder"),
        ("--config-name=trian", "no config 'trian.yaml'; did you mean 'train'?"),
        ("--resolve", "--resolve goes with --cfg job"),
    ],
)
def test_wrong_use__is_one_message_with_the_right_name(here, capsys, word, message):
    status, out, err = said(capsys, "train", word)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "word",
    [
        "model._target_=os.system",
        "model._target_=relapse.cli.os.system",
        "model._target_=relapse.parts.os",
        "model._target_=relapse.parts.made",
        "model._target_=relapsed.parts.Trees",
        "+data.columns._target_=subprocess.Popen",
        "+data.columns._partial_=true",
        "+hydra.callbacks.x._target_=os.system",
        "+hydra.job_logging.handlers.a.class=os.system",
        "+hydra.sweeper.params={hydra.verbose:true}",
        "--experimental-rerun=config.pickle",
        "allow_targets=['']",
    ],
)
def test_code_named_by_a_config__is_refused(here, capsys, word):
    status, out, err = said(capsys, "train", word)
    assert (status, out) == (2, "")
    assert "Traceback" not in err


def test_logging_factory_in_a_users_config__is_refused(here, capsys):
    (here / "county.yaml").write_text("""
defaults: [train, _self_]
hydra:
  job_logging:
    handlers:
      a: {(): os.system, command: "touch seen"}
""")
    status, _, err = said(capsys, "train", "--config-dir", str(here), "--config-name", "county")
    assert status == 2
    assert "logging would load 'os.system'" in err
    assert not (here / "seen").exists()


def test_long_values__are_not_printed(here, capsys):
    for word in (f"model.kind={'x' * 99}", f"data.columns={'x' * 99}", "x" * 99, f"model={'x' * 99}", f"{'x' * 99}=1"):
        assert "x" * 81 not in said(capsys, "train", word)[2]
    assert "x" * 81 not in said(capsys, "train", "fail=bug")[2]


@pytest.mark.parametrize(
    ("fail", "status", "message"),
    [
        ("input", 2, "relapse train: households.csv, row 3: no income\n"),
        ("gate", 3, "relapse train: the gate says no\n"),
        ("work", 1, "relapse train: the work failed\n"),
        ("bug", 1, "rerun with debug=true to see where\n"),
        ("memory", 1, "not enough memory"),
        ("disk", 2, "the disk is full (outputs/list.csv); nothing was written"),
        ("leave", 2, "no permission to write or read (outputs); nothing was written"),
        ("stop", 130, "relapse train: stopped\n"),
    ],
)
def test_failure__has_its_status_and_one_message(here, capsys, fail, status, message):
    found, _, err = said(capsys, "train", f"fail={fail}")
    assert found == status
    assert message in err
    assert "Traceback" not in err


def test_debug__prints_the_traceback(here, capsys):
    status, _, err = said(capsys, "train", "fail=input", "debug=true")
    assert status == 2
    assert "Traceback" in err


def test_multirun__keeps_outputs_apart_and_ends_with_the_first_failure(here, capsys):
    status, out, err = said(capsys, "train", "-m", "fail=no,gate,input")
    assert status == 3
    assert "the gate says no" in err
    assert "row 3: no income" in err
    assert json.loads(out)["outputs"].startswith("experiments/runs/train/")
    assert json.loads(out)["outputs"].endswith("/0")


def test_multirun__takes_the_users_own_outputs(here, capsys):
    _, out, _ = said(capsys, "train", "seed=1,2", "-m", "paths.outputs=mine/${seed}")
    assert [json.loads(line)["outputs"] for line in out.splitlines()] == ["mine/1", "mine/2"]


def test_cfg__shows_the_whole_config_also_of_a_sweep(here, capsys):
    assert "learning_rate: 0.1" in said(capsys, "train", "--cfg", "job")[1]
    assert "\nseed: 5\n" in said(capsys, "train", "seed=5,6", "-m", "--cfg", "job", "--resolve")[1]
    assert "Config search path" in said(capsys, "train", "--info", "searchpath")[1]


def test_config_name__is_a_root_config_of_the_users_own(here, capsys):
    (here / "county.yaml").write_text("defaults: [train, _self_]\nmodel: {trees: 9}\n")
    status, out, err = said(capsys, "train", "seed=4", "--config-dir", str(here), "--config-name", "county")
    assert (status, json.loads(out)["model"][:13]) == (0, "Trees(trees=9")
    (here / "broken.yaml").write_text("a: [1\n")
    status, _, err = said(capsys, "train", "--config-dir", str(here), "--config-name", "broken")
    assert status == 2
    assert "not valid YAML" in err


@pytest.mark.parametrize("folder", ["county", "a b/it's", "${x}", "c\\d\\", "贫困县", "a,b"])
def test_init__takes_the_folder_before_hydra_sees_the_line(here, capsys, folder):
    assert said(capsys, "init", folder)[:2] == (0, f"{folder}\n")


def test_init__without_a_folder_says_how(here, capsys):
    status, _, err = said(capsys, "init")
    assert (status, err) == (2, "relapse: which folder shall be made? relapse init DIR\n".replace(":", " init:", 1))


def test_closed_pipe__is_quiet(wheel, tmp_path):
    line = f"{sys.executable} -m relapse train --info | head -n 1"
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("layout", ["checkout", "wheel"])
def test_layouts__work_from_another_folder_with_the_users_own_configs(tmp_path, layout):
    home = write_package(tmp_path / "package", layout)
    own = tmp_path / "own" / "model" / "mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("_target_: relapse.parts.Trees\ntrees: 7\nlearning_rate: 0.3\n")
    (tmp_path / "elsewhere").mkdir()
    done = run(home, "train", "-m", "--config-dir", "../own", "model=mine,logit", cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["model"][:13] for line in done.stdout.splitlines()] == ["Trees(trees=7", "Trees(trees=1"]
    assert run(home, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    "command", helps.commands() or [pytest.param("none", marks=pytest.mark.skip("no commands yet"))]
)
def test_real_command__has_a_config_and_a_help_with_an_example(capsys, command):
    status, out, _ = said(capsys, command, "--help")
    assert status == 0
    assert out.startswith(f"relapse {command}: ")
    assert (config.conf_dir() / f"{command}.yaml").is_file()
    assert f"\n  relapse {command}" in out


def test_conf_dir__missing_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("relapse.core.conf_dir.__file__", str(tmp_path / "relapse" / "core" / "conf_dir.py"))
    with pytest.raises(InputError, match="no conf folder"):
        config.conf_dir()
