"""What `relapse init` writes so that anybody can start a county's month: start file, schedule, hand-over sheet."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from relapse.core.results import Language
from relapse.core.texts import text
from relapse.county.reports import handover_html

_BAT = """\
@echo off
chcp 936 >nul
title {title}
cd /d "%~dp0"
set PYTHONUTF8=1
set "RELAPSE=relapse"
if exist "%~dp0.venv\\Scripts\\relapse.exe" set "RELAPSE=%~dp0.venv\\Scripts\\relapse.exe"
if exist "%RELAPSE%" goto run
where relapse >nul 2>nul
if errorlevel 1 goto missing
:run
echo {running}
echo.
if "%~1"=="/auto" goto auto
"%RELAPSE%" month --config-dir conf data={name}
if errorlevel 1 goto failed
echo.
echo {done}
for /f "delims=" %%d in ('dir /b /ad /o-n outputs\\outbox') do (
  start "" "outputs\\outbox\\%%d"
  goto end
)
:end
pause
exit /b 0
:auto
"%RELAPSE%" month --config-dir conf data={name} >>month.log 2>&1
exit /b %errorlevel%
:failed
echo.
echo {failed}
pause
exit /b 1
:missing
echo {missing}
if not "%~1"=="/auto" pause
exit /b 2
"""
_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{about}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2020-01-03T08:30:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByMonth>
        <DaysOfMonth><Day>3</Day></DaysOfMonth>
        <Months><January/><February/><March/><April/><May/><June/><July/><August/><September/><October/><November/><December/></Months>
      </ScheduleByMonth>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{command}</Command>
      <Arguments>/auto</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def start_files(folder: Path, name: str, tables: Path, language: Language) -> dict[str, bytes]:
    """The files by their names.

    Args:
        folder: of the county.
        name: of its config.
        tables: folder of its tables.
        language: of names and wording.
    """
    said = partial(text, language=language)
    start, place = said("start.file.bat"), folder.resolve()
    rules = {"folder": str(place), "tables": str(tables), "start": start, "config": f"conf/data/{name}.yaml"}
    return {
        start: bat_file(name, language),
        said("start.file.task"): task_file(place, start, language),
        said("start.file.cron"): cron_file(place, name, said("start.file.task"), language),
        said("start.file.sheet"): handover_html.render(name, rules, language),
        "inbox/README.txt": text("start.inbox", language, start=start).encode("utf-8-sig"),
    }


def bat_file(name: str, language: Language) -> bytes:
    """The start file: in the code page of Chinese Windows, with the ends of lines that its shell wants."""
    words = {key: text(f"start.{key}", language) for key in ("title", "running", "done", "failed", "missing")}
    return _BAT.format(name=name, **words).replace("\n", "\r\n").encode("gbk")


def task_file(folder: Path, start: str, language: Language) -> bytes:
    """A task for the scheduler of Windows, in the encoding that it exports itself."""
    told = _TASK.format(
        about=escape(text("start.task.about", language)),
        command=escape(str(folder / start)),
        folder=escape(str(folder)),
    )
    return told.replace("\n", "\r\n").encode("utf-16")


def cron_file(folder: Path, name: str, task: str, language: Language) -> bytes:
    """A line for cron, and how the task of Windows is set up."""
    home = folder.as_posix()
    relapse = shlex.quote(f"{home}/.venv/bin/relapse")
    line = f"30 8 3 * * cd {shlex.quote(home)} && {relapse} month --config-dir conf data={name} >> month.log 2>&1"
    about = [text("start.cron.about", language), text("start.task.import", language, file=task)]
    lines = [f"# {about[0]}", line.replace("%", "\\%"), "", f"# {about[1]}", ""]
    return "\n".join(lines).encode("utf-8", "replace")
