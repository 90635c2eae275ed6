import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../src/config.js";
import { type Service, startService } from "../../src/main.js";
import { freeUdpPort } from "../phones/ports.js";
import { poll } from "../phones/waiting.js";
import { numbered, type OnSubmit, receiptText, Smsc } from "../sms/smsc.js";
import { HttpsClient } from "../support/https-client.js";
import { PostgresServer } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";
import { TEST_SETTINGS } from "./test-settings.js";

const MESSAGES = 60;
/** Of a gateway of which nothing else is said. */
const MOST_A_SECOND = 10;

describe("two services on one database, by one gateway for SMS", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let centre: Smsc;
  let first: CallService;
  let second: Service;
  let api: HttpsClient;
  let url: string;
  const log = capturedLog();
  /** By the clock of the message centre, milliseconds. */
  const came: number[] = [];
  const answer = numbered();
  const onSubmit: OnSubmit = (submit, session) => {
    came.push(performance.now());
    return answer(submit, session);
  };

  before(async () => {
    server = await PostgresServer.start();
    dir = await tempDir();
    url = await server.database("empty");
    centre = await Smsc.start({ onSubmit });
    const env = {
      HONNIN_DATABASE_URL: url,
      HONNIN_SMS_URL: `smpp://honnin:secret@127.0.0.1:${String(centre.port)}`,
    };
    first = await CallService.start({ ...env, HONNIN_NODE: "first" });
    await mkdir(path.join(dir.path, "keys"));
    await cp(path.join(first.dataDir, "keys"), path.join(dir.path, "keys"), { recursive: true });
    const settings = {
      ...{ ...TEST_SETTINGS, ...env, HONNIN_NODE: "second", HONNIN_DATA_DIR: dir.path },
      ...{ HONNIN_CALLER_NUMBER: "0312345678", HONNIN_SIP_PORT: String(await freeUdpPort()) },
    };
    second = await startService(loadConfig(settings, dir.path), log.log, undefined, first.sounds);
    api = new HttpsClient(second.apiUrl, first.api.key, second.certFile);
    const bound = (): Promise<boolean> => Promise.resolve(centre.sessions.size === 2);
    await poll(bound, 60_000, "both links");
  });

  after(async () => {
    api.close();
    await second.stop(0);
    await first.stop();
    await centre.stop();
    await server.stop();
    await dir.remove();
  });

  it("send each message once, both of them, and never more in any second than the gateway takes", async () => {
    const registered = await Promise.all(
      Array.from({ length: MESSAGES }, (_, nth) =>
        first.register(first.newNumber(), { channel: "sms" }, nth % 2 === 0 ? first.api : api),
      ),
    );
    await centre.submitted(MESSAGES);
    const most = Math.max(...came.map((from) => came.filter((at) => at >= from && at <= from + 1000).length));
    expect(most).to.be.at.most(MOST_A_SECOND);
    const receipts = Array.from({ length: MESSAGES }, (_, nth) =>
      centre.receipt({ short_message: receiptText(String(nth + 1), "DELIVRD") }),
    );
    expect(new Set(await Promise.all(receipts)), "whichever of them hears it").to.deep.equal(new Set([0]));
    const results = await Promise.all(registered.map(({ id }) => first.result(id)));
    expect(
      new Set(results.map(({ attempts }) => attempts.map(({ outcome }) => outcome).join())),
    ).to.deep.equal(new Set(["delivered"]));
    const nodes = await server.ask<{ node: string }>("select distinct node from attempts order by node", url);
    expect(nodes.map(({ node }) => node)).to.deep.equal(["first", "second"]);
    expect(new Set(centre.submits.map(({ destination_addr: to }) => to)).size).to.equal(MESSAGES);
    expect(centre.submits).to.have.length(MESSAGES);
  });
});
