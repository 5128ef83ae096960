// What the person sees: files in, steps and words out. Every text goes in as text, never as markup.

const LONGEST_FILE = 64_000_000;
const chosen = { file: null, keys: null, policy: null };
let latest = 0;

const byId = id => document.getElementById(id);

function element(name, { text, of = [], ...attributes } = {}) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  made.append(...of);
  return made;
}

// What can't be seen is spelled out, so that nothing turns the order of what is read (CVE-2021-42574).
function visible(text) {
  return text.replace(/[\p{C}\p{Z}]/gu, char => {
    if (/\p{Zs}/u.test(char)) return " ";
    return `‹U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}

function timeOf(seconds) {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return "a time beyond the calendar";
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const microsAsTime = micros => timeOf(Math.floor(micros / 1_000_000));

function show(...nodes) {
  byId("result").replaceChildren(...nodes);
}

function verdict(kind, heading, ...words) {
  return element("div", { class: `verdict ${kind}`, of: [
    element("h2", { text: heading }), ...words.map(text => element("p", { text })),
  ] });
}

function stepList(report) {
  const last = report.form === "customer bundle" ? 11 : 7;
  const items = Object.entries(STEPS).filter(([step]) => Number(step) <= Math.max(last, report.failed ?? 0));
  return element("ol", { class: "steps", of: items.map(([step, words]) => {
    const number = Number(step);
    const state = report.passed.includes(number) ? "passed" : number === report.failed ? "failed" : "not reached";
    const mark = { passed: "✓", failed: "✗", "not reached": "–" }[state];
    const of = [
      element("span", { class: "mark", text: mark, "aria-hidden": "true" }),
      element("span", { class: "number", text: step }),
      element("span", { text: words }),
      element("span", { class: "state", text: state }),
    ];
    if (state === "failed") of.push(element("span", { class: "why", text: visible(report.why) }));
    return element("li", { class: state.replace(" ", "-"), of });
  }) });
}

function valueOf(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isText(value)) return value;
  if (isTexts(value)) return value.join(", ");
  return isObject(value) && Object.keys(value).length === 0 ? "" : canonical(value);
}

const calledOf = name =>
  Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : (name.charAt(0).toUpperCase() + name.slice(1).toLowerCase()).replaceAll("_", " ");

function entryOf(entry) {
  const unknown = `${entry.kind} (a word of vocabulary ${entry.version}, not known here)`;
  const facts = Object.keys(entry.body).sort().map(name => [calledOf(name), valueOf(entry.body[name])])
    .filter(([, value]) => value !== "");
  const article = element("article", { class: "entry", of: [
    element("h3", { text: visible(entry.isKnown ? KINDS[entry.kind] : unknown) }),
    element("p", { class: "soft", text: `${microsAsTime(entry.at)}, entry ${entry.number}` }),
  ] });
  if (facts.length > 0) {
    article.append(element("dl", { class: "facts", of: facts.flatMap(([name, value]) => [
      element("dt", { text: visible(name) }), element("dd", { text: visible(value) }),
    ]) }));
  }
  return article;
}

function reach(report, trust) {
  const lines = [
    `It is a ${report.form}, in the log ${report.checkpoint.origin} of ${report.checkpoint.size} entries.`,
  ];
  for (const key of trust.witnesses) {
    const at = report.witnesses.get(key.short);
    if (at !== undefined) lines.push(`Witness ${key.name} saw the log so on ${timeOf(at)}.`);
  }
  if (report.passedOver > 0) lines.push(`Not checked, because you asked for it: signature lines of others, ${report.passedOver}.`);
  if (report.covered !== null) {
    lines.push(`As of ${microsAsTime(report.asOf)} the log has ${report.covered} entries of this customer.`);
    const gone = report.entries.length > 0 ? report.entries[0].number - 1 : report.covered;
    lines.push(gone > 0 ? `The first ${gone} are not here: their time to be kept is over.` : "None is left out.");
    const later = report.entries.filter(one => one.number > report.covered).length;
    if (later > 0) lines.push(`Of later entries ${later} are here; whether there are more, this bundle can’t show.`);
  }
  const keys = trust.logs.map(one => element("li", { of: [element("code", { text: visible(one.key.written) })] }));
  return element("section", { of: [
    element("h2", { text: "How far this goes" }),
    ...lines.map(text => element("p", { text: visible(text) })),
    element("p", { text: "Compare the key with the published one. Who can forge the keys can forge the rest:" }),
    element("ul", { class: "keys", of: keys }),
    element("p", { class: "soft", text: "That something which was never entered did not happen, no receipt can show." }),
  ] });
}

function showReport(report, trust) {
  const steps = element("section", { of: [element("h2", { text: "The steps" }), stepList(report)] });
  if (report.failed !== null) {
    const mend = Object.hasOwn(MENDS, String(report.failed)) ? [`What you can do: ${MENDS[report.failed]}`] : [];
    show(verdict("no", "It does not hold", `Step ${report.failed} failed. Believe nothing in this file.`, ...mend), steps);
    return;
  }
  const says = element("section", { of: [
    element("h2", { text: report.entries.length === 1 ? "What it says" : `What the ${report.entries.length} entries say` }),
    ...report.entries.map(entryOf),
  ] });
  show(verdict("yes", "It holds", "Every step held. What it says is what the company signed, and it is in its log."),
    says, reach(report, trust), steps);
}

async function run() {
  const mine = ++latest;
  const { file, keys, policy } = chosen;
  if (file === null && keys === null && policy === null) {
    show();
    return;
  }
  let trust;
  try {
    const rules = policy === null ? null : await readPolicy(new TextDecoder("utf-8", { ignoreBOM: true }).decode(policy));
    const root = keys === null ? [] : await readTrustedRoot(keys);
    trust = trustOf(root, rules, byId("pass-over").checked);
  } catch (error) {
    if (mine === latest) show(verdict("no", "Nothing was checked", error instanceof Failed ? error.message : "A file can’t be read."));
    return;
  }
  if (mine !== latest) return;
  if (file === null || trust.logs.length === 0) {
    const missing = file === null ? "Now choose the file to check." : "Now choose the company’s keys, trusted_root.json.";
    show(verdict("wait", "Not yet checked", missing));
    return;
  }
  show(verdict("wait", "Checking", "A long bundle takes a few seconds."));
  const report = await verify(file, trust);
  if (mine === latest) showReport(report, trust);
}

async function take(what, file) {
  if (file.size > LONGEST_FILE) {
    show(verdict("no", "Nothing was checked", "The file is too long to be one."));
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = what ?? kindOf(bytes);
  chosen[kind] = bytes;
  if (what !== null) return;
  // The field shows the name of what was dropped, as it does of what was chosen.
  const moved = new DataTransfer();
  moved.items.add(file);
  byId(kind).files = moved.files;
}

// Which of the three a dropped file is. A wrong guess shows at step 1, and nothing worse.
function kindOf(bytes) {
  const text = new TextDecoder().decode(bytes);
  if (text.includes(`"${ROOT_TYPE}"`)) return "keys";
  return /^(?:log|witness|group|quorum)[ \t]/m.test(text) ? "policy" : "file";
}

async function start() {
  if (!(await canCheck())) {
    show(verdict("no", "This browser can’t check signatures",
      "It does not know Ed25519, or not for files on the disk. Take a newer one, or run: troth verify FILE"));
    return;
  }
  for (const what of Object.keys(chosen)) {
    byId(what).addEventListener("change", async event => {
      chosen[what] = null;
      for (const file of event.target.files) await take(what, file);
      await run();
    });
  }
  byId("pass-over").addEventListener("change", run);
  document.addEventListener("dragover", event => event.preventDefault());
  document.addEventListener("drop", async event => {
    event.preventDefault();
    // The browser empties its own list at the first wait.
    for (const file of [...event.dataTransfer.files]) await take(null, file);
    await run();
  });
}

start();
