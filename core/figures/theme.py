"""Colours, fonts and the light and dark template that every figure uses."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

OKABE_ITO: Final = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
    "yellow": "#F0E442",
    "grey": "#8A8F98",
}
"""Okabe and Ito's palette for categories (black replaced by a grey that shows on light and dark ground)."""

QUALITATIVE: Final = tuple(OKABE_ITO.values())
SEQUENTIAL: Final = "Cividis"
DIVERGING: Final = ((0.0, "#0072B2"), (0.5, "#F5F5F5"), (1.0, "#D55E00"))
DIVERGING_DARK: Final = ((0.0, "#3B9BDC"), (0.5, "#2A2E35"), (1.0, "#F0813A"))

FAMILY_COLORS: Final = {
    "mean": "#8A8F98",
    "genre_mean": "#5F6670",
    "linear": "#56B4E9",
    "ridge": "#0072B2",
    "lasso": "#3E7CB1",
    "random_forest": "#009E73",
    "extra_trees": "#5DBB63",
    "gradient_boosting": "#D55E00",
    "hist_gradient_boosting": "#E69F00",
    "adaboost": "#B8860B",
    "knn": "#CC79A7",
    "svr": "#9B6FB0",
    "neural_network": "#7A6FF0",
    "xgboost": "#C8553D",
    "lightgbm": "#A3A500",
    "catboost": "#B07AA1",
    "stack": "#2F4B7C",
}

FONT_FAMILY: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_INK: Final = {
    "light": {
        "text": "#1F2328",
        "quiet": "#59636E",
        "grid": "#E7E9EC",
        "line": "#C9CDD2",
        "ground": "#FFFFFF",
        "accent": "#0B5CAD",
    },
    "dark": {
        "text": "#E6E9ED",
        "quiet": "#A3ACB7",
        "grid": "#2B3037",
        "line": "#454C56",
        "ground": "#1A1D21",
        "accent": "#6CB2F5",
    },
}


def ink(theme: str = "light") -> dict[str, str]:
    """Give the neutral colours of a theme: text, quiet, grid, line, ground, accent.

    Parameters
    ----------
    theme : {"light", "dark"}
        Anything else counts as light, as the value may come from a browser.

    Examples
    --------
    >>> ink("dark")["ground"]
    '#1A1D21'
    """
    return _INK["dark" if theme == "dark" else "light"]


def family_color(key: str) -> str:
    """Give the colour that a model family keeps in every chart; grey for a family without one.

    Examples
    --------
    >>> family_color("ridge")
    '#0072B2'
    """
    return FAMILY_COLORS.get(key, OKABE_ITO["grey"])


def diverging(theme: str = "light") -> list[list[float | str]]:
    """Give the blue to vermillion colour scale, for values centred at 0 (set ``zmid=0`` or ``cmid=0``)."""
    return [list(step) for step in (DIVERGING_DARK if theme == "dark" else DIVERGING)]


def template(theme: str = "light") -> go.layout.Template:
    """Build the template of a theme: transparent ground, quiet grid, one font, room for titles on the axes.

    Parameters
    ----------
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.layout.Template
    """
    return _TEMPLATES["dark" if theme == "dark" else "light"]


def base_layout(theme: str = "light", **changes: object) -> go.Layout:
    """Build a layout with the theme's template; ``changes`` are any layout properties."""
    return go.Layout(template=template(theme)).update(changes)


def empty_figure(title: str, message: str = "Nothing to show yet.", theme: str = "light") -> go.Figure:
    """Build a figure without data that says why it is empty.

    Parameters
    ----------
    title : str
        Subject of the chart that would stand here.
    message : str
        Why there is nothing, and what to do about it.
    theme : {"light", "dark"}
    """
    figure = go.Figure(layout=base_layout(theme, meta={"empty": True, "title": title}))
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text=f"<b>{title}</b><br>{message}", showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper"
    )
    return figure


def _build(theme: str) -> go.layout.Template:
    colours = ink(theme)
    axis = {
        "gridcolor": colours["grid"],
        "linecolor": colours["line"],
        "zerolinecolor": colours["line"],
        "tickcolor": colours["line"],
        "zeroline": False,
        "automargin": True,
        "title": {"standoff": 12, "font": {"size": 13, "color": colours["quiet"]}},
        "tickfont": {"size": 12, "color": colours["quiet"]},
    }
    built = go.layout.Template()
    built.layout = go.Layout(
        font={"family": FONT_FAMILY, "size": 13, "color": colours["text"]},
        title={"font": {"size": 15}, "x": 0, "xanchor": "left"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=QUALITATIVE,
        colorscale={"sequential": SEQUENTIAL, "diverging": diverging(theme)},
        margin={"l": 8, "r": 16, "t": 16, "b": 8},
        xaxis=axis,
        yaxis=axis,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        hoverlabel={
            "bgcolor": colours["ground"],
            "bordercolor": colours["line"],
            "font": {"family": FONT_FAMILY, "size": 13, "color": colours["text"]},
            "align": "left",
        },
        hovermode="closest",
        bargap=0.08,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours["quiet"], "activecolor": colours["accent"]},
    )
    return built


_TEMPLATES: Final = {theme: _build(theme) for theme in ("light", "dark")}
