// Reads lines from standard input. The first is a trusted_root.json; every other is a bundle as base64 of its bytes.
// Writes a line for each bundle: "holds", or the name of what is wrong with it.
//
// Nothing but the public API of @sigstore/verify and its own parsers: this is how anybody can check a receipt of Troth.
import { createInterface } from "node:readline";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

let verifier;
for await (const line of createInterface({ input: process.stdin })) {
  if (verifier === undefined) {
    verifier = verifierFor(TrustedRoot.fromJSON(JSON.parse(line)));
    continue;
  }
  process.stdout.write(`${judged(Buffer.from(line, "base64"))}\n`);
}

// The keys that sign entries are the log's own; a bundle names one by the log's name and the first bytes of its id.
function verifierFor(root) {
  const keys = {};
  for (const log of root.tlogs) {
    const origin = log.baseUrl.replace(/^https:\/\//, "");
    const id = Buffer.from(log.logId.keyId).subarray(0, 4).toString("hex");
    keys[`${origin}+${id}`] = { rawBytes: log.publicKey.rawBytes };
  }
  return new Verifier(toTrustMaterial(root, keys), { tlogThreshold: 1, timestampThreshold: 0 });
}

function judged(bytes) {
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bytes.toString("utf8")))));
    return "holds";
  } catch (error) {
    return error.code ?? error.constructor.name;
  }
}
