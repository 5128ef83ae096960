// Signed notes, keys, and the checkpoint (c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature).

const NOTE = 0x01;
const COSIGNATURE = 0x04;
const MOST_LINES = 64;
const LATEST = 2n ** 63n - 1n;

// All that Unicode counts as space: a name of a key has none of it.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function mustBeName(name) {
  must(name !== "" && !name.includes("+") && !SPACE.test(name),
    "The name of a key is empty, or has a space or a plus sign.");
}

async function keyOf(name, bytes, kind = NOTE) {
  const fullId = await sha256(bytesOf(`${name}\n`), Uint8Array.of(kind), bytes);
  const short = `${name}+${hexOf(fullId.slice(0, 4))}`;
  return { name, public: bytes, kind, fullId, short, written: `${short}+${toBase64(joined(Uint8Array.of(kind), bytes))}` };
}

async function readKey(written) {
  const [name, , ...coded] = written.split("+");
  mustBeName(name);
  const bytes = fromBase64(coded.join("+"), "The key");
  must(bytes.length === 1 + HASH_BYTES && [NOTE, COSIGNATURE].includes(bytes[0]),
    "The key is neither an Ed25519 key of a log nor one of a witness.");
  const key = await keyOf(name, bytes.slice(1), bytes[0]);
  must(key.written === written, "The key’s id does not belong to the key.");
  return key;
}

const opened = new Map();

async function holds(key, message, signature) {
  const name = hexOf(key.public);
  try {
    if (!opened.has(name)) {
      opened.set(name, await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]));
    }
    return await crypto.subtle.verify({ name: "Ed25519" }, opened.get(name), signature, message);
  } catch (error) {
    // A key or signature of another form does not hold; a browser without Ed25519 was told before (canCheck).
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** Whether this browser can check Ed25519 signatures and hashes here. */
async function canCheck() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(HASH_BYTES), { name: "Ed25519" }, false, ["verify"]);
    return (await sha256(new Uint8Array())).length === HASH_BYTES;
  } catch {
    return false;
  }
}

function readNote(note) {
  const at = note.lastIndexOf("\n\n");
  must(at >= 1 && note.endsWith("\n") && !/[\x00-\x09\x0b-\x1f]/.test(note),
    "This is not a signed note: text, an empty line, signature lines.");
  const lines = note.slice(at + 2).split("\n").slice(0, -1);
  must(lines.length >= 1 && lines.length <= MOST_LINES, `A signed note has 1 to ${MOST_LINES} signature lines.`);
  return { text: note.slice(0, at + 1), lines: lines.map(readLine) };
}

function readLine(written) {
  must(written.startsWith("— "), "A signature line begins with an em dash and a space.");
  const rest = written.slice(2);
  const space = rest.includes(" ") ? rest.indexOf(" ") : rest.length;
  const name = rest.slice(0, space);
  mustBeName(name);
  const bytes = fromBase64(rest.slice(space + 1), "A signature");
  must(bytes.length > 4, "A signature is empty.");
  return { name, id: hexOf(bytes.slice(0, 4)), signature: bytes.slice(4) };
}

function readCheckpoint(note) {
  const lines = note.text.split("\n");
  must(lines.length > 3 && lines.at(-1) === "" && lines.slice(0, -1).every(line => line !== ""),
    "A checkpoint has a line each for the log’s name, its size and its root.");
  return {
    origin: lines[0],
    size: fromDecimal(lines[1], "The size in the checkpoint"),
    root: fromBase64(lines[2], "The root in the checkpoint", HASH_BYTES),
  };
}

// Check every line that one of `keys` made. A known key's line that does not hold spoils the note.
async function openNote(note, keys) {
  const known = new Map(keys.map(key => [key.short, key]));
  const signed = new Set();
  const times = new Map();
  let unknown = 0;
  for (const line of note.lines) {
    const key = known.get(`${line.name}+${line.id}`);
    if (key === undefined) {
      unknown += 1;
      continue;
    }
    must(!signed.has(key.short), `The key ${key.short} has signed twice.`);
    let message = bytesOf(note.text);
    let signature = line.signature;
    if (key.kind === COSIGNATURE) {
      const time = signature.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
      signature = signature.slice(8);
      message = bytesOf(`cosignature/v1\ntime ${time}\n${note.text}`);
      must(time <= LATEST, `The signature of ${key.short} does not hold.`);
      times.set(key.short, time);
    }
    must(await holds(key, message, signature), `The signature of ${key.short} does not hold.`);
    signed.add(key.short);
  }
  return { signed, times, unknown };
}
