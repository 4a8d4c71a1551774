"""What a model card is made of: plain values, from which the page and the file are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Dot:
    """One row of a chart.

    Parameters
    ----------
    label : str
    value : float
    low, high : float or None
        Ends of its interval; None where there is none.
    said : str
        The number as people read it.
    is_quiet : bool
        True for what stands beside for comparison.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    said: str = ""
    is_quiet: bool = False


@dataclass(frozen=True)
class Chart:
    """Numbers on one axis, one row each, with their intervals.

    Parameters
    ----------
    title, axis : str
        Subject; what the axis shows, with its unit.
    dots : tuple of Dot
        From the top.
    reading : str
        How to read it, one sentence.
    mark : float or None
        Value at which a dashed line stands.
    mark_label : str
    """

    title: str
    axis: str
    dots: tuple[Dot, ...]
    reading: str
    mark: float | None = None
    mark_label: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of text; the first cell of a row names it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Note:
    """A sentence that must not be overlooked."""

    text: str
    kind: Literal["warning", "info"] = "warning"


@dataclass(frozen=True)
class Section:
    """A part of the card, drawn in the order of its fields.

    Parameters
    ----------
    key, title : str
    notes : tuple of Note
    paragraphs : tuple of str
    facts : tuple of (str, str)
    code : str
        A command, as it is typed; empty for none.
    items : tuple of str
        A list of sentences.
    charts : tuple of Chart
    tables : tuple of Table
    after : tuple of str
        Paragraphs below the rest.
    """

    key: str
    title: str
    notes: tuple[Note, ...] = ()
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    code: str = ""
    items: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """The card of a run.

    Parameters
    ----------
    title, subtitle : str
    run_id : str
    is_synthetic : bool
        Whether its scores come from made-up tracks.
    sections : tuple of Section
    """

    title: str
    subtitle: str
    run_id: str
    is_synthetic: bool
    sections: tuple[Section, ...]
