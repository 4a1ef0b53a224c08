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
    # a decision, said above the version's description
    "decision.promoted": (
        "{reviewer}评审后定为现用版本（原为第{before}版），{count}道关卡全部通过。理由：{reason}",
        "Made champion by {reviewer} (before it: version {before}); all {count} gates hold. Reason: {reason}",
    ),
    "decision.first": (
        "{reviewer}评审后定为现用版本（原来没有现用版本），{count}道关卡全部通过。理由：{reason}",
        "Made champion by {reviewer} (there was none before); all {count} gates hold. Reason: {reason}",
    ),
    "decision.confirmed": (
        "{reviewer}评审后继续作现用版本，{count}道关卡全部通过。理由：{reason}",
        "Reviewed by {reviewer} and champion as before; all {count} gates hold. Reason: {reason}",
    ),
    "decision.overridden": (
        "{reviewer}不顾未通过的关卡定为现用版本（原为第{before}版）。理由：{reason}",
        "Made champion by {reviewer} although gates refuse (before it: version {before}). Reason: {reason}",
    ),
    "decision.refused": (
        "{reviewer}评审：没有通过，不作现用版本。理由：{reason}",
        "Reviewed by {reviewer}: refused, not champion. Reason: {reason}",
    ),
    "decision.withdrawn": (
        "{reviewer}撤下这个版本，恢复第{version}版。理由：{reason}",
        "Withdrawn by {reviewer}, version {version} is champion again. Reason: {reason}",
    ),
    "decision.returned": (
        "{reviewer}把它恢复为现用版本，撤下第{before}版。理由：{reason}",
        "Made champion again by {reviewer}, version {before} was withdrawn. Reason: {reason}",
    ),
    "decision.said": ("决定：{what}", "Decision: {what}"),
    "decision.gate": (
        "未通过“{gate}”：{why}（实测{figure}；标准：{threshold}）",
        "{gate}: {why} ({figure}; {threshold})",
    ),
    "record.imported": (
        "由“{origin}”训练、导入“{panel}”的版本，数据截至{as_of}（{households}户、{events}例）；"
        "以下数字都是在本地各户上测得的。",
        "A version trained on '{origin}' as of {as_of} ({households} households, {events} events), imported for "
        "'{panel}'; all figures below were measured on the households here.",
    ),
}
