"""Small panels: many cuts by household of the real ones, and by how much the model is ahead of the rule on each.

    RELAPSE_REAL_DATA=FOLDER python experiments/0001-real-panels/cuts.py [cuts of a size: 20] [first number: 100]

Writes cuts.csv (a row a cut and horizon) and cuts.md (their distribution). Cuts 0 to 19 chose `least_events` of
conf/calibration/by_lead.yaml.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from study import MODEL, RULE, cut, run_backtest, settings_of

from relapse.core.errors import InputError

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import latex, markdown, save

HERE = Path(__file__).parent
SIZES = {
    "wage_panel": [600, 1800],
    "germany_soep_1984_1988": [600, 1800, 6000],
    "argentina_eph_2016_2021": [600, 1800, 6000, 20000],
}


def main(cuts: int, first: int) -> None:
    rows = []
    for name, sizes in SIZES.items():
        settings = settings_of(name)
        panel = settings["data"].read(settings["line"])
        for size in sizes:
            for number in range(first, first + cuts):
                rows += leads(settings, cut(panel, size, np.random.default_rng([size, number])), name, size, number)
            print(name, size, flush=True)
    table = pd.DataFrame(rows)
    save(table, HERE / "cuts.csv")
    tables()


def tables() -> None:
    """Make cuts.md and its LaTeX from cuts.csv."""
    shown = distribution(
        pd.read_csv(HERE / "cuts.csv", keep_default_na=False, na_values={"lead": "", "low": "", "high": ""})
    )
    (HERE / "cuts.md").write_text(markdown(shown) + "\n", encoding="utf-8")
    (HERE / "cuts.tex").write_text(latex(shown), encoding="utf-8")


def leads(settings, panel, name: str, size: int, number: int) -> list[dict[str, object]]:
    """The model's lead over the rule on one cut, by horizon; none where not even the rule can be fitted."""
    head = {"panel": name, "rows": size, "cut": number}
    try:
        outcome = run_backtest(settings, panel, [RULE, MODEL], draws=100)
    except InputError as refusal:
        return [{**head, "refused": str(refusal).split(":")[0]}]
    used = np.mean([result.evidence[MODEL].share > 0 for result in outcome.results])
    rows = []
    for horizon, measured in outcome.measured.items():
        lead = measured.compare(MODEL, RULE).set_index("metric").loc["pr_auc"]
        events = measured.figures[RULE]["all", "pr_auc"].events
        ends = {"lead": lead.difference, "low": lead.ci_low, "high": lead.ci_high}
        rows.append({**head, "horizon": horizon, "events": events, "used": used, **ends, "refused": ""})
    return rows


def distribution(table: pd.DataFrame) -> pd.DataFrame:
    """A row a panel, size and horizon: how far the model is ahead of the rule on the cuts."""
    heads = [
        "panel",
        "rows",
        "horizon",
        "cuts",
        "refused",
        "median events",
        "model used (share of origins)",
        "lead: mean",
        "least",
        "most",
        "lower bound below -0.01",
        "interval wholly below 0",
    ]
    rows = []
    for (panel, size), part in table.groupby(["panel", "rows"], sort=False):
        cuts = part["cut"].nunique()
        for horizon, told in part[part["refused"] == ""].groupby("horizon"):
            rows.append(
                [
                    panel,
                    size,
                    int(horizon),
                    len(told),
                    cuts - len(told),
                    int(told["events"].median()),
                    f"{told['used'].mean():.2f}",
                    f"{told['lead'].mean():+.4f}",
                    f"{told['lead'].min():+.4f}",
                    f"{told['lead'].max():+.4f}",
                    f"{(told['low'] < -0.01).sum()} of {len(told)}",
                    f"{(told['high'] < 0).sum()} of {len(told)}",
                ]
            )
    return pd.DataFrame(rows, columns=heads)


if __name__ == "__main__":
    main(*[int(text) for text in sys.argv[1:]], *[20, 100][len(sys.argv) - 1 :])
