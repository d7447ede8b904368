/* Marking by keyboard: a figure gives the points of a criterion and goes to the next, arrows add or take a quarter, Enter
   goes on. Without this script, the form is filled and sent as any other. */
(() => {
  const form = document.querySelector("[data-marking]");
  if (!form) return;
  const fields = [...form.querySelectorAll("[data-points]")];
  const comment = form.querySelector("textarea");

  const goTo = (field) => {
    field.focus();
    field.select();
  };
  const goOn = (field) => goTo(fields[fields.indexOf(field) + 1] ?? comment);

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    const isCombined = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && isCombined) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=next]"));
    } else if (!fields.includes(field)) {
      return;
    } else if (event.key === "Enter") {
      event.preventDefault();
      goOn(field);
    } else if (/^\d$/.test(event.key) && !isCombined && !event.altKey) {
      const most = Number(field.dataset.points); /* ten and more are typed whole */
      if (most < 10 && Number(event.key) <= most) {
        event.preventDefault();
        field.value = event.key;
        goOn(field);
      }
    }
  });

  if (fields.length) goTo(fields[0]);
})();
