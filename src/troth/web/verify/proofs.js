// The entry and its leaf, the way from a leaf to the root (RFC 9162, 2.1.3.2), and the map of heads.

const ENTRY_BLOCK = 256;
const COMPANY = new Uint8Array(HASH_BYTES);
const NOTHING = new Uint8Array(HASH_BYTES);
const MAP_BITS = 8 * HASH_BYTES;

async function leafOf(envelope, key) {
  return bytesOf(canonical({
    apiVersion: "0.0.2",
    kind: "dsse",
    spec: {
      dsseV002: {
        payloadHash: { algorithm: "SHA2_256", digest: toBase64(await sha256(envelope.payload)) },
        signatures: [{
          content: toBase64(envelope.signature),
          verifier: { keyDetails: KEY_DETAILS, publicKey: { rawBytes: toBase64(joined(SPKI, key.public)) } },
        }],
      },
    },
  }));
}

const leafHash = leaf => sha256(Uint8Array.of(0), leaf);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

const signedBytes = payload =>
  joined(bytesOf(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);

const bitLength = number => (number === 0n ? 0 : number.toString(2).length);
const bitCount = number => number.toString(2).replaceAll("0", "").length;

async function includes(head, index, leaf, path) {
  const at = BigInt(index);
  const size = BigInt(head.size);
  if (at >= size) return false;
  const inner = bitLength(at ^ (size - 1n));
  if (path.length !== inner + bitCount(at >> BigInt(inner))) return false;
  let found = leaf;
  for (const [level, sibling] of path.entries()) {
    const isLeft = level < inner && ((at >> BigInt(level)) & 1n) === 0n;
    found = isLeft ? await nodeHash(found, sibling) : await nodeHash(sibling, found);
  }
  return same(found, head.root);
}

function readStatement(payload) {
  const no = "This is not what an entry says.";
  const said = parsed(textOf(payload, "The entry"), no);
  must(isObject(said) && isWhole(said.at) && isObject(said.body) && isText(said.kind) && isText(said.log)
    && isWhole(said.number) && isText(said.pad) && isText(said.previous) && isText(said.salt)
    && isText(said.stream) && isWhole(said.v), no);
  const statement = {
    at: said.at,
    body: said.body,
    kind: said.kind,
    log: said.log,
    number: said.number,
    previous: fromBase64(said.previous, "The hash of the entry before", HASH_BYTES),
    salt: fromBase64(said.salt, "The salt", HASH_BYTES),
    stream: fromBase64(said.stream, "The stream", HASH_BYTES),
    version: said.v,
  };
  const again = { at: said.at, body: said.body, kind: said.kind, log: said.log, number: said.number, pad: "",
    previous: toBase64(statement.previous), salt: toBase64(statement.salt), stream: toBase64(statement.stream),
    v: said.v };
  const length = bytesOf(canonical(again)).length;
  again.pad = ".".repeat((ENTRY_BLOCK - (length % ENTRY_BLOCK)) % ENTRY_BLOCK);
  must(same(bytesOf(canonical(again)), payload), "The entry has another spelling than the one that is written.");
  must(said.number >= 1 && said.v >= 1, "An entry’s number and version begin with 1.");
  return statement;
}

const placeOf = stream => sha256(bytesOf("troth-stream/1\n"), stream);

const commitmentOf = (stream, number, head) =>
  sha256(bytesOf("troth-head/1\n"), stream, bigEndian(number), head);

const bitOf = (place, depth) => (place[depth >> 3] >> (7 - (depth & 7))) & 1;

async function leads(root, place, found, path) {
  if (path.length > MAP_BITS) return false;
  for (const [at, beside] of path.entries()) {
    const isRight = bitOf(place, path.length - 1 - at);
    found = await sha256(Uint8Array.of(3), ...(isRight ? [beside, found] : [found, beside]));
  }
  return same(found, root);
}

const mapLeaf = (place, commitment) => sha256(Uint8Array.of(2), place, commitment);

async function mapShows(root, bundle) {
  const place = await placeOf(bundle.stream);
  const { last, other, path } = bundle;
  if (last !== null) {
    const leaf = await mapLeaf(place, await commitmentOf(bundle.stream, last.number, last.head));
    return other === null && leads(root, place, leaf, path);
  }
  if (other === null) return leads(root, place, NOTHING, path);
  // The other one must stand on the very way to this place, as deep as the path goes.
  const shared = path.length <= MAP_BITS && path.every((_, depth) => bitOf(other.place, depth) === bitOf(place, depth));
  if (!shared || same(other.place, place)) return false;
  return leads(root, other.place, await mapLeaf(other.place, other.commitment), path);
}
