import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect } from "chai";
import { register } from "../../src/acts/register.js";
import { requestedVerification, type VerificationRequest } from "../../src/acts/new-verification.js";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { readVerification } from "../../src/store/verifications.js";
import { parsePhoneNumber, type PhoneNumber } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { startMessages } from "../support/messages-under-test.js";
import { databaseUrlOf } from "../support/test-database.js";
import { StoreFixture } from "../support/store-fixture.js";

const CLIENT = "cli_acme";

describe("a process that is killed between handing a message over and its answer", () => {
  it("leaves a message that may have gone: it is not sent again, and the chain goes on", async () => {
    const fixture = await StoreFixture.open([CLIENT], Date.now());
    const request: VerificationRequest = {
      ...{ clientId: CLIENT, id: "a", said: "a", number: mobile(), did: null },
      direction: "outbound",
      channel: "sms",
      chain: [
        { channel: "sms", seconds: 60 },
        { channel: "voice", seconds: 60 },
      ],
      method: "spoken",
      locale: "ja",
      ...{ code: "271828", ownCode: true, keepsCode: true },
      ...{ maxCodeEntries: 3, maxCallAttempts: 1, lifeMs: 600_000, metadata: {} },
    };
    const row = requestedVerification(fixture.store.vault, request, Date.now());
    await register(fixture.store, row, LIMITS);
    await fixture.store.close();

    const script = path.join(PROJECT_DIR, "test/messages/hands-over-and-waits.ts");
    const url = await databaseUrlOf(fixture.dir);
    const databaseUrls = url === undefined ? [] : [url];
    const child = spawn(process.execPath, ["--import", "tsx", script, fixture.dir, ...databaseUrls], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said = ""] = (await Promise.race([once(child.stdout, "data"), once(child, "exit")])) as unknown[];
    expect(String(said)).to.equal("handed over\n");
    child.kill("SIGKILL");
    await once(child, "exit");

    const store = await fixture.reopen();
    const before = Date.now();
    const under = await startMessages(store, Date.now, LIMITS);
    const stored = await readVerification(store.read, CLIENT, "a");
    expect(stored?.attempts).to.have.length(1);
    expect(stored?.attempts[0]).to.include({ outcome: "unknown", gateway_error: "interrupted", parts: 1 });
    expect(stored?.verification).to.include({ status: "pending", next_channel: "voice" });
    expect(stored?.verification.next_attempt_at).to.be.within(before, Date.now());
    expect(under.sender.sent, "not handed over again").to.deep.equal([]);
    await under.stop();
    await fixture.close();
  });
});

function mobile(): PhoneNumber {
  const parsed = parsePhoneNumber("090-1234-5678");
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.number;
}
