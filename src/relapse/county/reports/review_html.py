"""The page on which a reviewer judges a version: four questions first, then all that stands behind the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relapse.core.results import Language
from relapse.core.texts import text_or
from relapse.county.reports.backtest_further import PlainTable
from relapse.county.reports.pages import data_uri, page


@dataclass(frozen=True)
class Part:
    """One part of the page: some of these, in this order.

    Args:
        name: of its anchor.
        title: of the part.
        words: below the title, small.
        sentences: as a list.
        tables: with their own titles, or none.
        pictures: PNG or SVG by name (`picture.<name>` in the catalogue, else shown as it is).
        commands: to be typed, as they stand.
        folded: long text behind a fold, by title.
    """

    name: str
    title: str
    words: str = ""
    sentences: tuple[str, ...] = ()
    tables: tuple[PlainTable, ...] = ()
    pictures: Mapping[str, bytes] | None = None
    commands: tuple[str, ...] = ()
    folded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What is said to one of the first questions."""

    question: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ReviewPage:
    """What a reviewer sees.

    Args:
        title, subtitle: above all.
        marks: such as that the data are simulated.
        answers: to the first questions.
        parts: in their order.
        language: of the page.
    """

    title: str
    subtitle: str
    marks: tuple[str, ...]
    answers: tuple[Answer, ...]
    parts: tuple[Part, ...]
    language: Language


def render(review: ReviewPage) -> bytes:
    """The page, 820 px wide as the registry shows it, with every picture inside it."""
    pictures = {
        part.name: [
            (text_or(f"picture.{name}", review.language, name), data_uri(data))
            for name, data in (part.pictures or {}).items()
        ]
        for part in review.parts
    }
    return page("review.html.j2", review.language, review=review, pictures=pictures)
