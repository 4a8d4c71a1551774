"""Which runs may be compared, and why others may not, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.runs.model import RunState
from core.validation import PROTOCOLS

if TYPE_CHECKING:
    from core.runs.model import Run


@dataclass(frozen=True)
class Footing:
    """What two runs must share, so that both are scored on the very same tracks.

    Parameters
    ----------
    sha256 : str
        Hash of the table.
    protocol : str
        Key of the validation protocol.
    test_share : float
        Share of the rows held out.
    seed : int
        Seed of the split.
    """

    sha256: str
    protocol: str
    test_share: float
    seed: int

    @property
    def key(self) -> str:
        """The text by which pages name it."""
        return f"{self.sha256}/{self.protocol}/{self.test_share:g}/{self.seed}"


def footing_of(run: Run) -> Footing | None:
    """The footing of a run; None as long as it has no score or its table is not known."""
    sha256 = run.data.get("sha256")
    if run.state is not RunState.FINISHED or not sha256:
        return None
    return Footing(sha256, run.request.protocol, run.request.test_share, run.request.seed)


def comparable_groups(runs: Iterable[Run]) -> dict[Footing, list[Run]]:
    """Runs by their footing, the groups and the runs inside in the order in which they come."""
    found: dict[Footing, list[Run]] = {}
    for run in runs:
        footing = footing_of(run)
        if footing is not None:
            found.setdefault(footing, []).append(run)
    return found


def why_apart(run: Run, footing: Footing) -> list[str]:
    """Why a run cannot be compared with those of a footing, one reason each; empty when it can.

    Parameters
    ----------
    run : Run
    footing : Footing

    Returns
    -------
    list of str
        Phrases such as "another table (Songs)" or "not finished: failed".
    """
    if run.state is not RunState.FINISHED:
        return [f"it has no score: it is {run.state.value}" if run.is_active else f"it has no score: {run.state.value}"]
    reasons = []
    if run.data.get("sha256") != footing.sha256:
        reasons.append(f"another table ({run.data.get('source_name') or 'unknown'})")
    if run.request.protocol != footing.protocol:
        protocol = PROTOCOLS.get(run.request.protocol)
        name = protocol.label.partition(" (")[0] if protocol else run.request.protocol
        reasons.append(f"another validation ({name})")
    if run.request.test_share != footing.test_share:
        reasons.append(f"another share held out ({100 * run.request.test_share:g}%)")
    if run.request.seed != footing.seed:
        reasons.append(f"another seed, so other tracks held out ({run.request.seed})")
    return reasons
