/* In the back office, keeps the keyboard where it was, when Wagtail loses it and it would start again from the top of the page. */
(() => {
  const isLost = () => document.activeElement === document.body;
  const focusFirst = (place) => {
    const shown = [...place.querySelectorAll("button:not([disabled]), a[href]")].find((each) => each.offsetParent);
    if (shown) shown.focus();
  };
  let chooser = null;

  // Once something is chosen, on it: the button that opened the dialogue, which would have the focus back, is hidden.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-chooser-action-choose]");
    if (!button) return;
    // That which chooses again stands in a menu, away from its chooser.
    const title = document.getElementById(button.getAttribute("aria-describedby"));
    chooser = (title || button).closest(".chooser");
  }, true);
  window.jQuery(document).on("hidden.bs.modal", () => {
    if (chooser && isLost()) focusFirst(chooser);
    chooser = null;
  });

  // Once a block has moved, on the button that moved it, to move it further; at an end, on the one that takes it back.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-streamfield-action]");
    if (!button) return;
    window.setTimeout(() => {
      if (!button.isConnected || !isLost()) return;
      if (button.disabled) focusFirst(button.parentElement);
      else button.focus();
    });
  }, true);
})();
