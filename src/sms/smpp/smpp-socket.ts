import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { errorCode } from "../../error-code.js";

export interface SmppPlace {
  readonly host: string;
  readonly port: number;
  /** null: in the clear. `ca`: authorities in place of the system's. */
  readonly tls: { readonly ca: string | undefined } | null;
}

/** A connection to a gateway could not be made or has ended. */
export class SmppLinkError extends Error {
  /** `timeout`, `closed`, the status of the bind, or what Node calls it: `ECONNREFUSED`, `CERT_HAS_EXPIRED` … */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`the link to the gateway: ${code}`, options);
    this.name = "SmppLinkError";
    this.code = code;
  }
}

/**
 * Connects; over TLS the certificate is judged, and that it is of this name.
 *
 * @throws {SmppLinkError}
 */
export async function openSocket({ host, port, tls }: SmppPlace, timeoutMs: number): Promise<Socket> {
  const socket =
    tls === null
      ? connectTcp({ host, port, noDelay: true })
      : connectTls({
          host,
          port,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          minVersion: "TLSv1.2",
          rejectUnauthorized: true,
        });
  return new Promise((resolve, reject) => {
    const give = (error: SmppLinkError): void => {
      clearTimeout(deadline);
      socket.destroy();
      reject(error);
    };
    const deadline = setTimeout(() => {
      give(new SmppLinkError("timeout"));
    }, timeoutMs);
    socket.once("error", (error: Error) => {
      give(new SmppLinkError(errorCode(error) ?? "failed", { cause: error }));
    });
    socket.once("close", () => {
      give(new SmppLinkError("closed"));
    });
    socket.once(tls === null ? "connect" : "secureConnect", () => {
      clearTimeout(deadline);
      socket.setNoDelay(true);
      socket.setKeepAlive(true);
      resolve(socket);
    });
  });
}
