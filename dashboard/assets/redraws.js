/* What a person is doing survives when that part of the page is drawn anew.

   Dash builds every element of a part anew when a callback draws it, and the pages that follow jobs are drawn every
   second. Without the help of this file a press between mouse down and mouse up would be lost, the focus of the keyboard
   would fall back to the top of the page, what was unfolded would close, and a press that waits to be told to the server
   would be forgotten, as the new button was never pressed. */
(function () {
  "use strict";

  var KEPT_MS = 10000;
  var LONGEST_READ = 1000000;
  var PRESS = ".n_clicks";

  /* Presses: kept by the id of what was pressed, with the callbacks that have heard of it. */
  var presses = {};

  function pressable(target) {
    return target && target.closest ? target.closest("button[id], a[id]") : null;
  }

  document.addEventListener(
    "click",
    function (event) {
      var place = event.target.closest('[data-working][aria-busy="true"]') ? null : event.target.closest("[id]");
      while (place) {
        presses[place.id] = { at: Date.now(), heard: {} };
        place = place.parentElement && place.parentElement.closest("[id]");
      }
    },
    true
  );

  function forgetOld() {
    Object.keys(presses).forEach(function (id) {
      if (Date.now() - presses[id].at > KEPT_MS) delete presses[id];
    });
  }

  /* An id as the page writes it. */
  function written(id) {
    if (typeof id === "string") return id;
    var parts = Object.keys(id).sort();
    var pairs = parts.map(function (key) {
      return JSON.stringify(key) + ":" + JSON.stringify(id[key]);
    });
    return "{" + pairs.join(",") + "}";
  }

  /* What a request says of each button that it speaks of, by the button's id. */
  function told(request) {
    var found = {};
    (request.inputs || []).forEach(function (input) {
      (Array.isArray(input) ? input : [input]).forEach(function (one) {
        if (one && one.property === "n_clicks") found[written(one.id)] = one;
      });
    });
    return found;
  }

  /* The request with the press that it leaves out, or null when it is right as it is. It may not even name the pressed
     button as what changed: Dash drops a request that waits when a later one asks for the same callback. */
  function completed(request) {
    var buttons = told(request);
    var changed = request.changedPropIds || [];
    var answer = null;
    Object.keys(buttons).forEach(function (id) {
      var press = presses[id];
      if (!press) return;
      var before = press.heard[request.output];
      var isTold = typeof buttons[id].value === "number";
      if (isTold && changed.indexOf(id + PRESS) < 0) return;
      press.heard[request.output] = before || (isTold ? "told" : "completed");
      if (isTold && before !== "completed") return;
      if (!isTold && before) return;
      if (isTold) {
        delete buttons[id].value; // it was told of already, when another request was completed
      } else {
        buttons[id].value = 1;
        request.changedPropIds = [id + PRESS];
      }
      answer = request;
    });
    return answer;
  }

  var plainFetch = window.fetch;
  window.fetch = function (address, options) {
    var body = options && options.body;
    var isCallback = String(address && address.url ? address.url : address).indexOf("_dash-update-component") >= 0;
    forgetOld();
    if (!isCallback || typeof body !== "string" || body.length > LONGEST_READ || !Object.keys(presses).length) {
      return plainFetch.apply(this, arguments);
    }
    var whole = body.indexOf('"n_clicks"') >= 0 && completed(JSON.parse(body));
    if (!whole) return plainFetch.apply(this, arguments);
    return plainFetch.call(this, address, Object.assign({}, options, { body: JSON.stringify(whole) }));
  };

  /* Mouse down on a button, and up on the one that took its place: the browser sees no click in that. */
  var held = null;

  function release(event) {
    var was = held;
    held = null;
    if (!was || was.isConnected || event.button !== 0) return;
    var now = pressable(document.elementFromPoint(event.clientX, event.clientY));
    if (now && now.id === was.id) now.click();
  }

  document.addEventListener(
    "pointerdown",
    function (event) {
      held = event.button === 0 ? pressable(event.target) : null;
      if (held) held.addEventListener("pointerup", release); // a finger's events go to the old button to the end
    },
    true
  );
  document.addEventListener("pointerup", release, true);

  /* The focus, and what was unfolded: given to the new element of the same id, or of the same data-fold. */
  var focused = null;
  var unfolded = {};

  document.addEventListener("focusin", function (event) {
    focused = event.target.id ? event.target : null;
  });
  document.addEventListener("focusout", function (event) {
    var left = event.target;
    window.setTimeout(function () {
      if (focused === left && left.isConnected) focused = null; // else it was taken away, not left
    }, 0);
  });
  document.addEventListener(
    "toggle",
    function (event) {
      var name = event.target.getAttribute && event.target.getAttribute("data-fold");
      if (name && event.target.isConnected) unfolded[name] = event.target.open;
    },
    true
  );

  function isAnyUnfolded() {
    return Object.keys(unfolded).some(function (name) {
      return unfolded[name];
    });
  }

  function hand(from) {
    var to = document.getElementById(from.id);
    var active = document.activeElement;
    if (to && (!active || active === document.body)) to.focus({ preventScroll: true });
  }

  new MutationObserver(function () {
    if (focused && !focused.isConnected) {
      var from = focused;
      focused = null;
      hand(from);
    }
    if (!isAnyUnfolded()) return;
    document.querySelectorAll("details[data-fold]").forEach(function (fold) {
      if (unfolded[fold.getAttribute("data-fold")] && !fold.open) fold.open = true;
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
