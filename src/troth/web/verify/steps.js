// The steps of docs/formats/receipt.md, under the same numbers and in the same order. The first that fails ends it.

/**
 * Check a file. Never throws for what is in it.
 * @returns {Promise<{form: string, passed: number[], failed: ?number, why: string, checkpoint: ?object,
 *   witnesses: Map<string, bigint>, passedOver: number, entries: object[], covered: ?number, asOf: ?number}>}
 */
async function verify(bytes, trust) {
  const report = { form: "unknown", passed: [], failed: null, why: "", checkpoint: null, witnesses: new Map(),
    passedOver: 0, entries: [], covered: null, asOf: null };
  const run = { step: 1, next(step) { report.passed.push(this.step); this.step = step; } };
  try {
    await check(bytes, trust, report, run);
    report.passed.push(run.step);
  } catch (error) {
    // Anything else than a rule that does not hold (too deep, too large) means that the file is none of ours.
    report.failed = run.step;
    report.why = error instanceof Failed ? error.message : "The file can’t be read.";
  }
  return report;
}

async function check(bytes, trust, report, run) {
  const file = await readFile(bytes);
  report.form = file.form;
  const note = readNote(file.checkpoint);
  const head = readCheckpoint(note);
  const logs = await checkCheckpoint(head, note, trust, report, run);
  const isCustomers = file.form === "customer bundle";
  const entries = await checkEntries(isCustomers ? [...file.entries, file.heads] : file.entries, head, logs, run);
  const heads = isCustomers ? entries.pop() : null;
  report.entries = entries;
  if (heads !== null) await checkBundle(file, entries, heads, report, run);
}

async function checkCheckpoint(head, note, trust, report, run) {
  run.next(2);
  const logs = trust.logs.filter(one => one.key.name === head.origin);
  must(logs.length > 0, "You named no key of the log that this checkpoint is of.");
  const keys = logs.map(one => one.key);
  run.next(3);
  must((await openNote(note, keys)).signed.size > 0, "No key that you named for this log has signed the checkpoint.");
  report.checkpoint = head;
  run.next(4);
  const opened = await openNote(note, [...keys, ...trust.witnesses]);
  must(trust.passesOverUnknown || opened.unknown === 0,
    `${opened.unknown} of the signature lines are by keys you did not name, so nobody has checked them.`);
  must(isMet(trust.quorum, opened.signed), "Fewer witnesses have signed than you ask for.");
  report.witnesses = opened.times;
  report.passedOver = opened.unknown;
  return logs;
}

async function checkEntries(entries, head, logs, run) {
  const keys = new Map(logs.map(one => [one.key.short, one.key]));
  run.next(5);
  const hashes = [];
  for (const [at, one] of entries.entries()) {
    const key = keys.get(one.envelope.key);
    must(key !== undefined, `Entry ${at + 1} of the file is signed by a key you did not name for this log.`);
    const hash = await leafHash(await leafOf(one.envelope, key));
    must(await includes(head, one.index, hash, one.path),
      `The path of entry ${at + 1} of the file does not lead to the root.`);
    hashes.push(hash);
  }
  run.next(6);
  for (const [at, { envelope }] of entries.entries()) {
    must(await holds(keys.get(envelope.key), signedBytes(envelope.payload), envelope.signature),
      `The company’s signature on entry ${at + 1} of the file does not hold.`);
  }
  run.next(7);
  return entries.map((one, at) => {
    const said = readStatement(one.envelope.payload);
    must(said.log === head.origin, `Entry ${at + 1} of the file says that it is of another log.`);
    const words = Object.hasOwn(VOCABULARY, String(said.version)) ? VOCABULARY[said.version] : null;
    must(words === null || words.includes(said.kind),
      `Entry ${at + 1} of the file is of a kind that its vocabulary does not have.`);
    must(logs.some(log => log.key.short === one.envelope.key && wasUsed(log, said.at)),
      `Entry ${at + 1} of the file is dated to a time when its key was not in use.`);
    return { ...said, isKnown: words !== null, index: one.index, hash: hashes[at] };
  });
}

const wasUsed = (log, at) =>
  (log.since === null || log.since <= BigInt(at)) && (log.until === null || BigInt(at) <= log.until);

async function checkBundle(file, entries, heads, report, run) {
  run.next(8);
  mustFollow(file.stream, entries);
  run.next(9);
  const { root, size } = mapOf(heads);
  run.next(10);
  must(await mapShows(root, file), "The path does not lead to the root of the map.");
  run.next(11);
  report.covered = file.last === null ? 0 : file.last.number;
  report.asOf = heads.at;
  mustReach(entries, report.covered, file.last === null ? NOTHING : file.last.head, size);
}

function mustFollow(stream, entries) {
  must(!same(stream, COMPANY), "A bundle is a customer’s; this is the company’s own stream.");
  must(entries.every(one => same(one.stream, stream)), "An entry is of another stream.");
  for (const [at, after] of entries.slice(1).entries()) {
    const before = entries[at];
    must(after.number === before.number + 1, `Before entry number ${after.number} one is missing.`);
    must(same(after.previous, before.hash), `Entry number ${after.number} follows another one than the one here.`);
    must(after.index > before.index, `Entry number ${after.number} stands in the log before the one it follows.`);
  }
  if (entries.length > 0 && entries[0].number === 1) {
    must(same(entries[0].previous, NOTHING), "The first entry says that it follows another.");
  }
}

function mapOf(heads) {
  must(heads.kind === "heads" && same(heads.stream, COMPANY), "The entry is not the company’s word on the map of heads.");
  const root = Object.hasOwn(heads.body, "root") ? heads.body.root : null;
  const size = Object.hasOwn(heads.body, "size") ? heads.body.size : null;
  must(isText(root) && isWhole(size), "The entry does not tell the root of the map and the size of the log.");
  must(size >= 0 && size <= heads.index, "The map says that it speaks of entries that came after it.");
  return { root: fromBase64(root, "The root of the map", HASH_BYTES), size };
}

// Entries at index `size` or beyond came after the map was made, and it can't speak of them.
function mustReach(entries, last, head, size) {
  const numbers = new Map(entries.map(one => [one.number, one]));
  const first = entries.length > 0 ? entries[0].number : last + 1;
  const final = entries.length > 0 ? entries.at(-1).number : last;
  must(first <= last + 1, "Entries between the map’s last and the first here are missing.");
  must(final >= last, "The last entry that the map speaks of is missing.");
  if (numbers.has(last)) {
    must(same(numbers.get(last).hash, head), "The last entry here is not the one that the map speaks of.");
  } else if (numbers.has(last + 1)) {
    must(same(numbers.get(last + 1).previous, head), "The first entry here does not follow the map’s last.");
  }
  for (const [number, one] of numbers) {
    must((number <= last) === (one.index < size), `Entry number ${number} is not where the map says it is.`);
  }
}
