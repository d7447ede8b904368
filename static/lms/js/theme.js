// The theme: applies the choice kept on this device, and shows the button that changes it. Without JavaScript the system's choice holds.
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* private mode: only this page */ } };
  const now = () => root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

  if (kept()) root.dataset.theme = kept();
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", () => { root.dataset.theme = now() === "dark" ? "light" : "dark"; keep(root.dataset.theme); });
    }
    // a menu closes on Escape and on a click elsewhere
    for (const menu of document.querySelectorAll("details[data-menu]")) {
      document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
      menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); } });
    }
  });
})();
