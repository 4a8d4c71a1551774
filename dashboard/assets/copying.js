/* Copies a text, and shows at the button that it was done. */
(function () {
  "use strict";

  function copy(text, button) {
    var done = function () {
      button.classList.add("is-copied");
      window.setTimeout(function () {
        button.classList.remove("is-copied");
      }, 1500);
    };
    var clipboard = window.navigator.clipboard;
    if (clipboard && window.isSecureContext) {
      clipboard.writeText(text).then(done, function () {
        copyOldWay(text, done);
      });
    } else copyOldWay(text, done);
  }

  function copyOldWay(text, done) {
    var field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.appendChild(field);
    field.select();
    if (document.execCommand("copy")) done();
    field.remove();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.copying = { copy: copy };
})();
