"""Rounded summaries of the public table that the built-in sample imitates: marginals, genres, correlations, effects.

Nothing here is a row of the public table, and nothing names a real artist or track.
"""

from __future__ import annotations

from dataclasses import dataclass

QUANTILE_LEVELS = (0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1)
QUANTILES: dict[str, tuple[float, ...]] = {
    "danceability": (0.08, 0.17, 0.27, 0.39, 0.45, 0.56, 0.67, 0.76, 0.83, 0.87, 0.93, 0.965, 0.98),
    "energy": (0.0005, 0.07, 0.2, 0.36, 0.44, 0.58, 0.72, 0.84, 0.92, 0.95, 0.983, 0.996, 1.0),
    "loudness": (-40.0, -22.3, -16.2, -12.6, -10.9, -8.3, -6.3, -4.7, -3.6, -3.0, -1.9, -0.7, 1.1),
    "speechiness": (0.0225, 0.0237, 0.0262, 0.0297, 0.0326, 0.041, 0.063, 0.133, 0.267, 0.335, 0.45, 0.64, 0.91),
    "acousticness": (2e-6, 6.5e-6, 5.2e-5, 0.00056, 0.002, 0.0144, 0.08, 0.26, 0.52, 0.69, 0.9, 0.972, 0.994),
    "instrumentalness": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2e-5, 0.0066, 0.42, 0.79, 0.92, 0.96, 0.99),
    "liveness": (0.01, 0.021, 0.036, 0.055, 0.068, 0.093, 0.127, 0.25, 0.37, 0.52, 0.81, 0.976, 0.995),
    "valence": (0.001, 0.034, 0.05, 0.13, 0.19, 0.33, 0.51, 0.695, 0.83, 0.89, 0.96, 0.974, 0.99),
    "tempo": (36.0, 60.5, 74.4, 81.0, 88.0, 100.0, 122.0, 134.0, 160.0, 174.0, 192.0, 206.0, 238.0),
    "duration_ms": (3e4, 6.3e4, 1.09e5, 1.47e5, 1.62e5, 1.88e5, 2.17e5, 2.55e5, 3.02e5, 3.41e5, 4.37e5, 5.06e5, 5.17e5),
}
"""Values of each audio feature at ``QUANTILE_LEVELS``, in the feature's unit."""
DECIMALS = {"loudness": 3, "tempo": 3, "duration_ms": 0}
"""Decimals of a feature; the others have four significant digits."""
POPULARITY_QUANTILES = (1, 1, 1, 4, 11, 29, 45, 59, 70, 75, 83, 92, 100)
"""Popularity of the tracks that are not at zero, at ``QUANTILE_LEVELS``."""

CORRELATIONS: dict[tuple[str, str], float] = {
    ("energy", "loudness"): 0.71,
    ("energy", "acousticness"): -0.55,
    ("loudness", "acousticness"): -0.32,
    ("danceability", "valence"): 0.37,
    ("loudness", "instrumentalness"): -0.25,
    ("energy", "speechiness"): 0.18,
    ("energy", "valence"): 0.19,
    ("danceability", "liveness"): -0.15,
    ("danceability", "tempo"): -0.14,
    ("speechiness", "instrumentalness"): -0.12,
    ("energy", "liveness"): 0.12,
    ("energy", "tempo"): 0.12,
    ("valence", "instrumentalness"): -0.12,
    ("danceability", "speechiness"): 0.11,
    ("loudness", "speechiness"): 0.12,
    ("loudness", "valence"): 0.09,
    ("acousticness", "tempo"): -0.11,
    ("acousticness", "duration_ms"): -0.1,
    ("speechiness", "duration_ms"): -0.1,
}
"""Correlations within a genre, between normal scores of the features; pairs not named are near zero."""
AUDIO_EFFECTS = {
    "energy": -5.6,
    "loudness": 5.2,
    "instrumentalness": -3.3,
    "duration_ms": -2.6,
    "danceability": 1.4,
    "acousticness": 0.8,
}
"""Points of popularity for one standard deviation of a feature's normal score."""


@dataclass(frozen=True)
class Genre:
    """A genre's sound, as means of normal scores over the ten audio features in the schema's order."""

    name: str
    sound: tuple[float, ...]


@dataclass(frozen=True)
class Subgenre:
    """A subgenre: thousands of playlist rows, mean popularity, and first to third quartile of release years."""

    name: str
    genre: str
    weight: float
    popularity: float
    years: tuple[float, float, float]


GENRES: tuple[Genre, ...] = (
    Genre("pop", (-0.14, -0.01, 0.12, -0.35, 0.01, -0.02, -0.06, -0.03, 0.01, -0.1)),
    Genre("rap", (0.45, -0.29, -0.11, 0.8, 0.18, -0.24, 0.05, -0.04, -0.05, -0.25)),
    Genre("rock", (-0.88, 0.24, -0.22, -0.64, -0.35, 0.21, 0.06, 0.11, 0.14, 0.37)),
    Genre("latin", (0.38, 0.02, 0.12, 0.02, 0.28, -0.16, -0.07, 0.41, -0.1, -0.12)),
    Genre("r&b", (0.09, -0.58, -0.44, 0.06, 0.43, -0.16, -0.09, 0.11, -0.29, 0.26)),
    Genre("edm", (0.01, 0.64, 0.49, -0.03, -0.54, 0.64, 0.09, -0.48, 0.26, -0.09)),
)
SUBGENRES: tuple[Subgenre, ...] = (
    Subgenre("dance pop", "pop", 1.3, 52, (2017, 2019, 2019)),
    Subgenre("post-teen pop", "pop", 1.1, 55, (2010, 2014, 2018)),
    Subgenre("electropop", "pop", 1.4, 39, (2009, 2014, 2017)),
    Subgenre("indie poptimism", "pop", 1.7, 40, (2015, 2016, 2019)),
    Subgenre("hip hop", "rap", 1.3, 53, (2018, 2019, 2019)),
    Subgenre("southern hip hop", "rap", 1.7, 35, (1998, 2008, 2015)),
    Subgenre("gangster rap", "rap", 1.5, 32, (2005, 2015, 2017)),
    Subgenre("trap", "rap", 1.3, 49, (2018, 2019, 2019)),
    Subgenre("album rock", "rock", 1.1, 38, (1978, 1988, 2005)),
    Subgenre("classic rock", "rock", 1.3, 38, (1978, 1995, 2009)),
    Subgenre("permanent wave", "rock", 1.1, 52, (1988, 2000, 2012)),
    Subgenre("hard rock", "rock", 1.5, 33, (2001, 2012, 2019)),
    Subgenre("tropical", "latin", 1.3, 42, (2016, 2018, 2019)),
    Subgenre("latin pop", "latin", 1.3, 47, (2012, 2018, 2019)),
    Subgenre("reggaeton", "latin", 0.9, 46, (2009, 2016, 2019)),
    Subgenre("latin hip hop", "latin", 1.7, 33, (2008, 2015, 2017)),
    Subgenre("urban contemporary", "r&b", 1.4, 46, (2011, 2017, 2019)),
    Subgenre("hip pop", "r&b", 1.3, 45, (2015, 2018, 2019)),
    Subgenre("new jack swing", "r&b", 1.1, 26, (1991, 1996, 2003)),
    Subgenre("neo soul", "r&b", 1.6, 30, (2006, 2014, 2017)),
    Subgenre("electro house", "edm", 1.5, 34, (2017, 2018, 2019)),
    Subgenre("big room", "edm", 1.2, 29, (2015, 2019, 2019)),
    Subgenre("pop edm", "edm", 1.5, 37, (2016, 2017, 2019)),
    Subgenre("progressive electro house", "edm", 1.8, 24, (2013, 2016, 2018)),
)

YEARS = (1957, 1980, 1990, 2000, 2004, 2008, 2012, 2015, 2017, 2018, 2019, 2020)
ZERO_SHARE = (0.05, 0.05, 0.07, 0.1, 0.16, 0.23, 0.2, 0.17, 0.1, 0.05, 0.005, 0.002)
"""Share of tracks at popularity zero in each of ``YEARS``."""
YEAR_EFFECT = (5, 4, 2, 0, -1, -3, -4, -3, 0, 2, 5, 2)
"""Points of popularity in each of ``YEARS``: old tracks that are still listed, and the newest, do best."""
YEAR_ONLY_SHARE = (0.22, 0.3, 0.25, 0.17, 0.14, 0.1, 0.01, 0.01, 0.01, 0.01, 0.005, 0)
"""Share of dates stated as a year only, in each of ``YEARS``."""
