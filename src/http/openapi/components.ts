import { z } from "zod";
import type { Json } from "./operation.js";

/** Which side of a schema is meant: what may be sent, or what comes out. */
type Side = "input" | "output";

/**
 * The schemas of the document, by their names (`.meta({ id })`): what is referred to is collected, and
 * written out once.
 */
export class Components {
  readonly #registries: Readonly<Record<Side, z.core.$ZodRegistry<{ id: string }>>> = {
    input: z.registry<{ id: string }>(),
    output: z.registry<{ id: string }>(),
  };
  readonly #known = new Map<string, z.ZodType>();

  /**
   * A reference to a named schema, which thereby becomes part of the document.
   *
   * @throws {Error} when it has no name, or the name is another's: a mistake in the description.
   */
  refer(schema: z.ZodType, side: Side): Json {
    const id = schema.meta()?.id;
    if (id === undefined) throw new Error("a schema of the API needs a name: .meta({ id })");
    const known = this.#known.get(id);
    if (known !== undefined && known !== schema) throw new Error(`two schemas of the API are named ${id}`);
    if (known === undefined) this.#registries[side].add(schema, { id });
    this.#known.set(id, schema);
    return { $ref: pointer(id) };
  }

  /** `components.schemas`. */
  schemas(): Json {
    return { ...this.#schemasOf("output"), ...this.#schemasOf("input") };
  }

  #schemasOf(side: Side): Json {
    const made = z.toJSONSchema(this.#registries[side], { ...OPTIONS, io: side, uri: pointer });
    // Named schemas that are only met inside others lie in a place of their own: they are components too.
    const { __shared: shared, ...schemas } = JSON.parse(
      JSON.stringify(made.schemas).replaceAll(
        /"(?:#\/components\/schemas\/__shared)?#\/\$defs\//g,
        `"${pointer("")}`,
      ),
    ) as Record<string, Json>;
    const all = { ...schemas, ...(shared?.["$defs"] as Json | undefined) };
    return Object.fromEntries(Object.entries(all).map(([id, schema]) => [id, bare(schema as Json)]));
  }
}

/** The properties of an object of query parameters: name → JSON Schema. */
export function propertiesOf(schema: z.ZodType): Readonly<Record<string, Json>> {
  const { properties = {} } = z.toJSONSchema(schema, { ...OPTIONS, io: "input" });
  return properties as Record<string, Json>;
}

const pointer = (id: string): string => `#/components/schemas/${id}`;

interface Overridden {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

const OPTIONS = {
  target: "draft-2020-12",
  reused: "inline",
  unrepresentable: "any",
  override: ({ zodSchema, jsonSchema }: Overridden): void => {
    // The format says it; zod's expression for leap years fills a screen.
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    // zod leaves it out of what is preprocessed, where it is as true.
    if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
  },
} as const;

/** OpenAPI 3.1 states the dialect once, and a component's place is its id. */
function bare(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"));
}
