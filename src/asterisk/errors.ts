/**
 * What can go wrong with the bundled Asterisk, each by a stable code. The message is for the person at
 * the terminal: English first, then one line of Japanese.
 */
class AsteriskError extends Error {
  readonly code: string;

  constructor(code: string, english: string, japanese: string, options?: ErrorOptions) {
    super(`${english}\n${japanese}`, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A value that must not stand in an Asterisk configuration file, or a template that does not fit. */
export class ConfigurationValueError extends AsteriskError {
  constructor(key: string, problem: string) {
    super(
      "asterisk_configuration_value",
      `The value of ${key} cannot go into Asterisk's configuration: ${problem}.`,
      `${key} の値は Asterisk の設定に書けません。`,
    );
  }
}

/** Another program already listens where Asterisk should. */
export class SipPortBusyError extends AsteriskError {
  constructor(host: string, port: number, protocol: "UDP" | "TCP", cause: unknown) {
    const why = cause instanceof Error ? ` (${cause.message})` : "";
    super(
      "sip_port_unavailable",
      `Cannot listen for SIP on ${host}:${String(port)} ${protocol}${why}. Is another SIP program running? ` +
        "HONNIN_SIP_HOST and HONNIN_SIP_PORT choose another place.",
      `SIP ポート ${host}:${String(port)} を使えません。別のポートを HONNIN_SIP_PORT で指定してください。`,
      { cause },
    );
  }
}

/** Asterisk runs but does not answer. */
export class AsteriskNotReadyError extends AsteriskError {
  constructor(deadlineMs: number, lastLines: readonly string[]) {
    super(
      "asterisk_not_ready",
      `Asterisk did not answer within ${String(deadlineMs / 1000)} s. Its last words:\n${lastLines.join("\n")}`,
      "Asterisk が時間内に応答しませんでした。",
    );
  }
}

/** Asterisk ends each time right after its start. */
export class AsteriskKeepsDyingError extends AsteriskError {
  constructor(times: number, how: string, lastLines: readonly string[]) {
    super(
      "asterisk_keeps_dying",
      `Asterisk ended ${String(times)} times right after its start (${how}). Its last words:\n${lastLines.join("\n")}`,
      "Asterisk が起動直後に繰り返し終了しました。",
    );
  }
}
