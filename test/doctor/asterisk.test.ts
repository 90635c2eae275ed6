import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { asteriskGroup } from "../../src/cli/doctor/asterisk-group.js";
import type { Finding } from "../../src/cli/doctor/examine.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { tempDir } from "../support/temp-dir.js";
import { expectOnly, found } from "./found.js";

const MODULES = [
  ...[
    "app_stasis",
    "app_playback",
    "chan_pjsip",
    "pbx_config",
    "func_callerid",
    "func_channel",
    "func_timeout",
  ],
  ...["res_ari_asterisk", "res_ari_channels", "res_ari_events", "res_ari_playbacks", "res_stasis_playback"],
  ...["res_pjsip_header_funcs", "res_rtp_asterisk", "format_pcm"],
];

describe("honnin doctor, on Asterisk", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  const look = (url: string, password: string): Promise<readonly Finding[]> =>
    found(asteriskGroup, dir.path, {
      ...{ HONNIN_ARI_URL: url, HONNIN_ARI_USERNAME: "honnin", HONNIN_ARI_PASSWORD: password },
    });

  it("finds the bundled one whole", async () => {
    expect(await found(asteriskGroup, dir.path)).to.deep.equal([]);
  });

  describe("of one's own that is a real one", () => {
    let own: TestAsterisk;

    before(async () => {
      own = await prepareAsterisk();
      await own.asterisk.start();
    });

    after(async () => {
      await own[Symbol.asyncDispose]();
    });

    it("finds nothing wrong with it", async () => {
      const { ariUrl, ariPassword } = own.asterisk;
      expect(await look(ariUrl, ariPassword)).to.deep.equal([]);
    });

    it("finds a wrong password, and shows none", async () => {
      const findings = await look(own.asterisk.ariUrl, "not-the-password");
      expectOnly(findings, "ari-password-wrong", own.asterisk.ariUrl);
      expect(JSON.stringify(findings)).not.to.contain("not-the-password");
    });

    it("finds a module that was not loaded, by its name", async () => {
      const { ariUrl, ariUsername, ariPassword } = own.asterisk;
      const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
      const change = async (method: "DELETE" | "POST"): Promise<void> => {
        const url = `${ariUrl}/ari/asterisk/modules/format_pcm.so`;
        const { status } = await fetch(url, { method, headers: { authorization: `Basic ${credentials}` } });
        expect(status).to.equal(204);
      };
      await change("DELETE");
      try {
        expectOnly(await look(ariUrl, ariPassword), "asterisk-modules-missing", "format_pcm");
      } finally {
        await change("POST");
      }
    });

    it("finds that another program has our application", async () => {
      const { ariUrl, ariUsername, ariPassword } = own.asterisk;
      const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
      const other = new WebSocket(`${ariUrl.replace("http", "ws")}/ari/events?app=honnin`, {
        headers: { authorization: `Basic ${credentials}` },
      });
      try {
        await once(other, "open");
        expectOnly(await look(ariUrl, ariPassword), "application-occupied", "honnin");
      } finally {
        other.terminate();
      }
    });
  });

  describe("of one's own that is unfit", () => {
    let ari: Server | undefined;

    afterEach(() => {
      ari?.close();
      ari = undefined;
    });

    /** What answers as such an Asterisk would. */
    async function asterisk({
      version = "22.10.1",
      without = "",
      user = "",
    }: {
      readonly version?: string;
      readonly without?: string;
      readonly user?: string;
    }): Promise<string> {
      const answers: Readonly<Record<string, unknown>> = {
        "/ari/asterisk/info": { system: { version }, config: { setid: { user } } },
        "/ari/asterisk/modules": MODULES.filter((name) => name !== without).map((name) => ({
          name: `${name}.so`,
          status: "Running",
        })),
      };
      ari = createServer((request, response) => {
        const answer = answers[request.url ?? ""];
        response.statusCode = answer === undefined ? 404 : 200;
        response.end(JSON.stringify(answer ?? {}));
      }).listen(0, "127.0.0.1");
      await once(ari, "listening");
      return `http://127.0.0.1:${String((ari.address() as AddressInfo).port)}`;
    }

    it("finds nothing wrong with a fit one", async () => {
      expect(await look(await asterisk({}), "p")).to.deep.equal([]);
    });

    it("finds one that is too old", async () => {
      expectOnly(await look(await asterisk({ version: "13.38.3" }), "p"), "asterisk-old", "13.38.3");
    });

    it("finds modules that are missing", async () => {
      const url = await asterisk({ without: "res_stasis_playback" });
      expectOnly(await look(url, "p"), "asterisk-modules-missing", "res_stasis_playback");
    });

    it("finds one that does not answer", async () => {
      const url = await asterisk({});
      const closed = once(ari!, "close");
      ari?.close();
      await closed;
      expectOnly(await look(url, "p"), "asterisk-unreachable", url);
    });
  });
});
