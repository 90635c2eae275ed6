// The page. It asks the site's own server once a second how things stand, and shows that; it decides nothing.
import { texts } from "./text.js";

const POLL_MS = 1000;
const FLOWS = ["reset", "reset-inbound", "login", "transfer"];
const KEPT = "language";

const at = (id) => document.getElementById(id);
const show = (id, whether) => {
  at(id).hidden = !whether;
};

const kept = localStorage.getItem(KEPT);
let language = kept ?? (navigator.language.startsWith("ja") ? "ja" : "en");
if (!(language in texts)) language = "ja";
/** As the server told it last; null before it has. */
let standing = null;
/** What is on the screen, so that a new heading gets the focus once. */
let screen = null;
/** When the time runs out, by this machine's clock. */
let until = 0;
let offline = false;
/** How often it was asked: an answer that another overtook is not shown. */
let looks = 0;
/** While something is being begun nobody asks with the token that it will replace. */
let sending = false;
/** What is wrong with the form. */
let faults = {};

const text = () => texts[language];
const chosen = () => {
  const wanted = FLOWS.find((flow) => location.hash === `#${flow}`) ?? "reset";
  return standing?.inbound === false && isInbound(wanted) ? "reset" : wanted;
};
const isInbound = (flow) => flow === "login" || flow === "reset-inbound";

async function send(path, body = {}) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function look() {
  const nth = ++looks;
  try {
    const response = await fetch("api/state");
    const told = response.ok ? await response.json() : null;
    if (nth !== looks) return;
    offline = told === null;
    if (told !== null) {
      standing = told;
      until = performance.now() + (standing.flow?.seconds_left ?? 0) * 1000;
    }
  } catch {
    if (nth !== looks) return;
    offline = true;
  }
  render();
}

/** One question after another: a slow server is not asked faster. */
async function watch() {
  const over = ["verified", "failed"].includes(screen);
  if (document.visibilityState === "visible" && !over && !sending) await look();
  setTimeout(() => void watch(), POLL_MS);
}

async function start(event) {
  event.preventDefault();
  const flow = chosen();
  const entered = Object.fromEntries(new FormData(at("form")));
  at("send").disabled = true;
  sending = true;
  looks += 1;
  faults = {};
  try {
    const response = await send("api/start", { flow, language, ...entered });
    const answer = await response.json();
    sending = false;
    if (response.ok) {
      at("form").reset();
      await look();
    } else if (answer.error === "invalid") {
      faults = answer.field in text().faults ? { [answer.field]: answer.field } : { form: "other" };
    } else {
      faults = { form: answer.error === "log_in_first" ? "loggedOut" : "notSent" };
      if (answer.error === "log_in_first") await look();
    }
  } catch {
    faults = { form: "notSent" };
  }
  sending = false;
  at("send").disabled = false;
  render();
  at("form").querySelector("[aria-invalid=true]")?.focus();
}

async function leave(path) {
  try {
    await send(path);
  } catch {
    // Shown as offline by what follows.
  }
  faults = {};
  await look();
}

function render() {
  const words = text();
  document.documentElement.lang = language;
  at("language").value = language;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = words[element.dataset.text];
  }
  document.querySelector("nav").setAttribute("aria-label", words.menu);
  show("offline", offline);
  at("offline").textContent = offline ? words.offline : "";
  if (standing === null) return;
  const { flow, member, inbound } = standing;
  show("member", member !== null);
  show("log-out", member !== null);
  if (member !== null) at("member").textContent = words.loggedInAs(member);
  const current = flow?.kind ?? chosen();
  for (const link of document.querySelectorAll("nav a")) {
    link.hidden = !inbound && "inbound" in link.dataset;
    if (link.hash === `#${current}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const now = flow === null ? "ask" : screenOf(flow.state);
  // While a call is under way there is one thing to do.
  document.querySelector("nav").hidden = now === "under-way";
  show("ask", now === "ask");
  show("under-way", now === "under-way");
  show("over", now === "verified" || now === "failed");
  if (now === "ask") renderForm(current);
  else if (now === "under-way") renderCall(flow);
  else renderEnd(flow, now);
  const heading = document.querySelector("main section:not([hidden]) h1");
  document.title = `${heading.textContent} | ${words.title}`;
  if (screen !== null && screen !== now) heading.focus();
  screen = now;
}

function screenOf(state) {
  if (state === "verified") return "verified";
  return ["failed", "expired", "canceled"].includes(state) ? "failed" : "under-way";
}

function renderForm(flow) {
  const words = text();
  const { hint, member } = standing;
  at("title").textContent = words[flow].title;
  at("lead").textContent = words[flow].lead;
  at("send").textContent = words[flow].send;
  const closed = flow === "transfer" && member === null;
  show("log-in-first", closed);
  show("form", !closed);
  show("hint", hint !== null && flow !== "transfer");
  if (hint !== null) at("hint").textContent = words.hint({ ...hint, number: hyphenated(hint.number) });
  for (const field of document.querySelectorAll("[data-of]")) {
    field.hidden = !field.dataset.of.split(" ").includes(flow);
    const input = field.querySelector("input");
    const fault = faults[input.name];
    input.setAttribute("aria-invalid", String(fault !== undefined));
    input.disabled = field.hidden;
    show(`${input.name}-fault`, fault !== undefined);
    at(`${input.name}-fault`).textContent = fault === undefined ? "" : words.faults[fault];
  }
  show("form-fault", faults.form !== undefined);
  at("form-fault").textContent =
    faults.form === undefined ? "" : (words.faults[faults.form] ?? words[faults.form]);
}

function renderCall({ kind, state, entries, code, call_to: callTo, transfer }) {
  const words = text();
  const comesIn = callTo !== null;
  at("doing").textContent = words[kind].doing;
  show("order", transfer !== null);
  at("order-payee").textContent = transfer?.payee ?? "";
  at("order-amount").textContent = transfer === null ? "" : words.yen(transfer.amount);
  show("call-to", comesIn);
  at("did").textContent = callTo === null ? "" : hyphenated(callTo);
  if (callTo !== null) at("did").href = `tel:${callTo}`;
  at("code").textContent = code;
  const steps = comesIn ? words.stepsInbound : words.steps;
  const order = Object.keys(steps);
  const reached = comesIn && state !== "waiting" ? order.length - 1 : order.indexOf(state);
  const items = order.map((step, index) => {
    const item = document.createElement("li");
    item.textContent = steps[step];
    if (index < reached) item.className = "done";
    if (index === reached) item.setAttribute("aria-current", "step");
    return item;
  });
  at("steps").replaceChildren(...items);
  const said =
    entries > 0 && state === "talking"
      ? words.wrong(entries)
      : (comesIn ? words.statesInbound : words.states)[state];
  // Written only when it changes: a screen reader says it each time.
  if (at("state").textContent !== said) at("state").textContent = said;
  tick();
}

function renderEnd({ kind, state, reason, password, transfer }, now) {
  const words = text();
  at("over").className = now;
  const good = now === "verified";
  at("result").textContent = good ? words[kind].verified : words.failed;
  const order = transfer === null ? "" : `${transfer.payee} ${words.yen(transfer.amount)} — `;
  at("why").textContent = good
    ? order + words[kind].then
    : (words.reasons[reason ?? state] ?? words.reasons.service_unavailable);
  show("password-box", password !== null);
  at("password").textContent = password ?? "";
  at("again").textContent = good ? words.backToStart : words.again;
  show("next", good && kind !== "transfer");
}

function tick() {
  const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
  at("left").textContent = text().left(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
}

/** 0310000001 → 03-1000-0001; other lengths of area codes are for a real site to know. */
function hyphenated(number) {
  const area = /^0[346]/.test(number) && number.length === 10 ? 2 : 3;
  return `${number.slice(0, area)}-${number.slice(area, -4)}-${number.slice(-4)}`;
}

at("form").addEventListener("submit", (event) => void start(event));
at("cancel").addEventListener("click", () => void leave("api/cancel"));
at("again").addEventListener("click", () => void leave("api/cancel"));
at("log-out").addEventListener("click", () => void leave("api/log-out"));
at("language").addEventListener("change", (event) => {
  language = event.target.value;
  localStorage.setItem(KEPT, language);
  render();
});
// Another page of this site has changed the language.
addEventListener("storage", ({ key, newValue }) => {
  if (key !== KEPT || !(newValue in texts)) return;
  language = newValue;
  render();
});
addEventListener("hashchange", () => {
  faults = {};
  // Whoever turns to something else has no more use for what has ended.
  if (["verified", "failed"].includes(screen)) void leave("api/cancel");
  else render();
});
setInterval(() => {
  if (standing?.flow) tick();
}, 250);

render();
void watch();
