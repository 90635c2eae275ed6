import { expect } from "chai";
import { baresipProgram } from "../phones/programs.js";
import { expectGuidance } from "../phones/recorded-prompts.js";
import { SecureBaresip } from "../phones/secure-baresip.js";
import { tempDir } from "../support/temp-dir.js";
import { withTrunks } from "./listed-trunks.js";
import { tlsPair } from "./stream-peer.js";

const CODE = "482913";
const CALLED = "09012345678";

describe("an answered call by a trunk with TLS and SRTP", function () {
  this.timeout(300_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  it("the guidance is heard after its decryption, the keys count", async () => {
    const pair = await tlsPair("127.0.0.1", dir.path);
    const command = await baresipProgram();
    await using phone = await SecureBaresip.start({ command, workDir: `${dir.path}/baresip`, pair });
    await phone.take(CALLED);
    const uri = `sip:127.0.0.1:${String(phone.port)};transport=tls`;
    await withTrunks(
      [{ name: "sbc", uri, encryption: "sdes" }],
      async (calls) => {
        const [established, ended] = [phone.established(), phone.ended()];
        const { id } = await calls.register(CALLED, { code: CODE });
        await established;
        await calls.happened(id, "listening");
        for (const [at, key] of [...CODE].entries()) {
          await phone.press(key);
          await calls.happened(id, "key", { nth: at + 1 });
        }
        await ended;
        expect(await calls.ended(id), phone.log).to.include({ status: "verified", code_entries: 1 });
        expect(phone.log).to.match(/AES_CM_128_HMAC_SHA1_80/);
        const [recording = ""] = await phone.recordings();
        await expectGuidance(recording, calls.sounds, calls.saidTo(id));
      },
      pair.env,
    );
  });
});
