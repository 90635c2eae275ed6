/** What the tests use of the package `smpp`, which has no types of its own. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server, Socket } from "node:net";

  export interface Pdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly interface_version?: number;
    readonly source_addr?: string;
    readonly source_addr_ton?: number;
    readonly source_addr_npi?: number;
    readonly destination_addr?: string;
    readonly dest_addr_ton?: number;
    readonly dest_addr_npi?: number;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly validity_period?: Date | string;
    readonly short_message?: { readonly udh?: readonly Buffer[]; readonly message: string };
    readonly message_payload?: { readonly message: string };
    response(fields?: Readonly<Record<string, unknown>>): Pdu;
  }

  export interface Session extends EventEmitter {
    readonly socket: Socket;
    send(pdu: Pdu): boolean;
    deliver_sm(fields: Readonly<Record<string, unknown>>, onAnswer: (pdu: Pdu) => void): boolean;
    enquire_link(onAnswer: (pdu: Pdu) => void): boolean;
    unbind(onAnswer: (pdu: Pdu) => void): boolean;
    destroy(): void;
  }

  const smpp: {
    createServer(
      options: { readonly key?: string; readonly cert?: string },
      onSession: (session: Session) => void,
    ): Server;
  };
  export default smpp;
}
