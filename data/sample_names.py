"""Invented names and ids for the built-in sample: no artist, album or track of the real world is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Names = npt.NDArray[np.object_]

ONSETS = ("Bra", "Cor", "Dell", "Fen", "Gri", "Hal", "Jor", "Kes", "Lum", "Mor", "Nev", "Or", "Pell", "Quin", "Ros",
          "Sal", "Tav", "Ul", "Vess", "Wen", "Yar", "Zel")  # fmt: skip
MIDDLES = ("a", "e", "i", "o", "u", "an", "el", "in", "or", "um")
ENDS = ("bex", "dane", "fitt", "gard", "lith", "moor", "nack", "quell", "rusk", "soln", "tine", "vik", "wold", "zette")
ADJECTIVES = ("Paper", "Distant", "Golden", "Silent", "Broken", "Electric", "Quiet", "Burning", "Hollow", "Neon",
              "Gentle", "Restless", "Frozen", "Scarlet", "Wandering", "Crooked", "Amber", "Late", "Second", "Narrow",
              "Borrowed", "Patient", "Tidal", "Velvet", "Copper", "Lonesome")  # fmt: skip
NOUNS = ("Lanterns", "Harbour", "Weather", "Mirrors", "Orchard", "Signals", "Engine", "Letters", "Avenue", "Satellite",
         "Meadow", "Shadows", "Compass", "Rivers", "Window", "Carousel", "Static", "Embers", "Ladder", "Garden",
         "Thunder", "Postcard", "Island", "Machine", "Echo", "Winter")  # fmt: skip
VERBS = ("Chasing", "Leaving", "Holding", "Counting", "Missing", "Painting", "Calling", "Finding", "Losing", "Keeping")
EDITIONS = ("", " - Remix", " - Radio Edit", " - Remastered", " - Live", " (Acoustic)")
EDITION_WEIGHTS = (0.86, 0.06, 0.02, 0.025, 0.015, 0.02)
ALPHABET = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
ID_PREFIX = "sample"
ID_LENGTH = 22


def artist_names(n: int, rng: np.random.Generator) -> Names:
    """Invent ``n`` different artists."""

    def draw(size: int) -> list[str]:
        first = _join(rng, size, ONSETS, MIDDLES, ENDS)
        last = _join(rng, size, ONSETS, ENDS)
        style = rng.random(size)
        noun = rng.choice(NOUNS, size)
        return [
            f"{a} {b}" if s < 0.55 else f"DJ {a}" if s < 0.62 else f"The {a} {c}" if s < 0.8 else a
            for a, b, c, s in zip(first, last, noun, style, strict=True)
        ]

    return _different(n, draw)


def track_names(n: int, rng: np.random.Generator) -> Names:
    """Invent ``n`` titles, some of them alike, some with an edition or a guest."""
    titles = _titles(n, rng)
    editions = rng.choice(EDITIONS, n, p=EDITION_WEIGHTS)
    guests = _join(rng, n, ONSETS, MIDDLES, ENDS)
    has_guest = rng.random(n) < 0.09
    names = [
        f"{title} (feat. {guest}){edition}" if with_guest else f"{title}{edition}"
        for title, guest, edition, with_guest in zip(titles, guests, editions, has_guest, strict=True)
    ]
    return np.array(names, dtype=object)


def album_names(n: int, rng: np.random.Generator) -> Names:
    """Invent ``n`` album titles."""
    return np.array(_titles(n, rng), dtype=object)


def playlist_names(subgenres: Sequence[str], playlist: npt.NDArray[np.int64]) -> Names:
    """Name playlists after their subgenre and number; arrays of shape (n_rows,)."""
    words = ("Essentials", "Daily", "Now", "Deep Cuts", "Party", "Archive", "Fresh", "Late Night")
    names = [
        f"{subgenre.title()} {words[number % len(words)]} {number}"
        for subgenre, number in zip(subgenres, playlist.tolist(), strict=True)
    ]
    return np.array(names, dtype=object)


def identifiers(n: int, rng: np.random.Generator) -> Names:
    """Invent ``n`` different ids of the usual length, each marked as belonging to the sample."""

    def draw(size: int) -> list[str]:
        letters = ALPHABET[rng.integers(0, len(ALPHABET), (size, ID_LENGTH - len(ID_PREFIX)))]
        return [ID_PREFIX + "".join(row) for row in letters]

    return _different(n, draw)


def _titles(n: int, rng: np.random.Generator) -> list[str]:
    adjectives, nouns, verbs = rng.choice(ADJECTIVES, n), rng.choice(NOUNS, n), rng.choice(VERBS, n)
    style = rng.random(n)
    return [
        f"{a} {b}" if s < 0.45 else f"{v} {b}" if s < 0.7 else b if s < 0.8 else f"{v} the {a} {b}"
        for a, b, v, s in zip(adjectives, nouns, verbs, style, strict=True)
    ]


def _join(rng: np.random.Generator, n: int, *parts: Sequence[str]) -> list[str]:
    drawn = [rng.choice(np.array(part, dtype=object), n) for part in parts]
    return ["".join(pieces) for pieces in zip(*drawn, strict=True)]


def _different(n: int, draw: Callable[[int], list[str]]) -> Names:
    """Draw until there are ``n`` different names, kept in the order drawn."""
    names: dict[str, None] = {}
    for _ in range(50):
        names.update(dict.fromkeys(draw(n)))
        if len(names) >= n:
            return np.array(list(names)[:n], dtype=object)
    raise ValueError(f"The word lists do not give {n:,} different names.")
