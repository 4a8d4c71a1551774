"""The layout against which Dash checks every callback: the real frame, and a stand-in for each id of the pages."""

from __future__ import annotations

from enum import StrEnum

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html
from dash.development.base_component import Component

import layouts.ids
from layouts.components.graph_card import PARTS


def validation_layout(app: Dash, frame: Component) -> html.Div:
    """Build a layout in which every id that callbacks may use occurs once, so that Dash can check all of them.

    The frame is real; for the ids of the pages stand components that have the properties the callbacks use. An id that
    is neither in an enum of ``layouts.ids`` nor a part of its graph card has no stand-in: a mistyped one fails loudly.
    """
    present = {part.id for part in frame._traverse() if isinstance(getattr(part, "id", None), str)}
    used = _used_properties(app)
    known = {str(one) for kind in id_enums() for one in kind}
    known |= {f"{one}-{part}" for one in known for part in PARTS}
    stand_ins = [_stand_in(one, properties) for one, properties in used.items() if one in known - present]
    return html.Div([frame, *stand_ins])


def id_enums() -> list[type[StrEnum]]:
    found = vars(layouts.ids).values()
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum]


def _used_properties(app: Dash) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for spec in app._callback_list:
        output = spec["output"]
        outputs = output[2:-2].split("...") if output.startswith("..") else [output]
        pairs = [name.rpartition(".")[::2] for name in outputs]
        pairs += [(one["id"], one["property"]) for one in (*spec["inputs"], *spec["state"])]
        for component_id, prop in pairs:
            used.setdefault(component_id, set()).add(prop.split("@")[0])
    return used


def _stand_in(component_id: str, properties: set[str]) -> Component:
    kinds = (html.Div, html.Button, dcc.Store, dbc.Button, dbc.Input, dbc.Select, dbc.Checklist, dbc.Switch)
    more = (dcc.Graph, dcc.Dropdown, dcc.Slider, dcc.RangeSlider, dcc.Upload, dcc.Download, dcc.Interval)
    rest = (
        dbc.Modal,
        dbc.Offcanvas,
        dbc.Collapse,
        dbc.Tabs,
        dbc.Progress,
        dbc.Alert,
        dcc.Location,
        html.Details,
        html.A,
    )
    for kind in (*kinds, *more, *rest):
        if properties <= set(kind(id=component_id).available_properties):
            return kind(id=component_id)
    return html.Div(id=component_id)
