import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../clock.js";
import { EventStream, type StreamParts } from "../events/event-stream.js";
import { errorText } from "../log.js";
import { findEventSeq, lastEventSeq } from "../store/events.js";
import { Admission } from "./admission.js";
import { Problem, problemBody } from "./problem.js";
import type { ProblemCode } from "./problem-codes.js";
import { refuseUpgrade } from "./refuse-upgrade.js";
import { originForm } from "./request-target.js";
import { WrongKeys } from "./wrong-keys.js";

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 20_000;
/** A client needs one, and two while it changes over; each costs reads for every event. */
const STREAMS_PER_CLIENT = 10;
const CLOSE_GRACE_MS = 2_000;
/** For a client with too many streams: by then one that is dead was missed by its ping. */
const RETRY_AFTER_S = 40;

export interface EventUpgradeParts extends Pick<StreamParts, "store" | "log"> {
  readonly clock: Clock;
  /** Shared with the API; without one wrong keys are counted here alone. */
  readonly admission?: Admission;
  readonly pingEveryMs?: number;
  readonly pongWithinMs?: number;
  /** Told of each refusal by its code. */
  readonly onRefused?: (code: ProblemCode) => void;
}

export interface EventUpgrade {
  /** For the server's `upgrade`. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Says goodbye (1001) to all streams; those that do not answer are cut off. */
  close(): Promise<void>;
}

interface EventStreams extends EventUpgrade {
  /** How many are open. */
  readonly listeners: number;
}

interface Admitted {
  readonly client: string;
  /** The stream begins after this event. */
  readonly after: number;
}

/** `GET /v1/events`: the live events of a client, as a WebSocket on the API's own server. */
export function createEventUpgrade(parts: EventUpgradeParts): EventStreams {
  const { store, log, clock, pingEveryMs = PING_EVERY_MS, pongWithinMs = PONG_WITHIN_MS } = parts;
  // Clients have nothing to say here; 1 KiB is room for control frames.
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  const streams = new Map<string, number>();
  let closing = false;
  // Each stream listens; Node would warn at eleven.
  store.hints.setMaxListeners(0);

  const admission = parts.admission ?? new Admission(store, clock, new WrongKeys(clock, log));

  const admitted = async (request: IncomingMessage): Promise<Admitted> => {
    const [path, ...query] = (originForm(request.url) ?? "").split("?");
    if (path !== "/v1/events") throw new Problem("not_found", "no such path");
    if (closing) throw new Problem("service_unavailable", "the service is stopping");
    const found = await admission.admit(request);
    const header = request.headers["last-event-id"];
    const asked = new URLSearchParams(query.join("?"));
    const last = asked.get("after") ?? (typeof header === "string" ? header : null);
    const after =
      last === null ? await lastEventSeq(store.read) : await findEventSeq(store.read, found.clientId, last);
    if (after === undefined) throw new Problem("event_not_found", "no event of yours has this id");
    if ((streams.get(found.clientId) ?? 0) >= STREAMS_PER_CLIENT) {
      throw new Problem("too_many_streams", `at most ${STREAMS_PER_CLIENT} at one time`);
    }
    return { client: found.clientId, after };
  };

  const open = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { client, after }: Admitted,
  ): void => {
    server.handleUpgrade(request, socket, head, (webSocket) => {
      streams.set(client, (streams.get(client) ?? 0) + 1);
      webSocket.on("close", () => {
        streams.set(client, (streams.get(client) ?? 1) - 1);
      });
      const mayListen = (): Promise<boolean> =>
        admission.stillAdmitted(request).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Problem) return false;
            // The database is away: that says nothing of the key.
            throw error;
          },
        );
      new EventStream(webSocket, socket, client, after, mayListen, {
        store,
        log,
        pingEveryMs,
        pongWithinMs,
      }).start();
    });
  };

  const turnAway = (socket: Duplex, problem: Problem): void => {
    parts.onRefused?.(problem.code);
    refuse(socket, problem);
  };

  return {
    get listeners() {
      return server.clients.size;
    },
    upgrade(request, socket, head) {
      const onError = (error: Error): void => {
        log.debug("upgrade broke", { error: error.message });
      };
      socket.on("error", onError);
      admitted(request).then(
        (admission) => {
          socket.off("error", onError);
          if (socket.destroyed) return;
          if (closing) turnAway(socket, new Problem("service_unavailable", "the service is stopping"));
          else open(request, socket, head, admission);
        },
        (error: unknown) => {
          if (!(error instanceof Problem)) log.error("upgrade failed", { error: errorText(error) });
          turnAway(
            socket,
            error instanceof Problem ? error : new Problem("internal_error", "the error was logged"),
          );
        },
      );
    },
    async close() {
      // Who was sent away comes again at once.
      closing = true;
      const gone = [...server.clients].map(
        (webSocket) =>
          new Promise<void>((resolve) => {
            webSocket.on("close", () => {
              resolve();
            });
            webSocket.close(1001, "the service is stopping");
          }),
      );
      const cutOff = setTimeout(() => {
        for (const webSocket of server.clients) webSocket.terminate();
      }, CLOSE_GRACE_MS);
      await Promise.all(gone);
      clearTimeout(cutOff);
      server.close();
    },
  };
}

function refuse(socket: Duplex, problem: Problem): void {
  refuseUpgrade(socket, problem.status, {
    type: "application/problem+json",
    body: problemBody(problem),
    headers: [
      ...(problem.status === 401 ? ['WWW-Authenticate: Bearer realm="honnin"'] : []),
      ...([429, 503].includes(problem.status)
        ? [`Retry-After: ${problem.retryAfterS ?? RETRY_AFTER_S}`]
        : []),
    ],
  });
}
