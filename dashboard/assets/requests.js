/* Watches the callbacks: tells them the theme and the table that the page shows, loads what their answers need, and says it when one fails. */
(function () {
  "use strict";

  var QUIET_MS = 5000;
  var lastText = "";
  var lastTime = 0;

  function host() {
    var found = document.getElementById("shell-failures");
    if (found) return found;
    found = document.createElement("div");
    found.id = "shell-failures";
    found.className = "toasts toasts-failures";
    found.setAttribute("role", "alert");
    document.body.appendChild(found);
    return found;
  }

  var UNREACHABLE = "The server cannot be reached. Your work on this page is kept.";

  /* The boxes that say a text. */
  function saying(text) {
    return Array.prototype.filter.call(host().children, function (box) {
      return box.querySelector(".toast-body").textContent === text;
    });
  }

  /* The server answers again: what said that it does not is no longer true. */
  function reached() {
    forget(UNREACHABLE);
  }

  function forget(text) {
    if (!document.getElementById("shell-failures")) return;
    saying(text).forEach(function (box) {
      box.remove();
    });
  }

  function show(text) {
    var now = Date.now();
    if (text === lastText && now - lastTime < QUIET_MS) return;
    if (saying(text).length) return; // what asks again by itself fails for the same reason again
    lastText = text;
    lastTime = now;
    var box = document.createElement("div");
    box.className = "toast show toast-danger";
    var words = document.createElement("div");
    words.className = "toast-body";
    words.textContent = text;
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", function () {
      box.remove();
    });
    box.appendChild(words);
    box.appendChild(close);
    host().appendChild(box);
    while (host().children.length > 3) host().firstChild.remove();
  }

  function isCallback(address) {
    return String(address).indexOf("_dash-update-component") >= 0;
  }

  function tell(response) {
    if (response.status < 400) return;
    response
      .clone()
      .json()
      .then(function (body) {
        var redraws = Boolean(body && body.redraw);
        if (redraws && toldOfTable !== body.error) forget(toldOfTable); // it told of another table
        show((body && body.error) || "The server answered with an error (" + response.status + ").");
        if (!redraws) return;
        toldOfTable = body.error;
        redraw();
      })
      .catch(function () {
        show("The server answered with an error (" + response.status + ").");
      });
  }

  /* The table that the page was drawn for: the answer that draws it says so, and whatever the page asks later says it
     to the server, which refuses to mix two tables. The page is then drawn anew. */
  var REDRAWN_MS = 3000;
  var table = "";
  var redrawnAt = 0;
  var toldOfTable = "";

  function keepTable(response) {
    table = response.headers.get("X-Dashboard-Table") || table;
  }

  function redraw() {
    if (Date.now() - redrawnAt < REDRAWN_MS) return; // more than one answer may ask for it
    redrawnAt = Date.now();
    var place = { path: window.location.pathname, query: window.location.search, again: redrawnAt };
    window.dash_clientside.set_props("shell-place-store", { data: place });
  }

  /* A page that can ask again by itself hears which question came to nothing. */
  function announce(response, options) {
    if (response.status < 500) return;
    window.dispatchEvent(new CustomEvent("callback-lost", { detail: String((options && options.body) || "") }));
  }

  /* Every callback is told the theme, so that the server draws its charts in it, and the table. */
  function withShown(options) {
    var headers = new Headers((options && options.headers) || {});
    headers.set("X-Dashboard-Theme", document.documentElement.getAttribute("data-bs-theme") || "light");
    if (table) headers.set("X-Dashboard-Table", table);
    return Object.assign({}, options, { headers: headers });
  }

  /* A big component library is loaded when the first answer that needs it has come, before Dash draws it. */
  var loading = {};

  function load(note) {
    var name = note.getAttribute("data-lazy");
    loading[name] =
      loading[name] ||
      new Promise(function (resolve) {
        var script = document.createElement("script");
        script.src = note.getAttribute("content");
        script.onload = resolve;
        script.onerror = function () {
          loading[name] = null;
          show("A part of the page could not be loaded. Load the page again.");
          resolve();
        };
        document.head.appendChild(script);
      });
    return loading[name];
  }

  function withLibraries(response) {
    var missing = Array.prototype.filter.call(document.querySelectorAll("meta[data-lazy]"), function (note) {
      return !window[note.getAttribute("data-lazy")];
    });
    if (!missing.length || response.status !== 200) return response;
    return response
      .clone()
      .text()
      .then(function (text) {
        var needed = missing.filter(function (note) {
          return text.indexOf('"namespace":"' + note.getAttribute("data-lazy") + '"') >= 0;
        });
        return Promise.all(needed.map(load));
      })
      .then(function () {
        return response;
      });
  }

  /* A request that found no server counts as an answer: only after an answer does Dash undo what a callback holds back
     while it runs, such as an interval that waits for it or a button that must not be pressed twice. */
  function unreachable() {
    var headers = { "Content-Type": "application/json" };
    return new Response(JSON.stringify({ error: UNREACHABLE }), { status: 503, headers: headers });
  }

  var plainFetch = window.fetch;
  window.fetch = function (address, options) {
    if (!isCallback(address && address.url ? address.url : address)) return plainFetch.apply(this, arguments);
    return plainFetch.call(this, address, withShown(options)).then(
      function (response) {
        reached();
        keepTable(response);
        tell(response);
        announce(response, options);
        return withLibraries(response);
      },
      function (error) {
        if (error && error.name === "AbortError") throw error;
        show(UNREACHABLE);
        announce(unreachable(), options);
        return unreachable();
      }
    );
  };
})();
