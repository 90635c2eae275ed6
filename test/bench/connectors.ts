import path from "node:path";
import { AriClientConnection } from "../../src/ari/ari-client/ari-client-connection.js";
import type { AriConnection, AriOptions } from "../../src/ari/connection.js";
import type { AriEvent } from "../../src/ari/messages.js";
import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import { claimableSipPort } from "../../src/asterisk/free-port.js";
import { asterisk16 } from "../asterisk/asterisk16.js";
import { PROJECT_DIR } from "../asterisk/configuration-values.js";
import type { Bench } from "./bench.js";
import { cpuMs } from "./calls/process-usage.js";
import { prepareAsterisk } from "../asterisk/running-asterisk.js";

/** What one call costs, in milliseconds of CPU. */
interface ConnectorCost {
  readonly connector: string;
  readonly asteriskVersion: string;
  /** Of this process, worker threads included. */
  readonly controllerMs: number;
  readonly asteriskMs: number;
}

const DID = "0312340000";
const PROMPT = path.join(PROJECT_DIR, "sounds/ja/silence-start");
const NORMAL_CLEARING = 16;

export const connectors: Bench = {
  name: "connectors",
  title: "Connectors: what the link to Asterisk costs",
  run: async ({ calls = 400, atOnce = 8 }) => {
    const costs = await compareConnectors(calls, atOnce);
    return {
      notes: [
        `${calls} calls by each, ${atOnce} at a time: out by the trunk, which leads back to Asterisk itself, in at a DID, answered, a short prompt, hung up. Two legs a call, no telephones.`,
      ],
      tables: [
        {
          title: "CPU a call, milliseconds",
          columns: ["connector", "Asterisk's version", "controller", "Asterisk"],
          rows: costs.map(({ connector, asteriskVersion, controllerMs, asteriskMs }) => [
            connector,
            asteriskVersion,
            controllerMs.toFixed(1),
            asteriskMs.toFixed(1),
          ]),
        },
      ],
    };
  },
};

/**
 * The same calls by each connector, one after another on the same machine: out by the trunk, which leads
 * back to Asterisk itself, in at a DID, answered, a short prompt, hung up. Two legs a call, no telephones.
 */
async function compareConnectors(calls: number, atOnce: number): Promise<ConnectorCost[]> {
  const websocket = (options: AriOptions): AriConnection => new WebSocketAriConnection(options);
  const ariClient = (options: AriOptions): AriConnection => new AriClientConnection(options);
  return [
    await costOf("websocket", websocket, calls, atOnce),
    await costOf("ari-client", ariClient, calls, atOnce),
    await costOf("ari-client", ariClient, calls, atOnce, await asterisk16()),
  ];
}

async function costOf(
  connector: string,
  open: (options: AriOptions) => AriConnection,
  calls: number,
  atOnce: number,
  installation?: AsteriskInstallation,
): Promise<ConnectorCost> {
  const sipPort = await claimableSipPort("127.0.0.1", 0);
  const own = await prepareAsterisk({
    sipPort,
    trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${sipPort}` }],
    dids: [DID],
    ...(installation === undefined ? {} : { installation }),
  });
  const { asterisk } = own;
  await asterisk.start();
  const { ariUrl: url, ariUsername: username, ariPassword: password } = asterisk;
  const ari = open({ url, username, password, application: "honnin" });
  try {
    await ari.ready(30_000);
    ari.onStray((event) => {
      // Should it fail, the call that waits for this answer ends with a cause, and tells.
      if (event.type === "StasisStart") ari.answer(event.channel.id).catch(() => undefined);
    });
    await place(ari, atOnce * 2, atOnce, "warm");
    const used = (): [number, number] => [cpuMs(process.pid), cpuMs(asterisk.pid ?? -1)];
    const before = used();
    await place(ari, calls, atOnce, "call");
    const after = used();
    return {
      connector,
      asteriskVersion: asterisk.version,
      controllerMs: (after[0] - before[0]) / calls,
      asteriskMs: (after[1] - before[1]) / calls,
    };
  } finally {
    await ari.close();
    await own[Symbol.asyncDispose]();
  }
}

async function place(ari: AriConnection, calls: number, atOnce: number, prefix: string): Promise<void> {
  let placed = 0;
  const next = async (): Promise<void> => {
    while (placed < calls) await call(ari, `${prefix}-${++placed}`);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

function call(ari: AriConnection, channelId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = ari.onChannel(channelId, (event: AriEvent) => {
      if (event.type === "StasisStart") ari.play(channelId, `${channelId}-p`, [PROMPT]).catch(reject);
      if (event.type === "PlaybackFinished") ari.hangUp(channelId, NORMAL_CLEARING).catch(reject);
      if (event.type !== "ChannelDestroyed") return;
      leave();
      if (event.cause === NORMAL_CLEARING) resolve();
      else reject(new Error(`${channelId} ended with cause ${event.cause} ${event.cause_txt}`));
    });
    const request = { channelId, endpoint: `PJSIP/${DID}@trunk`, callerId: "0312345678", timeoutSeconds: 20 };
    ari.originate(request).catch(reject);
  });
}
