import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type Locale, LOCALES } from "../verification/prompt-id.js";

const voiceSchema = z.strictObject({
  engine: z.enum(["open_jtalk", "flite"]),
  name: z.string().regex(/^[a-z0-9-]+$/),
  /** Speaking rate, 1 being the voice's own; slower helps on a telephone. */
  speed: z.number().min(0.5).max(2),
  /** The same for words: digits are taken down by hand while they are heard. */
  word_speed: z.number().min(0.5).max(2),
});

const described = {
  // The id becomes a file name, hence the narrow alphabet.
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  when: z.string().min(1),
  tone: z.string().min(1),
};

const promptSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...described,
    kind: z.enum(["sentence", "word"]),
    text: z.string().min(1),
    reading: z.string().min(1).optional(),
    speed: z.number().min(0.5).max(2).optional(),
    /** What the caller must be told whatever the words; each piece by the spellings that will do. */
    requires: z.array(z.array(z.string().min(1)).min(1)).optional(),
  }),
  z.strictObject({ ...described, kind: z.literal("silence"), ms: z.int().min(50).max(3000) }),
]);

const catalogueSchema = z.strictObject({
  locale: z.enum(LOCALES),
  voice: voiceSchema,
  /** Spellings that the synthesiser says right, by the spelling that it does not. */
  lexicon: z.record(z.string().min(1), z.string().min(1)),
  prompts: z.array(promptSchema).min(1),
});

export type Voice = z.infer<typeof voiceSchema>;
export type Prompt = z.infer<typeof promptSchema>;
export type SpokenPrompt = Exclude<Prompt, { kind: "silence" }>;
export type Catalogue = z.infer<typeof catalogueSchema>;

/** What the synthesiser is to say for a prompt: its reading, or its text with the lexicon applied. */
export function spokenText(prompt: SpokenPrompt, lexicon: Catalogue["lexicon"]): string {
  if (prompt.reading !== undefined) return prompt.reading;
  return Object.entries(lexicon).reduce((text, [from, to]) => text.replaceAll(from, to), prompt.text);
}

/** How fast the synthesiser is to say it; 1 is the voice's own rate. */
export function speedOf(prompt: SpokenPrompt, voice: Voice): number {
  return prompt.speed ?? (prompt.kind === "word" ? voice.word_speed : voice.speed);
}

export function soundFolder(soundsRoot: string, locale: Locale): string {
  return join(soundsRoot, locale);
}

/** By file: YAML of this length takes a tenth of a second, and a start reads each several times. */
const read = new Map<string, { readonly text: string; readonly catalogue: Catalogue }>();

/** Reads and validates `sounds/<locale>/prompts.yaml`; throws an Error that names the file and what is wrong. */
export function readCatalogue(soundsRoot: string, locale: Locale): Catalogue {
  const file = join(soundFolder(soundsRoot, locale), "prompts.yaml");
  const text = readFileSync(file, "utf8");
  const before = read.get(file);
  if (before?.text === text) return before.catalogue;
  const catalogue = catalogueOf(file, text, locale);
  read.set(file, { text, catalogue });
  return catalogue;
}

function catalogueOf(file: string, text: string, locale: Locale): Catalogue {
  const parsed = catalogueSchema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const catalogue = parsed.data;
  if (catalogue.locale !== locale) throw new Error(`${file}: locale is ${catalogue.locale}, not ${locale}`);
  const seen = new Set<string>();
  for (const { id } of catalogue.prompts) {
    if (seen.has(id)) throw new Error(`${file}: the id ${id} occurs twice`);
    seen.add(id);
  }
  return catalogue;
}
