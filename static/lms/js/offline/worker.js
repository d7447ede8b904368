// Serves the page of verification when there is no network. Keeps that page and what it is made of, and no other page.
"use strict";

const CACHE = "verifier-1";
const PAGE = "/verifier/hors-ligne/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method === "GET" && address.origin === self.location.origin) event.respondWith(answer(event.request, address));
});

async function answer(request, address) {
  const kept = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    // The page itself is kept by its own script, as a stranger sees it.
    const isOurs = address.pathname === `${PAGE}donnees.json` || ["script", "style", "image", "font"].includes(request.destination);
    if (fresh.ok && isOurs) await kept.put(address.pathname, fresh.clone());
    return fresh;
  } catch {
    const found = await kept.match(request.mode === "navigate" ? PAGE : address.pathname, { ignoreVary: true, ignoreSearch: true });
    return found ?? Response.error();
  }
}
