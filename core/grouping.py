"""Which tracks belong together: same artist, same album, same song."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.schema import AUDIO_FEATURES

Ints = npt.NDArray[np.int64]

RECORDING = (*AUDIO_FEATURES, "key", "mode")
FEWEST_VALUES = 6
"""So many of the ten measured values must be stated to know a recording by them; key and mode alone tell too little."""

_BRACKETS = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]")
_VERSION = re.compile(r"\s+[-–—]\s.*$")
_FEATURING = re.compile(r"\s+(feat|ft|featuring)\b.*$")
_NOT_WORDS = re.compile(r"[\W_]+")


def artist_groups(table: pd.DataFrame) -> Ints:
    """Label a row by its artist, regardless of case; a row without artist is a group of its own."""
    return _codes_or_own(table["track_artist"].map(fold_name, na_action="ignore"))


def album_groups(table: pd.DataFrame) -> Ints:
    """Label a row by its album id; a row without album is a group of its own."""
    return _codes_or_own(table["track_album_id"])


def song_groups(table: pd.DataFrame) -> Ints:
    """Label a row by its song: rows linked by identical audio, or by the same artist and normalised title.

    Links chain: two rows belong together when a path of links leads from one to the other.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, any)
        With ``track_name``, ``track_artist`` and those of the twelve audio values that there are.

    Returns
    -------
    ndarray of shape (n_rows,)
        Integer labels. A row with too few audio values has no identical audio; one with no name or artist no title.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n_rows = len(table)
    recording, title = recording_codes(table), title_codes(table)
    links = []
    n_nodes = n_rows
    for codes in (recording, title):
        rows = np.flatnonzero(codes >= 0)
        links.append((rows, codes[rows] + n_nodes))
        n_nodes += int(codes.max(initial=-1)) + 1
    start, end = (np.concatenate(side) for side in zip(*links, strict=True))
    graph = coo_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(n_nodes, n_nodes))
    labels = connected_components(graph, directed=False)[1]
    return labels[:n_rows].astype(np.int64)


def normalise_title(title: str) -> str:
    """Reduce a title to the song: no case, accents, punctuation, brackets, guests or version after a dash.

    Examples
    --------
    >>> normalise_title("Señorita (feat. X) - 2011 Remaster")
    'senorita'
    """
    folded = fold_name(title)
    for pattern in (_BRACKETS, _VERSION, _FEATURING):
        shorter = pattern.sub("", folded)
        if len(shorter) < len(folded) and _NOT_WORDS.sub("", shorter):
            folded = shorter
    if folded.isalnum():
        return folded
    return _NOT_WORDS.sub(" ", folded).strip() or folded


def fold_name(text: str) -> str:
    """Give a name as names are compared: regardless of case, accents and spaces at the ends.

    Examples
    --------
    >>> fold_name(" Beyoncé ")
    'beyonce'
    """
    if text.isascii():
        return text.strip().lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip().casefold()


def recording_codes(table: pd.DataFrame) -> Ints:
    """Code tracks by the audio values they state, alike for the same recording.

    A missing value counts as a value of its own, so that two tracks are alike only where they miss the same ones. -1
    where fewer than ``FEWEST_VALUES`` of the measured values are stated: what such tracks share is what they lack.
    """
    audio = np.full((len(table), len(RECORDING)), np.nan)
    for at, name in enumerate(RECORDING):
        if name in table:
            audio[:, at] = table[name].to_numpy(dtype=np.float64, na_value=np.nan) + 0.0  # no negative zeros
    missing = np.isnan(audio)
    audio[missing] = np.nan  # one and the same bits for all that is missing
    is_known = (~missing[:, : len(AUDIO_FEATURES)]).sum(axis=1) >= FEWEST_VALUES
    codes = np.full(len(audio), -1, dtype=np.int64)
    as_bytes = audio[is_known].view(np.dtype((np.void, audio.shape[1] * 8))).ravel()
    codes[is_known] = pd.factorize(as_bytes.astype(object))[0]
    return codes


def title_codes(table: pd.DataFrame) -> Ints:
    """Code tracks by artist and normalised title; -1 where either is missing."""
    artist = pd.factorize(table["track_artist"].map(fold_name, na_action="ignore"))[0]
    names, uniques = pd.factorize(table["track_name"])
    normal = pd.factorize(np.array(_normalised(uniques), dtype=object))[0]
    title = np.where(names >= 0, normal[names] if len(normal) else -1, -1)
    both = (artist >= 0) & (title >= 0)
    codes = np.full(len(table), -1, dtype=np.int64)
    codes[both] = pd.factorize(artist[both].astype(np.int64) * (int(title.max(initial=0)) + 1) + title[both])[0]
    return codes


def _normalised(titles: Iterable[str]) -> list[str]:
    return [normalise_title(title) for title in titles]


def _codes_or_own(values: pd.Series) -> Ints:
    """Code equal values alike, and each missing one as its own."""
    codes, uniques = pd.factorize(values)
    codes = codes.astype(np.int64)
    missing = np.flatnonzero(codes < 0)
    codes[missing] = len(uniques) + np.arange(len(missing))
    return codes
