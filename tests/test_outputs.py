"""Files written whole or not at all, one run at a time."""

import errno
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from relapse import outputs
from relapse.core.errors import InputError
from relapse.outputs import Paths, locked, write_all

OLD = {"list.csv": b"old", "townships/a.xlsx": b"old"}
NEW = {"list.csv": b"new", "townships/a.xlsx": b"new", "manifest.json": b"{}"}


def there(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def in_another_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    source = Path(outputs.__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(source)},
    )  # fmt: skip


def silent(_: str) -> None:
    pass


# writing


def test_write_all__leaves_the_files_and_nothing_else(tmp_path):
    folder = tmp_path / "a folder" / "名单"
    write_all(folder, OLD)
    assert there(folder) == OLD
    write_all(folder, NEW)
    assert there(folder) == NEW


def test_write_all__relative_paths_and_links(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("real").mkdir()
    Path("link").symlink_to("real", target_is_directory=True)
    write_all(Path("link"), OLD)
    assert there(tmp_path / "real") == OLD
    assert Path("link").is_symlink()


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "", "a\\b"])
def test_write_all__stays_in_its_folder(name, tmp_path):
    with pytest.raises(InputError, match="no path within"):
        write_all(tmp_path / "out", {name: b""})
    assert there(tmp_path) == {}


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "is full"), (errno.EIO, "cannot write")])
def test_write_all__a_full_disk_changes_nothing(number, said, tmp_path, monkeypatch):
    write_all(tmp_path, OLD)
    flushed = []

    def fsync(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 3:  # the last of the three new files
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(InputError, match=said):
        write_all(tmp_path, NEW)
    assert there(tmp_path) == OLD


@pytest.mark.skipif(os.name != "posix", reason="limits on the size of files are of POSIX")
def test_write_all__a_limit_of_the_system_changes_nothing(tmp_path):
    write_all(tmp_path, OLD)
    code = """
        import resource, sys
        from pathlib import Path
        from relapse.core.errors import InputError
        from relapse.outputs import write_all
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_all(Path(sys.argv[1]), {"list.csv": b"new", "manifest.json": bytes(5000)})
        except InputError as error:
            print(error)
    """
    told, _ = in_another_process(code, tmp_path).communicate()
    assert "is full" in told
    assert there(tmp_path) == OLD


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_write_all__without_permission_changes_nothing(tmp_path):
    write_all(tmp_path, OLD)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="no permission"):
            write_all(tmp_path, NEW)
        with pytest.raises(InputError, match="no permission"), locked(tmp_path, 0, silent):
            pass
    finally:
        tmp_path.chmod(0o700)
    assert there(tmp_path) == OLD


def test_write_all__no_permission_is_said_plainly(tmp_path, monkeypatch):
    def refused(**_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    write_all(tmp_path, OLD)
    monkeypatch.setattr(outputs.tempfile, "mkdtemp", refused)
    with pytest.raises(InputError, match="no permission to write"):
        write_all(tmp_path, NEW)
    assert there(tmp_path) == OLD


def test_write_all__a_file_where_the_folder_should_be_and_the_other_way_round(tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(InputError, match="is a file where a folder is needed"):
        write_all(tmp_path / "out", NEW)
    with pytest.raises(InputError, match="is a file where a folder is needed"), locked(tmp_path / "out", 0, silent):
        pass
    (tmp_path / "folder" / "list.csv").mkdir(parents=True)
    with pytest.raises(InputError, match="is a folder where a file"):
        write_all(tmp_path / "folder", NEW)
    assert there(tmp_path) == {"out": b"mine"}


def test_write_all__whoever_is_killed_while_writing_leaves_the_old_files_whole(tmp_path):
    write_all(tmp_path, OLD)
    code = """
        import os, signal, sys
        from pathlib import Path
        import relapse.outputs as outputs
        real, calls = os.fsync, []
        def fsync(handle):
            calls.append(handle)
            if len(calls) == 3:
                os.kill(os.getpid(), 9)
            real(handle)
        os.fsync = fsync
        with outputs.locked(Path(sys.argv[1]), 0, print):
            outputs.write_all(Path(sys.argv[1]), {"list.csv": b"new", "townships/a.xlsx": b"new", "manifest.json": b""})
    """
    killed = in_another_process(code, tmp_path)
    killed.communicate()
    assert killed.returncode != 0
    assert {name: content for name, content in there(tmp_path).items() if not name.startswith(".")} == OLD
    with locked(tmp_path, 0, silent):  # the lock went with the process, and so does what it left
        write_all(tmp_path, NEW)
    assert {name for name in there(tmp_path) if name != ".relapse.lock"} == set(NEW)


# locking


def test_locked__a_second_run_is_refused_or_waits(tmp_path):
    code = """
        import sys
        from pathlib import Path
        from relapse.outputs import locked
        with locked(Path(sys.argv[1]), 0, print):
            print("held", flush=True)
            sys.stdin.read(1)
    """
    first = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": str(Path(outputs.__file__).parents[1])},
    )  # fmt: skip
    assert first.stdout is not None and first.stdin is not None
    assert first.stdout.readline() == "held\n"
    said: list[str] = []
    with pytest.raises(InputError, match="another run is at work"), locked(tmp_path, 0, said.append):
        pass
    assert said == []
    with pytest.raises(InputError, match="another run is at work"), locked(tmp_path, 0.2, said.append):
        pass
    assert said == [f"waiting for another run on {tmp_path}"]
    end = threading.Timer(0.3, first.communicate, args=("x",))
    end.start()
    with locked(tmp_path, 30, said.append):
        assert len(said) == 2
    end.join()
    assert first.returncode == 0


def test_locked__may_be_held_twice_by_one_run_and_is_free_afterwards(tmp_path):
    with locked(tmp_path, 0, silent), locked(tmp_path, 0, silent):
        (tmp_path / ".writing-mine").mkdir()
        with locked(tmp_path, 0, silent):
            assert (tmp_path / ".writing-mine").is_dir()
    code = "import sys, pathlib, relapse.outputs as o\nwith o.locked(pathlib.Path(sys.argv[1]), 0, print): print('ok')"
    told, _ = in_another_process(code, tmp_path).communicate()
    assert told == "ok\n"
    assert not (tmp_path / ".writing-mine").exists()


def test_paths__the_home_folder_is_understood(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    paths = Paths(outputs="~/out", data="data", state="state")
    assert paths.outputs == tmp_path / "out"
    assert paths.data == Path("data")
