// On the page a scanned code opens: checks the signature that came after `#`, here, and says whether it is for this certificate.
import { check } from "./code.js";

const place = document.querySelector("[data-code]");

if (place && location.hash.length > 1) {
  try {
    const answer = await fetch(place.dataset.source, { cache: "no-cache" });
    const { verdict, claims } = await check(location.href, await answer.json(), location.origin);
    const isOther = claims && place.dataset.number && claims.number !== place.dataset.number;
    const name = isOther ? "other" : verdict === "doubtful" || !claims ? "forged" : "signed";
    place.querySelector(`[data-said="${name}"]`).hidden = false;
  } catch { /* the page says the essential without it */ }
}
