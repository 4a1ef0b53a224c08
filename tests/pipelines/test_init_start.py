"""What init leaves for the month to be started with: right bytes for Windows, and lines that run as they stand."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from calls import SOURCE, call
from office import Office

TASKS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, tmp_path_factory) -> tuple[str, Path]:
    home = tmp_path_factory.mktemp("init")
    done = call("init", "我县 & co", f"language={request.param}", "name=ourcounty", cwd=home)
    assert done.status == 0, done.err
    return request.param, home / "我县 & co"


NAMES = {
    "zh": ("每月运行.bat", "计划任务.xml", "定时任务.txt", "交接清单.html"),
    "en": ("start-month.bat", "task.xml", "cron.txt", "handover.html"),
}


def test_start_file__is_what_the_shell_of_chinese_windows_reads(made):
    language, folder = made
    content = (folder / NAMES[language][0]).read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 20
    assert not content.startswith(b"\xef\xbb\xbf")
    text = content.decode("gbk")
    assert "month --config-dir conf data=ourcounty" in text
    labels, jumps = set(re.findall(r"^:(\w+)\r$", text, re.M)), set(re.findall(r"goto (\w+)", text))
    assert labels == jumps
    said = [line for line in text.splitlines() if line.startswith("echo ")]
    assert not [line for line in said if set(line) & set("<>|&^%")]


def test_scheduled_task__is_whole_and_starts_that_file_in_that_folder(made):
    language, folder = made
    content = (folder / NAMES[language][1]).read_bytes()
    assert content.startswith(b"\xff\xfe")
    root = ElementTree.fromstring(content.decode("utf-16").replace('encoding="UTF-16"', ""))
    action = root.find(f"{TASKS}Actions/{TASKS}Exec")
    assert action.findtext(f"{TASKS}Command") == str(folder.resolve() / NAMES[language][0])
    assert action.findtext(f"{TASKS}WorkingDirectory") == str(folder.resolve())
    assert root.findtext(f"{TASKS}Settings/{TASKS}StartWhenAvailable") == "true"


def test_inbox__has_a_note_that_the_month_passes_over(made):
    language, folder = made
    note = (folder / "inbox" / "README.txt").read_bytes()
    assert note.startswith(b"\xef\xbb\xbf")
    assert NAMES[language][0] in note.decode("utf-8-sig")


def test_hand_over_sheet__has_everything_and_no_secret(made):
    language, folder = made
    sheet = (folder / NAMES[language][3]).read_text(encoding="utf-8")
    assert "我县 &amp; co" in sheet
    assert sheet.count("□") >= 20
    assert "{" not in re.sub(r"<style>.*?</style>", "", sheet, flags=re.S)


def test_cron_line__does_the_month_as_it_stands(small_office, tmp_path):
    """The line is run by a shell, with a program of that name that is ours."""
    office = Office(Path(shutil.copytree(small_office, tmp_path / "50% 我县's")))
    done = call("init", str(office.home / "x"), "name=county2", f"from={office.home / 'county'}", cwd=office.home)
    assert done.status == 0, done.err
    home = office.home / "x"
    config = home / "conf" / "data" / "county2.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("??????", "990101"), encoding="utf-8")
    program = home / ".venv" / "bin" / "relapse"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(SOURCE))} exec python -m relapse "$@" version=../version\n'
    )
    program.chmod(0o755)
    line = next(
        line for line in (home / "定时任务.txt").read_text(encoding="utf-8").splitlines() if line.startswith("30 8")
    )
    command = line.split(" ", 5)[5].replace("\\%", "%")  # as cron hands it to the shell
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    ran = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, env={"PATH": path, "HOME": str(tmp_path)}
    )
    assert ran.returncode == 0, (home / "month.log").read_text()
    assert (home / "outputs" / "outbox" / "2023-06" / "note.html").is_file()
