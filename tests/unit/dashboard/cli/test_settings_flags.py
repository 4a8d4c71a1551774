from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidRequest
from dashboard.cli.main import COMMANDS, build_parser
from dashboard.cli.settings_flags import EVERY_SETTING, read_settings
from dashboard.cli.settings_page import settings_page
from tests.conftest import ROOT


def settings_of(*flags: str):
    return read_settings(build_parser().parse_args(["data", *flags]))


def test_flags_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_PORT", "9000")
    monkeypatch.setenv("DASHBOARD_HOST", "0.0.0.0")
    settings = settings_of("--port", "9001", "--no-eda", "--home", "elsewhere")
    assert (settings.port, settings.host) == (9001, "0.0.0.0")
    assert (settings.eda, settings.home) == (False, Path("elsewhere"))


def test_a_setting_out_of_bounds_is_named_with_its_flag_and_variable() -> None:
    with pytest.raises(InvalidRequest, match=r"--run-slots \(DASHBOARD_RUN_SLOTS\).*'0'"):
        settings_of("--run-slots", "0")


def test_secrets_have_no_flag() -> None:
    with pytest.raises(SystemExit):
        settings_of("--proxy-secret", "hush")


@pytest.mark.parametrize("limit", ["--run-seconds", "--run-memory-mb"])
def test_training_in_the_shell_takes_no_limits_that_it_would_not_heed(limit: str, capsys) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["train", "--family", "ridge", limit, "600"])
    assert f"unrecognized arguments: {limit}" in capsys.readouterr().err
    assert build_parser().parse_args(["serve", limit, "600"])


def test_commands_list_only_settings_that_exist() -> None:
    assert all(set(module.SETTINGS) <= EVERY_SETTING for module in COMMANDS.values())


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "docs/settings.md is out of date: make docs"
