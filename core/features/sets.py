"""Ready choices of features, by what is known of a track and of its artist."""

from __future__ import annotations

from dataclasses import dataclass

from core.features.registry import DEFAULT_FEATURES, FEATURE_GROUPS


@dataclass(frozen=True)
class FeatureSet:
    """A choice of features that answers one question.

    Parameters
    ----------
    key, label, help : str
        Name for programs, name for people, and one plain sentence.
    features : tuple of str
        In the order of ``FEATURES``.
    """

    key: str
    label: str
    help: str
    features: tuple[str, ...]


def _of_groups(*keys: str) -> tuple[str, ...]:
    return tuple(name for key in keys for name in FEATURE_GROUPS[key].features)


_COLD = _of_groups("audio", "tonality", "genre", "release", "title")

FEATURE_SETS: tuple[FeatureSet, ...] = (
    FeatureSet("audio", "Audio only", "How the recording sounds, and nothing else.", DEFAULT_FEATURES),
    FeatureSet(
        "cold",
        "Before release, new artist",
        "All that is known before a newcomer's release: sound, key, genre, date and title.",
        _COLD,
    ),
    FeatureSet(
        "new",
        "Before release, known artist",
        "The same, and how the artist's other tracks did.",
        (*_COLD, *_of_groups("artist")),
    ),
)
