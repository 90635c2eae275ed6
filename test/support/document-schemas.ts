import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument } from "../../src/http/openapi/document.js";

interface WithSchema {
  readonly schema: object;
}

interface Described {
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly content?: Readonly<Record<string, WithSchema>>;
        readonly headers?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

interface DescribedWebhook {
  readonly parameters: readonly (WithSchema & { readonly name: string })[];
  readonly requestBody: { readonly content: { readonly "application/json": WithSchema } };
}

/** The OpenAPI document, as far as the tests read it. */
export const document = openApiDocument("test") as {
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly headers: Readonly<Record<string, WithSchema & { readonly required: boolean }>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post: DescribedWebhook }>>;
};

const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);
// References in its schemas are pointers into the document, so they are met in their places.
ajv.addVocabulary(["components", "schemas"]);
ajv.addSchema({ components: { schemas: document.components.schemas } }, "openapi");
const validators = new Map<string, ValidateFunction>();

/**
 * Holds a value against a schema of the document, by the strict rules of ajv.
 *
 * @returns what is wrong, or null.
 */
export function schemaBreach(schema: object, value: unknown): string | null {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(absolute(schema));
  validators.set(key, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

/** A reference counts from the document's root, wherever it stands. */
function absolute(schema: object): object {
  return "$ref" in schema ? { $ref: `openapi${String(schema.$ref)}` } : schema;
}
