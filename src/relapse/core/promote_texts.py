"""Wording of the gates that a version must pass, and of versions that come from elsewhere."""

from __future__ import annotations

TEXTS_PROMOTE: dict[str, tuple[str, str]] = {
    "gate.missed_groups": ("各类户没有明显多漏", "no group surely missed more"),
    "gate.missed_coverage": ("资料少的户没有明显多漏", "thin data not surely missed more"),
    "gate.list_stability": ("清单前后稳定", "the list stays stable"),
    "gate.privacy": ("不含户和人的编号", "no id of anybody"),
    "gate.schema": ("输入输出与现用版本相符", "inputs and forecast fit the champion"),
    "gate.reproduces": ("按原设置能重做出来", "made again, it is the same"),
    "gate.fresh_process": ("脱离MLflow和shap能用", "works without MLflow and shap"),
    "record.imported": (
        "由“{origin}”训练、导入“{panel}”的版本，数据截至{as_of}（{households}户、{events}例）；"
        "以下数字都是在本地各户上测得的。",
        "A version trained on '{origin}' as of {as_of} ({households} households, {events} events), imported for "
        "'{panel}'; all figures below were measured on the households here.",
    ),
}
