"""`relapse COMMAND [KEY=VALUE ...] [flags]`: finds the command, hands it to Hydra, turns errors into exit statuses.

0 done, 1 the work failed, 2 wrong use or bad input, 3 a gate said no; 130 stopped by the user, 141 a closed pipe.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from relapse import helps
from relapse.core.errors import InputError, RelapseError, nearest

if TYPE_CHECKING:
    import argparse

    from omegaconf import DictConfig

STOPPED, CLOSED_PIPE = 130, 141
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_NO_LEAVE = (errno.EACCES, errno.EPERM, errno.EROFS)
_JOB_OUTPUTS = "paths.outputs='${hydra:sweep.dir}/${hydra:sweep.subdir}'"
_OPEN = re.compile(  # settings of tables that ship empty
    r"(audits\.limits\.\w+\.\w+|audits\.severity\.\w+|data\.delays\.\w+|data\.columns\.\w+\.\w+)="
)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line.

    Args:
        argv: what stands after `relapse`; default the process's own.

    Returns:
        The exit status.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    # before numpy is loaded: its products run beside each other here (core.threads), where threads of their own only
    # wait for each other, and a sum taken by another number of threads ends in other bits
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains once more at its end
        return CLOSED_PIPE
    return status


def _dispatch(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in ("", "-h", "--help", "help"):
        print(helps.overview())  # noqa: T201
        return 0 if first else InputError.exit_status
    if first == "--version":
        print(_version())  # noqa: T201
        return 0
    known = helps.commands()
    if first not in known:
        hint = nearest(first, known) if "=" not in first and not first.startswith("-") else "the command comes first"
        return _tell("", InputError(f"no command '{first[:80]}'; {hint}; see relapse --help"))
    if any(word in ("-h", "--help") for word in arguments[1:]):
        print(helps.of_command(first, _folders(arguments)))  # noqa: T201
        return 0
    return _guarded(first, arguments[1:])


def _guarded(command: str, arguments: list[str]) -> int:
    """Runs a command; every error becomes one message and a status."""
    debug = any(word.lstrip("+").lower() in ("debug=true", "debug=yes", "debug=1") for word in arguments)
    try:
        return _run(command, arguments, debug=debug)
    except KeyboardInterrupt:
        print(f"relapse {command}: stopped", file=sys.stderr)  # noqa: T201
        return STOPPED
    except SystemExit as end:  # Hydra's own flags end so
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BrokenPipeError:
        raise
    except Exception as error:  # the outermost rim: whatever it is, the user gets one message
        return _tell(command, error, debug=debug)


def _run(command: str, arguments: list[str], *, debug: bool) -> int:
    """Composes, looks for faults, calls; sweeps and what is only shown are Hydra's. Status of the first that failed."""
    import logging

    from relapse import composition, config, misuse

    logging.raiseExceptions = False  # a closed pipe is told once, by the status
    sweeps = bool({"-m", "--multirun"} & {*arguments})
    arguments = [word if sweeps and "," in word else _plain(word) for word in arguments]
    parsed = composition.parse(_with_folder(arguments) if command == "init" else arguments)
    folders = [str(config.conf_dir()), *([parsed.config_dir] if parsed.config_dir else [])]
    composition.refuse_hidden(folders)
    overrides, sweep = _overrides(command, parsed, folders)
    cfg = None
    if parsed.config_path is None:
        cfg = misuse.composed(parsed.config_name or command, overrides, folders, sweep=sweep)
        composition.check(cfg, folders, config.allowed_targets(cfg))
    failed: list[int] = []

    def task(cfg: DictConfig) -> None:
        if sweep:
            print(f"relapse {command}: {composition.job_title()}", file=sys.stderr)  # noqa: T201
        try:
            config.call(_pipeline(command), cfg)
        except BrokenPipeError:
            raise
        except Exception as error:  # told here: Hydra would print every override, and other jobs of a sweep go on
            failed.append(_tell(command, error, debug=debug))

    try:
        if cfg is None or sweep or cfg.hydra.mode is not None or _shows(parsed):
            _hydra(command, folders[0], [*overrides, *_flags(parsed)], task)
        else:
            composition.run(command, cfg, folders, task)
    except Exception as error:
        raise misuse.translate(error, command, overrides, folders) if _of_hydra(error) else error from error
    return next(iter(failed), 0)


def _hydra(command: str, folder: str, arguments: list[str], task: Callable[[DictConfig], None]) -> None:
    from hydra import main as hydra_main

    argv, os.environ["HYDRA_FULL_ERROR"] = sys.argv, "1"  # errors shall come through, not be printed by Hydra
    sys.argv = [f"relapse {command}", *arguments]
    try:
        hydra_main(version_base="1.3", config_path=folder, config_name=command)(task)()
    finally:
        sys.argv = argv


def _shows(parsed: argparse.Namespace) -> bool:
    """Whether Hydra is to show something instead of a run."""
    return any((parsed.cfg, parsed.info, parsed.shell_completion, parsed.hydra_help))


def _of_hydra(error: Exception) -> bool:
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    return isinstance(error, HydraException | OmegaConfBaseException)


def _pipeline(command: str):  # type: ignore[no-untyped-def]  # any signature
    import importlib
    import logging

    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    logging.getLogger("relapse").setLevel(logging.INFO)
    return getattr(importlib.import_module(f"relapse.pipelines.{command}"), command)


def _overrides(command: str, parsed: argparse.Namespace, folders: Sequence[str]) -> tuple[list[str], bool]:
    """What Hydra is to be told, and whether it will run several jobs. What the user wrote comes last and wins."""
    from relapse import misuse

    name = f"hydra.job.name={command}"
    if not parsed.multirun:
        return [name, *parsed.overrides], False
    if parsed.cfg or parsed.info:  # shown, not run: its first job
        return [name, *misuse.first_job(parsed.overrides, folders)], False
    return [name, _JOB_OUTPUTS, *parsed.overrides], True


def _plain(word: str) -> str:
    """A setting as Hydra's grammar wants it.

    A value that is not plain ASCII gets quotes: `data.path=县数据`. A key of a table that ships empty is one to add:
    `audits.limits.B10.exited=6000`; the recipe refuses one that means nothing.
    """
    from relapse import composition

    if _OPEN.match(word):
        word = f"++{word}"
    key, sign, value = word.partition("=")
    if not sign or word.startswith("-") or value.isascii() or value[0] in "'\"[{(":
        return word
    return f"{key}={composition.quoted(value)}"


def _flags(parsed: argparse.Namespace) -> list[str]:
    """Hydra's flags, spelt out; its own parser wants them after the overrides."""
    flags = [
        f"--{name.replace('_', '-')}"
        for name in ("resolve", "run", "shell_completion", "hydra_help")
        if getattr(parsed, name)
    ]
    for name in ("cfg", "package", "config_path", "config_name", "config_dir", "info"):
        flags += [f"--{name.replace('_', '-')}={value}" for value in [getattr(parsed, name)] if value is not None]
    return flags + (["--multirun"] if parsed.multirun and not (parsed.cfg or parsed.info) else [])


def _with_folder(arguments: Sequence[str]) -> list[str]:
    """`init DIR`: the first word that is neither a setting nor a flag (nor a flag's value) becomes `folder='DIR'`.

    What stands after `from=` is a path as well, and need not be written as Hydra wants it: `from=农户信息.xlsx`.
    """
    from relapse import composition

    words = []
    for word in arguments:
        key, _, value = word.partition("=")
        plain = key == "from" and value not in ("", "null") and value[0] not in "'\""
        words.append(f"from={composition.quoted(value)}" if plain else word)
    takes_value = (
        "--config-dir",
        "-cd",
        "--config-name",
        "-cn",
        "--config-path",
        "-cp",
        "--cfg",
        "-c",
        "--package",
        "-p",
    )
    for place, word in enumerate(words):
        if word.startswith(("-", "+")) or "=" in word or (place and words[place - 1] in takes_value):
            continue
        words[place] = f"folder={composition.quoted(word)}"
        return words
    if not any(word.startswith(("folder=", "-")) for word in words):
        raise InputError("which folder shall be made? relapse init DIR")
    return words


def _folders(arguments: Sequence[str]) -> list[str]:
    """The config folders for the help: ours, and the one after `--config-dir`."""
    from relapse.config import conf_dir

    own = [word.partition("=")[2] for word in arguments if word.startswith(("--config-dir=", "-cd="))]
    own += [arguments[place + 1] for place, word in enumerate(arguments[:-1]) if word in ("--config-dir", "-cd")]
    return [str(conf_dir()), *own]


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"relapse {version('relapse-forecast')}"
    except PackageNotFoundError:
        return "relapse, not installed (run from its source)"


def _status(error: BaseException) -> int:
    if isinstance(error, RelapseError):
        return error.exit_status
    return InputError.exit_status if _no_place(error) else RelapseError.exit_status


def _no_place(error: BaseException) -> OSError | None:
    """The error of a full disk or of a folder that may not be written, here or in a cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (*_NO_ROOM, *_NO_LEAVE):
            return cause
        cause = cause.__cause__
    return None


def _tell(command: str, error: BaseException, *, debug: bool = False) -> int:
    """Prints the one message of an error (with its traceback where asked for) and gives the status."""
    if debug:
        import traceback

        traceback.print_exception(error)
    print(f"relapse {command}".rstrip() + f": {_message(error)}", file=sys.stderr)  # noqa: T201
    return _status(error)


def _message(error: BaseException) -> str:
    from relapse.core.instantiate import shorten

    if isinstance(error, RelapseError):
        return str(error)
    if place := _no_place(error):
        why = "the disk is full" if place.errno in _NO_ROOM else "no permission to write or read"
        where = f" ({shorten(str(place.filename))})" if place.filename else ""
        return f"{why}{where}; nothing was written; name another folder with paths.outputs= or paths.state="
    if isinstance(error, MemoryError):
        return "not enough memory; nothing was written. Close other programs, or give fewer households or origins"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {shorten(str(error.filename or ''))}"
    first = shorten(str(error).partition("\n")[0])[:160]
    return f"unexpected error {type(error).__name__}: {first}; rerun with debug=true to see where"
