// Says what the text of a QR code of ours is worth, with the published keys and lists of states alone. Asks nobody.
import { bytesHeader, decode } from "./cbor.js";

const [NUMBER, ENDS, MADE, SAID] = [2, 4, 6, -70001];
const KEY_ID_BYTES = 4;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export function fromBase64url(text) {
  if (!/^[\w-]+$/.test(text)) throw new RangeError("not base64url");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

// {verdict, claims, listed}; `data` as published: keys, and signed lists of states by purpose.
export async function check(text, data, origin, now = Date.now()) {
  let address;
  try { address = new URL(text.trim()); } catch { return { verdict: "unreadable" }; }
  if (!/^\/c\/[^/]+\/$/i.test(address.pathname)) return { verdict: "unreadable" };
  if (address.origin !== origin) return { verdict: "elsewhere", host: address.host };
  if (address.hash.length < 2) return { verdict: "unsigned" };
  let parts, protectedHeader, claims;
  try {
    parts = decode(fromBase64url(address.hash.slice(1)));
    protectedHeader = decode(parts[0]);
    claims = read(decode(parts[2]));
  } catch { return { verdict: "forged" }; }
  const key = keyNamed(data.keys, protectedHeader.get(4), protectedHeader.get(1));
  if (!key || parts[3].length !== 64 || !(await isSigned(key, parts))) return { verdict: "forged" };
  if (key.state === "compromised") return { verdict: "doubtful", claims, isSpecimen: key.is_specimen };
  const { verdict, listed } = await state(claims, data, now);
  return { verdict, claims, listed, isSpecimen: key.is_specimen };
}

function read(map) {
  const [name, course, minutes, assurance, [list, index], levels] = map.get(SAID);
  return { number: map.get(NUMBER), made: map.get(MADE), ends: map.get(ENDS), name, course, minutes, assurance, list, index, levels };
}

function keyNamed(keys, id, algorithm) {
  if (algorithm !== -7 || !(id instanceof Uint8Array)) return undefined;
  return keys.find((key) => key.purpose === "qr-es256" && same(fromBase64url(key.kid).subarray(0, KEY_ID_BYTES), id));
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

// RFC 9052, 4.4: what a COSE_Sign1 signs.
function isSigned(key, [header, , payload, signature]) {
  const context = new TextEncoder().encode("Signature1");
  const signed = Uint8Array.from([
    0x84, 0x60 | context.length, ...context, ...bytesHeader(header.length), ...header, 0x40, ...bytesHeader(payload.length), ...payload,
  ]);
  return isGood(key, signature, signed);
}

async function isGood({ kty, crv, x, y }, signature, signed) {
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ECDSA, false, ["verify"]);
  return crypto.subtle.verify(ECDSA, key, signature, signed);
}

async function state(claims, data, now) {
  if (claims.ends && claims.ends * 1000 < now) return { verdict: "expired" };
  const lists = await Promise.all(["revocation", "suspension"].map((purpose) => listOf(purpose, claims.list, data)));
  if (lists.some((list) => !list)) return { verdict: "unlisted" };
  const listed = Math.min(...lists.map((list) => list.made));
  const bits = lists.map((list) => (list.bits[claims.index >> 3] >> (7 - (claims.index & 7))) & 1);
  const verdict = bits[0] ? "revoked" : bits[1] ? "suspended" : lists.some((list) => list.until < now) ? "stale" : "good";
  return { verdict, listed };
}

// A list of states, once its token is found signed by one of our keys of badges; undefined when there is none to believe.
async function listOf(purpose, number, data) {
  try {
    const [header, body, signature] = data.lists[purpose][number - 1].split(".");
    const kid = json(header).kid.split("#")[1];
    const key = data.keys.find((one) => one.purpose === "credential-es256" && one.kid === kid && one.state !== "compromised");
    if (!(await isGood(key, fromBase64url(signature), new TextEncoder().encode(`${header}.${body}`)))) return undefined;
    const claims = json(body);
    if (claims.credentialSubject.statusPurpose !== purpose || claims.iss !== data.issuer) return undefined;
    const folded = fromBase64url(claims.credentialSubject.encodedList.slice(1));
    const unfolded = new Blob([folded]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bits = new Uint8Array(await new Response(unfolded).arrayBuffer());
    return { bits, made: claims.nbf * 1000, until: claims.exp * 1000 };
  } catch { return undefined; }
}

function json(part) {
  return JSON.parse(new TextDecoder().decode(fromBase64url(part)));
}
