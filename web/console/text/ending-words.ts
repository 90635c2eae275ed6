import type { CallTold } from "../../../src/console/contract/verifications.js";
import { endingWords } from "../../../src/console/words/ending-words.js";
import { language } from "./text.js";

type Ending = NonNullable<CallTold["end"]>["ending"];

export function endingText(ending: Ending): readonly [what: string, advice: string | null] {
  return endingWords(ending, language.value);
}
