"""The Explore view through the whole app: addresses, callbacks, downloads, refusals."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest

from layouts.eda import SECTION_STORES
from layouts.ids import Eda, Shell

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash

    from dashboard.services import Services

FIGURES = {
    Eda.POPULARITY: Eda.AT_DISTRIBUTION,
    Eda.FEATURE: Eda.AT_DISTRIBUTION,
    Eda.CORRELATION: Eda.AT_RELATIONS,
    Eda.SCATTER: Eda.AT_RELATIONS,
    Eda.GROUP: Eda.AT_GROUPS,
    Eda.SUBGENRES: Eda.AT_GROUPS,
    Eda.YEARS: Eda.AT_TIME,
    Eda.MONTHS: Eda.AT_TIME,
    Eda.ARTISTS_COUNT: Eda.AT_ARTISTS,
    Eda.ARTISTS_MEAN: Eda.AT_ARTISTS,
}


class Caller:
    """Calls a callback of the app as the page would."""

    def __init__(self, app: Dash) -> None:
        self.app = app
        self.client = app.server.test_client()
        self.client.get("/")

    def call(self, output: str, values: dict[str, Any], changed: str) -> tuple[int, dict[str, Any]]:
        key, spec = next(
            (key, spec)
            for key, spec in self.app.callback_map.items()
            if key.lstrip(".").startswith(output)
            and any(f"{row['id']}.{row['property']}" == changed for row in spec["inputs"])
        )
        places = [name.rpartition(".") for name in key.strip(".").split("...")]
        outputs: Any = [_place(place[0], place[2]) for place in places]
        body = {
            "output": key,
            "outputs": outputs if key.startswith("..") else outputs[0],
            "inputs": [_filled(row, values) for row in spec["inputs"]],
            "state": [_filled(row, values) for row in spec["state"]],
            "changedPropIds": [changed],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        return answer.status_code, (answer.get_json() or {}).get("response", {}) if answer.status_code == 200 else {}

    def draw(self, graph: str, query: Any) -> tuple[int, dict[str, Any]]:
        store = FIGURES[Eda(graph)]
        return self.call(f"{graph}.figure", {store: query, Shell.THEME: "light", Eda.WEBGL: True}, f"{store}.data")

    def sync(self, search: str, **values: Any) -> tuple[int, dict[str, Any]]:
        known = {Eda.URL + ".search": search, Eda.URL + ".pathname": "/explore"} | values
        return self.call(f"{Eda.URL}.search", known, f"{Eda.URL}.search")


def _place(component: str, prop: str) -> Any:
    return [] if component.startswith("{") else {"id": component, "property": prop}


def _filled(row: dict[str, Any], values: dict[str, Any]) -> Any:
    if row["id"].startswith("{"):
        return []
    value = values.get(f"{row['id']}.{row['property']}", values.get(row["id"]))
    return {"id": row["id"], "property": row["property"], "value": value}


@pytest.fixture
def caller(app: Dash) -> Caller:
    return Caller(app)


@pytest.mark.parametrize("graph", FIGURES)
@pytest.mark.parametrize("query", ["", "?genre=pop&pop=20-80&scope=genre&method=information", "?artist=nobody+at+all"])
def test_every_chart_comes_with_words_numbers_and_n(caller: Caller, graph: str, query: str) -> None:
    status, found = caller.draw(graph, query)
    assert status == 200
    assert found[graph]["figure"]["layout"]["template"]
    assert found[f"{graph}-n"]["children"].startswith("n = ")
    assert found[f"{graph}-title"]["children"]
    assert _without_cells(found[f"{graph}-reading"]["children"]) == found[f"{graph}-alternative"]["children"] != ""


def _without_cells(words: Any) -> str:
    """What stands below a chart where its cells have no room for numbers."""
    if isinstance(words, str):
        return words
    parts = [part if isinstance(part, str) else part["props"] for part in words]
    return "".join(part if isinstance(part, str) else part["children"] * (part["className"] == "cells-unsaid")
                   for part in parts)  # fmt: skip


def test_brackets_are_spoken_of_only_where_numbers_stand_in_the_cells(caller: Caller) -> None:
    grid = caller.draw(Eda.CORRELATION, "?section=relations")[1]
    said = [part["props"] for part in grid[f"{Eda.CORRELATION}-reading"]["children"] if isinstance(part, dict)]
    assert {part["className"]: "brackets" in part["children"] for part in said} == {
        "cells-said": True, "cells-unsaid": False}  # fmt: skip
    assert grid[Eda.CORRELATION]["figure"]["data"][0]["textfont"] == {"size": 11}
    bars = caller.draw(Eda.CORRELATION, "?section=relations&method=information")[1]
    assert "brackets" in bars[f"{Eda.CORRELATION}-reading"]["children"]


@pytest.mark.parametrize("query", [None, 3, [], {"a": 1}])
def test_what_is_not_an_address_draws_nothing(caller: Caller, query: Any) -> None:
    assert caller.draw(Eda.SCATTER, query)[0] in (204, 400)


def test_bad_addresses_draw_and_never_fail(caller: Caller) -> None:
    for query in (
        "?genre=%00",
        "?pop=nan-inf&from=1e999",
        "?x=track_id&y=__class__",
        "?" + "genre=a&" * 300,
        "?%ff%fe",
    ):
        assert caller.draw(Eda.SCATTER, query)[0] == 200
        status, found = caller.sync(query)
        assert status == 200
        assert found[Eda.PROBLEMS]["children"] or query.startswith("?%")


def test_only_the_section_in_view_is_written_to(caller: Caller) -> None:
    _, found = caller.sync("?section=time&genre=pop")
    written = {store for store in SECTION_STORES.values() if store in found}
    assert written == {Eda.AT_TIME}
    assert found[Eda.STATE]["data"] == "?section=time&genre=pop"


def test_switched_off_charts_write_to_no_section(caller: Caller) -> None:
    _, found = caller.sync("?charts=off")
    assert not {store for store in SECTION_STORES.values() if store in found}


def test_another_page_does_not_move_the_view(caller: Caller) -> None:
    assert caller.sync("?section=time", **{f"{Eda.URL}.pathname": "/train"})[0] == 204


def test_a_setting_switches_exploration_off(home: Path) -> None:
    from callbacks.eda import page
    from dashboard.app import create_app
    from dashboard.services import build_services
    from dashboard.settings import Settings

    settings = Settings(home=home, eda=False)
    services = build_services(settings)
    app = create_app(settings, services)
    assert "switched off" in str(page(services, "shared"))
    assert not services.tracks.is_loaded
    assert not [key for key in app.callback_map if "eda-" in key]


def test_the_scatter_stays_small_and_holds_every_track(caller: Caller, services: Services) -> None:
    _, found = caller.draw(Eda.SCATTER, "?x=energy&y=track_popularity")
    trace = found[Eda.SCATTER]["figure"]["data"][0]
    assert trace["type"] == "scattergl"
    assert len(base64.b64decode(trace["y"]["bdata"])) >= 0.99 * len(services.tracks.dataset.tracks)


def test_the_heatmap_follows_the_theme_only_while_it_is_in_view(caller: Caller) -> None:
    values = {Eda.AT_RELATIONS: "?section=relations", Shell.THEME: "dark"}
    changed = f"{Shell.THEME}.data"
    seen = caller.call(f"{Eda.CORRELATION}.figure", values | {Eda.STATE: "?section=relations"}, changed)
    assert seen[0] == 200
    assert caller.call(f"{Eda.CORRELATION}.figure", values | {Eda.STATE: "?section=time"}, changed)[0] == 204


def test_a_browser_without_webgl_gets_a_sample_it_can_draw(caller: Caller) -> None:
    values = {Eda.AT_RELATIONS: "", Shell.THEME: "light", Eda.WEBGL: False}
    _, found = caller.call(f"{Eda.SCATTER}.figure", values, f"{Eda.AT_RELATIONS}.data")
    assert {trace["type"] for trace in found[Eda.SCATTER]["figure"]["data"]} == {"scatter"}


def test_a_clicked_point_is_the_track_that_was_drawn(caller: Caller, services: Services) -> None:
    click = {"points": [{"curveNumber": 0, "pointNumber": 7}]}
    values = {f"{Eda.SCATTER}.clickData": click, Eda.AT_RELATIONS: "?trend=none", Eda.WEBGL: True}
    status, found = caller.call(f"{Eda.TRACK}.children", values, f"{Eda.SCATTER}.clickData")
    assert status == 200
    tracks = services.tracks.dataset.tracks
    drawn = tracks[tracks["energy"].notna()].iloc[7]
    assert drawn["track_name"] in str(found)


@pytest.mark.parametrize("click", [None, 1, {}, {"points": []}, {"points": [{"curveNumber": "0", "pointNumber": 1}]},
                                   {"points": [{"curveNumber": 0, "pointNumber": 10**9}]},
                                   {"points": [{"curveNumber": True, "pointNumber": -1}]}])  # fmt: skip
def test_a_click_that_names_no_point_shows_nothing(caller: Caller, click: Any) -> None:
    values = {f"{Eda.SCATTER}.clickData": click, Eda.AT_RELATIONS: "", Eda.WEBGL: True}
    assert caller.call(f"{Eda.TRACK}.children", values, f"{Eda.SCATTER}.clickData")[0] == 204


@pytest.mark.parametrize(
    ("button", "head"),
    [
        (Eda.NUMBERS_CSV, "column,count,mean"),
        (Eda.CATEGORY_CSV, "group,count,share"),
        (Eda.POINTS_CSV, "track_id,track_"),
    ],
)
def test_downloads_follow_the_filter(caller: Caller, button: str, head: str) -> None:
    values = {button: 1, Eda.STATE: "?genre=pop"}
    status, found = caller.call(f"{Eda.DOWNLOAD}.data", values, f"{button}.n_clicks")
    assert status == 200
    assert found[Eda.DOWNLOAD]["data"]["content"].lstrip("\ufeff").startswith(head)


@pytest.mark.real_data
def test_the_real_table_has_its_known_facts(real_table: Path) -> None:
    from core.eda.cohorts import cohorts
    from core.eda.distribution import distribution
    from core.eda.filters import Filter
    from core.eda.table import build_table
    from data.sources import load_dataset

    table = build_table(load_dataset(real_table, real_table.parent).tracks)
    assert table.n_tracks == 28_356
    assert "9% (" in distribution(table, Filter(), "track_popularity").reading
    assert cohorts(table, Filter(), "month").n_left_out == 1_656


def test_groups_by_subgenre_stand_there_once(caller: Caller) -> None:
    assert caller.draw(Eda.SUBGENRES, "?section=groups&group=subgenre")[0] == 204
    assert caller.draw(Eda.GROUP, "?section=groups&group=subgenre")[0] == 200
    for query, hidden in (("?section=groups&group=subgenre", True), ("?section=groups", False)):
        _, found = caller.call(f"{Eda.NAV}.children", {Eda.STATE: query}, f"{Eda.STATE}.data")
        assert found[Eda.SUBGENRES_CARD]["hidden"] is hidden


@pytest.mark.parametrize("button", [Eda.NUMBERS_CSV, Eda.CATEGORY_CSV])
def test_downloads_have_no_digits_that_come_from_the_arithmetic(caller: Caller, button: str) -> None:
    values = {button: 1, Eda.STATE: "?section=summary"}
    _, found = caller.call(f"{Eda.DOWNLOAD}.data", values, f"{button}.n_clicks")
    numbers = re.findall(r"[0-9]+\.[0-9]+", found[Eda.DOWNLOAD]["data"]["content"])
    assert numbers
    assert max(len(one.replace(".", "").lstrip("0")) for one in numbers) <= 10
