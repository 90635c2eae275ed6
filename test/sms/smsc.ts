import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import smpp, { type Pdu, type Session } from "smpp";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";

/** What a message centre does with a submit: a status, or an id, or nothing at all. */
export type OnSubmit = (
  submit: Pdu,
  session: Session,
) => { readonly status?: number; readonly id?: string | undefined } | "silence";

export interface SmscOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Status of the bind. */
  readonly bindStatus?: () => number;
  readonly onSubmit?: OnSubmit;
  /** Where it listens, so that it can be there again. */
  readonly port?: number;
}

/** A message centre, spoken to by SMPP: the package `smpp` is its protocol, which is none of ours. */
export class Smsc {
  readonly port: number;
  readonly room = new WaitingRoom();
  readonly binds: Pdu[] = [];
  readonly submits: Pdu[] = [];
  readonly nacks: Pdu[] = [];
  /** Those that are bound. */
  readonly sessions = new Set<Session>();
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  static async start(options: SmscOptions = {}): Promise<Smsc> {
    const sockets = new Set<Socket>();
    const made: { centre?: Smsc } = {};
    const server = smpp.createServer(options.tls ?? {}, (session) => made.centre?.serve(session, options));
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    });
    server.on("tlsClientError", () => undefined);
    server.listen(options.port ?? 0, "127.0.0.1");
    await once(server, "listening");
    made.centre = new Smsc(server, sockets);
    return made.centre;
  }

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  private serve(session: Session, options: SmscOptions): void {
    const { onSubmit = numbered(), bindStatus = () => 0 } = options;
    session.on("error", () => undefined);
    session.on("close", () => {
      this.sessions.delete(session);
      this.room.look();
    });
    session.on("bind_transceiver", (bind: Pdu) => {
      this.binds.push(bind);
      const status = bindStatus();
      session.send(bind.response({ command_status: status, system_id: "smsc" }));
      if (status === 0) this.sessions.add(session);
      this.room.look();
    });
    session.on("submit_sm", (submit: Pdu) => {
      this.submits.push(submit);
      const answer = onSubmit(submit, session);
      if (answer !== "silence") {
        session.send(submit.response({ command_status: answer.status ?? 0, message_id: answer.id ?? "" }));
      }
      this.room.look();
    });
    session.on("enquire_link", (enquiry: Pdu) => {
      session.send(enquiry.response());
    });
    session.on("unbind", (unbind: Pdu) => {
      session.send(unbind.response());
    });
    session.on("generic_nack", (nack: Pdu) => {
      this.nacks.push(nack);
      this.room.look();
    });
  }

  /** The session that is bound, once there is one. */
  bound(): Promise<Session> {
    return this.room.until(() => [...this.sessions][0], PATIENCE_MS, "a bound session");
  }

  submitted(count: number, ms = PATIENCE_MS): Promise<readonly Pdu[]> {
    return this.room.until(
      () => (this.submits.length >= count ? this.submits : undefined),
      ms,
      `${String(count)} submits`,
    );
  }

  /** Sends a receipt and resolves with the status by which it was answered. */
  async receipt(fields: Readonly<Record<string, unknown>>): Promise<number> {
    const session = await this.bound();
    return new Promise((resolve) => {
      session.deliver_sm({ esm_class: 4, source_addr: "1", destination_addr: "2", ...fields }, (answer) => {
        resolve(answer.command_status);
      });
    });
  }

  /** Cuts all connections, as a crash would. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }
}

/** Takes every message, with ids from 1 on. */
export function numbered(): OnSubmit {
  let last = 0;
  return () => {
    last += 1;
    return { id: String(last) };
  };
}

/** A receipt's text, appendix B of SMPP 3.4. */
export function receiptText(id: string, stat: string, err = "000"): string {
  return `id:${id} sub:001 dlvrd:001 submit date:2611271200 done date:2611271201 stat:${stat} err:${err} text:your code`;
}
