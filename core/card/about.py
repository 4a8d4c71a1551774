"""What a card says of a run beside its numbers: purpose, data, protocol, limits, how to make it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.card.model import Note, Section, Table
from core.card.reproduce import recipe
from core.card.words import count, duration, is_number, is_pair, measure, share, spread
from core.cautions import is_no_forecast
from core.families import FAMILIES
from core.features import FEATURES
from core.mlflow import NOT_LOGGED
from core.runs.model import SHELL_OWNER
from core.validation import PROTOCOLS

if TYPE_CHECKING:
    from core.runs.aliases import Promotion
    from core.runs.model import Run

_SPEAKS_OF = {
    "song": "songs that it had not seen",
    "track": "tracks that it had not seen",
    "album": "albums that it had not seen",
    "artist": "artists that it had not seen",
    "time": "releases newer than any that it learned from",
}


def in_short(run: Run, held: Sequence[Promotion]) -> Section:
    """The model, its score and its standing in a few lines."""
    metrics, family = run.metrics or {}, FAMILIES[run.request.family]
    r2, ends = (metrics.get("test") or {}).get("r2"), (metrics.get("test_interval") or {}).get("r2")
    among = _SPEAKS_OF.get(run.request.protocol, "held-out tracks")
    genre, average = (measure("r2", _baseline_r2(run, name)) for name in ("genre_mean", "mean"))
    said = [f"It estimates how popular a track is, from 0 to 100. {family.summary}"]
    if not PROTOCOLS[run.request.protocol].is_leaky:
        interval = f" (95%: {spread('r2', ends)})" if is_pair(ends) else ""
        said.append(
            f"On {count(metrics.get('n_test'))} tracks held out for the test, {among}, its R² is "
            f"{measure('r2', r2)}{interval}: {_accounted(r2)}. Knowing only the genre gives {genre}, always saying the "
            f"average of the tracks it learned from {average}."
        )
    facts = [
        ("Run", run.id),
        ("Finished", f"{run.finished_at:%Y-%m-%d %H:%M} UTC" if run.finished_at else "not recorded"),
    ]
    for one in held:
        why = f": {one.why}" if one.why else ""
        facts.append((f"{one.alias.value.capitalize()} for {one.purpose}", f"since {one.since:%Y-%m-%d}{why}"))
    if run.tags:
        facts.append(("Tags", ", ".join(run.tags)))
    if run.note:
        facts.append(("Note", run.note))
    return Section("short", "In short", notes=_warnings(run), paragraphs=tuple(said), facts=tuple(facts))


def _baseline_r2(run: Run, name: str) -> float | None:
    """R² of a baseline on the test of a run; None where none was stored."""
    found = (((run.metrics or {}).get("baselines") or {}).get(name) or {}).get("test") or {}
    return found.get("r2")


def _accounted(r2: Any) -> str:
    if is_number(r2) and r2 <= 0:
        return "it accounts for none of the differences in popularity there"
    return "that share of the differences in popularity is accounted for"


def _warnings(run: Run) -> tuple[Note, ...]:
    found = []
    if run.data.get("is_synthetic"):
        found.append("It was trained on made-up tracks. Its scores say nothing about real music.")
    if PROTOCOLS[run.request.protocol].is_leaky:
        found.append("Its scores are inflated by leakage: the same tracks stand on both sides of the split.")
    if looks_after_release(run):
        found.append("No forecast: it looks at what is only known after a release.")
    return tuple(Note(text) for text in found)


def looks_after_release(run: Run) -> bool:
    """Whether it looks at what is only known after a release."""
    return is_no_forecast(run.request)


def purpose(run: Run) -> Section:
    """What the model is meant for, and what it is not."""
    return Section(
        "purpose",
        "What it is for",
        items=(
            "Meant for: a first estimate of the popularity of a track with its interval, side by side with other "
            "models; finding out how much sound, genre and the rest tell about popularity at all.",
            "Not meant for: decisions about a single track, artist or payment; tracks unlike those in the table; any "
            "other number of success, such as sales or streams.",
            "It says how tracks like this one score. It does not say that changing a track would change "
            "its popularity.",
        ),
    )


def data(run: Run) -> Section:
    """The table that it was trained on."""
    facts, metrics = run.data, run.metrics or {}
    kinds = {"file": "a file of the operator or of a user", "download": "the public table", "sample": "made-up tracks"}
    rows = [
        ("Table", str(facts.get("source_name") or "not recorded")),
        ("Kind", kinds.get(str(facts.get("source_kind")), "not recorded")),
        ("Tracks", count(facts.get("tracks"))),
        ("Data hash (SHA-256)", str(facts.get("sha256") or "not recorded")),
        ("Training part", f"{count(metrics.get('n_train'))} rows"),
        ("Test part", f"{count(metrics.get('n_test'))} rows"),
    ]
    fitted = metrics.get("n_train_fitted")
    if fitted is not None and fitted != metrics.get("n_train"):
        rows.append(("Learned from", f"{count(fitted)} rows, drawn from the training part"))
    family = FAMILIES[run.request.family]
    if family.uses_features:
        names = [FEATURES[name].label for name in run.request.features]
        rows.append((f"Features ({len(names)})", ", ".join(names)))
    else:
        rows.append(("Features", "looks at none of them"))
    return Section("data", "Data", facts=tuple(rows))


def protocol(run: Run) -> Section:
    """How the test part was kept apart."""
    request, kind = run.request, PROTOCOLS[run.request.protocol]
    folds = f"{request.cv_folds} folds inside the rest" if request.cv_folds else "none"
    facts = (
        ("Protocol", f"{kind.label}. {kind.question}"),
        ("Term", kind.term),
        ("Held out", f"{share(request.test_share)} of the table, chosen with seed {request.seed}"),
        ("Cross-validation", folds),
    )
    said = "The test part was looked at once, for the scores of this card; nothing was chosen by it."
    if FAMILIES[request.family].combines_runs:
        said = (
            "The weights of the combined models come from predictions out of fold. The models themselves were chosen "
            "by somebody who could see their scores on this very test part, so the score may be a little too good."
        )
    if request.tuning is not None:
        said += " Hyperparameters were searched for inside the training part."
    items = tuple(notice for notice in run.notices if not notice.startswith(NOT_LOGGED))
    return Section("protocol", "How it was tested", paragraphs=(said,), facts=facts, items=items)


def limits(run: Run) -> Section:
    """What the model cannot do, in plain words."""
    metrics = run.metrics or {}
    found = []
    r2 = (metrics.get("test") or {}).get("r2")
    if isinstance(r2, float) and r2 < 0.5:
        found.append(
            f"It leaves {share(1 - max(r2, 0))} of the differences in popularity unexplained. Much that goes "
            "with popularity is not in the table: marketing, playlists, fame, timing."
        )
    low = (metrics.get("by_band") or [{}])[0].get("bias")
    high = (metrics.get("by_band") or [{}])[-1].get("bias")
    if isinstance(low, float) and isinstance(high, float) and low > 5 and high < -5:
        found.append(
            "It pulls towards the middle: unpopular tracks are rated too high and hits too low. Do not read a low "
            "estimate as proof that a track will fail."
        )
    found.append(
        "It learned from one snapshot of one catalogue. Popularity there is a mix of recent plays; it changes with "
        "time and has no meaning outside that service."
    )
    found.append(
        "Intervals hold their share on average over tracks, not for each track, and not for new kinds of music."
    )
    if not PROTOCOLS[run.request.protocol].groups and not PROTOCOLS[run.request.protocol].by_time:
        found.append("Artists stand on both sides of the split: for newcomers expect a lower score.")
    if run.request.protocol in ("song", "album"):
        found.append("Artists may stand on both sides of the split: for newcomers expect a lower score.")
    if run.data.get("is_synthetic"):
        found.append("The tracks are made up. Train on a real table before drawing any conclusion.")
    return Section("limits", "Limits", items=tuple(found))


def reproduction(run: Run) -> Section:
    """The command that comes to the same scores, and what it takes."""
    found = recipe(run)
    timings = run.timings or {}
    rows = tuple((name, str(version)) for name, version in run.versions.items())
    tables = (Table("Versions that made it", ("Package", "Version"), rows),) if rows else ()
    said = ("This command trains the same model on the same rows and prints the same scores.",)
    made_by = "from the command line" if run.owner == SHELL_OWNER else "from the page"
    after = (f"The run was made {made_by} and took {duration(timings.get('total_seconds'))}.",)
    return Section(
        "reproduce",
        "How to reproduce it",
        notes=tuple(Note(text) for text in found.doubts),
        paragraphs=said,
        code=found.command,
        items=found.needs,
        tables=tables,
        after=after,
    )
