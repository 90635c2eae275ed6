import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { expect } from "chai";
import fc from "fast-check";
import { createApi } from "../../src/http/app.js";
import { createEventUpgrade, type EventUpgrade } from "../../src/http/event-upgrade.js";
import { listenOps } from "../../src/http/ops.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { Store } from "../../src/store/store.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

/** What no client sends, and somebody who tries things does. */
const TARGETS = [
  ...["//", "///", "//v1/events", "/\\", "\\\\", "/?", "?", "//?after=1", "/v1//events", "/v1/events/"],
  ...[
    "http://[",
    "http://",
    "https://[::1",
    "http://%",
    "//[",
    "//%",
    "//user:pass@",
    "//:99999/",
    "/:0",
    "*",
  ],
  ...[
    "/%",
    "/%ff",
    "/%c0%af",
    "/v1/%ff",
    "/v1/verifications/%",
    "/v1/verifications/%ff/check",
    "/docs/%2e%2e%2f",
  ],
  ...["/v1/events?after=%ff", "/v1/events?after=%", "/v1/events?%", "/v1/events?after=a&after=b"],
  ...["/openapi.json?%ff", "/docs/..%5c..%5c", "/__proto__", "/v1/__proto__", "/constructor"],
  ...["/v1/verifications?__proto__=1", "/v1/verifications?a[__proto__][b]=1", "/v1/verifications?%ff=%ff"],
];

describe("attack: request lines that nobody foresaw", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let store: Store;
  let tls: TlsPair;
  let live: EventUpgrade;
  let server: ApiServer;
  const { log, text: logged } = capturedLog();

  before(async () => {
    dir = await tempDir();
    store = await Store.open(dir.path);
    tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    const parts = { store, clock: Date.now, log };
    live = createEventUpgrade(parts);
    const app = createApi({
      ...parts,
      limits: LIMITS,
      diskHasRoom: () => true,
      outboundAllow: [],
      tariff: DEFAULT_TARIFF,
      version: "test",
      dids: [],
      accepting: () => true,
      canCall: () => true,
    });
    server = await listen(app, tls, "127.0.0.1", 0, live.upgrade);
  });
  after(async () => {
    await live.close();
    await server.close();
    await store.close();
    await dir.remove();
  });

  const secure = async (): Promise<TLSSocket> => {
    const socket = connect({ host: "127.0.0.1", port: server.port, ca: readFileSync(tls.certFile) });
    await once(socket, "secureConnect");
    return socket;
  };
  /** Everything that is answered until the other side closes. */
  const exchange = async (socket: NodeJS.ReadWriteStream, request: string): Promise<string> => {
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    const closed = once(socket, "close");
    socket.write(Buffer.from(request, "latin1"));
    await closed;
    return text;
  };
  const plain = (method: string, target: string): string =>
    [`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close", "\r\n"].join("\r\n");
  const upgrade = (target: string): string =>
    [
      `GET ${target} HTTP/1.1`,
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "\r\n",
    ].join("\r\n");
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? NaN);

  const isARefusal = async (target: string): Promise<void> => {
    for (const request of [plain("GET", target), plain("POST", target), upgrade(target)]) {
      const answer = await exchange(await secure(), request);
      expect(
        statusOf(answer),
        `${JSON.stringify(request.split("\r\n")[0])}: ${answer.slice(0, 200)}`,
      ).to.satisfy(
        (status: number) =>
          (status >= 400 && status < 500) || (status === 200 && /^\/(openapi|docs)/.test(target)),
      );
    }
  };

  for (const target of TARGETS) {
    it(`is a refusal and no fault of ours: ${target}`, () => isARefusal(target));
  }

  it("is a refusal and no fault of ours, whatever the target is made of", async () => {
    const piece = fc.constantFrom(
      ...["/", "//", "\\", "?", "%", "%2f", "%00", "%ff", "[", "]", ":", "@", ";", "..", ".", "v1", "events"],
      ...["verifications", "http:", "\u00ff", "\u0080", "&", "=", "after", "{", "|", "^", "`", '"', "<"],
    );
    const target = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));
    await fc.assert(fc.asyncProperty(target, isARefusal), { numRuns: 60 });
  });

  it("is neither an error nor a fault in the log", () => {
    const errors = logged()
      .split("\n")
      .filter((line) => line.includes('"level":"error"'));
    figure("errors in the log after all odd request lines", errors.length);
    expect(errors).to.deep.equal([]);
  });

  it("shows nothing of our insides where health is asked for", async () => {
    const ops = await listenOps(
      {
        troubles: () => Promise.resolve([]),
        warnings: () => [],
        metrics: { contentType: "text/plain", text: () => Promise.resolve("") },
      },
      0,
    );
    try {
      for (const target of TARGETS) {
        const socket = connectTcp(ops.port, "127.0.0.1");
        await once(socket, "connect");
        const answer = await exchange(socket, plain("GET", target));
        expect(statusOf(answer), target).to.be.within(400, 499);
        expect(answer, target).not.to.match(/node_modules|\bat .*\.[jt]s:\d|<html/);
      }
    } finally {
      await ops.close();
    }
  });
});
