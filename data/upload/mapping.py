"""Which column of the file is which column of the schema: suggested, or chosen by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.schema import AUDIO_FEATURES, COLUMNS, TARGET
from data.upload.problems import ProblemLog, quote
from data.upload.synonyms import find_target, is_certain, nearest, normalize

Choice = Mapping[str, str | None]


@dataclass(frozen=True)
class MappedColumn:
    """One column of the schema and where its values come from.

    Parameters
    ----------
    target : str
        Column of the schema.
    source : str
        Column of the file.
    conversion : str
        What is done to the values, in words, empty where nothing is: ``seconds to milliseconds``.
    is_certain : bool
        Whether the name (or the person) says so plainly; otherwise somebody should look.
    """

    target: str
    source: str
    conversion: str = ""
    is_certain: bool = True


def suggest_mapping(names: tuple[str, ...]) -> dict[str, str]:
    """Give the column of the file for each column of the schema that is recognised by its name.

    Examples
    --------
    >>> suggest_mapping(("id", "track_popularity", "popularity", "mood"))
    {'track_id': 'id', 'track_popularity': 'track_popularity'}
    """
    best: dict[str, tuple[int, str]] = {}
    for name in names:
        found = find_target(name)
        if found is not None:
            target, rank = found
            if target not in best or rank < best[target][0]:
                best[target] = rank, name
    return {target: best[target][1] for target in COLUMNS if target in best}


def choose_mapping(names: tuple[str, ...], choice: Choice | None, log: ProblemLog, line: int) -> dict[str, str]:
    """Give the mapping to use: what was chosen, and for the rest what is suggested; problems are E_HEADER.

    Parameters
    ----------
    names : tuple of str
        Columns of the file.
    choice : mapping of str to str or None
        Chosen source of some columns of the schema, ``None`` to leave one out.
    """
    chosen = dict(choice or {})
    for target, source in chosen.items():
        if target not in COLUMNS:
            log.add(
                "E_HEADER", f"There is no column {quote(target)} in the schema, so nothing can be mapped to it.", line
            )
        elif source is not None and source not in names:
            near = nearest(source, names)
            hint = f" Perhaps {quote(near)} is meant." if near else ""
            log.add("E_HEADER", f"The file has no column {quote(source)} for {target!r}.{hint}", line, source)
    taken: dict[str, str] = {}
    for target, source in chosen.items():
        if source is not None and source in taken:
            message = f"Column {quote(source)} is chosen for both {taken[source]!r} and {target!r}. Choose one."
            log.add("E_HEADER", message, line, source)
        elif source is not None:
            taken[source] = target
    suggested = suggest_mapping(tuple(name for name in names if name not in taken))
    mapping = {target: suggested[target] for target in suggested if target not in chosen}
    mapping |= {target: source for target, source in chosen.items() if source in names and target in COLUMNS}
    _check_required(mapping, chosen, names, log, line)
    return {target: mapping[target] for target in COLUMNS if target in mapping}


def plain_mapping(source: str, target: str, choice: Choice | None, conversion: str) -> MappedColumn:
    """Describe a mapped column for people."""
    is_chosen = choice is not None and choice.get(target) == source
    return MappedColumn(target, source, conversion, is_chosen or source == target or is_certain(source))


def _check_required(
    mapping: dict[str, str], chosen: dict[str, str | None], names: tuple[str, ...], log: ProblemLog, line: int
) -> None:
    free = [name for name in names if name not in mapping.values()]
    left_out = {target for target, source in chosen.items() if source is None}
    for target in ("track_id", TARGET, *AUDIO_FEATURES):
        if target in mapping or (target in chosen and target not in left_out):
            continue
        near = nearest(target, free)
        if target == "track_id":
            if target in left_out and {"track_name", "track_artist"} <= set(mapping):
                continue
            advice = "Add it; or leave it out in the mapping where the file has names and artists to tell tracks apart."
        elif target in left_out or (target == TARGET and near is None):
            continue
        else:
            advice = "Rename or add it; or leave it out in the mapping, and models do without it."
        hint = f" (nearest: {quote(near)})" if near else ""
        log.add("E_HEADER", f"Required column {target!r}{hint} is missing. {advice}", line, target)
    if not any(target in mapping for target in AUDIO_FEATURES):
        log.add("E_HEADER", f"None of the ten audio features is there: {', '.join(AUDIO_FEATURES)}.", line)


def stated_duration_unit(name: str) -> str:
    """Give the unit in the name of a duration: ``ms``, ``s``, ``min``, or nothing.

    Examples
    --------
    >>> stated_duration_unit("Duration (sec)"), stated_duration_unit("duration")
    ('s', '')
    """
    return next((_UNITS[word] for word in normalize(name).split("_") if word in _UNITS), "")


_UNITS = (
    dict.fromkeys(("ms", "msec", "millis", "milliseconds"), "ms")
    | dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s")
    | dict.fromkeys(("min", "mins", "minute", "minutes"), "min")
)
