"""The texts of `relapse --help` and `relapse COMMAND --help`, read from files without importing what they speak of.

In go the pipelines' docstrings, the defaults lists and keys of `conf/`, and the names of its files; out comes text.
Only `os` is needed for that, so that both helps are instant: no YAML library, no `ast`, nothing of the pipelines.
"""

# pathlib would cost more time than the help itself
# ruff: noqa: PTH112, PTH113, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

MANUAL = "README.md and docs/ of the project (distribution relapse-forecast)"
FLAGS = """\
flags, from Hydra
  --cfg job           print the whole composed config instead of running (with --resolve: references filled in)
  --config-dir DIR    a folder of your own configs, laid out as ours: DIR/data/mycounty.yaml is data=mycounty
  --config-name NAME  a root config of your own in that folder
  -m                  run once for each of several values, such as seed=1,2; outputs go to experiments/runs/
  --info              what Hydra found where"""
STATUSES = """\
exit status
  0 done   1 the work failed   2 wrong use or bad input, nothing was written   3 a gate or an alarm said no"""
_WIDTH = 110
_SECTIONS = ("Args:", "Returns:", "Raises:", "Source:", "Note:", "Notes:", "Example:", "Examples:", "Yields:")
_COMMON = """\
common settings, KEY=VALUE, in any order
  data=NAME  model=NAME  line=NAME     a choice: a file of conf/data/, conf/model/, conf/line/ or of your own folder
  as_of=2020-03  horizons=[1,3,6]      the period of the forecast; how many periods ahead
  seed=1  language=zh  debug=true      of everything random; of pages and workbooks (zh, en); tracebacks
  paths.outputs=DIR  paths.data=DIR  paths.state=DIR"""


def commands() -> list[str]:
    """Names of the commands: the modules in `pipelines/` that hold a function of their own name, `run` first."""
    folder = os.path.join(os.path.dirname(__file__), "pipelines")
    names = (file[:-3] for file in os.listdir(folder) if file.endswith(".py") and not file.startswith("_"))
    return sorted((name for name in names if _docstring(name) is not None), key=lambda name: (name != "run", name))


def overview() -> str:
    """The text of `relapse --help`."""
    names = commands()
    width = max([7, *map(len, names)])
    lines = [f"  {name:<{width}}  {(_docstring(name) or '').partition(chr(10))[0]}".rstrip() for name in names]
    return "\n".join(
        [
            "relapse: who is at risk of falling back below the line, and why",
            "",
            "usage: relapse COMMAND [KEY=VALUE ...] [flags]     relapse COMMAND --help     relapse --version",
            "",
            "commands",
            *lines,
            "",
            _COMMON,
            "",
            STATUSES,
            "",
            f"manual: {MANUAL}",
        ]
    )


def of_command(command: str, folders: Sequence[str]) -> str:
    """The text of `relapse COMMAND --help`.

    Args:
        command: one of `commands()`.
        folders: where configs lie: ours, then the user's own.
    """
    first, about, examples = _parts(_docstring(command) or "")
    groups, keys = _root(folders, command)
    own = [key for key in keys if key not in (common := _root(folders, "settings")[1])]
    blocks = [
        f"relapse {command}: {first}",
        f"usage: relapse {command} {'DIR ' if command == 'init' else ''}[KEY=VALUE ...] [flags]",
        about,
        _titled("config groups, GROUP=OPTION (* is what is taken without a word)", _group_lines(groups, folders)),
        _titled("settings of this command, KEY=VALUE", [_key_line(key, keys[key]) for key in own if key != "folder"]),
        _titled("settings of every command", [_key_line(key, keys.get(key, common[key])) for key in common]),
        _titled("examples", [f"  {line}" for line in examples]),
        FLAGS,
        STATUSES,
        f"manual: {MANUAL}",
    ]
    return "\n\n".join(block for block in blocks if block)


def _titled(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]) if lines else ""


def _docstring(command: str) -> str | None:
    """The docstring of a pipeline's function, dedented; None where the module has no function of its name."""
    path = os.path.join(os.path.dirname(__file__), "pipelines", f"{command}.py")
    with open(path, encoding="utf-8") as file:
        source = "\n" + file.read()
    start = source.find(f"\ndef {command}(")
    if start < 0:
        return None
    opening = source.find('"""', start)
    following = source.find("\ndef ", start + 1)
    if opening < 0 or 0 < following < opening:
        return ""
    text = source[opening + 3 : source.find('"""', opening + 3)]
    return "\n".join(line[4:] if line.startswith("    ") else line for line in text.strip().splitlines())


def _parts(docstring: str) -> tuple[str, str, list[str]]:
    """First line, description, and the example lines that begin with `relapse `."""
    first, _, rest = docstring.partition("\n")
    about: list[str] = []
    section = ""
    examples: list[str] = []
    for line in rest.replace("\\\n", " ").splitlines():
        section = line if line.rstrip() in _SECTIONS else section
        word = " ".join(line.split()).lstrip("$ ")
        if not section:
            about.append(line)
        elif section.startswith("Example") and word.startswith("relapse "):
            examples.append(word)
    return first, "\n".join(about).strip(), examples


def _root(folders: Sequence[str], name: str) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Groups with their defaults, and dotted keys with value and comment, of a root config and what it includes."""
    path = next((path for path in (os.path.join(f, f"{name}.yaml") for f in folders) if os.path.isfile(path)), "")
    groups: dict[str, str] = {}
    keys: dict[str, tuple[str, str]] = {}
    for trail, value, comment in _entries(path) if path else ():
        if trail[0] == "defaults":
            entry, colon, chosen = value.removeprefix("- ").removeprefix("optional ").partition(":")
            if colon and not entry.startswith("override "):
                groups[entry.strip("/ ")] = chosen.strip()
            elif not colon and entry not in ("_self_", name, ""):
                deeper = _root(folders, entry.strip("/ "))
                groups, keys = {**groups, **deeper[0]}, {**keys, **deeper[1]}
        elif trail[0] != "hydra":
            keys[".".join(trail)] = (value, comment)
    return groups, keys


def _entries(path: str) -> Iterator[tuple[list[str], str, str]]:
    """Every value of a YAML file of ours with the keys above it and its comment; items of a list one by one."""
    trail: list[tuple[int, str]] = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            text, _, comment = line.rstrip().partition(" #")
            content = text.strip()
            if not content or content.startswith("#"):
                continue
            indent = len(text) - len(text.lstrip())
            item = content.startswith("- ")
            trail = [step for step in trail if step[0] < indent or (item and step[0] == indent)]
            key, colon, value = content.partition(":")
            if not item and colon:
                trail.append((indent, key))
            if item or value.strip():
                yield [word for _, word in trail], content if item else value.strip(), comment.strip()


def _key_line(key: str, entry: tuple[str, str]) -> str:
    value, comment = entry
    return f"  {f'{key}={value}':<30}  {comment}".rstrip()


def _group_lines(groups: dict[str, str], folders: Sequence[str]) -> list[str]:
    width = max(map(len, groups), default=0)
    lines: list[str] = []
    for group, chosen in groups.items():
        place = group.partition("@")[0]  # model@rule is a second choice out of conf/model/
        several = any(os.path.isfile(os.path.join(folder, place, "default.yaml")) for folder in folders)
        names = _option_names(place, folders)
        marked = [f"*{name}" if name == chosen else name for name in names]
        if several and len(names) > 1:
            taken = "" if chosen == "default" else f" (now {chosen})"
            marked.append(f"(several{taken}: '{group}=[{','.join(names[:2])}]'; drop one: '~{group}.{names[0]}')")
        lines += _wrapped(f"  {group:<{width}}  ", marked)
    return lines


def _option_names(group: str, folders: Sequence[str]) -> list[str]:
    names: set[str] = set()
    for folder in folders:
        path = os.path.join(folder, group)
        names.update(file[:-5] for file in (os.listdir(path) if os.path.isdir(path) else ()) if file.endswith(".yaml"))
    return sorted(name for name in names - {"default"} if not name.startswith("_")) or sorted(names)


def _wrapped(head: str, words: Sequence[str]) -> list[str]:
    """The words after `head`, broken over lines that are indented as far as it is long."""
    lines, line = [], head
    for word in words:
        if len(line) > len(head) and len(line) + len(word) > _WIDTH:
            lines.append(line.rstrip())
            line = " " * len(head)
        line += f"{word}  "
    return [*lines, line.rstrip()]
