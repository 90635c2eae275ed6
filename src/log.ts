import winston from "winston";

type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Structured logger: one JSON object a line on stderr. Fields carry ids (call, verification, client);
 * digits keyed, codes, keys and full numbers are never given to it.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same with these fields on each line: the ids of what it is about. */
  child(fields: LogFields): Logger;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Seven digits or more in a row outside a word are a telephone number or a card number. */
const LONG_DIGITS = /(?<![A-Za-z0-9_-])\+?\d{7,}(?![A-Za-z0-9_-])/g;

/** The last line of defence: what looks like a number in a message is blotted out. */
function blot(value: unknown): unknown {
  return typeof value === "string" ? value.replace(LONG_DIGITS, "[digits]") : value;
}

const redact = winston.format((info) => {
  for (const [key, value] of Object.entries(info)) info[key] = blot(value);
  return info;
});

export function createLogger(level: LogLevel, out: NodeJS.WritableStream = process.stderr): Logger {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its own transport as an interface
  const transport: winston.transport = new winston.transports.Stream({ stream: out });
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(redact(), winston.format.timestamp(), winston.format.json()),
    transports: [transport],
  });
  const about = (always: LogFields): Logger => ({
    error: (message, fields) => void logger.error(message, { ...always, ...fields }),
    warn: (message, fields) => void logger.warn(message, { ...always, ...fields }),
    info: (message, fields) => void logger.info(message, { ...always, ...fields }),
    // winston makes the whole entry before it asks whether anybody wants it.
    debug: (message, fields) => {
      if (level === "debug") logger.debug(message, { ...always, ...fields });
    },
    child: (fields) => about({ ...always, ...fields }),
  });
  return about({});
}

/** The text of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
