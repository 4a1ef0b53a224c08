"""Makes docs/pictures/, and the figure of the README: `python docs/make_pictures.py [FOLDER]`.

`python docs/make_pictures.py office [FOLDER]` makes those of the office's guide alone, from a simulated county;
there FOLDER is one in which `relapse run data.households=5800` has been called.

Needs Debian's chromium, libreoffice-calc and poppler-utils. The pictures come from one `relapse run` in a temporary
folder: on the panel argentina_eph_2016_2021 where RELAPSE_REAL_DATA names the folder of real panels (some two minutes),
else on the small panel that linearmodels ships. FOLDER is one in which such a run (`language=en`) has been made
already. The ids on the Argentinian list are running numbers that stand for no code of the survey.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from relapse.core.texts import periods
from relapse.explanation.canvas import BLUE, FONT_SIZE, GREY, INK, RED, figure, plain, png
from relapse.registry.mlflow_store import MlflowStore

README = Path(__file__).parents[1] / "README.md"
PICTURES = Path(__file__).with_name("pictures")
REAL = "argentina_eph_2016_2021"
MOST_BYTES, MOST_OFFICE_BYTES = 300_000, 150_000
PATIENCE = 900  # seconds for one picture: a page of two megabytes on a busy, old machine
RULE, MODEL = "distance_to_line", "lgbm_hazard"
CHROMIUM = (
    "headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars", "no-first-run", "disable-sync",
    "disable-background-networking", "disable-component-update", "force-color-profile=srgb",
)  # fmt: skip


def main(arguments: list[str]) -> None:
    """Make every picture, or those of the office's guide."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        if arguments[:1] == ["office"]:
            office(Path(arguments[1] if len(arguments) > 1 else scratch).resolve())
            return
        work = Path(arguments[0]).resolve() if arguments else Path(scratch)
        if not (work / "outputs" / "run.json").is_file():
            relapse(work, "run", "language=en")
        if not (work / "chinese").is_dir():
            relapse(work, "score", "language=zh", "paths.outputs=chinese")
        told = json.loads((work / "outputs" / "run.json").read_text(encoding="utf-8"))
        keep("list.png", page(work / told["list"]["html"], 1180, 740))
        keep("list.zh.png", page(next((work / "chinese").rglob("list.html")), 1180, 740))
        keep("workbook.png", printed(work / told["list"]["xlsx"], 2))  # the page before is the cover
        keep("report.png", page(work / "outputs" / "backtest" / "report.html", 1000, 1250))
        facts = json.loads((work / "outputs" / "train" / "model" / "version.json").read_text(encoding="utf-8"))
        metrics = pd.read_csv(work / told["backtest"]["metrics"])
        keep("rule-and-model.png", rule_and_model(metrics, facts))
        write_figure(metrics, facts)
        keep("beeswarm.png", beeswarm(work, told))
        office(Path(scratch) / "office")


def office(work: Path) -> None:
    """What a township and the head of the office get: of a simulated county, in which nobody exists."""
    work.mkdir(exist_ok=True)
    if not (work / "outputs" / "lists").is_dir():
        subprocess.run([sys.executable, "-m", "relapse", "run", "data.households=5800"], cwd=work, check=True)
    first = next((work / "outputs" / "lists").rglob("office.html")).parent
    workbook = sorted((first / "townships").glob("*.xlsx"))[0]
    keep("office-township.png", printed(workbook, 3), MOST_OFFICE_BYTES)
    keep("office-cards.png", page(workbook.with_suffix(".html"), 1100, 900), MOST_OFFICE_BYTES)
    keep("office-village.png", printed(workbook.with_suffix(".html"), 1), MOST_OFFICE_BYTES)
    keep("office-chief.png", page(first / "office.html", 900, 1040), MOST_OFFICE_BYTES)


def relapse(work: Path, command: str, *words: str) -> None:
    """Call a command in a folder, on the real panel where it is there."""
    chosen = [f"experiment={REAL}"] if os.environ.get("RELAPSE_REAL_DATA") and command == "run" else []
    chosen += [f"data={REAL}"] if os.environ.get("RELAPSE_REAL_DATA") and command != "run" else []
    subprocess.run([sys.executable, "-m", "relapse", command, *chosen, *words], cwd=work, check=True)


def page(path: Path, width: int, height: int) -> bytes:
    """The top of a page as a browser shows it."""
    with tempfile.TemporaryDirectory() as scratch:
        shot = Path(scratch) / "shot.png"
        flags = [*CHROMIUM, f"user-data-dir={scratch}/profile", f"window-size={width},{height}", f"screenshot={shot}"]
        command = [needed("chromium"), *(f"--{flag}" for flag in flags), path.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        return shot.read_bytes()


def printed(path: Path, number: int) -> bytes:
    """A page of a workbook as an office program prints it, or of a page as a browser does."""
    with tempfile.TemporaryDirectory() as scratch:
        pdf, target = Path(scratch) / "printed.pdf", Path(scratch) / "sheet"
        if path.suffix == ".html":
            flags = [*CHROMIUM, f"user-data-dir={scratch}/profile", "no-pdf-header-footer", f"print-to-pdf={pdf}"]
            command = [needed("chromium"), *(f"--{flag}" for flag in flags), path.resolve().as_uri()]
        else:
            source = Path(shutil.copy(path, pdf.with_suffix(".xlsx")))
            profile = f"-env:UserInstallation={Path(scratch, 'profile').as_uri()}"
            command = [
                needed("soffice"),
                profile,
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                scratch,
                str(source),
            ]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        cut = ["-png", "-r", "110", "-f", str(number), "-l", str(number), "-singlefile"]
        subprocess.run([needed("pdftoppm"), *cut, str(pdf), str(target)], check=True, capture_output=True)
        return target.with_suffix(".png").read_bytes()


def rule_and_model(metrics: pd.DataFrame, facts: dict[str, Any]) -> bytes:
    """Precision at the list's length of rule and model, with base rate and the best attainable, by horizon."""
    ahead = {horizon: f"{periods(horizon, facts['frequency'], 'en')} ahead" for horizon in facts["horizons"]}
    pooled = metrics[metrics["origin"] == "all"]
    length = next(name for name in ("5pct", "300") if f"precision_at_{name}" in set(pooled["metric"]))
    table = pooled[pooled["metric"] == f"precision_at_{length}"].set_index(["model", "horizon"])
    best = pooled[pooled["metric"] == f"attainable_at_{length}"].set_index(["model", "horizon"])["value"]
    whole = pooled[pooled["metric"] == "brier"].set_index(["model", "horizon"])
    horizons = sorted(set(pooled["horizon"]))
    with figure(4.6) as (drawn, axes):
        for place, horizon in enumerate(horizons):
            base = whole.loc[(RULE, horizon), "events"] / whole.loc[(RULE, horizon), "n"]
            for level, name, dash in ((base, "base rate", ":"), (best[RULE, horizon], "best attainable", "--")):
                told = name if place == 0 else "_"
                axes.hlines(level, place - 0.4, place + 0.4, color=GREY, linestyle=dash, label=told)
        for shift, model, colour, name in ((-0.1, RULE, RED, "distance to the line"), (0.1, MODEL, BLUE, "model")):
            rows = table.loc[model].loc[horizons]
            error = [rows["value"] - rows["ci_low"], rows["ci_high"] - rows["value"]]
            places = np.arange(len(horizons)) + shift
            axes.errorbar(places, rows["value"], error, fmt="o", color=colour, capsize=4, label=name)
            for x, value in zip(places, rows["value"], strict=True):
                axes.annotate(f"{value:.0%}", (x + 0.04 * np.sign(shift), value), ha="left" if shift > 0 else "right",
                              va="center", color=colour, fontsize=FONT_SIZE)  # fmt: skip
        axes.set_xticks(range(len(horizons)), [ahead[horizon] for horizon in horizons])
        axes.set_xlim(-0.6, len(horizons) - 0.4)
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.set_title(facts["panel"], loc="left", fontsize=FONT_SIZE, color=INK)
        plain(axes, "", "listed households that fell below the line")
        share = length.replace("pct", " %") + (" of those at risk" if length.endswith("pct") else " households")
        axes.set_xlabel(f"each list holds {share}; bars are 90 % intervals", fontsize=FONT_SIZE - 1, color=GREY)
        axes.legend(loc="upper left", ncols=2, fontsize=FONT_SIZE - 1, labelcolor=INK)
        return png(drawn)


def write_figure(metrics: pd.DataFrame, facts: dict[str, Any]) -> None:
    """The one figure of the README: what a list finds at the longest horizon, ordered by rule and by model."""
    pooled = metrics[(metrics["origin"] == "all") & (metrics["horizon"] == max(facts["horizons"]))]
    length = next(name for name in ("5pct", "300") if f"precision_at_{name}" in set(pooled["metric"]))
    rows = pooled[pooled["metric"] == f"precision_at_{length}"].set_index("model")
    rule, model = (
        f"{row['value']:.0%} ({row['ci_low']:.0%} to {row['ci_high']:.0%})"
        for _, row in rows.loc[[RULE, MODEL]].iterrows()
    )
    whole = pooled[(pooled["metric"] == "brier") & (pooled["model"] == RULE)].iloc[0]
    ahead = periods(max(facts["horizons"]), facts["frequency"], "en")
    held = length.replace("pct", " %")
    base = f"{whole['events'] / whole['n']:.0%}"
    sentence = (
        f"**Of the households listed first, {rule} fell below the line where the distance rule orders the list,\n"
        f"{model} where the model does** ({facts['panel']}, {ahead} ahead, list of {held}, 90 % intervals;\n"
        f"of all households at risk {base} did)."
    )
    text = README.read_text(encoding="utf-8")
    begin, end = "<!-- figure:begin -->\n", "<!-- figure:end -->"
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    README.write_text(f"{head}{sentence}\n{tail}", encoding="utf-8")


def beeswarm(work: Path, told: dict[str, Any]) -> bytes:
    """The picture that the run left in the registry (a bar chart where the panel has too few households for points)."""
    store = MlflowStore(uri=told["tracking_uri"], state=str(work / "state"))
    name, number = told["model_name"], told["model_version"]
    return store.artifact(name, number, "shap/beeswarm.png")


def keep(name: str, picture: bytes, most: int = MOST_BYTES) -> None:
    """Write a picture with few enough colours and dots to be a small file."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for width in (1200, 1000, 800):
        if image.width > width:
            image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        image.quantize(128).save(target, "png", optimize=True)
        if target.tell() < most:
            break
    (PICTURES / name).write_bytes(target.getvalue())
    print(f"{name}: {image.width} x {image.height}, {target.tell() / 1000:.0f} kB")


def needed(program: str) -> str:
    """The place of a program; stops with its name where it is not there."""
    found = shutil.which(program)
    if found is None:
        sys.exit(f"{program} is needed: on Debian, apt-get install chromium libreoffice-calc poppler-utils")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
