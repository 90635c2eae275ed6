import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { errorText, type Logger } from "../log.js";
import type { TlsPair } from "./tls.js";

/** Between two looks at the files, ms: whoever renews a certificate does so days before it runs out. */
const LOOK_MS = 30_000;

/** A certificate and a key that cannot be shown to anybody. */
class UnfitPairError extends Error {
  readonly code = "unfit_certificate";

  constructor(why: string) {
    super(why);
    this.name = "UnfitPairError";
  }
}

/**
 * The certificate that our listeners show. Its files are read again now and then, and when somebody asks (SIGUSR2): a
 * renewed pair is shown to those who connect from then on, and cuts nobody off. One that does not fit together, as while
 * only one of the two files has been written, is refused, and the one before is shown.
 */
export class Certificate {
  readonly #read: () => Promise<TlsPair>;
  readonly #log: Logger;
  readonly #takers: ((pair: TlsPair) => void)[] = [];
  #pair: TlsPair;
  /** Each scrape and each look of the console asks for it. */
  #end: number;
  /** Of what was refused last: it is told of once. */
  #refused: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(read: () => Promise<TlsPair>, pair: TlsPair, log: Logger) {
    this.#read = read;
    this.#pair = pair;
    this.#end = endOf(pair);
    this.#log = log;
  }

  /**
   * @param read the pair as its files have it now.
   * @throws {UnfitPairError} `unfit_certificate`
   */
  static async open(read: () => Promise<TlsPair>, log: Logger): Promise<Certificate> {
    const pair = await read();
    requireFit(pair);
    return new Certificate(read, pair, log);
  }

  get pair(): TlsPair {
    return this.#pair;
  }

  /** When it runs out, epoch milliseconds. */
  get end(): number {
    return this.#end;
  }

  /** @param take told of each renewed pair. */
  onRenewal(take: (pair: TlsPair) => void): void {
    this.#takers.push(take);
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files now; never rejects. */
  async look(): Promise<void> {
    let contents = "unreadable";
    try {
      const pair = await this.#read();
      contents = digest(pair);
      if (contents === digest(this.#pair)) {
        this.#refused = undefined;
        return;
      }
      requireFit(pair);
      if (endOf(pair) <= Date.now()) throw new UnfitPairError("the certificate has run out");
      this.#take(pair);
    } catch (error) {
      const refusal = `${contents} ${errorText(error)}`;
      if (refusal === this.#refused) return;
      this.#refused = refusal;
      const until = new Date(this.end).toISOString();
      this.#log.error("a new certificate is refused, the one before is kept", {
        ...{ error: errorText(error), file: this.#pair.certFile, until },
      });
    }
  }

  #take(pair: TlsPair): void {
    for (const take of this.#takers) take(pair);
    this.#pair = pair;
    this.#end = endOf(pair);
    this.#refused = undefined;
    this.#log.info("the certificate was renewed", { until: new Date(this.end).toISOString() });
  }
}

function endOf({ cert }: TlsPair): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

function digest({ cert, key }: TlsPair): string {
  return createHash("sha256").update(cert).update("\0").update(key).digest("hex");
}

function requireFit({ cert, key }: TlsPair): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    // The rest of the chain, too, has to be readable.
    if (fits) createSecureContext({ cert, key });
  } catch {
    // What OpenSSL says of a key names its insides.
    throw new UnfitPairError("the certificate or its key is no PEM that can be read");
  }
  if (!fits) throw new UnfitPairError("the key does not belong to the certificate");
}
