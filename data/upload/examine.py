"""The upload doctor: bytes to a table that can be kept, or precise words about what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.schema import AUDIO_FEATURES, COLUMNS, TARGET
from data.upload.columns import describe_column, read_extras
from data.upload.converting import Numbers, read_numbers, to_numbers, to_texts
from data.upload.dates import ReadDates, note_unread, notes_on, to_dates
from data.upload.decoding import Decoded, decode
from data.upload.examination import Examination, no_rejected_rows
from data.upload.grid import Grid, read_grid
from data.upload.limits import MAX_LISTED_ROWS, MAX_PROBLEMS, MIN_TRACKS, REFUSED_SHARE, UploadLimits
from data.upload.mapping import Choice, MappedColumn, choose_mapping, plain_mapping
from data.upload.numbers import Floats, Mask, Parsed
from data.upload.problems import ProblemLog, RefusalError, quote
from data.upload.rejections import Rejections
from data.upload.scales import find_per_cent
from data.upload.slips import find_slip

UNTITLED = "table.csv"
ID_COLUMNS = ("track_id", "track_name", "track_artist")
LARGE = 20_000
"""Of a table with more rows, not every column is read once it is clear that it will be refused."""
MEANS_ELSE = ", so the columns must mean something else. Check the mapping and the units."


@dataclass
class _Work:
    """What is known so far about one file."""

    filename: str
    log: ProblemLog = field(default_factory=ProblemLog)
    notes: list[str] = field(default_factory=list)
    decoded: Decoded | None = None
    grid: Grid | None = None
    mapping: dict[str, MappedColumn] = field(default_factory=dict)
    rejections: Rejections = field(default_factory=lambda: Rejections(0))
    numbers: dict[str, Floats] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    dates: ReadDates | None = None
    bad_target: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    candidates: dict[str, Floats] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def lines(self) -> list[int]:
        """Line of the file on which each row begins."""
        assert self.grid is not None
        return self.grid.lines


def examine(
    content: bytes,
    filename: str,
    *,
    mapping: Choice | None = None,
    keep: Sequence[str] | None = None,
    limits: UploadLimits | None = None,
) -> Examination:
    """Examine a file that somebody wants to use as a table. Never raises for what stands in it; stores nothing.

    Parameters
    ----------
    content : bytes
        The file: CSV in UTF-8 (separated by comma, semicolon, tab or bar), the same gzipped, or parquet.
    filename : str
        Its name, for people; what kind of file it is, is told from the bytes.
    mapping : mapping of str to str or None, optional
        Columns of the schema to columns of the file, ``None`` to leave one out. What is not named (and everything, by
        default) is suggested from the names.
    keep : sequence of str, optional
        Unknown number columns to keep as features; by default all that qualify.
    limits : UploadLimits, optional

    Returns
    -------
    Examination

    Examples
    --------
    >>> examine(b"PK\\x03\\x04", "songs.xlsx").problems[0].code
    'E_TYPE'
    """
    limits = limits or UploadLimits()
    work = _Work(_bare_name(filename))
    try:
        work.decoded = decode(content, limits)
        work.notes += work.decoded.notes
        work.grid = read_grid(work.decoded.text, limits, work.log)
        if work.grid is not None:
            _examine_cells(work, work.grid, mapping, keep)
    except RefusalError as refusal:
        work.log.add_refusal(refusal)
    return _conclude(work)


def _bare_name(filename: str) -> str:
    name = re.split(r"[\\/]", str(filename))[-1]
    return "".join(letter for letter in name if letter.isprintable())[:120].strip() or UNTITLED


def _examine_cells(work: _Work, grid: Grid, choice: Choice | None, keep: Sequence[str] | None) -> None:
    work.notes += grid.notes
    work.rejections = Rejections(len(grid.lines))
    cells: dict[str, Sequence[str]] = dict(zip(grid.header, grid.columns, strict=True))
    comma = grid.separator != ","
    sources = choose_mapping(grid.header, choice, work.log, grid.header_line)
    is_large = len(grid.lines) > LARGE
    _read_numbers(work, choice, sources, cells)
    if is_large and work.log.is_fatal:
        return
    _read_texts(work, choice, sources, cells, ID_COLUMNS)
    _make_ids(work, choice)
    _require(work)
    _check_table(work)
    if is_large and work.log.is_fatal:
        return
    _read_texts(work, choice, sources, cells, [name for name in sources if name not in ID_COLUMNS])
    work.mapping = {target: work.mapping[target] for target in sources}
    unknown = [name for name in grid.header if name not in sources.values()]
    is_scored = choice is not None and choice.get(TARGET, "") is None  # by a model that learned elsewhere
    work.candidates, notes = read_extras(unknown, cells, decimal_comma=comma, may_be_constant=is_scored)
    work.notes += notes
    _choose_extras(work, keep)
    _note_conversions(work)
    _note_missing(work)


def _read_texts(
    work: _Work, choice: Choice | None, sources: Mapping[str, str], cells: Mapping[str, Sequence[str]],
    targets: Iterable[str],
) -> None:  # fmt: skip
    for target in targets:
        if target not in sources or COLUMNS[target].is_number:
            continue
        if COLUMNS[target].dtype == "date":
            work.dates = to_dates(cells[sources[target]])
            work.texts[target], words = work.dates.texts, work.dates.conversion
            note_unread(work.dates, sources[target], work.lines, work.log)
        else:
            work.texts[target], words = to_texts(cells[sources[target]], target)
        work.mapping[target] = plain_mapping(sources[target], target, choice, words)


def _read_numbers(
    work: _Work, choice: Choice | None, sources: Mapping[str, str], cells: Mapping[str, Sequence[str]]
) -> None:
    """Read all number columns, popularity first; of a large table only until it is clear that it is of no use."""
    assert work.grid is not None
    n_rows, separator = work.rejections.n_rows, work.grid.separator
    comma = separator != ","
    most_wrong = int(n_rows * REFUSED_SHARE) if n_rows > LARGE else None
    parsed: dict[str, Parsed] = {}
    wrong = np.zeros(n_rows, dtype=np.bool_)
    for target in sorted((name for name in sources if COLUMNS[name].is_number), key=TARGET.__ne__):
        own = cells[sources[target]]
        read = read_numbers(own, target, sources[target], decimal_comma=comma, most_wrong=most_wrong)
        parsed[target] = read
        wrong |= to_numbers(read, own, target, is_per_cent=False).bad if target == TARGET else read.wrong
        if most_wrong is not None and (int(wrong.sum()) > most_wrong or _says_nothing(read, target)):
            break
    per_cent = find_per_cent({target: (sources[target], read) for target, read in parsed.items()})
    for target in [name for name in sources if name in parsed]:
        source = sources[target]
        numbers = to_numbers(parsed[target], cells[source], target, is_per_cent=target in per_cent)
        work.numbers[target] = numbers.values
        work.mapping[target] = plain_mapping(source, target, choice, numbers.conversion)
        work.notes += numbers.notes
        slip = find_slip(target, source, parsed[target].values, cells[source], separator)
        _note_bad_cells(work, target, source, numbers, slip)
        if target == TARGET:
            work.bad_target = numbers.bad
    if len(parsed) < sum(COLUMNS[name].is_number for name in sources) or any(one.is_cut for one in parsed.values()):
        unread = {target: plain_mapping(source, target, choice, "") for target, source in sources.items()}
        work.mapping = {**unread, **work.mapping}
        _check_table(work)


def _says_nothing(read: Parsed, target: str) -> bool:
    """Whether a column can already be seen to be of no use: nothing in it, or the same popularity everywhere."""
    values = read.values[~np.isnan(read.values)]
    if not len(values):
        return target in AUDIO_FEATURES or target == TARGET
    return target == TARGET and values.min() == values.max()


def _note_bad_cells(work: _Work, target: str, source: str, numbers: Numbers, slip: str) -> None:
    """Tell of the cells that cannot be used; where a slip explains most of a column, once, and the file is refused."""
    lines, name = work.lines, source[:80]
    rows = np.flatnonzero(numbers.bad).tolist()
    if slip and rows:
        others = f", and {len(rows) - 1:,} other cells are wrong, too" if len(rows) > 1 else ""
        message = f"{name}: {numbers.why(rows[0])}{others}. {slip} Or leave the column out in the mapping."
        work.log.add_alike("E_DATA", message, len(rows), lines[rows[0]], source)
    else:
        work.notes += [f"{name}: {slip[:1].lower()}{slip[1:]}"] if slip else []
        work.log.add_cells(rows, lambda row: (f"{name}: {numbers.why(row)}. {_expected(target)}", lines[row], source))
    work.rejections.add(numbers.bad, lambda row: f"{name}: {numbers.why(row)}")


def _expected(target: str) -> str:
    spec = COLUMNS[target]
    number = "A whole number" if spec.dtype == "int" else "A number"
    unit = f" {spec.unit}" if spec.unit not in {"", "0–1", "0–100", "pitch class"} else ""
    return (
        f"{number} from {spec.low:,.12g} to {spec.high:,.12g}{unit} was expected; correct it or leave the cell empty."
    )


def _make_ids(work: _Work, choice: Choice | None) -> None:
    """Where a person says that there is no id, the name and the artist tell tracks apart."""
    if "track_id" in work.texts or choice is None or choice.get("track_id", "") is not None:
        return
    if {"track_name", "track_artist"} <= set(work.texts):
        pairs = zip(work.texts["track_artist"], work.texts["track_name"], strict=True)
        work.texts["track_id"] = [f"{artist} – {name}" if artist or name else "" for artist, name in pairs]
        work.notes.append("Track ids were made from artist and name: rows with the same two count as the same track.")


def _require(work: _Work) -> None:
    """Reject the rows without an id or a popularity."""
    _require_texts(work)
    if TARGET not in work.numbers:
        return
    absent = np.isnan(work.numbers[TARGET]) & ~work.bad_target
    message = "There is no popularity. Rows without one cannot be used."
    _require_cells(work, absent, work.mapping[TARGET].source, message, "no popularity")


def _require_texts(work: _Work) -> None:
    ids = work.texts.get("track_id", ())
    absent = np.fromiter((not text for text in ids), dtype=np.bool_, count=len(ids))
    source = work.mapping["track_id"].source if "track_id" in work.mapping else "track_id"
    if len(absent):
        _require_cells(work, absent, source, "There is no track id. Rows without one cannot be used.", "no track id")


def _require_cells(work: _Work, absent: Mask, source: str, message: str, reason: str) -> None:
    lines = work.lines
    work.log.add_cells(np.flatnonzero(absent).tolist(), lambda row: (message, lines[row], source))
    work.rejections.add(absent, lambda _row: reason)


def _choose_extras(work: _Work, keep: Sequence[str] | None) -> None:
    wanted = list(work.candidates) if keep is None else [name for name in work.candidates if name in set(keep)]
    for name in keep or ():
        if name not in work.candidates:
            work.notes.append(f"Column {quote(name)} cannot be kept as a feature: it is not an unknown number column.")
    work.kept = tuple(wanted)
    if wanted:
        names = ", ".join(wanted[:8]) + (f" and {len(wanted) - 8} more" if len(wanted) > 8 else "")
        work.notes.append(
            f"Kept as features of your own: {names}. Leave out what is only known after release (plays, charts, "
            "another popularity): a model would look better than it is."
        )


def _note_conversions(work: _Work) -> None:
    """Say what was converted, columns with the same conversion together."""
    labels: dict[str, list[str]] = {}
    for target, column in work.mapping.items():
        if column.conversion:
            labels.setdefault(column.conversion, []).append(COLUMNS[target].label.partition(" (")[0])
    work.notes += [f"Converted: {words} ({', '.join(columns)})." for words, columns in labels.items()]


def _note_missing(work: _Work) -> None:
    absent = [COLUMNS[name].label for name in AUDIO_FEATURES if name not in work.numbers]
    if absent and len(absent) < len(AUDIO_FEATURES):
        work.notes.append(f"Features that this table lacks: {', '.join(absent)}. Models are trained without them.")
    if TARGET not in work.numbers:
        work.notes.append(
            "There is no popularity: the tracks can be scored by a model, but none can be trained on them."
        )
    meanings = {
        "track_artist": "artist: the split by artist is not possible",
        "track_album_release_date": "release date: the split by time is not possible",
        "playlist_genre": "playlist genre: genre is no feature, and there is no genre baseline",
    }
    work.notes += [f"There is no {words}." for name, words in meanings.items() if name not in work.texts]
    work.notes += notes_on(work.dates) if work.dates is not None else []


def _check_table(work: _Work) -> None:
    """Say why no model could be trained on the rows that are left."""
    log, left = work.log, ~work.rejections.mask
    if log.is_fatal:
        return
    n_rows, n_left = len(left), int(left.sum())
    if n_left < n_rows * (1 - REFUSED_SHARE):
        is_cut = n_rows > LARGE  # perhaps not all of it was read
        some = f"More than half of the {n_rows:,}" if is_cut else f"{n_rows - n_left:,} of {n_rows:,}"
        log.add("E_DATA", f"{some} rows cannot be used{MEANS_ELSE}")
        return
    if TARGET not in work.numbers:
        return
    ids = {text for text, is_left in zip(work.texts.get("track_id", ()), left, strict=False) if is_left}
    if len(ids) == 1:
        log.add("E_DATA", "The table has a single track. Models need many different ones.")
    elif 0 < len(ids) < MIN_TRACKS:
        message = f"The table has {len(ids)} tracks; at least {MIN_TRACKS} are needed, one for each fold. Add some."
        log.add("E_DATA", message)
    popularity = work.numbers[TARGET][left]
    if len(ids) != 1 and len(popularity) and popularity.min() == popularity.max():
        source = work.mapping[TARGET].source
        message = (
            f"Every track has the popularity {popularity[0]:g}: there is nothing to learn. Is it the right column?"
        )
        log.add("E_DATA", message, column=source)
    for name in AUDIO_FEATURES:
        if name in work.numbers and bool(np.isnan(work.numbers[name][left]).all()):
            source = work.mapping[name].source
            message = f"Column {quote(source)} has no value in any row. Fill it, or leave it out in the mapping."
            log.add("E_DATA", message, column=source)


def _conclude(work: _Work) -> Examination:
    grid, log, decoded = work.grid, work.log, work.decoded
    accepted = grid is not None and not log.is_fatal
    rejected = _rejected_rows(work, grid, None if accepted else MAX_LISTED_ROWS) if grid else no_rejected_rows()
    frame = _frame(work) if grid is not None and accepted else None
    used = {column.source for column in work.mapping.values()} | set(work.kept)
    return Examination(
        accepted=accepted,
        filename=work.filename,
        format=decoded.format if decoded else "csv",
        encoding=decoded.encoding if decoded else "",
        separator=grid.separator if grid and decoded and decoded.format != "parquet" else "",
        rows_read=len(grid.lines) if grid else 0,
        rows=0 if frame is None else len(frame),
        columns=tuple(map(describe_column, grid.header, grid.columns)) if grid else (),
        mapping=work.mapping,
        extras=work.kept,
        candidates=tuple(work.candidates),
        ignored=tuple(name for name in grid.header if name not in used) if grid else (),
        problems=tuple(log.listed[:MAX_PROBLEMS]),
        n_problems=log.count,
        rejected=rejected,
        notes=tuple(work.notes),
        can_train=accepted and TARGET in work.numbers,
        unread_dates=work.dates.n_unread if work.dates is not None else 0,
        frame=frame,
    )


def _rejected_rows(work: _Work, grid: Grid, most: int | None) -> pd.DataFrame:
    rows = work.rejections.rows[:most]
    if not rows:
        return no_rejected_rows()
    columns: dict[str, object] = {
        "line": np.array([grid.lines[row] for row in rows], dtype=np.int64),
        "reason": pd.array([work.rejections.reason(row) for row in rows], dtype="str"),
    }
    for name, cells in zip(grid.header, grid.columns, strict=True):
        shown = f"{name} (file)" if name in {"line", "reason"} else name
        columns[shown] = pd.array([cells[row] for row in rows], dtype="str")
    return pd.DataFrame(columns)


def _frame(work: _Work) -> pd.DataFrame:
    left = ~work.rejections.mask
    columns: dict[str, object] = {}
    for name in COLUMNS:
        if name in work.numbers:
            columns[name] = work.numbers[name][left]
        elif name in work.texts:
            columns[name] = pd.array(np.array(work.texts[name], dtype=object)[left], dtype="str")
        elif name in AUDIO_FEATURES:
            columns[name] = np.full(int(left.sum()), np.nan)
    return pd.DataFrame(columns | {name: work.candidates[name][left] for name in work.kept})
