// Fetches again, while it says so, the one part of a page that tells how far a task is (data-refresh-every, in ms).
"use strict";

(function () {
  function waiting() {
    return document.querySelector("[data-refresh-every]");
  }

  async function refresh() {
    const part = waiting();
    if (!part) return;
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(part.id);
      if (fresh && !part.contains(document.activeElement)) part.replaceWith(fresh);
    } catch {
      // The network is down: the next turn asks again.
    }
    later();
  }

  function later() {
    const part = waiting();
    if (part) window.setTimeout(refresh, Number(part.dataset.refreshEvery));
  }

  later();
})();
