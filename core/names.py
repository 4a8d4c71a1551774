"""Names (a genre) as a model knows them: which it met in training, and what another spelling of one is read as."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from core.features import FEATURES
from core.stacking import Stacked

Known = Mapping[str, Collection[str]]
"""Names by feature."""
MOST_LISTED, LONGEST = 3, 40


def known_names(pipeline: Any, columns: Sequence[str]) -> dict[str, frozenset[str]]:
    """The names that a model met in training, for each feature of names that has a column a name.

    Those from which a number is learnt (artist, title) are not among them: a new one is nothing unusual there.

    Parameters
    ----------
    pipeline : fitted Pipeline or Stacked
        Of a stack, what any of its parts met.
    columns : sequence of str
        Features that it reads.
    """
    if isinstance(pipeline, Stacked):
        parts = [known_names(part, own) for part, own in zip(pipeline.pipelines, pipeline.columns, strict=True)]
        return {name: frozenset().union(*(part.get(name, ()) for part in parts)) for part in parts for name in part}
    prepare = pipeline["prepare"]
    prepare = prepare["columns"] if hasattr(prepare, "steps") else prepare
    wanted = {name for name in columns if FEATURES[name].is_text and not FEATURES[name].encoding}
    found: dict[str, frozenset[str]] = {}
    for _, transformer, names in getattr(prepare, "transformers_", ()):
        if hasattr(transformer, "categories_"):
            pairs = zip(names, transformer.categories_, strict=True)
            found |= {name: frozenset(filter(_is_name, met)) for name, met in pairs if name in wanted}
    return found


def read_name(name: object, known: Collection[str]) -> Any:
    """A name as the model knows it, where it differs in case and spaces alone and only one fits; else as it came.

    Examples
    --------
    >>> read_name(" Pop", {"pop", "rap"}), read_name("polka", {"pop"}), read_name("POP", {"pop", "Pop"})
    ('pop', 'polka', 'POP')
    """
    if not isinstance(name, str) or name in known:
        return name
    alike = [one for one in known if _folded(one) == _folded(name)]
    return alike[0] if len(alike) == 1 else name


def read_names(frame: pd.DataFrame, known: Known) -> tuple[pd.DataFrame, list[str]]:
    """Write each name as the model knows it.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, any)
    known : mapping
        Names by feature.

    Returns
    -------
    frame : DataFrame
    notices : list of str
        What was read as what.
    """
    notices = []
    for feature in [name for name in known if name in frame]:
        read = {name: read_name(name, known[feature]) for name in frame[feature].dropna().unique()}
        changed = {name: as_known for name, as_known in read.items() if name != as_known}
        if changed:
            frame = frame.assign(**{feature: frame[feature].replace(changed)})
            said = [f"{_quoted(name)} was read as {_quoted(as_known)}" for name, as_known in changed.items()]
            notices.append(f"{feature}: {_listed(said)}.")
    return frame, notices


def unmet_names(frame: pd.DataFrame, known: Known) -> dict[str, pd.Series]:
    """Which rows have a name that the model never met, by feature.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, any)
        As `read_names` gives it.
    known : mapping
        Names by feature.
    """
    return {name: frame[name].notna() & ~frame[name].isin(list(met)) for name, met in known.items() if name in frame}


def say_unmet(feature: str, names: pd.Series) -> str:
    """Say which names of some tracks the model never met.

    Parameters
    ----------
    feature : str
    names : Series of str
        One for each track concerned.

    Examples
    --------
    >>> say_unmet("genre", pd.Series(["polka", "ska", "polka"]))
    "genre: 3 with a name that the model never met ('polka' and 'ska'), so it cannot tell what that adds."
    """
    listed = _listed([_quoted(name) for name in names.unique()])
    said = f"{feature}: {len(names):,} with a name that the model never met ({listed})"
    return f"{said}, so it cannot tell what that adds."


def _is_name(name: object) -> bool:
    return isinstance(name, str)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _quoted(name: object) -> str:
    return repr(str(name)[:LONGEST])


def _listed(some: Sequence[str]) -> str:
    if len(some) <= 1:
        return "".join(some)
    if len(some) > MOST_LISTED:
        return f"{', '.join(some[:MOST_LISTED])} and {len(some) - MOST_LISTED:,} more"
    return f"{', '.join(some[:-1])} and {some[-1]}"
