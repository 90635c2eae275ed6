/**
 * What stands at a place of JSON, as text: `messages.0.status`, with `*` for each of a list. [] where there is nothing,
 * or no text, number or truth.
 */
export function textsAt(json: unknown, place: string): readonly string[] {
  return valuesAt(json, place.split(".")).flatMap((value) => {
    if (typeof value === "string") return value === "" ? [] : [value];
    return typeof value === "number" || typeof value === "boolean" ? [String(value)] : [];
  });
}

/** The first of {@link textsAt}. */
export function textAt(json: unknown, place: string): string | null {
  return textsAt(json, place)[0] ?? null;
}

/** The list at a place, or what stands there as a list of one; [] where there is nothing. */
export function listAt(json: unknown, place: string | null): readonly unknown[] {
  const there = place === null ? [json] : valuesAt(json, place.split("."));
  return there.flatMap((value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}

function valuesAt(json: unknown, steps: readonly string[]): readonly unknown[] {
  const [step, ...others] = steps;
  if (step === undefined) return [json];
  if (typeof json !== "object" || json === null) return [];
  if (step === "*") return Object.values(json).flatMap((value) => valuesAt(value, others));
  if (!Object.hasOwn(json, step)) return [];
  return valuesAt((json as Readonly<Record<string, unknown>>)[step], others);
}
