import type { Trouble } from "../http/ops.js";
import type { GatewayStanding } from "../sms/gateway-standing.js";

/** How a running service stands, as it tells the commands of its own user. */
export interface Standing {
  readonly version: string;
  readonly pid: number;
  readonly node: string;
  /** Empty: ready for calls. */
  readonly troubles: readonly Trouble[];
  readonly warnings: readonly string[];
  /** Those that it listens at. */
  readonly ports: { readonly api: number; readonly ops: number; readonly sip: number };
  /** Fingerprint of the key by which it enciphers. */
  readonly data_key: string;
  /** Gateways for SMS. */
  readonly sms: readonly GatewayStanding[];
  /** The bundled one; null: one of the user's own. */
  readonly asterisk: { readonly version: string; readonly pid: number | null } | null;
}
