// The three forms of a file: read, spelled again from what was read, and compared byte for byte (step 1).

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const CUSTOMER_FORMAT = "troth-bundle/1";
const PAYLOAD_TYPE = "application/vnd.troth.entry.v1+json";
const MOST_HASHES = 63;
const ANOTHER = "has another spelling than the one that is written.";
const NEITHER = "This is neither a receipt nor a customer’s bundle.";

function readEnvelope(said) {
  must(isObject(said) && isText(said.payload) && isText(said.payloadType) && Array.isArray(said.signatures),
    "This is not a signed entry.");
  must(said.payloadType === PAYLOAD_TYPE, "What is signed is not an entry of a ledger.");
  const [one] = said.signatures;
  must(said.signatures.length === 1 && isObject(one) && isText(one.keyid) && isText(one.sig),
    "An entry has exactly one signature.");
  return {
    payload: fromBase64(said.payload, "The entry"),
    signature: fromBase64(one.sig, "The entry’s signature", 64),
    key: one.keyid,
  };
}

const envelopeAsJson = envelope => ({
  payload: toBase64(envelope.payload),
  payloadType: PAYLOAD_TYPE,
  signatures: [{ keyid: envelope.key, sig: toBase64(envelope.signature) }],
});

function readPath(hashes) {
  must(isTexts(hashes) && hashes.length <= MOST_HASHES, `A path has at most ${MOST_HASHES} hashes.`);
  return hashes.map(one => fromBase64(one, "A hash of the path", HASH_BYTES));
}

function readTlogProof(bytes) {
  const text = textOf(bytes, "The file");
  const at = text.includes("\n\n") ? text.indexOf("\n\n") : text.length;
  const lines = text.slice(0, at).split("\n");
  const checkpoint = text.slice(at + 2);
  must(lines[0] === FIRST_LINE, `The first line is not ${FIRST_LINE}.`);
  must(lines.length >= 3 && lines[1].startsWith("extra ") && lines[2].startsWith("index "),
    "After the first line comes the extra line with the entry, then the index line.");
  const no = "The extra line does not hold a signed entry.";
  const envelope = readEnvelope(parsed(textOf(fromBase64(lines[1].slice(6), "The extra line"), "The extra line"), no));
  const logged = { envelope, index: fromDecimal(lines[2].slice(6), "The index"), path: readPath(lines.slice(3)) };
  const extra = toBase64(bytesOf(canonical(envelopeAsJson(envelope))));
  const head = [FIRST_LINE, `extra ${extra}`, `index ${logged.index}`, ...logged.path.map(toBase64)];
  must(same(bytesOf([...head, "", checkpoint].join("\n")), bytes), `The receipt ${ANOTHER}`);
  return { entries: [logged], checkpoint };
}

async function readSigstore(bytes, said) {
  const no = "This is not a Sigstore bundle of a ledger’s entry.";
  const entries = said.verificationMaterial?.tlogEntries;
  must(said.mediaType === BUNDLE_TYPE && Array.isArray(entries) && entries.length === 1,
    "This is not a Sigstore bundle v0.3 with one log entry.");
  const proof = entries[0]?.inclusionProof;
  must(isText(entries[0]?.canonicalizedBody) && isObject(proof) && isText(proof.logIndex), no);
  const checkpoint = proof.checkpoint?.envelope;
  must(isText(checkpoint), no);
  const body = parsed(textOf(fromBase64(entries[0].canonicalizedBody, "The leaf"), "The leaf"), no);
  const signed = body?.spec?.dsseV002?.signatures;
  const raw = Array.isArray(signed) && signed.length === 1 ? signed[0]?.verifier?.publicKey?.rawBytes : null;
  must(isText(raw), no);
  const envelope = readEnvelope(said.dsseEnvelope);
  const logged = { envelope, index: fromDecimal(proof.logIndex, "The index"), path: readPath(proof.hashes) };
  const key = await keyOf(envelope.key.split("+")[0], publicOf(fromBase64(raw, "The key in the leaf")));
  const head = readCheckpoint(readNote(checkpoint));
  const again = {
    dsseEnvelope: envelopeAsJson(envelope),
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      publicKey: { hint: envelope.key },
      tlogEntries: [{
        canonicalizedBody: toBase64(await leafOf(envelope, key)),
        inclusionProof: {
          checkpoint: { envelope: checkpoint },
          hashes: logged.path.map(toBase64),
          logIndex: String(logged.index),
          rootHash: toBase64(head.root),
          treeSize: String(head.size),
        },
        integratedTime: "0",
        kindVersion: { kind: "dsse", version: "0.0.2" },
        logId: { keyId: toBase64(key.fullId) },
        logIndex: String(logged.index),
      }],
    },
  };
  must(key.short === envelope.key && same(bytesOf(`${canonical(again)}\n`), bytes), `The bundle ${ANOTHER}`);
  return { entries: [logged], checkpoint };
}

function readLogged(said) {
  must(isObject(said) && isWhole(said.index) && said.index >= 0, "An index is not a number of a leaf.");
  return { envelope: readEnvelope(said.envelope), index: said.index, path: readPath(said.hashes) };
}

const loggedAsJson = one => ({
  envelope: envelopeAsJson(one.envelope),
  hashes: one.path.map(toBase64),
  index: one.index,
});

function readCustomer(bytes, said) {
  const no = "This is not a customer’s bundle.";
  const heads = said.heads;
  must(isText(said.checkpoint) && Array.isArray(said.entries) && isObject(heads) && isTexts(heads.hashes), no);
  const hash = (text, what) => {
    must(isText(text), no);
    return fromBase64(text, what, HASH_BYTES);
  };
  const { last, other } = heads;
  must((last === null || isObject(last)) && (other === null || isObject(other)), no);
  must(last === null || (isWhole(last.number) && last.number >= 1), "The number of the last entry begins with 1.");
  const bundle = {
    stream: hash(said.stream, "The stream"),
    checkpoint: said.checkpoint,
    entries: said.entries.map(readLogged),
    heads: readLogged(heads.entry),
    last: last && { number: last.number, head: hash(last.head, "The head") },
    path: heads.hashes.map(one => hash(one, "A hash of the map’s path")),
    other: other && {
      place: hash(other.place, "A place in the map"),
      commitment: hash(other.commitment, "A commitment in the map"),
    },
  };
  const again = {
    checkpoint: bundle.checkpoint,
    entries: bundle.entries.map(loggedAsJson),
    format: CUSTOMER_FORMAT,
    heads: {
      entry: loggedAsJson(bundle.heads),
      hashes: bundle.path.map(toBase64),
      last: bundle.last && { head: toBase64(bundle.last.head), number: bundle.last.number },
      other: bundle.other && {
        commitment: toBase64(bundle.other.commitment),
        place: toBase64(bundle.other.place),
      },
    },
    stream: toBase64(bundle.stream),
  };
  must(same(bytesOf(`${canonical(again)}\n`), bytes), `The bundle ${ANOTHER}`);
  return bundle;
}

/** Read a file: { form, entries, checkpoint } and for a customer's bundle the rest of it. */
async function readFile(bytes) {
  if (same(bytes.slice(0, FIRST_LINE.length), bytesOf(FIRST_LINE))) {
    return { form: "tlog-proof", ...readTlogProof(bytes) };
  }
  const said = parsed(textOf(bytes, "The file"), NEITHER);
  must(isObject(said), NEITHER);
  if (said.format === CUSTOMER_FORMAT) return { form: "customer bundle", ...readCustomer(bytes, said) };
  must(isText(said.mediaType) && said.mediaType !== "", NEITHER);
  return { form: "sigstore bundle", ...(await readSigstore(bytes, said)) };
}
