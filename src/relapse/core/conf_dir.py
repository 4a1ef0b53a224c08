"""Where the config files lie, and the plain tables among them that are no group of Hydra."""

from __future__ import annotations

from pathlib import Path

from relapse.core.errors import InputError, nearest


def conf_dir() -> Path:
    """The folder of the config files: beside this package in a wheel, at the root of a checkout.

    Raises:
        InputError: it is in neither place.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "conf", package.parent.parent / "conf"):
        if folder.is_dir():
            return folder
    raise InputError(f"no conf folder beside {package}; install relapse-forecast again")


def read_table(folder: str, name: str) -> object:
    """A table of plain data that is too long to be composed by Hydra at every start.

    Args:
        folder: in the config folder, such as `contract`.
        name: of a file there without `.yaml`, or the path of a file of one's own.

    Raises:
        InputError: there is no such file, or it is no YAML.
    """
    import yaml

    shipped = {path.stem: path for path in sorted((conf_dir() / folder).glob("*.yaml"))}
    file = shipped.get(name, Path(name).expanduser())
    if not file.is_file():
        raise InputError(f"{folder}={name}: no such name in conf/{folder} and no such file; {nearest(name, shipped)}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where PyYAML was built with it
    try:
        return yaml.load(file.read_bytes(), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file.name}: no valid YAML: {' '.join(str(error).split())[:200]}") from error
