"""What assets/busy.js does to a button whose press assets/redraws.js adds to a request."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[3] / "dashboard" / "assets"
TOGETHER = ("busy.js", "redraws.js")
PAGE = """
var listeners = {}, marks = {}, sent = [];
var place = {
  setAttribute: (name, value) => { marks[name] = value; },
  removeAttribute: () => {},
  getAttribute: () => "",
  querySelector: () => null,
};
var button = { id: "save", parentElement: null, closest: (asked) => (asked.includes("aria-busy") ? null
  : asked === "[data-working]" ? place : button) };
global.MutationObserver = class { observe() {} };
global.document = {
  addEventListener: (name, act) => { (listeners[name] = listeners[name] || []).push(act); },
  getElementById: (id) => (id === "save" ? button : null),
};
global.window = { fetch: (address, options) => { sent.push(JSON.parse(options.body)); return new Promise(() => {}); } };
"""
PRESS = """
listeners.click.forEach((act) => act({ target: button, preventDefault() {}, stopPropagation() {} }));
var body = { output: "a.data", changedPropIds: ["list.data"], inputs: [{ id: "save", property: "n_clicks" }] };
window.fetch("/_dash-update-component", { body: JSON.stringify(body) });
console.log(JSON.stringify([sent[0].changedPropIds, marks]));
"""


def test_a_button_is_busy_too_when_its_press_is_added_to_the_request_of_something_else() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node runs the page's programs")
    loaded = [path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.js")) if path.name in TOGETHER]
    assert len(loaded) == len(TOGETHER)
    done = subprocess.run([node, "-e", "\n".join([PAGE, *loaded, PRESS])], capture_output=True, text=True, check=True)
    told, marks = json.loads(done.stdout)
    assert told == ["save.n_clicks"]
    assert marks == {"aria-busy": "true"}
