/* Saves each answer of an attempt as it is given. Without this file the form's own buttons do the same.
   What is not yet acknowledged stays in localStorage, is sent again with growing patience, and is put back on reload. */
(() => {
  const done = document.querySelector("[data-quiz-done]");
  if (done) {
    forget(`quiz.${done.dataset.quizDone}`);
    return;
  }
  const form = document.querySelector("form[data-quiz]");
  if (!form) return;

  const FIELDS = "input:not([type=file]), select, textarea";
  const key = `quiz.${form.dataset.quiz}`;
  const status = form.querySelector("[data-quiz-status]");
  const counter = form.querySelector("[data-answered-count]");
  const waiting = read(key); // position → the answer as a form would send it
  const sending = new Set();
  const timers = {};
  let patience = 1000;
  let retry = null;
  let closed = false;

  function forget(name) {
    try { localStorage.removeItem(name); } catch { /* storage is off: nothing was kept */ }
  }
  function read(name) {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; }
  }
  function keep() {
    try {
      if (Object.keys(waiting).length) localStorage.setItem(key, JSON.stringify(waiting));
      else localStorage.removeItem(key);
    } catch { /* storage is off: the page itself still holds the answers */ }
  }
  function say(text, failed = false) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("quiz__saved--failed", failed);
  }
  function fieldset(position) {
    return form.querySelector(`[data-question="${position}"]`);
  }
  function given(question) {
    const data = new URLSearchParams();
    for (const field of question.querySelectorAll(FIELDS)) {
      if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
      if (field.value !== "") data.append(field.name, field.value);
    }
    return data.toString();
  }
  function isAnswered(question) {
    if (question.querySelector("input[type=file]")) return question.querySelector("[data-handed-in]") !== null;
    const lines = [...question.querySelectorAll("select, .gaps input")];
    if (lines.length === 0) return given(question) !== "";
    const values = lines.map((line) => line.value.trim());
    const ranks = question.querySelector(".order");
    return values.every((value) => value !== "") && (!ranks || new Set(values).size === values.length);
  }
  function count() {
    counter.textContent = [...form.querySelectorAll("[data-question]")].filter(isAnswered).length;
  }
  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? decodeURIComponent(cookie[1]) : form.elements.csrfmiddlewaretoken.value;
  }
  function restore() {
    for (const [position, answer] of Object.entries(waiting)) {
      const question = fieldset(position);
      if (!question) continue;
      const data = new URLSearchParams(answer);
      for (const field of question.querySelectorAll(FIELDS)) {
        const values = data.getAll(field.name);
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else field.value = values[0] || "";
      }
    }
  }
  function later(text) {
    say(text, true);
    clearTimeout(retry);
    retry = setTimeout(sendAll, patience);
    patience = Math.min(patience * 2, 30000);
  }
  async function send(position) {
    if (closed || sending.has(position) || !(position in waiting)) return;
    sending.add(position);
    const answer = waiting[position];
    let next = null;
    try {
      const response = await fetch(fieldset(position).dataset.save, {
        method: "POST",
        body: answer,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token() },
        redirect: "manual",
      });
      if (response.ok) {
        patience = 1000;
        if (waiting[position] === answer) delete waiting[position];
        keep();
      } else if (response.status === 409) {
        closed = true;
        forget(key);
        say(form.dataset.textClosed, true);
      } else {
        next = response.type === "opaqueredirect" || response.status === 403 ? form.dataset.textExpired : form.dataset.textOffline;
      }
    } catch {
      next = form.dataset.textOffline;
    }
    sending.delete(position);
    if (closed) return;
    if (next) later(next);
    else if (position in waiting) send(position);
    else if (Object.keys(waiting).length === 0) say(form.dataset.textSaved);
  }
  function sendAll() {
    clearTimeout(retry);
    for (const position of Object.keys(waiting)) send(position);
  }
  function changed(event) {
    const question = event.target.closest("[data-question]");
    if (!question || closed || event.target.type === "file") return;
    const position = question.dataset.question;
    waiting[position] = given(question);
    keep();
    count();
    clearTimeout(timers[position]);
    say(form.dataset.textSaving);
    timers[position] = setTimeout(() => send(position), event.type === "input" ? 800 : 0);
  }

  restore();
  count();
  form.addEventListener("change", changed);
  form.addEventListener("input", (event) => { if (["text", "textarea"].includes(event.target.type)) changed(event); });
  window.addEventListener("online", () => { patience = 1000; sendAll(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
  if (Object.keys(waiting).length) { say(form.dataset.textSaving); sendAll(); }
})();
