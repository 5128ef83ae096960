// Bytes, text, base64, decimals. One thing has one spelling; another one fails (docs/formats/receipt.md, step 1).

/** A step did not hold; the message says why, in words for the person who checks. */
class Failed extends Error {}

const must = (holds, why) => { if (!holds) throw new Failed(why); };

const HASH_BYTES = 32;
const LARGEST = Number.MAX_SAFE_INTEGER;

const bytesOf = text => new TextEncoder().encode(text);

function textOf(bytes, what) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failed(`${what} is not text in UTF-8.`);
  }
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const hexOf = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");

function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text, what, size = null) {
  must(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && !text.endsWith("\n"),
    `${what} is not base64.`);
  const bytes = Uint8Array.from(atob(text), char => char.charCodeAt(0));
  must(toBase64(bytes) === text, `${what} has another base64 spelling than the one that is written.`);
  must(size === null || bytes.length === size, `${what} has ${bytes.length} bytes, not ${size}.`);
  return bytes;
}

function fromDecimal(text, what) {
  must(/^(?:0|[1-9][0-9]{0,15})$/.test(text) && !text.endsWith("\n"), `${what} is not a plain decimal number.`);
  const number = Number(text);
  must(number <= LARGEST, `${what} is larger than 2^53 - 1.`);
  return number;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

// Eight bytes, highest first.
function bigEndian(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

// JSON as RFC 8785 spells it, for text, whole numbers, yes, no, nothing, lists and objects.
function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    must(!/[\uD800-\uDFFF]/u.test(value), "A text has half a character.");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    must(Number.isSafeInteger(value), "A number has no exact spelling.");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  must(names.every(name => !/[\u{10000}-\u{10FFFF}]/u.test(name)), "A name has a character with two orders.");
  return `{${names.map(name => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

// What JSON.parse lets through and we do not, another spelling shows: whoever parses spells again and compares.
function parsed(text, why) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failed(why);
  }
}

const isText = value => typeof value === "string";
const isWhole = value => Number.isSafeInteger(value);
const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = value => Array.isArray(value) && value.every(isText);
