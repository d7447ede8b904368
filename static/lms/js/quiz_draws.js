/* In the editor of a quiz, says how many questions of the bank match a draw while its author chooses. */
document.addEventListener("change", async ({ target }) => {
  const child = target.closest("[data-inline-panel-child]");
  const told = child && child.querySelector("[data-draw-matches]");
  if (!told) return;
  const asked = new URLSearchParams();
  for (const name of ["competence", "level", "difficulty", "tag"]) {
    const field = child.querySelector(`[name$="-${name}"]`);
    if (field && field.value) asked.set(name, field.value);
  }
  const key = asked.toString();
  told.dataset.asked = key;
  try {
    const response = await fetch(`${told.dataset.drawMatches}?${key}`);
    const { text } = await response.json();
    if (told.dataset.asked === key) told.textContent = text;
  } catch { /* the network is away: the check at the next save says it all the same */ }
});
