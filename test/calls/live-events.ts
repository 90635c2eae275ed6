import { once } from "node:events";
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { WaitingRoom } from "../phones/waiting.js";
import type { CallService, Result } from "./call-service.js";

interface LiveEvent {
  readonly type: string;
  readonly data: Partial<Result> & { readonly verification_id?: string };
}

/** What a client's server hears on `GET /v1/events` while calls are made. */
export class LiveEvents {
  readonly #socket: WebSocket;
  readonly #room = new WaitingRoom();
  readonly #heard: LiveEvent[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (text: Buffer) => {
      this.#heard.push(JSON.parse(text.toString("utf8")) as LiveEvent);
      this.#room.look();
    });
  }

  static async open({ api, service }: Pick<CallService, "api" | "service">): Promise<LiveEvents> {
    const socket = new WebSocket(`${api.url.replace("https", "wss")}/v1/events`, {
      ca: readFileSync(service.certFile),
      headers: { authorization: `Bearer ${api.key}` },
    });
    const events = new LiveEvents(socket);
    await once(socket, "open");
    return events;
  }

  /** Waits for the nth verification that a call of this number made or that was registered for it. */
  created(e164: string, nth = 1): Promise<Partial<Result>> {
    const ofNumber = (): Partial<Result> | undefined =>
      this.#heard.filter(({ type, data }) => type === "verification.created" && data.phone_number === e164)[
        nth - 1
      ]?.data;
    return this.#room.until(ofNumber, 60_000, `verification.created (${nth}) of a number`);
  }

  /** Waits for the end of a verification's nth call; the types of all its events so far, in order. */
  async untilCallEnded(id: string, nth = 1): Promise<string[]> {
    const ofIt = (): LiveEvent[] =>
      this.#heard.filter(({ data }) => data.id === id || data.verification_id === id);
    await this.#room.until(
      () => ofIt().filter(({ type }) => type === "call.ended")[nth - 1],
      60_000,
      `call.ended (${nth}) of ${id}`,
    );
    return ofIt().map(({ type }) => type);
  }

  close(): void {
    this.#socket.terminate();
  }
}
