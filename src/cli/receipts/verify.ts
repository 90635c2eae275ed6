import { receiptSchema } from "../../representation/receipt.js";
import { publishedKeys, Receipts } from "../../receipts/receipts.js";
import { type Judgement, type KeySet, keySetSchema, verifyReceipt } from "../../receipts/verify-receipt.js";
import { receiptSettings } from "../../service/service-settings.js";
import { listReceiptKeys } from "../../store/receipt-keys.js";
import { languageOf } from "../both.js";
import { readStore } from "../context.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printJson, printTable, say } from "../output.js";
import { fetchBounded, readBounded } from "./bounded-input.js";
import { FAULT_WORDS, VALID } from "./words.js";

export interface VerifyOptions {
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly lang?: string;
  readonly json?: true;
}

/** A receipt has a kilobyte, a set of keys two hundred bytes a key. */
const MAX_RECEIPT = 64 * 1024;
const MAX_KEYS = 256 * 1024;

/** By the keys of this installation, or by those that are given; ends with 1 where the receipt is not valid. */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const language = languageOf(options.lang, process.env);
  const receipt = compactOf(await readBounded(file, MAX_RECEIPT));
  const { keys, issuer } = options.jwks === undefined ? await ownKeys() : await givenKeys(options.jwks);
  const expected = { issuer: options.issuer ?? issuer, audience: options.audience };
  const judgement = await verifyReceipt(receipt, keys, expected);
  if (options.json === true) printJson(inJson(judgement));
  else if (judgement.valid) printTable(["CLAIM", "VALUE"], claimLines(judgement.claims));
  if (judgement.valid) {
    if (options.json !== true) say(VALID[language]);
    return;
  }
  const { fault } = judgement;
  throw new CommandError(`${FAULT_WORDS[fault][language]} [${fault}]`, EXIT.negative);
}

/** Compact, or the API's answer as it came. */
function compactOf(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return trimmed;
  try {
    return receiptSchema.safeParse(JSON.parse(trimmed)).data?.receipt ?? trimmed;
  } catch (error) {
    if (error instanceof SyntaxError) return trimmed;
    throw error;
  }
}

interface Trusted {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
}

/** Only looks: makes no key. */
function ownKeys(): Promise<Trusted> {
  return readStore(async (store, config) => {
    const settings = receiptSettings(config);
    const keys = publishedKeys(await listReceiptKeys(store.read), settings.keptMs, Date.now());
    const issuer = await new Receipts(store, Date.now, settings).issuer();
    return { keys: keySetSchema.parse({ keys }), issuer };
  });
}

async function givenKeys(place: string): Promise<Trusted> {
  if (/^http:/i.test(place))
    throw new CommandError("--jwks: https: または FILE / https: or a FILE", EXIT.usage);
  const isUrl = /^https:/i.test(place);
  const text = isUrl ? await fetchBounded(place, MAX_KEYS) : await readBounded(place, MAX_KEYS);
  try {
    const keys = keySetSchema.safeParse(JSON.parse(text)).data;
    if (keys !== undefined) return { keys, issuer: undefined };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError(`${place}: JWKS ではありません / this is no set of keys (JWKS)`, EXIT.usage);
}

function inJson(judgement: Judgement): unknown {
  const { valid, kid } = judgement;
  return judgement.valid ? { valid, kid, claims: judgement.claims } : { valid, kid, fault: judgement.fault };
}

/** Each claim as JSON writes it, words without their quotes. */
function claimLines(claims: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(claims).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}
