/* Parts of a page that come as text and are put in place at once: what Dash draws takes part in each of its messages. */
(function () {
  "use strict";

  var LONGEST_PRESS_MS = 1000;
  var FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  var waiting = new Map();
  var pressed = null;
  var letGo = 0;

  /* Put text in place, when nobody presses in that part any more: the press would be lost. */
  function write(part, text) {
    if (pressed && part.contains(pressed)) waiting.set(part, text);
    else put(part, text);
  }

  /* Put text in place at once. */
  function put(part, text) {
    waiting.delete(part);
    var active = document.activeElement;
    var isInside = active && active !== part && part.contains(active);
    var place = isInside ? Array.prototype.indexOf.call(part.querySelectorAll(FOCUSABLE), active) : -1;
    part.innerHTML = text;
    if (isInside) focusAgain(part, active, place);
  }

  /* Whoever stands in a part with the keyboard stays on the same thing, else on what is at its place. */
  function focusAgain(part, before, place) {
    var all = part.querySelectorAll(FOCUSABLE);
    var next = part.querySelector(nameOf(before)) || all[Math.min(Math.max(place, 0), all.length - 1)] || part;
    if (next === part && !part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
  }

  /* What tells a thing from the others of its part: where it leads, or what it says to this page's programs. */
  function nameOf(element) {
    var names = element.getAttributeNames().filter(function (one) {
      return one === "href" || one.indexOf("data-") === 0;
    });
    var told = names.map(function (one) {
      return "[" + one + '="' + window.CSS.escape(element.getAttribute(one)) + '"]';
    });
    return told.length ? element.tagName + told.join("") : "#none";
  }

  function writeWaiting() {
    Array.from(waiting.keys()).forEach(function (part) {
      if (part.isConnected) write(part, waiting.get(part));
      else waiting.delete(part);
    });
  }

  function release() {
    window.clearTimeout(letGo);
    pressed = null;
    writeWaiting();
  }

  document.addEventListener(
    "pointerdown",
    function (event) {
      if (event.button !== 0) return;
      pressed = event.target;
      window.clearTimeout(letGo);
      letGo = window.setTimeout(release, LONGEST_PRESS_MS);
    },
    true
  );
  ["pointerup", "pointercancel"].forEach(function (name) {
    document.addEventListener(
      name,
      function () {
        window.setTimeout(release, 0); // the click comes right after
      },
      true
    );
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.parts = { put: put, write: write };
})();
