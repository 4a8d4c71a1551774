"""The features, one row each, in groups; columns of somebody's own table are understood as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from core.features.afterwards import sounds_like_success
from core.features.model import Encoding, Feature, FeatureGroup
from core.features.titles import NO_YES
from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, describe

PITCHES = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
MODES = ("Minor", "Major")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PRECISIONS = ("Year", "Month", "Day")

EXTRA_GROUP = "extra"
EXTRA_AFTERWARDS_GROUP = "extra_afterwards"
LONGEST_EXTRA = 120

DEFAULT_FEATURES: tuple[str, ...] = tuple(AUDIO_FEATURES)


def _number(name: str, group: str) -> Feature:
    column = describe(name)
    return Feature(
        name, column.label, group, "number", column.unit or "", column.low, column.high, column.step, column.description
    )


def _category(name: str, group: str, categories: Sequence[str] | None) -> Feature:
    column = describe(name)
    names = None if categories is None else tuple(categories)
    return Feature(name, column.label, group, "category", help=column.description, categories=names)


def _release_number(name: str, label: str, high: float, help: str) -> Feature:
    return Feature(name, label, "release", "number", low=1, high=high, step=1, help=help, sources=("release_date",))


def _flag(name: str, label: str, help: str) -> Feature:
    return Feature(name, label, "title", "category", help=help, categories=NO_YES, sources=("track_name",))


def _count(name: str, label: str, help: str) -> Feature:
    return Feature(name, label, "title", "number", low=0, high=10_000, step=1, help=help, sources=("track_name",))


def _encoded(
    name: str, label: str, group: str, source: str, encoding: Encoding, help: str, why_not: str = ""
) -> Feature:
    return Feature(
        name, label, group, "category", help=help, sources=(source,), encoding=encoding,
        knowable=not why_not, why_not=why_not,
    )  # fmt: skip


_NOT_BEFORE = "Playlists pick a track up after its release, and the more the more popular it is."
_SEVERAL = "A track has several only when several playlists hold it: it counts playlists in disguise."
_ALBUM = "The other tracks of an album come out with it, so their popularity is not known before."


def _playlist_count(name: str, label: str, help: str, why_not: str, source: str = "") -> Feature:
    return Feature(
        name, label, "playlists", "number", low=0, high=100_000, step=1, help=help, sources=(source,) if source else (),
        knowable=False, why_not=why_not,
    )  # fmt: skip


_ROWS: tuple[Feature, ...] = (
    *(_number(name, "audio") for name in DEFAULT_FEATURES),
    _category("key", "tonality", PITCHES),
    _category("mode", "tonality", MODES),
    _category("genre", "genre", None),
    _category("subgenre", "genre", None),
    _number("release_year", "release"),
    _release_number(
        "release_month", "Release month", 12, "Month of release, 1 to 12; unknown where only the year is stated."
    ),
    _release_number(
        "release_day", "Day of the month", 31, "Day of release, 1 to 31; unknown where only year or month is stated."
    ),
    Feature(
        "release_weekday", "Weekday of release", "release", "category", categories=WEEKDAYS, sources=("release_date",),
        help="Most new music comes out on a Friday; unknown where no day is stated.",
    ),
    Feature(
        "release_exactness", "Exactness of the date", "release", "category", categories=PRECISIONS,
        sources=("release_date",), help="How exactly the date is stated: old catalogues often give only the year.",
    ),
    Feature(
        "is_single", "Single", "release", "category", categories=NO_YES, sources=("track_album_name", "track_name"),
        help="Whether it came out under its own name rather than on an album of another name.",
    ),
    _flag("title_guests", "Names guests", "The title says feat., ft. or with."),
    _flag("title_remix", "Remix", "The title says remix, mix or the like."),
    _flag("title_live", "Live", "The title says live."),
    _flag("title_acoustic", "Acoustic", "The title says acoustic, unplugged or stripped."),
    _flag("title_remaster", "Remaster", "The title says remaster or remastered."),
    _flag("title_edit", "Edit", "The title says edit or cut, as in radio edit."),
    _flag("title_version", "Version", "The title names a version: demo, mono, stereo, instrumental, bonus."),
    _flag("title_soundtrack", "Soundtrack", "The title says from, theme or soundtrack."),
    _flag("title_brackets", "Brackets", "The title has something in brackets."),
    _flag("title_dash", "Dash", "The title has a part after a dash."),
    _flag("title_capitals", "All capitals", "The title is written in capitals only."),
    _flag("title_beyond_ascii", "Accents or another script", "The title has letters beyond plain English ones."),
    _count("title_length", "Title length", "Characters of the title."),
    _count("title_words_count", "Words in the title", "How many words the title has."),
    _encoded(
        "title_words", "Title words", "title", "track_name", "words",
        "What the words of the title tell of popularity, learnt from other tracks' titles.",
    ),
    _encoded(
        "artist_mean", "Artist's other tracks", "artist", "track_artist", "mean",
        "Mean popularity of the artist's other tracks, drawn to the overall mean where there are few.",
    ),
    _encoded(
        "artist_count", "Artist's number of tracks", "artist", "track_artist", "count",
        "How many other tracks of the artist are known, on a log scale; none for a newcomer.",
    ),
    _playlist_count("n_playlists", "Playlists", "Number of playlists that hold the track.", _NOT_BEFORE),
    _playlist_count(
        "n_genres", "Number of genres", "Number of genres of the playlists that hold the track.", _SEVERAL, "genres"
    ),
    _playlist_count(
        "n_subgenres", "Number of subgenres", "Number of subgenres of the playlists that hold it.", _SEVERAL,
        "subgenres",
    ),
    _encoded(
        "album_mean", "Album's other tracks", "playlists", "track_album_id", "mean",
        "Mean popularity of the album's other tracks.", _ALBUM,
    ),
)  # fmt: skip

_GROUPS = (
    ("audio", "Audio", "How the recording sounds, as measured by Spotify."),
    ("tonality", "Tonality", "The key and mode of the recording."),
    ("genre", "Genre", "Where playlists place the track."),
    ("release", "Release", "When the track came out."),
    ("title", "Title", "What the title says, and how it is written."),
    ("artist", "Artist", "How the artist's other tracks did: helps where the artist is known."),
    ("playlists", "Playlists and album", "What is only known after the release."),
)


def _group(key: str, label: str, description: str) -> FeatureGroup:
    rows = [row for row in _ROWS if row.group == key]
    return FeatureGroup(key, label, description, tuple(row.name for row in rows), all(row.knowable for row in rows))


FEATURE_GROUPS: Mapping[str, FeatureGroup] = MappingProxyType({row[0]: _group(*row) for row in _GROUPS})


class _Features(Mapping[str, Feature]):
    """The features that every table has; ``extra:<column>`` is understood as well, as a number without bounds."""

    def __init__(self, known: Mapping[str, Feature]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> Feature:
        return self._known[name] if name in self._known else _extra(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def is_extra(name: object) -> bool:
    """Whether a name is that of a column of somebody's own table; there may be no such column.

    Examples
    --------
    >>> is_extra("extra:followers"), is_extra("tempo"), is_extra("extra:")
    (True, False, False)
    """
    if not isinstance(name, str) or not name.startswith(EXTRA_PREFIX):
        return False
    return len(EXTRA_PREFIX) < len(name) <= len(EXTRA_PREFIX) + LONGEST_EXTRA and name.isprintable()


def _extra(name: str) -> Feature:
    if not is_extra(name):
        raise KeyError(name)
    label = name.removeprefix(EXTRA_PREFIX)
    is_late = sounds_like_success(label)
    return Feature(
        name,
        label,
        EXTRA_AFTERWARDS_GROUP if is_late else EXTRA_GROUP,
        "number",
        help=f"The column {label} of your own table.",
        knowable=not is_late,
        why_not="By its name it counts what comes about through success." if is_late else "",
    )


def feature_groups(extras: Sequence[str] = ()) -> tuple[FeatureGroup, ...]:
    """The groups of features that a table offers.

    Parameters
    ----------
    extras : sequence of str
        Further numeric columns of the table, under their own names. Those named after success (plays, chart weeks)
        make a group of their own.
    """
    names = [EXTRA_PREFIX + name for name in extras]
    before = tuple(name for name in names if FEATURES[name].knowable)
    after = unknowable(names)
    own = (
        FeatureGroup(EXTRA_GROUP, "Your columns", "Further numeric columns of your own table.", before),
        FeatureGroup(
            EXTRA_AFTERWARDS_GROUP,
            "Your columns named after success",
            "Numeric columns of your own table that by their name come about through success.",
            after,
            knowable=False,
        ),
    )
    return (*FEATURE_GROUPS.values(), *(group for group in own if group.features))


FEATURES: Mapping[str, Feature] = _Features({row.name: row for row in _ROWS})


def unknowable(features: Iterable[str]) -> tuple[str, ...]:
    """Those of some features that are not known before a release.

    Examples
    --------
    >>> unknowable(["tempo", "n_playlists"])
    ('n_playlists',)
    """
    return tuple(name for name in features if not FEATURES[name].knowable)
