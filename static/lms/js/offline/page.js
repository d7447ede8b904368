// The page that checks certificates without network: camera, picture or pasted text in, a verdict out.
import decodeQR from "../../../vendor/qr/decode.js";
import { check } from "./code.js";

const LARGEST_SIDE = 1600;
const EVERY_MS = 150;
const page = document.querySelector("[data-offline]");
const find = (name) => page.querySelector(`[data-${name}]`);
const video = find("video");
let data;
let looking = false;

const day = (milliseconds) => new Date(milliseconds).toLocaleDateString("fr-FR", { day: "numeric", month: "long", year: "numeric" });
const moment = (milliseconds) => new Date(milliseconds).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" });

async function load() {
  const answer = await fetch(page.dataset.source, { cache: "no-cache" });
  if (!answer.ok) throw new Error(answer.statusText);
  data = await answer.json();
  find("ready").hidden = false;
  find("keys-of").textContent = moment(Date.parse(data.made_at));
}

// A text out of an image: by the browser where it can, else by the library.
async function readCode(source, width, height) {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
    if (code) return code.rawValue;
  }
  const most = LARGEST_SIDE / Math.max(width, height);
  // A small picture is enlarged: the library needs some three dots a module.
  for (const scale of most < 1 ? [most] : [1, 2, 4].filter((times) => times <= most)) {
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height));
    } catch { /* no code in it at this size */ }
  }
  return undefined;
}

async function show(text) {
  const found = await check(text, data, location.origin);
  const result = find("result");
  const words = page.querySelector(`template[data-verdict="${found.verdict}"]`);
  result.className = `verdict verdict--${words.dataset.look}`;
  find("words").replaceChildren(words.content.cloneNode(true));
  const facts = find("facts");
  facts.hidden = !found.claims;
  find("specimen").hidden = !found.isSpecimen;
  const written = found.claims ? { ...found.claims, made: day(found.claims.made * 1000), minutes: duration(found.claims.minutes),
    assurance: `N${found.claims.assurance}`, levels: found.claims.levels.map(([code, level]) => `${code} : ${level} / 5`).join(", "),
    ends: found.claims.ends ? day(found.claims.ends * 1000) : "" } : {};
  for (const field of facts.querySelectorAll("[data-field]")) {
    field.textContent = written[field.dataset.field] ?? "";
    field.closest(".facts__row").hidden = !field.textContent;
  }
  for (const place of page.querySelectorAll("[data-listed]")) place.textContent = found.listed ? moment(found.listed) : "";
  for (const place of page.querySelectorAll("[data-host]")) place.textContent = found.host ?? "";
  result.hidden = false;
  result.focus();
}

function duration(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours ? `${hours} h${rest ? ` ${String(rest).padStart(2, "0")}` : ""}` : `${rest} min`;
}

async function look() {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    find("no-camera").hidden = false;
    return;
  }
  video.hidden = false;
  find("stop").hidden = false;
  await video.play();
  looking = true;
  while (looking) {
    const text = video.videoWidth ? await readCode(video, video.videoWidth, video.videoHeight) : undefined;
    if (text && looking) { stop(); await show(text); }
    await new Promise((next) => { setTimeout(next, EVERY_MS); });
  }
}

function stop() {
  looking = false;
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  video.hidden = true;
  find("stop").hidden = true;
}

async function readPicture(event) {
  const [file] = event.target.files;
  if (!file) return;
  find("no-code").hidden = true;
  try {
    const picture = await createImageBitmap(file);
    const text = await readCode(picture, picture.width, picture.height);
    if (text) await show(text); else find("no-code").hidden = false;
  } catch { find("no-code").hidden = false; }
}

// Kept for when there is no network: this page, all it loaded, and the keys. The second scope catches the address in the code.
async function keep() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.scope });
  await navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.codes });
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = [...new Set(loaded)].filter((address) => new URL(address).origin === location.origin && !address.includes(page.dataset.worker));
  const kept = await caches.open(page.dataset.cache);
  await kept.addAll([new Request(page.dataset.scope, { credentials: "omit" }), ...ours]); // as a stranger sees it
  find("kept").hidden = false;
}

find("open-camera").addEventListener("click", look);
find("stop").addEventListener("click", stop);
find("picture").addEventListener("change", readPicture);
find("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  show(new FormData(event.target).get("text"));
});
if (!navigator.mediaDevices) find("open-camera").hidden = true;

try {
  await load();
  // Opened by the address in a code, without network: the code is in the address.
  if (location.pathname !== page.dataset.scope && location.hash) await show(location.href);
  await keep();
} catch {
  find("failed").hidden = false;
}
