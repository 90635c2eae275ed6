import { AriClientConnection } from "../../src/ari/ari-client/ari-client-connection.js";
import type { AriConnection, AriOptions } from "../../src/ari/connection.js";
import type { Connector } from "../../src/ari/connector.js";
import { EVENT_TYPES, WANTED_TYPES } from "../../src/ari/messages.js";
import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import { asterisk16 } from "../asterisk/asterisk16.js";

/** One way to talk to Asterisk, with the Asterisk that it is for. */
export interface ConnectorUnderTest {
  readonly name: Connector;
  readonly open: (options: AriOptions) => AriConnection;
  /** Absent: the bundled one. */
  readonly installation?: () => Promise<AsteriskInstallation>;
  /** Event types that it asks for. */
  readonly wanted: readonly string[];
}

export const CONNECTORS: readonly ConnectorUnderTest[] = [
  {
    name: "websocket",
    open: (options) => new WebSocketAriConnection(options),
    wanted: WANTED_TYPES,
  },
  {
    name: "ari-client",
    open: (options) => new AriClientConnection(options),
    installation: asterisk16,
    wanted: EVENT_TYPES,
  },
];
