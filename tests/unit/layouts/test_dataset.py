"""What the Dataset view says of a table, a file, a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from dash import html

from core.audit import CheckResult
from core.tables import TableInfo
from core.tables.choices import NAMED, NOT_THERE
from data.schema import COLUMNS
from data.upload import examine
from layouts.dataset import SECTIONS, layout, section_links
from layouts.dataset.audit import concerned_rows, findings, gap_progress, named_validations
from layouts.dataset.doctor import DoctorValues, accept_reason, doctor_section, keep_options, refusal
from layouts.dataset.table import preview_count, preview_grid
from layouts.dataset.tables import tables_section
from layouts.ids import Dataset
from tests.fakes.finished import make_run

Words = Callable[[Any], str]

DEFAULT = TableInfo("default", "Built-in sample (synthetic)", 6000, 5000, "a" * 64, None, is_default=True)
OWN = TableInfo("1", "My <b>songs</b>", 30, 20, "b" * 64, None, ("extra:plays",), can_train=False, is_current=True)


@dataclass(frozen=True)
class Finding:
    key: str = "repeated"
    title: str = "Repeated tracks"
    level: str = "leak"
    count: int = 4477
    total: int = 32833
    unit: str = "rows"
    what: str = "The same track in several rows."
    why: str = "The model meets it again."
    protocols: str = "All but rows keep copies together."
    table: Any = field(default_factory=lambda: pd.DataFrame({"Track": ["=cmd", "b"], "Rows": [2, 3]}))


@dataclass(frozen=True)
class Report:
    findings: tuple[Any, ...] = (Finding(),)
    checks: tuple[Any, ...] = (
        CheckResult("constant", "Constant columns", "Does a column hold one value?", "passed"),
        CheckResult("repeated", "Repeated tracks", "Do tracks repeat?", "found"),
        CheckResult("drift", "Drift", "Do they differ?", "not checked", "The table states no release date."),
    )
    rows: int = 32833
    tracks: int = 28356
    unread: tuple[str, ...] = ()


def parts(component: Any, kind: str) -> list[Any]:
    """All parts whose pattern-matching id has a type."""
    return [
        one for one in component._traverse() if isinstance(getattr(one, "id", None), dict) and one.id["type"] == kind
    ]


def by_id(component: Any, name: str) -> Any:
    return next(one for one in component._traverse() if getattr(one, "id", None) == name)


def file_of(table: pd.DataFrame, name: str = "songs.csv") -> Any:
    return examine(table.to_csv(index=False).encode(), name)


def songs(n: int = 40) -> pd.DataFrame:
    from data.sample import generate_sample

    return generate_sample(n_rows=200).head(n)


def test_every_section_has_its_address_and_the_one_in_view_says_so(words: Words) -> None:
    links = section_links("audit")
    assert all(title in words(links) for title in SECTIONS.values())
    assert "Audit (shown)" in " ".join(words(links).split())


def test_the_view_holds_what_it_was_given_and_remembers_the_address() -> None:
    view = layout("table", html.Div(id="x"), "?section=table")
    assert by_id(view, "x") is not None
    assert by_id(view, Dataset.SHOWN).data == "?section=table"


def test_the_list_says_which_table_is_in_use_and_keeps_markup_as_text(words: Words) -> None:
    view = tables_section([DEFAULT, OWN])
    said = words(view)
    assert "My <b>songs</b>" in said
    assert "For scoring only" in said
    assert [one.id["table"] for one in parts(view, Dataset.USE)] == ["default"]


def test_the_servers_table_can_neither_be_renamed_nor_deleted() -> None:
    view = tables_section([DEFAULT, OWN])
    assert [one.id["table"] for one in parts(view, Dataset.DELETE)] == ["1"]
    assert [one.id["table"] for one in parts(view, Dataset.RENAME)] == ["1"]


def test_every_known_column_can_be_chosen_with_the_suggestion_first() -> None:
    found = file_of(songs().rename(columns={"tempo": "bpm"}))
    view = doctor_section(DoctorValues("s", found, "songs", ()))
    chosen = {one.id["target"]: one.value for one in parts(view, Dataset.MAP)}
    assert set(chosen) == set(COLUMNS)
    assert chosen["energy"] == NAMED + "energy"
    assert chosen["tempo"] == NAMED + "bpm"


def test_a_column_that_is_not_there_is_chosen_as_such() -> None:
    found = file_of(songs().drop(columns="playlist_name"))
    view = doctor_section(DoctorValues("s", found, "songs", ()))
    assert {one.id["target"]: one.value for one in parts(view, Dataset.MAP)}["playlist_name"] == NOT_THERE


def test_own_numeric_columns_can_be_kept_and_the_used_ones_not_twice() -> None:
    options = keep_options(["plays", "bpm"], {"tempo": "bpm"})
    assert [one["disabled"] for one in options] == [False, True]


def test_rejected_rows_stand_with_line_and_reason(words: Words) -> None:
    table = songs().astype(object)
    table.loc[table.index[3], "energy"] = 1.7
    view = doctor_section(DoctorValues("s", file_of(table), "songs", ()))
    said = words(view)
    assert "line 5" in said
    assert "1 row would be left out" in said
    assert not by_id(view, Dataset.ACCEPT).disabled


def test_a_file_that_cannot_be_used_says_why_and_offers_no_button(words: Words) -> None:
    found = examine(b"PK\x03\x04" + bytes(100), "songs.xlsx")
    assert "E_TYPE" in words(refusal(found))
    assert accept_reason(found)


def test_the_grid_knows_columns_by_position_so_that_any_name_will_do() -> None:
    grid = preview_grid(pd.DataFrame({"a.b (yours)": [1.5], "Track": ["x"]}, dtype=object))
    assert [one["headerName"] for one in grid.columnDefs] == ["a.b (yours)", "Track"]
    assert grid.rowData == [{"c0": 1.5, "c1": "x"}]


def test_the_count_says_how_many_are_left_out() -> None:
    assert preview_count(200, 28356, 28356, "") == "The first 200 of 28,356 tracks."
    assert preview_count(1, 1, 9, "a") == "1 track of 9 matches “a”."
    assert preview_count(9, 9, 9, "") == "All 9 tracks."


def test_a_finding_says_what_how_many_why_and_what_the_validations_do(words: Words) -> None:
    said = words(findings(Report()))
    for part in (
        "Repeated tracks",
        "4,477",
        "32,833 rows",
        "meets it again",
        "keep copies together",
        "1 check",
        "Leak",
    ):
        assert part in said


def test_a_check_that_could_not_be_made_says_why_and_is_not_among_those_that_passed(words: Words) -> None:
    said = words(findings(Report()))
    assert "1 check of 3 could not be made" in said
    assert "Drift: The table states no release date." in said
    assert "1 check found nothing" in said


def test_the_page_names_validations_as_its_charts_do() -> None:
    text = "'song' keeps copies together. 'time' and 'rows' do not."
    assert named_validations(text) == "“New songs” keeps copies together. “Next releases” and “raw rows” do not."


def test_the_tracks_concerned_are_drawn_when_they_are_asked_for(words: Words) -> None:
    assert "=cmd" not in words(findings(Report()))
    assert "=cmd" in words(concerned_rows(Finding()))


def test_columns_that_were_not_looked_at_are_named(words: Words) -> None:
    said = words(findings(Report(unread=("plays", "remark"))))
    assert "2 columns not looked at" in said
    assert "remark" in said
    assert "not looked at" not in words(findings(Report()))


def test_a_table_without_findings_says_so(words: Words) -> None:
    assert "Nothing to beware of" in words(findings(Report(findings=())))


def test_the_measurement_offers_to_cancel_what_is_active() -> None:
    from core.runs.model import RunState

    view = gap_progress([make_run(), make_run(RunState.RUNNING)])
    assert len(parts(view, Dataset.CANCEL)) == 1
