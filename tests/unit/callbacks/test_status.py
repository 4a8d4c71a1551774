"""The status page: what is there and what is missing, in words; no place and no secret."""

from __future__ import annotations

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.status import data_in_words, limits_in_words, page, status_values, versions_in_words
from core.errors import InvalidRequest
from core.families import FAMILIES, installed
from core.requests import parse_request
from dashboard.settings import Settings
from layouts.training.families import family_choice
from layouts.training.form import TrainingForm

OPTIONAL = {"xgboost": "xgboost", "lightgbm": "lightgbm", "catboost": "catboost", "neural_network": "tensorflow"}


@pytest.fixture
def without(monkeypatch):
    """Let a package look as if it were not installed."""
    installed.is_installed.cache_clear()
    found = installed.find_spec

    def remove(package):
        monkeypatch.setattr(installed, "find_spec", lambda name: None if name == package else found(name))
        installed.is_installed.cache_clear()

    yield remove
    installed.is_installed.cache_clear()


def _text(component):
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_everything_installed_is_said_in_one_line(services):
    text = _text(page(services, "somebody"))
    assert "kinds of models can be trained" in text
    assert "pip install" not in text
    assert "not installed" not in text


@pytest.mark.parametrize(("key", "package"), OPTIONAL.items())
def test_a_missing_library_is_named_with_the_command_that_adds_it(key, package, services, without):
    without(package)
    family = FAMILIES[key]
    assert family.missing == (package,)
    assert family.install_hint == f"pip install {installed.distribution(package)}"
    text = _text(page(services, "somebody"))
    assert family.install_hint in text
    missing = [each.label for each in status_values(services, "somebody").families if each.command]
    assert missing == [family.label]


@pytest.mark.parametrize(("key", "package"), OPTIONAL.items())
def test_the_form_shows_a_family_without_its_library_disabled_and_with_the_command(key, package, without):
    without(package)
    text = _text(family_choice(TrainingForm()))
    assert FAMILIES[key].install_hint in text
    options = [option for group in json.loads(text) for part in group["props"]["children"][1:] for option in
               part["props"]["options"]]  # fmt: skip
    assert {option["value"] for option in options if option["disabled"]} == {key}


@pytest.mark.parametrize(("key", "package"), OPTIONAL.items())
def test_a_request_for_a_family_without_its_library_is_refused_with_the_command(key, package, without):
    without(package)
    with pytest.raises(InvalidRequest, match=rf"needs {package}.*pip install {installed.distribution(package)}"):
        parse_request({"family": key})
    parse_request({"family": "ridge"})


def test_nothing_of_the_machine_and_nothing_secret_is_shown(services, home):
    text = _text(page(services, "somebody"))
    assert str(home) not in text
    assert not [name for name in ("/usr", "/home", "site-packages", "sqlite", "secret") if name in text]


def test_limits_are_told_in_words():
    limits = dict(limits_in_words(Settings(run_slots=1, run_seconds=5400, jobs_per_user=3, run_memory_mb=1536), 64))
    assert limits["At the same time"] == "1 training job"
    assert limits["Each person"] == "3 jobs at a time"
    assert limits["Longest time of a model"] == "90 minutes"
    assert limits["Most memory of a model"] == "1.5 GB"
    assert limits["Processor"] == "64 cores, 64 cores for each model"


def test_the_table_in_use_is_named_and_called_generated_where_it_is(services):
    facts = dict(data_in_words(services.tracks_for("somebody").digest.facts))
    assert facts["Kind"] == "generated, not real"


def test_versions_name_the_boosting_libraries():
    found = dict(versions_in_words())
    assert all(found[name][0].isdigit() for name in ("scikit-learn", "xgboost", "lightgbm", "catboost", "tensorflow"))
