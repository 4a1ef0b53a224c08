"""Pages made of the templates beside this module: one self-contained file each, as bytes."""

from __future__ import annotations

import base64
import re
from functools import cache, partial
from typing import TYPE_CHECKING

from relapse.core.results import Language
from relapse.core.texts import outcome_text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_BRACKETS = re.compile(r"(\([^()]{1,24}\))")


def page(template: str, language: Language, outcome: str = "", **values: object) -> bytes:
    """A page in UTF-8, the same bytes for the same values.

    Args:
        template: file name in `templates/`.
        language: of the wording; the template's `t` looks texts up in it.
        outcome: that the page is about; its own wordings come first.
        values: what the template prints; everything is escaped.
    """
    rendered = (
        _environment()
        .get_template(template)
        .render(
            t=partial(_wording, language, outcome),
            language=language,
            lang="zh-CN" if language == "zh" else "en",
            **values,
        )
    )
    return rendered.encode()


def data_uri(picture: bytes) -> str:
    """A picture, PNG or SVG, as the address of itself."""
    kind = "png" if picture.startswith(b"\x89PNG") else "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _wording(language: Language, outcome: str, key: str, **values: object) -> str:
    return outcome_text(key, outcome, language, **values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("relapse.county.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["intervals_whole"] = _intervals_whole
    return environment


def _intervals_whole(cell: str) -> Markup:
    """A cell in whose brackets no line ends: an interval stands on one line, if need be on its own."""
    from markupsafe import Markup, escape

    return Markup(_BRACKETS.sub(r'<span class="whole">\1</span>', str(escape(cell))))
