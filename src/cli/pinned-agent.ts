import { readFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { connect, type TLSSocket } from "node:tls";

/** Somebody else answers there than the service, or the service has not read its new certificate yet. */
class OtherCertificateError extends Error {
  readonly code = "other_certificate";

  constructor(certFile: string) {
    super(
      `what answers there has another certificate than ${certFile}: another service, or one that was started ` +
        "before the certificate was renewed",
    );
    this.name = "OtherCertificateError";
  }
}

const HANDSHAKE_MS = 10_000;

interface Trust {
  /** PEM of what the service shows; read at each connection, for it may be renewed meanwhile. */
  readonly expected?: () => Buffer;
  /** PEM of an authority: what it has issued for the same names is trusted too, as that which was renewed a moment ago. */
  readonly authority?: Buffer | undefined;
}

/**
 * HTTPS to our own service on this machine: trusted is the very certificate that it was given, whoever issued it and
 * whatever name is in it, and no other, whatever authority vouches for that. Nothing, no key above all, is sent to
 * whoever shows another.
 *
 * @param certFile PEM, the certificate of the service first.
 */
export function pinnedAgent(certFile: string, trust: Trust = {}): Agent {
  return new PinnedAgent(certFile, trust);
}

class PinnedAgent extends Agent {
  readonly #certFile: string;
  readonly #expected: () => Buffer;
  readonly #authority: Buffer | undefined;

  constructor(certFile: string, { expected, authority }: Trust) {
    // No session is taken up again: its certificate would not be seen.
    super({ keepAlive: true, maxCachedSessions: 0 });
    this.#certFile = certFile;
    this.#expected = expected ?? (() => readFileSync(certFile));
    this.#authority = authority;
  }

  override createConnection(
    options: { host?: string; port?: number },
    callback?: (error: Error | null, socket: TLSSocket) => void,
  ): undefined {
    const { host = "127.0.0.1", port = 443 } = options;
    // Not by authorities: the comparison below is the stricter test.
    const socket = connect({
      ...{ host, port, rejectUnauthorized: false, timeout: HANDSHAKE_MS },
      ...(this.#authority === undefined ? {} : { ca: this.#authority }),
      // The names are looked at below; here it would be the address.
      checkServerIdentity: () => undefined,
    });
    const settle = (error: Error | null): void => {
      socket.off("error", settle);
      socket.setTimeout(0);
      if (error !== null) socket.destroy();
      callback?.(error, socket);
    };
    socket.once("error", settle);
    socket.once("timeout", () => {
      socket.destroy(new Error(`no TLS handshake within ${HANDSHAKE_MS} ms`));
    });
    socket.once("secureConnect", () => {
      settle(this.#refusal(socket));
    });
    return undefined;
  }

  #refusal(socket: TLSSocket): Error | null {
    const shown = socket.getPeerX509Certificate();
    try {
      const expected = new X509Certificate(this.#expected());
      if (shown?.raw.equals(expected.raw) === true) return null;
      const isIssued = this.#authority !== undefined && socket.authorized;
      if (isIssued && shown !== undefined && namesOf(shown) === namesOf(expected)) return null;
    } catch (error) {
      return error instanceof Error ? error : new OtherCertificateError(this.#certFile);
    }
    return new OtherCertificateError(this.#certFile);
  }
}

function namesOf({ subject, subjectAltName }: X509Certificate): string {
  return subjectAltName ?? subject;
}
