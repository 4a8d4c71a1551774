/* While a callback that a button started is under way, the button says what is being done and takes no further press.
   A button asks for it by standing in an element with data-working; see layouts/components/working.py.
   Dash loads the files by name, and of those that wrap fetch the last is asked first: so this one stands before
   redraws.js, and sees the presses that it adds to a request. */
(function () {
  "use strict";

  var LONGEST_READ = 200000;

  /* The elements, among those with data-working, in which the press was that this request tells of. */
  function pressed(options) {
    var body = options && options.body;
    if (typeof body !== "string" || body.length > LONGEST_READ || body.indexOf(".n_clicks") < 0) return [];
    var changed = JSON.parse(body).changedPropIds || [];
    return changed
      .map(function (name) {
        var button = document.getElementById(name.slice(0, name.lastIndexOf(".")));
        return button && button.closest("[data-working]");
      })
      .filter(Boolean);
  }

  function show(place, isBusy) {
    var words = place.querySelector(".working-words");
    if (isBusy) place.setAttribute("aria-busy", "true");
    else place.removeAttribute("aria-busy");
    if (words) words.textContent = isBusy ? place.getAttribute("data-working") : "";
  }

  document.addEventListener(
    "click",
    function (event) {
      if (!event.target.closest('[data-working][aria-busy="true"]')) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true
  );

  var plainFetch = window.fetch;
  window.fetch = function (address, options) {
    var isCallback = String(address && address.url ? address.url : address).indexOf("_dash-update-component") >= 0;
    var places = isCallback ? pressed(options) : [];
    if (!places.length) return plainFetch.apply(this, arguments);
    function end() {
      places.forEach(function (place) {
        show(place, false);
      });
    }
    places.forEach(function (place) {
      show(place, true);
    });
    return plainFetch.apply(this, arguments).then(
      function (response) {
        end();
        return response;
      },
      function (error) {
        end();
        throw error;
      }
    );
  };
})();
