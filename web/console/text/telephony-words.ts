import * as words from "../../../src/console/words/telephony-words.js";
import { language } from "./text.js";

export function sipWords(status: number): string {
  return words.sipWords(status, language.value);
}

export function q850Words(cause: number): string {
  return words.q850Words(cause, language.value);
}
