import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { EventUpgrade } from "../../http/event-upgrade.js";
import { refuseUpgrade } from "../../http/refuse-upgrade.js";
import { originForm } from "../../http/request-target.js";
import { errorText } from "../../log.js";
import type { OpenSession } from "../../store/admin-sessions.js";
import type { ConsoleParts } from "../console-parts.js";
import type { RefusalBody } from "../contract/refusal.js";
import { isSameOrigin } from "../cross-site.js";
import { Refusal } from "../refusal.js";
import { sessionOf } from "../signed-in.js";
import { CallProgress } from "./call-progress.js";
import { LiveBoard } from "./live-board.js";
import { LiveCalls } from "./live-calls.js";
import { HealthLook } from "./live-health-look.js";
import { LiveSocket } from "./live-socket.js";
import type { LiveSources } from "./live-sources.js";

/** A session that was ended is heard no more within that time. */
const LOOK_AGAIN_MS = 1_000;
/** In looks. Below the idle limits of common proxies (60 s). */
const PING_EVERY = 20;
/** Pages of one person. */
const MOST_OF_SESSION = 8;
const MOST = 100;
const CLOSE_GRACE_MS = 2_000;

type LiveParts = Pick<ConsoleParts, "store" | "clock" | "log" | "sessions">;

interface Admitted {
  readonly session: OpenSession;
  readonly followed: string | null;
}

/** `GET /api/live`: what happens now, as a WebSocket on the console's own server. */
export class LiveUpgrade implements EventUpgrade {
  readonly #parts: LiveParts;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  readonly #progress: CallProgress;
  readonly #board: LiveBoard;
  readonly #offCalls: () => void;
  /** With the session of each. */
  readonly #sockets = new Map<LiveSocket, string>();
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #closing = false;

  constructor(parts: LiveParts, sources: LiveSources) {
    const { store, clock } = parts;
    this.#parts = parts;
    this.#progress = new CallProgress(clock);
    // Before the board, which looks at what has been noted.
    this.#offCalls = sources.onCall(this.#progress.note);
    const calls = new LiveCalls(store, clock, this.#progress);
    this.#board = new LiveBoard(parts, sources, calls, new HealthLook(store, clock, sources));
    this.#timer = setInterval(() => {
      this.#lookAgain();
    }, LOOK_AGAIN_MS).unref();
  }

  readonly upgrade: EventUpgrade["upgrade"] = (request, socket, head) => {
    const onError = (error: Error): void => {
      this.#parts.log.debug("upgrade broke", { error: error.message });
    };
    socket.on("error", onError);
    this.#admitted(request).then(
      (admitted) => {
        if (!socket.destroyed) this.#open(request, socket, head, admitted);
        socket.off("error", onError);
      },
      (error: unknown) => {
        const isRefusal = error instanceof Refusal;
        if (!isRefusal) this.#parts.log.error("upgrade failed", { error: errorText(error) });
        refuse(socket, isRefusal ? error : new Refusal("internal_error", "the error was logged"));
      },
    );
  };

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    const gone = [...this.#server.clients].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on("close", () => {
            resolve();
          });
          socket.close(1001, "the service is stopping");
        }),
    );
    const cutOff = setTimeout(() => {
      for (const socket of this.#server.clients) socket.terminate();
    }, CLOSE_GRACE_MS);
    await Promise.all(gone);
    clearTimeout(cutOff);
    this.#offCalls();
    this.#progress.stop();
    this.#server.close();
  }

  async #admitted(request: IncomingMessage): Promise<Admitted> {
    const [path, query = ""] = (originForm(request.url) ?? "").split("?");
    if (path !== "/api/live") throw new Refusal("not_found", "no such path");
    if (!isSameOrigin(request)) throw new Refusal("cross_site", "another site has sent this request");
    const session = await sessionOf(this.#parts, request, false);
    if (session === undefined) throw new Refusal("not_signed_in", "log in first");
    if (this.#closing) throw new Refusal("busy", "the service is stopping");
    const own = [...this.#sockets.values()].filter((id) => id === session.id).length;
    if (own >= MOST_OF_SESSION || this.#sockets.size >= MOST) {
      throw new Refusal("busy", `at most ${MOST_OF_SESSION} a session, and ${MOST} in all`);
    }
    return { session, followed: new URLSearchParams(query).get("verification") };
  }

  #open(request: IncomingMessage, socket: Duplex, head: Buffer, { session, followed }: Admitted): void {
    const { headers } = request;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const live = new LiveSocket(webSocket, { headers }, this.#progress, followed);
      this.#sockets.set(live, session.id);
      webSocket.on("error", (error) => {
        this.#parts.log.debug("a page that watched broke", { error: errorText(error) });
      });
      const leave = this.#board.watch(live);
      webSocket.on("close", () => {
        leave();
        this.#sockets.delete(live);
      });
    });
  }

  #lookAgain(): void {
    this.#looks += 1;
    const isPing = this.#looks % PING_EVERY === 0;
    for (const live of this.#sockets.keys()) {
      if (isPing && !live.ping()) live.terminate();
      else void this.#judge(live);
    }
  }

  /** Whether its session goes on. A page that watches keeps none alive. */
  async #judge(live: LiveSocket): Promise<void> {
    try {
      if ((await sessionOf(this.#parts, live.request, false)) === undefined) {
        live.close(1008, "the session has ended");
      }
    } catch (error) {
      this.#parts.log.warn("a session could not be looked at", { error: errorText(error) });
      // Who may not be asked hears no more; the page comes again.
      live.close(1011, "the session could not be looked at");
    }
  }
}

function refuse(socket: Duplex, { code, status, message: detail }: Refusal): void {
  const body: RefusalBody = { code, detail };
  refuseUpgrade(socket, status, { type: "application/json", body: JSON.stringify(body) });
}
