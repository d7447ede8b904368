/* Saves each answer of an attempt as it is given, and counts down its time. Without this file the form's own buttons do
   the same, and the page says until when. What is not yet acknowledged stays in localStorage, one entry a question, is
   sent again with growing patience, and is put back on reload. Each answer carries when it was given, by the server's
   clock: the server keeps the latest, whatever order saves arrive in and whichever device they come from. */
(() => {
  const done = document.querySelector("[data-quiz-done]");
  if (done) {
    forgetAll(`quiz.${done.dataset.quizDone}.`);
    return;
  }
  const form = document.querySelector("form[data-quiz]");
  if (!form) return;

  const prefix = `quiz.${form.dataset.quiz}.`;
  const status = form.querySelector("[data-quiz-status]");
  const counter = form.querySelector("[data-answered-count]");
  const waiting = kept(); // position → { answer: as a form would send it, at: milliseconds }
  const sending = {}; // position → the promise of the save under way
  const timers = {};
  const [navigation] = performance.getEntriesByType("navigation");
  let ahead = Number(form.dataset.now) - performance.timeOrigin - (navigation ? navigation.responseStart : 0);
  let lastAt = 0;
  let patience = 1000;
  let retry = null;
  let closed = false;

  function names() {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  }
  function kept() {
    const found = {};
    try {
      for (const name of names()) found[name.slice(prefix.length)] = JSON.parse(localStorage.getItem(name));
    } catch { /* storage is off: nothing was kept */ }
    return found;
  }
  function keep(position) {
    try { localStorage.setItem(prefix + position, JSON.stringify(waiting[position])); } catch { /* the page still holds it */ }
  }
  function forget(position, at) {
    try {
      const entry = JSON.parse(localStorage.getItem(prefix + position));
      if (entry && entry.at <= at) localStorage.removeItem(prefix + position);
    } catch { /* storage is off: nothing was kept */ }
  }
  function forgetAll(start) {
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(start)) localStorage.removeItem(name);
    } catch { /* storage is off: nothing was kept */ }
  }
  function serverNow() {
    return Math.round(Date.now() + ahead);
  }
  function isWaiting() {
    return Object.keys(waiting).length > 0;
  }
  function say(text, failed = false) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("quiz__saved--failed", failed);
  }
  function fieldset(position) {
    return form.querySelector(`[data-question="${position}"]`);
  }
  function fields(question) {
    return question.querySelectorAll("input:not([type=file]), select, textarea");
  }
  function given(question) {
    const data = new URLSearchParams();
    for (const field of fields(question)) {
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
    const questions = [...form.querySelectorAll("[data-question]")];
    counter.textContent = Number(form.dataset.answeredElsewhere) + questions.filter(isAnswered).length;
    for (const question of questions) {
      const stop = form.querySelector(`[data-stop="${question.dataset.question}"]`);
      if (stop) stop.classList.toggle("stops__stop--answered", isAnswered(question));
    }
  }
  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? decodeURIComponent(cookie[1]) : form.elements.csrfmiddlewaretoken.value;
  }
  function restore() {
    for (const [position, { answer }] of Object.entries(waiting)) {
      const question = fieldset(position);
      if (!question) continue;
      const data = new URLSearchParams(answer);
      for (const field of fields(question)) {
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
  function address(position) {
    return `${form.getAttribute("action")}questions/${position}/`;
  }
  function send(position) {
    if (closed || !(position in waiting)) return Promise.resolve();
    sending[position] ??= sendNow(position).finally(() => { delete sending[position]; });
    return sending[position];
  }
  async function sendNow(position) {
    const { answer, at } = waiting[position];
    let failure = null;
    try {
      const response = await fetch(address(position), {
        method: "POST",
        body: `${answer}&at=${at}`,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token() },
        redirect: "manual",
        keepalive: true,
      });
      if (response.ok) {
        const told = await response.json();
        patience = 1000;
        ahead = told.now - Date.now();
        if (waiting[position].at === at) delete waiting[position];
        forget(position, at);
        if (!told.saved) return say(form.dataset.textStale, true);
      } else if (response.status === 409) {
        closed = true;
        forgetAll(prefix);
        return say(form.dataset.textClosed, true);
      } else {
        failure = response.type === "opaqueredirect" || response.status === 403 ? form.dataset.textExpired : form.dataset.textOffline;
      }
    } catch {
      failure = form.dataset.textOffline;
    }
    if (failure) later(failure);
    else if (position in waiting) return sendNow(position);
    else if (!isWaiting()) say(form.dataset.textSaved);
  }
  function sendAll() {
    clearTimeout(retry);
    return Promise.all(Object.keys(waiting).map(send));
  }
  function changed(event) {
    const question = event.target.closest("[data-question]");
    if (!question || closed || event.target.type === "file") return;
    const position = question.dataset.question;
    lastAt = Math.max(serverNow(), lastAt + 1);
    waiting[position] = { answer: given(question), at: lastAt };
    keep(position);
    count();
    clearTimeout(timers[position]);
    say(form.dataset.textSaving);
    timers[position] = setTimeout(() => send(position), event.type === "input" ? 800 : 0);
  }
  /* A button leads away only once everything is saved: what the network keeps waiting stays on this page. */
  async function leave(event) {
    if (closed || (navigator.onLine && !isWaiting())) return;
    event.preventDefault();
    if (!navigator.onLine) return say(form.dataset.textOffline, true); // rather than the browser's own page of error
    say(form.dataset.textSaving);
    await sendAll();
    if (closed || !isWaiting()) form.requestSubmit(event.submitter);
  }
  function runClock() {
    const clock = form.querySelector("[data-quiz-clock] span");
    if (!clock) return;
    const due = Number(form.dataset.due);
    let announced = due - serverNow() < 300000;
    const tick = async () => {
      const left = Math.max(0, Math.round((due - serverNow()) / 1000));
      const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60].map((part) => String(part).padStart(2, "0"));
      clock.textContent = `${form.dataset.textTimeLeft} ${(left < 3600 ? parts.slice(1) : parts).join(":")}`;
      clock.parentElement.classList.toggle("quiz__clock--short", left < 300);
      if (left < 300 && !announced) {
        announced = true;
        say(form.dataset.textMinutesLeft);
      }
      if (left > 0) return;
      clearInterval(ticking);
      await sendAll();
      document.querySelector("form[data-quiz-finish]").submit();
    };
    const ticking = setInterval(tick, 1000);
    tick();
  }

  restore();
  count();
  runClock();
  form.addEventListener("change", changed);
  form.addEventListener("input", (event) => { if (event.target.matches("input[type=text], textarea")) changed(event); });
  form.addEventListener("submit", leave);
  window.addEventListener("online", () => {
    patience = 1000;
    if (isWaiting()) sendAll();
    else if (!closed) say(form.dataset.textSaved);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
  if (isWaiting()) { say(form.dataset.textSaving); sendAll(); }
})();
