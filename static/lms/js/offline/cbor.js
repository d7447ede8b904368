// Reads CBOR (RFC 8949), as much of it as our codes hold: integers, bytes, text, lists, maps. Anything else is refused.

export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder("utf-8", { fatal: true });
  let at = 0;

  const take = (length) => {
    if (at + length > bytes.length) throw new RangeError("cut short");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (short) => {
    if (short < 24) return short;
    const size = [1, 2, 4][short - 24];
    if (!size) throw new RangeError("not one of ours");
    take(size);
    return [view.getUint8, view.getUint16, view.getUint32][short - 24].call(view, at - size);
  };
  const item = (depth) => {
    if (depth > 8) throw new RangeError("too deep");
    const first = take(1)[0];
    const count = number(first & 31);
    switch (first >> 5) {
      case 0: return count;
      case 1: return -1 - count;
      case 2: return take(count);
      case 3: return text.decode(take(count));
      case 4: return listOf(count, () => item(depth + 1));
      case 5: return new Map(listOf(count, () => [item(depth + 1), item(depth + 1)]));
      default: throw new RangeError("not one of ours");
    }
  };
  const listOf = (count, read) => {
    if (count > bytes.length) throw new RangeError("cut short");
    return Array.from({ length: count }, read);
  };

  const whole = item(0);
  if (at !== bytes.length) throw new RangeError("more after the end");
  return whole;
}

export function bytesHeader(length) {
  if (length < 24) return [0x40 | length];
  return length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
}
