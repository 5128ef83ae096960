// Whom the person who checks believes: the company's keys (trusted_root.json), and witnesses (c2sp.org/tlog-policy).

const ROOT_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
const KEY_DETAILS = "PKIX_ED25519";
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
const NO_ROOT = "This is not a trusted root of Sigstore (trusted_root.json).";

function publicOf(der) {
  must(der.length === SPKI.length + HASH_BYTES && same(der.slice(0, SPKI.length), SPKI),
    "The key is not an Ed25519 key.");
  return der.slice(SPKI.length);
}

/** The keys of logs in a trusted_root.json: [{ key, since, until }], times in microseconds since 1970 or null. */
async function readTrustedRoot(bytes) {
  const said = parsed(textOf(bytes, "The file of keys"), NO_ROOT);
  must(isObject(said) && said.mediaType === ROOT_TYPE && Array.isArray(said.tlogs), NO_ROOT);
  const spans = said.tlogs.map(log => {
    const one = isObject(log) && isObject(log.publicKey) ? log.publicKey : {};
    must(isText(log?.baseUrl) && isText(one.rawBytes) && isText(one.keyDetails) && isText(log.logId?.keyId), NO_ROOT);
    const span = one.validFor === undefined ? {} : one.validFor;
    must(isObject(span), NO_ROOT);
    return [readTime(span.start), readTime(span.end)];
  });
  const found = [];
  for (const [at, log] of said.tlogs.entries()) {
    if (log.publicKey.keyDetails !== KEY_DETAILS) continue;
    const bytesOfKey = publicOf(fromBase64(log.publicKey.rawBytes, "A key of the trusted root"));
    const key = await keyOf(log.baseUrl.replace(/^https:\/\//, "").replace(/\/+$/, ""), bytesOfKey);
    must(toBase64(key.fullId) === log.logId.keyId, "A key of the trusted root has an id that does not belong to it.");
    found.push({ key, since: spans[at][0], until: spans[at][1] });
  }
  must(found.length > 0, "The trusted root names no log with an Ed25519 key.");
  return found;
}

// RFC 3339 → microseconds since 1970. A time without its zone is a guess and is refused.
function readTime(text) {
  if (text === undefined || text === null) return null;
  must(isText(text), NO_ROOT);
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/.exec(text);
  must(found, NO_ROOT);
  const [, year, month, day, hour, minute, second, fraction = "", sign, hours, minutes] = found;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  must(at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day) && Number(year) > 0, NO_ROOT);
  must(Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60, NO_ROOT);
  must(sign === undefined || (Number(hours) < 24 && Number(minutes) < 60), NO_ROOT);
  at.setUTCHours(Number(hour), Number(minute), Number(second));
  const seven = fraction.padEnd(7, "0");
  const micros = BigInt(at.getTime()) * 1000n + BigInt(seven.slice(0, 6)) + (seven[6] >= "5" ? 1n : 0n);
  const offset = sign === undefined ? 0n : BigInt(Number(hours) * 60 + Number(minutes)) * 60_000_000n;
  return sign === "-" ? micros + offset : micros - offset;
}

/** A policy: { logs, witnesses, quorum }; a quorum is { need, of: [a key's short name, or a further group] }. */
async function readPolicy(text) {
  const logs = [];
  const named = new Map();
  const members = new Set();
  let quorum = null;
  const sure = holds => must(holds, "A line of the policy says something that can’t be.");
  const name = (word, one) => {
    sure(!named.has(word) && word !== "none");
    named.set(word, one);
  };
  const witnesses = () => [...named.values()].filter(one => one.key).map(one => one.key);
  const ways = {
    log: async ([written]) => {
      const key = await readKey(written);
      sure(key.kind === NOTE && logs.every(one => !same(one.key.public, key.public)));
      logs.push({ key, since: null, until: null });
    },
    witness: async ([word, written]) => {
      const key = await readKey(written);
      sure(key.kind === COSIGNATURE && witnesses().every(one => !same(one.public, key.public)));
      name(word, { key });
    },
    group: async ([word, need, ...of]) => {
      sure(of.length > 0 && new Set(of).size === of.length && of.every(one => named.has(one) && !members.has(one)));
      of.forEach(one => members.add(one));
      const least = { all: of.length, any: 1 }[need] || fromDecimal(need, "The number");
      sure(least >= 1 && least <= of.length);
      name(word, { need: least, of: of.map(one => named.get(one)) });
    },
    quorum: async words => {
      sure(words.length === 1 && quorum === null && (words[0] === "none" || named.has(words[0])));
      quorum = words[0] === "none" ? { need: 0, of: [] } : { need: 1, of: [named.get(words[0])] };
    },
  };
  for (const [at, line] of text.split("\n").entries()) {
    must(!/[\x00-\x08\x0a-\x1f]/.test(line), `Line ${at + 1} of the policy has a character that shows nothing.`);
    const words = line.split(/[\t ]+/).filter(word => word !== "");
    if (words.length === 0 || words[0].startsWith("#")) continue;
    try {
      must(Object.hasOwn(ways, words[0]), "There is no such line.");
      await ways[words[0]](words.slice(1).map(String));
    } catch {
      throw new Failed(`Line ${at + 1} of the policy can’t be understood.`);
    }
  }
  must(quorum !== null, "The policy says no quorum; “quorum none” asks for no witness.");
  return { logs, witnesses: witnesses(), quorum };
}

function isMet(group, signed) {
  const met = group.of.filter(one => (one.key ? signed.has(one.key.short) : isMet(one, signed)));
  return met.length >= group.need;
}

/** Put together what was read. What a policy says of a key in the root would only take its span away. */
function trustOf(root, policy, passesOverUnknown) {
  const known = new Set(root.map(one => one.key.written));
  return {
    logs: [...root, ...(policy ? policy.logs : []).filter(one => !known.has(one.key.written))],
    witnesses: policy ? policy.witnesses : [],
    quorum: policy ? policy.quorum : { need: 0, of: [] },
    passesOverUnknown,
  };
}
