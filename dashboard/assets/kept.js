/* The board of kept predictions: one change after another, and a name that is being written outlasts a redraw. */
(function () {
  "use strict";

  var LOOK_MS = 100;
  var SETTLED_MS = 200;
  var waiting = [];
  var later = 0;
  var sentAt = 0;
  var acts = 0;
  var writing = null;
  var redrawn = new MutationObserver(writeOn);

  /* A change that comes before the answer to another one would throw that answer away: it waits. */
  function act(change) {
    waiting.push(change);
    send();
  }

  function isBusy() {
    var keep = document.getElementById("prediction-keep-button"); // held while a change is under way
    return Boolean(keep && keep.disabled) || Date.now() - sentAt < SETTLED_MS;
  }

  function send() {
    window.clearTimeout(later);
    if (!waiting.length) return;
    if (!isBusy()) {
      acts += 1;
      sentAt = Date.now();
      var change = Object.assign({ press: acts }, waiting.shift());
      window.dash_clientside.set_props("prediction-board-store", { data: change });
    }
    later = window.setTimeout(send, LOOK_MS);
  }

  /* The name of a kept prediction is written where it stands. */
  function rename(button) {
    if (!button.parentNode.querySelector("input")) open(button, button.getAttribute("data-name") || "");
  }

  function open(button, text) {
    var cell = button.parentNode;
    var field = document.createElement("input");
    field.className = "form-control form-control-sm kept-rename";
    field.maxLength = 80;
    field.value = text;
    field.setAttribute("aria-label", "Name of the kept prediction");
    field.addEventListener("keydown", function (event) {
      if (event.key === "Enter") end(field, true);
      if (event.key === "Escape") end(field, false);
    });
    field.addEventListener("blur", function () {
      window.setTimeout(end, 0, field, true); // unless it was taken away by a redraw
    });
    cell.querySelector(".kept-name").hidden = true;
    cell.insertBefore(field, button);
    writing = { field: field, id: button.getAttribute("data-id") };
    redrawn.observe(document.getElementById("prediction-kept-section"), { childList: true, subtree: true });
    field.focus();
    field.select();
  }

  function end(field, isKept) {
    if (!writing || writing.field !== field || !field.isConnected) return;
    var id = writing.id;
    var cell = field.parentNode;
    var isTyping = document.activeElement === field;
    writing = null;
    redrawn.disconnect();
    cell.querySelector(".kept-name").hidden = false;
    field.remove();
    if (isTyping) cell.querySelector('[data-board="name"]').focus();
    if (isKept) act({ kind: "name", id: id, text: field.value });
  }

  function writeOn() {
    if (!writing || writing.field.isConnected) return;
    var before = writing.field;
    var name = '[data-board="name"][data-id="' + window.CSS.escape(writing.id) + '"]';
    var button = document.querySelector("#prediction-kept-section " + name);
    writing = null;
    redrawn.disconnect();
    if (!button) return;
    open(button, before.value);
    writing.field.setSelectionRange(before.selectionStart, before.selectionEnd);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.kept = { act: act, rename: rename };
})();
