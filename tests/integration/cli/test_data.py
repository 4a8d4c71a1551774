"""``data``: the facts of the table in use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.commands import Command


def test_data_prints_the_facts_of_the_sample(home: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("data", "--home", str(home), "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["is_synthetic"] is True
    assert facts["rows_read"] == facts["tracks"] + facts["repeated_rows"] + facts["rows_set_aside"]
    assert "synthetic" in dashboard("data", "--home", str(home))[1]


@pytest.mark.real_data
def test_data_prints_the_facts_of_the_real_table(home: Path, real_table: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("data", "--home", str(home), "--data", str(real_table), "--json")
    facts = json.loads(out)
    assert code == 0
    assert (facts["rows_read"], facts["tracks"], facts["artists"]) == (32833, 28356, 10692)
    assert (facts["repeated_rows"], facts["is_synthetic"]) == (4477, False)
