"""Every page answers, every id that a callback names exists, no output has two owners."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import layouts.ids
from dashboard.pages import PAGES, find_page, offered_pages
from dashboard.settings import Settings
from dashboard.validation import id_enums
from layouts.components.graph_card import PARTS
from layouts.ids import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash


@pytest.fixture
def specs(app: Dash) -> list[dict[str, Any]]:
    return app.server.test_client().get("/_dash-dependencies").get_json()


def _outputs(spec: dict[str, Any]) -> list[str]:
    output = spec["output"]
    return output[2:-2].split("...") if output.startswith("..") else [output]


def _names(specs: list[dict[str, Any]]) -> set[str]:
    names = {name.rpartition(".")[0] for spec in specs if not spec["no_output"] for name in _outputs(spec)}
    return names | {one["id"] for spec in specs for one in (*spec["inputs"], *spec["state"])}


def test_every_id_of_a_callback_is_in_an_enum_or_part_of_a_graph_card(specs: list[dict[str, Any]]) -> None:
    known = {str(one) for kind in id_enums() for one in kind}
    known |= {f"{one}-{part}" for one in known for part in PARTS}
    assert {name for name in _names(specs) if not name.startswith("{")} <= known


def test_every_id_of_a_callback_is_in_the_validation_layout(app: Dash, specs: list[dict[str, Any]]) -> None:
    present = {getattr(part, "id", None) for part in app.validation_layout._traverse()}
    assert {name for name in _names(specs) if not name.startswith("{")} <= {str(one) for one in present}


def test_every_pattern_id_names_its_type(specs: list[dict[str, Any]]) -> None:
    patterns = [json.loads(name) for name in _names(specs) if name.startswith("{")]
    assert all(isinstance(pattern.get("type"), str) for pattern in patterns)


def test_no_output_has_two_owners(specs: list[dict[str, Any]]) -> None:
    # An output that several callbacks may set carries a mark after "@": Dash made it unique.
    counts = Counter(name for spec in specs if not spec["no_output"] for name in _outputs(spec))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_id_stands_twice_in_the_validation_layout(app: Dash) -> None:
    ids = [str(part.id) for part in app.validation_layout._traverse() if getattr(part, "id", None) is not None]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_no_id_belongs_to_two_views() -> None:
    ids = [str(one) for kind in id_enums() for one in kind]
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_each_view_has_its_ids() -> None:
    assert len(id_enums()) >= 7
    assert layouts.ids.Shell in id_enums()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_every_page_answers_with_a_document(app: Dash, page: Any) -> None:
    path = page.path.replace("<run_id>", "00000000-0000-4000-8000-000000000000")
    answer = app.server.test_client().get(path)
    assert answer.status_code == 200
    assert "react-entry-point" in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_every_page_is_found_by_its_own_path(page: Any) -> None:
    found = find_page(PAGES, page.path.replace("<run_id>", "an-id"))
    assert found is not None
    assert found[0] is page


@pytest.mark.parametrize("page", [page for page in PAGES if page.in_navigation], ids=lambda page: page.key)
def test_every_page_shows_its_content_under_one_heading(app: Dash, page: Any) -> None:
    sent = {
        "output": f"{Shell.CONTENT}.children",
        "outputs": {"id": str(Shell.CONTENT), "property": "children"},
        "inputs": [{"id": str(Shell.PLACE), "property": "data", "value": {"path": page.path, "query": ""}}],
        "state": [],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=sent)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "cannot be shown" not in text
    assert text.count('"type":"H1"') == 1


def test_a_switched_off_page_is_not_offered(home: Path) -> None:
    without = offered_pages(Settings(home=home, eda=False))
    assert find_page(without, "/explore") is None
    assert {page.key for page in PAGES} - {page.key for page in without} == {"eda"}


def test_shortcuts_are_different() -> None:
    keys = [page.shortcut for page in PAGES if page.shortcut]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {"g", "j", "?"}


def test_every_button_that_fetches_a_file_has_a_callback_of_its_own(app: Dash) -> None:
    """By one for several, a second press would drop the file of the first while it is still being made."""
    fetching = {
        key: spec["inputs"] for key, spec in app.callback_map.items() if re.search(r"(download|-file)[^.]*\.data", key)
    }
    assert len(fetching) > 10
    shared = [key for key, inputs in fetching.items() if len(inputs) != 1 or '["ALL"]' in inputs[0]["id"]]
    assert shared == []
