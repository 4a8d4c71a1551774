"""The optimism gap: one model's scores under easy and honest protocols."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, ink, template

SHORT = {
    "rows": "Raw rows<br>(leaky)",
    "track": "New<br>tracks",
    "song": "New<br>songs",
    "album": "New<br>albums",
    "artist": "New<br>artists",
    "time": "Next<br>releases",
}
SPOKEN = {
    "rows": "on rows",
    "track": "on new tracks",
    "song": "on new songs",
    "album": "on new albums",
    "artist": "on new artists",
    "time": "on the next releases",
}
GAP_TITLE = "Optimism gap"
WORTH_TELLING = 0.02
"""Difference of R² below which a leak is not spoken of as one."""


def plot_optimism_gap(frame: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """R² of one model under each protocol, with 95% intervals; 0 is always guessing the mean.

    Parameters
    ----------
    frame : DataFrame
        As ``core.audit.compute_optimism`` gives it.
    theme : {"light", "dark"}
    """
    shown = frame[np.isfinite(frame["r2"])] if len(frame) else frame
    if shown.empty:
        return empty_figure(GAP_TITLE, "No run has a score yet: measure the gap first.", theme=theme)
    colours = np.where(shown["is_leaky"], OKABE_ITO["vermillion"], OKABE_ITO["blue"])
    low, high = shown["low"].fillna(shown["r2"]), shown["high"].fillna(shown["r2"])
    figure = go.Figure()
    figure.add_bar(
        x=[SHORT.get(key, key) for key in shown["protocol"]],
        y=shown["r2"].to_numpy(),
        width=0.55,
        marker={"color": colours, "pattern": {"shape": np.where(shown["is_leaky"], "/", "").tolist()}},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (high - shown["r2"]).clip(lower=0).to_numpy(),
            "arrayminus": (shown["r2"] - low).clip(lower=0).to_numpy(),
            "color": ink(theme)["text"],
            "thickness": 1.5,
            "width": 6,
        },
        customdata=np.column_stack([shown["label"], low, high]),
        hovertemplate="%{customdata[0]}<br>R² %{y:.3f}<br>95% interval %{customdata[1]:.3f} to %{customdata[2]:.3f}"
        "<extra></extra>",
    )
    for key, r2, top in zip(shown["protocol"], shown["r2"], high, strict=True):
        at = max(float(top), 0.0)
        figure.add_annotation(x=SHORT.get(key, key), y=at, text=f"<b>{_score(r2)}</b>", showarrow=False, yshift=12)
    figure.add_hline(y=0, line={"color": ink(theme)["text"], "width": 1})
    figure.update_yaxes(title="R² on the held-out part", rangemode="tozero", tickformat=".2f")
    figure.update_xaxes(title="Tested on")
    return figure.update_layout(
        template=template(theme), showlegend=False, height=380, margin={"l": 56, "r": 16, "t": 32, "b": 56}
    )


def optimism_reading(frame: pd.DataFrame, family: str = "model") -> str:
    """Read the chart aloud: what the leak is worth where it was measured, else the scores there are.

    Parameters
    ----------
    frame : DataFrame
        As ``core.audit.compute_optimism`` gives it.
    family : str
        What the model is called in a sentence, such as ``"forest"``.

    Examples
    --------
    >>> frame = pd.DataFrame({"protocol": ["song", "track"], "r2": [-0.01, 0.03], "is_leaky": False})
    >>> optimism_reading(frame, "forest")
    'The same forest scores −0.01 on new songs, 0.03 on new tracks.'
    """
    scores = _scores(frame)
    honest = [r2 for key, r2 in scores.items() if key != "rows"]
    if not scores:
        return ""
    if "rows" not in scores or not honest:
        return f"The same {family} scores {', '.join(f'{_score(r2)} {SPOKEN[key]}' for key, r2 in scores.items())}."
    high, low = scores["rows"], max(honest)
    words = f"Random rows give R² {_score(high)}; the best of the honest validations gives {_score(low)}."
    below = "; below 0 is worse than always guessing the mean" if min(scores.values()) < 0 else ""
    scale = f"R²: 1 is perfect, 0 is always guessing the mean{below}."
    if high - low < WORTH_TELLING:
        return f"{words} On this table the careless split flatters hardly at all. {scale}"
    told = f"The difference of {high - low:.2f} is memory: the model has met the tracks of its test before."
    return f"{words} {told} {scale}"


def _scores(frame: pd.DataFrame) -> dict[str, float]:
    return {str(key): float(r2) for key, r2 in zip(frame["protocol"], frame["r2"], strict=True) if np.isfinite(r2)}


def _score(r2: float) -> str:
    text = f"{r2:.2f}"
    return text.replace("-0.00", "0.00").replace("-", "−")
