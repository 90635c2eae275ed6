import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { loadConfig } from "../../src/config.js";
import { startService } from "../../src/main.js";
import { plainAsterisk, type PlainAsterisk } from "../asterisk/plain-asterisk.js";
import { verifiedCall } from "../install/verified-call.js";
import { Carrier } from "../phones/carrier.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { shortSounds } from "../phones/short-sounds.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { HttpsClient } from "../support/https-client.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { TEST_SETTINGS } from "./test-settings.js";

/** Sections by name, without comments and blank lines. */
function sectionsOf(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  let name = "";
  for (const line of text.split("\n")) {
    name = /^\[([\w-]+)\]/.exec(line)?.[1] ?? name;
    if (line !== "" && !line.startsWith(";")) sections.set(name, `${sections.get(name) ?? ""}${line}\n`);
  }
  return sections;
}

describe("an Asterisk of the user's own, as Debian configures it, with the include files", () => {
  const configuration = (name: string): string =>
    readFileSync(path.join(PROJECT_DIR, "asterisk-config", name), "utf8");
  let carrier: Carrier;
  let plain: PlainAsterisk | undefined;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    await setUp();
    dir = await tempDir();
    carrier = await Carrier.start();
  });

  after(async () => {
    await plain?.[Symbol.asyncDispose]();
    await carrier.stop();
    await dir.remove();
  });

  it("is told the same dialplan as the bundled one", () => {
    const bundled = configuration("extensions.conf").replaceAll("{{soundsDir}}", "/usr/lib/honnin/sounds");
    const included = sectionsOf(configuration("include/extensions.conf"));
    const ours = sectionsOf(bundled);
    expect([...included.keys()]).to.deep.equal(["from-trunk", "inbound-trunk", "honnin", "honnin-ended"]);
    for (const [name, section] of included) expect(section, name).to.equal(ours.get(name));
  });

  it("is told the same of the caller", () => {
    const channelvars = (text: string): string | undefined => /^channelvars = .*$/m.exec(text)?.[0];
    expect(channelvars(configuration("include/ari.conf"))).to.equal(channelvars(configuration("ari.conf")));
  });

  it("answers a verification", async () => {
    plain = await plainAsterisk(carrier.port);
    carrier.linkTo(plain.sipPort);
    const { log, text } = capturedLog();
    const sounds = shortSounds();
    const config = loadConfig(
      {
        ...TEST_SETTINGS,
        HONNIN_DATA_DIR: dir.path,
        HONNIN_ARI_URL: `http://127.0.0.1:${plain.ari.port}`,
        HONNIN_ARI_USERNAME: plain.ari.username,
        HONNIN_ARI_PASSWORD: plain.ari.password,
        HONNIN_TRUNK_URI: `sip:127.0.0.1:${carrier.port}`,
      },
      dir.path,
    );
    const service = await startService(config, log, undefined, sounds);
    try {
      const made = await HonninCommand.run(dir.path, ["key", "create", "--client", "shop", "--json"]);
      const { key } = JSON.parse(made.stdout) as { key: string };
      const api = new HttpsClient(service.apiUrl, key, service.certFile);
      const { status, heard } = await verifiedCall(api, carrier, sounds);
      api.close();
      expect(status, text()).to.equal("verified");
      expect(heard).to.contain("verified");
    } finally {
      await service.stop(0);
    }
  });
});
