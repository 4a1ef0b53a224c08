"""Who may import whom: only rungs below, and the steps do not know each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "relapse"
LADDER = """
rung  packages                                              may import
 0    core                                                  nothing of ours
 1    the steps: every room from data to registry,          core
      county.*, monitors, executor; outputs; terminal
 2    flows                                                 core and steps, but not data, registry,
                                                            county.reports, outputs
 3    pipelines                                             all below
 4    config, composition, misuse, helps                    core and each other; pipelines only by name
 5    api, cli                                              all below; nothing imports them but the package itself
"""
RUNGS = {
    "core": 0, "data": 1, "outcome": 1, "features": 1, "model": 1, "evaluation": 1, "explanation": 1,
    "registry": 1, "county": 1, "search": 1, "monitors": 1, "executor": 1, "outputs": 1, "terminal": 1, "flows": 2,
    "pipelines": 3,
    "config": 4, "composition": 4, "misuse": 4, "helps": 4, "api": 5, "cli": 5, "__main__": 5, "__init__": 5,
}  # fmt: skip
CONFIG = {"config", "composition", "misuse", "helps"}
AT_THE_RIM = {  # library → rooms in which it may be imported
    "mlflow": {"registry"},
    "shap": {"explanation"},
    "matplotlib": {"explanation"},
    "mpl_toolkits": {"explanation"},
    "optuna": {"search"},
    "dask": {"executor"},
    "distributed": {"executor"},
    "lightgbm": {"model"},
    "sklearn": {"model"},
    "xlsxwriter": {"county.reports"},
    "jinja2": {"county.reports"},
    "openpyxl": {"data", "county.feedback"},
    "hydra": {*CONFIG, "cli"},
}
PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "skops"}


@dataclass(frozen=True)
class Import:
    """One imported module or name."""

    where: str  # dotted module that imports, below relapse
    line: int
    what: str  # dotted module that is imported
    name: str  # what is taken from it, empty where it is the module itself


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "county" and len(parts) > 1 else parts[0]


def imports_in(tree: ast.AST, where: str) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(where, node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}:{node.lineno}: a relative import; write relapse.…"
            yield from (Import(where, node.lineno, str(node.module), alias.name) for alias in node.names)


@cache
def modules() -> dict[str, ast.Module]:
    paths = sorted(SOURCE.rglob("*.py"))
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") or "__init__": ast.parse(
            path.read_text(encoding="utf-8"), str(path)
        )
        for path in paths
    }


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(found for name, tree in modules().items() for found in imports_in(tree, name))


def ours() -> list[tuple[Import, str]]:
    """Imports of our own modules, with the module meant, below relapse."""
    found = []
    for each in all_imports():
        if each.what == "relapse" and each.name:
            target = each.name if each.name in modules() or each.name in RUNGS else "__init__"
            found.append((each, target))
        elif each.what.startswith("relapse."):
            module = each.what.removeprefix("relapse.")
            found.append((each, f"{module}.{each.name}" if f"{module}.{each.name}" in modules() else module))
    return found


def refuse(wrong: list[str]) -> None:
    if wrong:
        pytest.fail("\n".join([*wrong, LADDER]), pytrace=False)


def told(found: Import, why: str) -> str:
    return f"src/relapse/{found.where.replace('.', '/')}.py:{found.line}: imports {found.what} {found.name}: {why}"


def test_every_module__stands_on_a_rung():
    unknown = sorted({name.split(".")[0] for name in modules()} - set(RUNGS))
    refuse([f"{name}: on no rung; say in tests/test_architecture.py which is its own" for name in unknown])
    assert len(modules()) > 50
    assert len(ours()) > 100


def test_nobody_imports__what_stands_higher_or_beside_it():
    wrong = []
    for found, target in ours():
        own, other = room_of(found.where), room_of(target)
        mine, theirs = RUNGS[own.split(".")[0]], RUNGS[other.split(".")[0]]
        if own == other or (own in CONFIG and other in CONFIG):
            continue
        if target == "__init__":  # the package itself: its version and nothing else
            if found.name != "__version__" and mine < 5:
                wrong.append(told(found, "only __version__ may be taken from the package itself"))
        elif own == "__init__":
            if other != "api":
                wrong.append(told(found, "the package itself imports api alone, lazily"))
        elif own == "__main__":
            if other != "cli":
                wrong.append(told(found, "python -m relapse is the command line"))
        elif theirs >= mine:
            beside = "the steps do not know each other: what two want is a word of the domain and goes to core"
            wrong.append(told(found, beside if theirs == mine == 1 else f"rung {mine} imports rung {theirs}"))
    refuse(wrong)


def test_flows__get_files_and_registries_as_parameters():
    kept_out = {"data", "registry", "county.reports", "outputs"}
    refuse(
        [
            told(found, "flows neither read nor write")
            for found, target in ours()
            if room_of(found.where) == "flows" and room_of(target) in kept_out
        ]
    )


def test_configs__know_pipelines_by_name_only():
    refuse(
        [
            told(found, "a config names its pipeline, it does not import it")
            for found, target in ours()
            if room_of(found.where) in CONFIG and RUNGS[room_of(target).split(".")[0]] in (1, 2, 3)
        ]
    )


def test_pipelines__call_each_other_in_run_and_month_alone():
    """Stages are shared; a whole command is called by those two that are made of commands."""
    refuse(
        [
            told(found, "only run and month call other commands")
            for found, target in ours()
            if found.where.startswith("pipelines.")
            and found.where not in ("pipelines.run", "pipelines.month")
            and target.startswith("pipelines.")
            and found.name == target.removeprefix("pipelines.")
        ]
    )


@pytest.mark.parametrize("library", sorted(AT_THE_RIM))
def test_heavy_libraries__are_imported_in_their_rooms_alone(library):
    refuse(
        [
            told(found, f"{library} belongs to {', '.join(sorted(AT_THE_RIM[library]))}")
            for found in all_imports()
            if found.what.split(".")[0] == library and room_of(found.where) not in AT_THE_RIM[library]
        ]
    )


def test_nobody__pickles():
    refuse(
        [
            told(found, "a version is text, never a pickle")
            for found in all_imports()
            if found.what.split(".")[0] in PICKLES
        ]
    )
    written = [
        f"{name}:{node.lineno}: {node.func.attr}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("to_pickle", "read_pickle")
    ]  # fmt: skip
    refuse(written)


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported; what only type checkers see is left out."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node


def test_modules__do_not_import_each_other_in_circles():
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for name, tree in modules().items():
        for node in top_level(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for found in imports_in(ast.Module([node], []), name):
                    target = found.what.removeprefix("relapse.")
                    target = f"{target}.{found.name}" if f"{target}.{found.name}" in graph else target
                    if target in graph and target != name:
                        graph[name].add(target)
    free = set()
    while ready := {name for name, needs in graph.items() if name not in free and needs <= free}:
        free |= ready
    refuse([f"{name}: in a circle of imports, or behind one" for name in sorted(set(graph) - free)])


def test_the_test__sees_a_rung_that_is_crossed():
    tree = ast.parse("def f():\n    from relapse.flows.fit import fit_hazard\n    import mlflow.pyfunc as p\n")
    found = list(imports_in(tree, "model.blend"))
    assert [(each.what, each.name, each.line) for each in found] == [
        ("relapse.flows.fit", "fit_hazard", 2), ("mlflow.pyfunc", "", 3),
    ]  # fmt: skip
    assert (room_of("county.risk_list.build"), room_of("model.calibration.by_lead")) == ("county.risk_list", "model")
