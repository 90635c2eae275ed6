import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { generate } from "selfsigned";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { setWebhook } from "../../src/store/webhooks.js";
import { DAY_MS } from "../../src/verification/durations.js";
import { ALERTS, dashboardExpressions, familiesIn } from "../metrics/deployed.js";
import { documented } from "../metrics/documented.js";
import { type Sample, Scrape } from "../metrics/scrape.js";
import type { SippPhone } from "../phones/sipp.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { CallService } from "./call-service.js";
import { holdDatabase, openStore } from "../support/test-database.js";

const CODE = "271828";
const DID = "0312340000";

describe("the metrics of a running service", function () {
  this.timeout(240_000);
  let calls: CallService;

  const scrape = (): Promise<Scrape> => Scrape.of(calls.service.opsPort);
  /** The scrape in which it is so. */
  const until = async (what: string, isSo: (now: Scrape) => boolean): Promise<Scrape> => {
    let last = await scrape();
    const looked = async (): Promise<boolean> => {
      last = await scrape();
      return isSo(last);
    };
    await poll(looked, PATIENCE_MS, what);
    return last;
  };
  /** A call that was answered and on which the greeting is heard. */
  const answered = async (): Promise<{ phone: SippPhone; id: string; number: string }> => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await phone.heard.speech();
    return { phone, id, number };
  };

  before(async () => {
    calls = await CallService.start({
      HONNIN_DIDS: DID,
      HONNIN_WEBHOOK_ALLOW_PRIVATE: "true",
      HONNIN_FIRST_KEY_SECONDS: "30",
    });
  });
  after(() => calls.stop());

  it("count a verification from its registration to its verdict, and name nobody", async () => {
    const { phone, id, number } = await answered();
    expect((await scrape()).value("honnin_lines_in_use")).to.equal(1);
    await calls.happened(id, "listening");
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.ended(id)).to.include({ status: "verified" });
    const now = await until("the end of the call", (one) => one.value("honnin_lines_in_use") === 0);
    const kind = { channel: "voice", direction: "outbound", method: "keypad" };
    const counted: readonly [string, Record<string, string>][] = [
      ["honnin_verifications_registered_total", kind],
      ["honnin_verifications_ended_total", { status: "verified", reason: "" }],
      ["honnin_verifications_ended_by_method_total", { ...kind, status: "verified" }],
      ["honnin_verification_duration_seconds_count", { status: "verified" }],
      ["honnin_call_attempts_total", { direction: "outbound", outcome: "answered", trunk: "trunk" }],
      ["honnin_call_wait_seconds_count", {}],
      ["honnin_call_first_word_seconds_count", { direction: "outbound" }],
      ["honnin_call_verdict_seconds_count", {}],
      ["honnin_call_duration_seconds_count", { direction: "outbound" }],
      ["honnin_rulings_total", { ruling: "verified" }],
      ["honnin_http_requests_total", { method: "POST", route: "/v1/verifications", status: "2xx" }],
      ["honnin_asterisk_up", {}],
      ["honnin_ready", {}],
      ["honnin_build_info", {}],
    ];
    for (const [name, labels] of counted) expect(now.value(name, labels), name).to.equal(1);
    for (const name of [
      "honnin_store_commits_total",
      "honnin_store_commit_writes_count",
      "honnin_store_commit_seconds_count",
      "honnin_ari_requests_total",
      "honnin_database_size_bytes",
    ])
      expect(now.value(name), name).to.be.greaterThan(0);
    expect(now.value("honnin_budget_used_ratio", { period: "day" })).to.be.greaterThan(0);
    for (const secret of [id, number, number.slice(1), CODE, "cli_test"])
      expect(now.text).not.to.contain(secret);
  });

  it("are all that the alerts and the dashboard read, and labels have few values", async () => {
    const { families, samples } = await scrape();
    const own = [...families].filter((name) => name.startsWith("honnin_"));
    expect(own.length).to.be.greaterThan(40);
    const read = [...ALERTS.map(({ expr }) => expr), ...dashboardExpressions()].flatMap(familiesIn);
    expect([...new Set(read)].filter((name) => !families.has(name))).to.deep.equal([]);
    for (const language of ["en", "ja"]) expect(documented(language), language).to.have.members(own);
    const series = (name: string): readonly Sample[] => samples.filter((sample) => sample.name === name);
    for (const name of own) expect(series(name).length, name).to.be.lessThan(100);
  });

  it("show keys that are tried", async () => {
    const stranger = new HttpsClient(calls.service.apiUrl, "x".repeat(43), calls.service.certFile);
    try {
      for (let tries = 0; tries < 11; tries++) await stranger.get("/v1/usage");
    } finally {
      stranger.close();
    }
    const now = await scrape();
    expect(now.value("honnin_http_refusals_total", { code: "unauthorized" })).to.equal(10);
    expect(now.value("honnin_http_refusals_total", { code: "too_many_wrong_keys" })).to.equal(1);
  });

  it("show a webhook that is down, and a trunk that fails", async () => {
    const dead = `http://127.0.0.1:${String(await freeTcpPort())}/`;
    const store = await openStore(calls.dataDir);
    await store.write((db) => setWebhook(db, store.vault, "cli_test", dead));
    await store.close();
    const number = calls.newNumber();
    calls.carrier.reply(number, 503, "Service Unavailable");
    const { id } = await calls.register(number);
    expect(await calls.ended(id)).to.include({ status: "failed", reason: "service_unavailable" });
    const failed = { direction: "outbound", outcome: "failed", trunk: "trunk" };
    const now = await until(
      "attempts to deliver",
      (one) => (one.value("honnin_webhook_deliveries", { state: "waiting" }) ?? 0) > 0,
    );
    expect(now.value("honnin_call_attempts_total", failed)).to.equal(1);
    expect(now.value("honnin_sip_refusals_total", { trunk: "trunk", status: "503" })).to.equal(1);
    await until(
      "an attempt",
      (one) => (one.value("honnin_webhook_attempts_total", { end: "failed" }) ?? 0) > 0,
    );
  });

  it("show a database that refuses, while the lines of the log say whose call they are of", async () => {
    const { phone, id } = await answered();
    const release = await holdDatabase(calls.dataDir);
    try {
      await phone.press(CODE);
      await phone.hungUpOn();
      const now = await until("its refusal", (one) => (one.value("honnin_owed_writes") ?? 0) > 0);
      expect(now.value("honnin_store_writes_total", { end: "refused" })).to.be.greaterThan(0);
      expect(now.value("honnin_call_faults_total", { fault: "not_ruled" })).to.equal(1);
      await until("health", (one) => one.value("honnin_trouble", { trouble: "database" }) === 1);
      const ready = await fetch(`http://127.0.0.1:${String(calls.service.opsPort)}/health/ready`);
      expect([ready.status, ((await ready.json()) as { troubles: string[] }).troubles]).to.deep.equal([
        503,
        ["database"],
      ]);
    } finally {
      await release();
    }
    await until(
      "what was owed",
      (one) => one.value("honnin_owed_writes") === 0 && one.value("honnin_ready") === 1,
    );
    await calls.ended(id);
    const lines = calls.logged
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter((line) => line["verification"] === id);
    const said = lines.map(({ message }) => message);
    expect(said).to.include.members([
      "an entry could not be ruled on",
      "the end of the call could not be stored",
      "call ended",
    ]);
    for (const line of lines)
      expect(line).to.include({ client: "cli_test", trunk: "trunk" }).and.to.have.property("call");
  });

  it("show an Asterisk that ends and is started again", async () => {
    const pid = calls.service.asteriskPid();
    expect(pid).to.be.a("number");
    process.kill(pid ?? 0, "SIGKILL");
    await until("the end", (one) => one.value("honnin_asterisk_ends_total") === 1);
    const now = await until("the new link", (one) => one.value("honnin_ari_connects_total") === 2);
    expect(now.value("honnin_pins_locked_total")).to.equal(0);
    await until(
      "its being ready",
      (one) => one.value("honnin_ready") === 1 && one.value("honnin_asterisk_up") === 1,
    );
  });

  it("show a disk without room and a certificate near its end", async () => {
    await calls.down();
    const { cert, key } = await nearItsEnd(calls.dataDir);
    await calls.up({ HONNIN_MIN_FREE_DISK_MB: "10000000", HONNIN_TLS_CERT: cert, HONNIN_TLS_KEY: key });
    const { status, json } = await calls.api.post("/v1/verifications", { phone_number: calls.newNumber() });
    expect([status, json["code"]]).to.deep.equal([503, "service_unavailable"]);
    const now = await scrape();
    expect(now.value("honnin_trouble", { trouble: "disk" })).to.equal(1);
    expect(now.value("honnin_ready")).to.equal(0);
    expect(now.value("honnin_disk_free_bytes")).to.be.lessThan(now.value("honnin_disk_floor_bytes") ?? 0);
    expect(now.value("honnin_certificate_remaining_seconds")).to.be.within(4 * 86_400, 5 * 86_400);
    expect(now.value("honnin_warning", { warning: "certificate_near_end" })).to.equal(1);
  });
});

/** A pair that is good for five days yet. */
async function nearItsEnd(dir: string): Promise<{ cert: string; key: string }> {
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    ...{ keyType: "ec", curve: "P-256", algorithm: "sha256" },
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 5 * DAY_MS),
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const [cert, key] = [path.join(dir, "near-end.pem"), path.join(dir, "near-end.key")];
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.private, { mode: 0o600 });
  return { cert, key };
}
