// Puts the question of a lesson where it is asked, once it comes near the screen; without it, a link leads to its page.
"use strict";

(function () {
  async function show(check, url, isAnswer) {
    const body = check.querySelector("[data-quick-check-body]");
    body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      body.innerHTML = await answer.text();
      if (isAnswer) {
        const first = body.querySelector(".feedback, .notice, input, select, textarea");
        if (first.matches(".feedback, .notice")) first.tabIndex = -1;
        first.focus();
      }
    } catch {
      // The network is down, or the session is over: an answer goes by its page, a question keeps its link.
      if (isAnswer) window.location.assign(url);
    }
    body.removeAttribute("aria-busy");
  }

  function listen(check) {
    check.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = new URLSearchParams(new FormData(event.target));
      show(check, `${event.target.action}?${fields}`, true);
    });
    check.addEventListener("click", (event) => {
      const again = event.target.closest("[data-quick-check-again]");
      if (!again) return;
      event.preventDefault();
      show(check, again.href, true);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((each) => each.isIntersecting)) {
          seen.unobserve(entry.target);
          show(entry.target, entry.target.dataset.quickCheck, false);
        }
      },
      { rootMargin: "300px" },
    );
    for (const check of document.querySelectorAll("[data-quick-check]")) {
      listen(check);
      seen.observe(check);
    }
  });
})();
