import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { AriClientConnection } from "../../src/ari/ari-client/ari-client-connection.js";
import type { AriConnection, AriOptions } from "../../src/ari/connection.js";
import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import { claimableSipPort } from "../../src/asterisk/free-port.js";
import { asterisk16 } from "../asterisk/asterisk16.js";
import { prepareAsterisk } from "../asterisk/running-asterisk.js";

const DID = "0312340000";
/**
 * A temporary password of 32 letters, each with its case and a pause, and what is said before. Asterisk takes
 * fewer than 128 (`MAX_VALS` in its `res_ari_channels.c`) and answers 400 to more.
 */
const PIECES = 100;
const PIECE_MS = 20;
const NORMAL_CLEARING = 16;

const LINKS: readonly {
  readonly title: string;
  readonly open: (options: AriOptions) => AriConnection;
  readonly installation?: () => Promise<AsteriskInstallation>;
}[] = [
  { title: "over the WebSocket", open: (options) => new WebSocketAriConnection(options) },
  {
    title: "by ari-client, to Asterisk 16",
    open: (options) => new AriClientConnection(options),
    installation: asterisk16,
  },
];

describe("a playback of more files than the line of an HTTP request holds", function () {
  this.timeout(240_000);

  for (const { title, open, installation } of LINKS) {
    it(`is played to its end ${title}`, async () => {
      const sipPort = await claimableSipPort("127.0.0.1", 0);
      await using own = await prepareAsterisk({
        sipPort,
        trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${sipPort}` }],
        dids: [DID],
        ...(installation === undefined ? {} : { installation: await installation() }),
      });
      const folder = path.join(own.dataDir, "as-deep-as-the-recordings-of-a-client-lie", "versions");
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, "piece");
      await writeFile(`${file}.ulaw`, Buffer.alloc(8 * PIECE_MS, 0xff));
      await own.asterisk.start();
      const { ariUrl: url, ariUsername: username, ariPassword: password } = own.asterisk;
      const ari = open({ url, username, password, application: "honnin" });
      try {
        await ari.ready(60_000);
        ari.onStray((event) => {
          if (event.type === "StasisStart") void ari.answer(event.channel.id);
        });
        const files = Array.from({ length: PIECES }, () => file);
        expect(files.join(",").length).to.be.greaterThan(4096);
        expect(await played(ari, files)).to.equal("done");
      } finally {
        await ari.close();
      }
    });
  }
});

/** Calls by the trunk, which leads back here, and plays; resolves with how the playback ended. */
function played(ari: AriConnection, files: readonly string[]): Promise<string> {
  const channelId = "long-playback";
  return new Promise((resolve, reject) => {
    const leave = ari.onChannel(channelId, (event) => {
      if (event.type === "StasisStart") ari.play(channelId, "playback", files).catch(reject);
      if (event.type === "ChannelDestroyed") reject(new Error(`the call ended: ${event.cause_txt}`));
      if (event.type !== "PlaybackFinished") return;
      leave();
      ari.hangUp(channelId, NORMAL_CLEARING).then(() => {
        resolve(event.playback.state);
      }, reject);
    });
    const request = { channelId, endpoint: `PJSIP/${DID}@trunk`, callerId: null, timeoutSeconds: 20 };
    ari.originate(request).catch(reject);
  });
}
