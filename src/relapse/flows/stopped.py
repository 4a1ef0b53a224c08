"""What a list is made with after a version was stopped: its own plain rule, which nobody has to learn anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from relapse.core.errors import GateError
from relapse.flows.version import Version
from relapse.model.blend import Blend

STOPPED = "stopped"  # why such a list is made by the rule, `fallback.stopped` in the catalogue of words


def by_the_rule(version: Version, as_of: str) -> Version:
    """The version as its rule alone, fitted on the same data; it says that it was stopped, and when.

    Args:
        version: that was stopped.
        as_of: label of the month whose monitor stopped it.

    Raises:
        GateError: no rule stands beside the model.
    """
    rule = version.hazard.model if version.is_rule and version.hazard.rule is None else version.hazard.rule
    if rule is None:
        raise GateError(
            f"the version made at {version.facts.as_of} was stopped at {as_of}, and no rule stands beside its model: "
            f"an older relapse made it; `relapse train` makes one that has it (promote that), or say after_stop=go_on"
        )
    name = str(version.recipe["rule"]["_target_"]).rpartition(".")[0].rpartition(".")[2]
    facts = replace(version.facts, model=name, share=0.0, fallback=STOPPED, details={"when": as_of})
    hazard = Blend(None, rule, 0.0, None, version.hazard.cumulative, version.hazard.kinds, version.hazard.level_spread)
    figures = {key: _of_rule(told) for key, told in version.figures.items()}
    return replace(version, facts=facts, hazard=hazard, figures=figures)


def _of_rule(told: Any) -> Any:
    if not (isinstance(told, Mapping) and "rule_hit_rate" in told):
        return told
    return {**told, "hit_rate": told["rule_hit_rate"]}
