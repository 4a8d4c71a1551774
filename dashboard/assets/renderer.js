/* Spares the browser what Dash's renderer does in vain while a page is drawn.

   Each component that a callback draws tells the store, one after the other, to forget what is kept under its place
   (RESET_COMPONENT_STATE), and each such message makes every component on the page look whether it changed: the time
   to draw a page grows with the square of its components. Nearly always nothing is kept there, so that the message
   changes nothing; those are dropped here, before anybody hears of them. */
(function () {
  "use strict";

  var IN_VAIN = "RESET_COMPONENT_STATE";
  var LOOKS = 400;

  /* Whether anything is kept under a place. */
  function isKept(state, place) {
    var start = place.join(",");
    return Object.keys(state.layoutHashes).some(function (key) {
      return key.indexOf(start) === 0;
    });
  }

  function spare(store) {
    var dispatch = store.dispatch;
    store.dispatch = function (action) {
      var place = action && action.type === IN_VAIN && action.payload && action.payload.itempath;
      if (Array.isArray(place) && store.getState().layoutHashes && !isKept(store.getState(), place)) return action;
      return dispatch.apply(this, arguments);
    };
  }

  /* The store is made a moment after this file has been read, before the first page is drawn. */
  (function look(left) {
    var stores = window.dash_stores;
    if (stores && stores.length) stores.forEach(spare);
    else if (left) window.setTimeout(look, 5, left - 1);
  })(LOOKS);
})();
