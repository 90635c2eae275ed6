import { TerminalError } from "../terminal-error.js";

/** A value that must not stand in an Asterisk configuration file, or a template that does not fit. */
export class ConfigurationValueError extends TerminalError {
  constructor(key: string, problem: string) {
    super(
      "asterisk_configuration_value",
      `The value of ${key} cannot go into Asterisk's configuration: ${problem}.`,
      `${key} の値は Asterisk の設定に書けません。`,
    );
  }
}

/** Another program already listens where Asterisk should. */
export class SipPortBusyError extends TerminalError {
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
export class AsteriskNotReadyError extends TerminalError {
  constructor(deadlineMs: number, lastLines: readonly string[]) {
    super(
      "asterisk_not_ready",
      `Asterisk did not answer within ${String(deadlineMs / 1000)} s. Its last words:\n${lastLines.join("\n")}`,
      "Asterisk が時間内に応答しませんでした。",
    );
  }
}

/** Asterisk ends each time right after its start. */
export class AsteriskKeepsDyingError extends TerminalError {
  constructor(times: number, how: string, lastLines: readonly string[]) {
    super(
      "asterisk_keeps_dying",
      `Asterisk ended ${String(times)} times right after its start (${how}). Its last words:\n${lastLines.join("\n")}`,
      "Asterisk が起動直後に繰り返し終了しました。",
    );
  }
}
