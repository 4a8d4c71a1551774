/* Watches the callbacks: tells them the theme, and says it when one fails or the server is out of reach. */
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

  function show(text) {
    var now = Date.now();
    if (text === lastText && now - lastTime < QUIET_MS) return;
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
        show((body && body.error) || "The server answered with an error (" + response.status + ").");
      })
      .catch(function () {
        show("The server answered with an error (" + response.status + ").");
      });
  }

  /* Every callback is told the theme, so that the server draws its charts in it. */
  function withTheme(options) {
    var headers = new Headers((options && options.headers) || {});
    headers.set("X-Dashboard-Theme", document.documentElement.getAttribute("data-bs-theme") || "light");
    return Object.assign({}, options, { headers: headers });
  }

  var plainFetch = window.fetch;
  window.fetch = function (address, options) {
    if (!isCallback(address && address.url ? address.url : address)) return plainFetch.apply(this, arguments);
    return plainFetch.call(this, address, withTheme(options)).then(
      function (response) {
        tell(response);
        return response;
      },
      function (error) {
        if (!error || error.name !== "AbortError") show("The server cannot be reached. Your work on this page is kept.");
        throw error;
      }
    );
  };
})();
