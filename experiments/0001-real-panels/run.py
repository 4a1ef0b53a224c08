"""Models against plain rules on real panels: writes table.csv, table.md and seconds.csv here, and the README's table.

    RELAPSE_REAL_DATA=FOLDER python experiments/0001-real-panels/run.py

FOLDER holds the folders of the panels that `conf/data/` names; `wage_panel` comes with linearmodels.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from study import MODEL, PANELS, RULE, Outcome, cut, run_backtest, settings_of

from relapse.evaluation.intervals import interval

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import latex, markdown, rewrite, save

HERE = Path(__file__).parent
BASELINES = [RULE, "distance_to_line_recent", "distance_to_line_growth", "last_list", "logit"]
FIGURES = {"precision_at_5pct": (0, 1), "pr_auc": (0, 1), "roc_auc": (0, 1), "observed_expected": (0, np.inf)}
CUTS = {"germany_soep_1984_1988": [1800, 600]}
SEED = 1


def main() -> None:
    parts, seconds = [], []
    for name in PANELS:
        settings = settings_of(name)
        start = time.perf_counter()
        panel = settings["data"].read(settings["line"])
        read = time.perf_counter() - start
        for rows in [None, *CUTS.get(name, [])]:
            label = name if rows is None else f"{name}, {rows} rows"
            part = panel if rows is None else cut(panel, rows, np.random.default_rng(SEED))
            outcome = run_backtest(settings, part, [*BASELINES, MODEL])
            parts.append(table_of(label, outcome))
            seconds.append({"panel": label, "rows": len(part.household), "read": read, "backtest": outcome.seconds})
            print(label, f"{outcome.seconds:.0f} s", flush=True)
    table = pd.concat(parts, ignore_index=True)
    save(table, HERE / "table.csv")
    pd.DataFrame(seconds).round(1).to_csv(HERE / "seconds.csv", index=False, lineterminator="\n")
    tables()


def tables() -> None:
    """Make table.md, the LaTeX and the project's table from table.csv."""
    table = pd.read_csv(HERE / "table.csv")
    shown = {"figures": shown_figures(table), "differences": shown_differences(table), "short": shown_short(table)}
    for name, each in shown.items():
        (HERE / f"{name}.tex").write_text(latex(each), encoding="utf-8")
    parts = [markdown(shown[name]) for name in ("figures", "differences")]
    (HERE / "table.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    rewrite(HERE.parents[1] / "README.md", "real-panels", markdown(shown["short"]))


def table_of(label: str, outcome: Outcome) -> pd.DataFrame:
    """One row a horizon and model: figures with intervals, and the main model's paired lead over it in PR-AUC."""
    name = outcome.task.panel.calendar.label
    used = [result.evidence[MODEL].share for result in outcome.results]
    rows = []
    for horizon, measured in outcome.measured.items():
        for model, figures in measured.figures.items():
            row: dict[str, object] = {"panel": label, "horizon": horizon, "model": model}
            for metric, bounds in FIGURES.items():
                figure = figures["all", metric]
                low, high = interval(figure.value, figure.drawn, bounds)
                row |= {metric: figure.value, f"{metric}_low": low, f"{metric}_high": high}
            if model != MODEL:
                lead = measured.compare(MODEL, model).set_index("metric").loc["pr_auc"]
                row |= {"lead": lead.difference, "lead_low": lead.ci_low, "lead_high": lead.ci_high}
                row |= {"lead_least": lead.range_low, "lead_most": lead.range_high}
            pooled = figures["all", "pr_auc"]
            row |= {"rows_tested": pooled.rows, "events": pooled.events, "base_rate": pooled.events / pooled.rows}
            row |= {"attainable": figures["all", "attainable_at_5pct"].value, "origins": len(used)}
            row |= {
                "first_origin": name(outcome.results[0].unit.as_of),
                "last_origin": name(outcome.results[-1].unit.as_of),
            }
            rows.append(row | {"label": outcome.task.kind, "model_used_at": sum(share > 0 for share in used)})
    return pd.DataFrame(rows)


def shown_figures(table: pd.DataFrame) -> pd.DataFrame:
    """All figures, a row a model; `table.md`'s first part."""
    heads = [
        "panel",
        "horizon",
        "events / tested",
        "base rate",
        "model",
        "precision at 5 %",
        "best possible",
        "PR-AUC",
        "ROC-AUC",
        "observed / expected",
    ]
    rows = [
        [
            row.panel,
            row.horizon,
            f"{row.events} / {row.rows_tested}",
            f"{row.base_rate:.3f}",
            row.model,
            ranged(row, "precision_at_5pct"),
            f"{row.attainable:.2f}",
            ranged(row, "pr_auc"),
            ranged(row, "roc_auc"),
            f"{row.observed_expected:.2f}",
        ]
        for row in table.itertuples()
    ]
    return pd.DataFrame(rows, columns=heads)


def shown_differences(table: pd.DataFrame) -> pd.DataFrame:
    """The main model's lead over each baseline; `table.md`'s second part."""
    heads = [
        "panel",
        "horizon",
        "lgbm_hazard less",
        "PR-AUC (90 % interval)",
        "range over origins",
        "origins",
        "model used at",
    ]
    rows = [
        [
            row.panel,
            row.horizon,
            row.model,
            signed(row),
            f"{row.lead_least:+.3f} to {row.lead_most:+.3f}",
            f"{row.first_origin} to {row.last_origin} ({row.origins})",
            row.model_used_at,
        ]
        for row in table[table["model"] != MODEL].itertuples()
    ]
    return pd.DataFrame(rows, columns=heads)


def shown_short(table: pd.DataFrame) -> pd.DataFrame:
    """The README's table: the rule, the model, its lead."""
    heads = [
        "panel",
        "horizon",
        "base rate",
        "precision at 5 %: rule",
        "model",
        "PR-AUC: rule",
        "logit",
        "model",
        "model less rule",
    ]
    rows = []
    for (panel, horizon), part in table.groupby(["panel", "horizon"], sort=False):
        by = {row.model: row for row in part.itertuples()}
        rule, model, logit = by[RULE], by[MODEL], by["logit"]
        rows.append(
            [
                panel,
                horizon,
                f"{rule.base_rate:.3f}",
                f"{rule.precision_at_5pct:.3f}",
                f"{model.precision_at_5pct:.3f}",
                f"{rule.pr_auc:.3f}",
                f"{logit.pr_auc:.3f}",
                f"{model.pr_auc:.3f}",
                signed(rule),
            ]
        )
    return pd.DataFrame(rows, columns=heads)


def ranged(row: object, metric: str) -> str:
    value, low, high = (getattr(row, f"{metric}{end}") for end in ("", "_low", "_high"))
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def signed(row: object) -> str:
    return f"{row.lead:+.3f} ({row.lead_low:+.3f} to {row.lead_high:+.3f})"


if __name__ == "__main__":
    main()
