import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument } from "../../src/http/openapi/document.js";

interface Answered {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly text: string;
}

interface Described {
  readonly responses: Readonly<Record<string, { content: Record<string, { schema: object }> }>>;
}

const document = openApiDocument("test") as {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};
const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);
// References in its schemas are pointers into the document, so they are met in their places.
ajv.addVocabulary(["components", "schemas"]);
ajv.addSchema({ components: { schemas: document.components.schemas } }, "openapi");
const validators = new Map<string, ValidateFunction>();

/** Answers to what is no operation at all: off the paths, or by another method. */
const UNDESCRIBED = [404, 405];

/**
 * Holds an answer against the OpenAPI document. Every client of the tests passes through here, so
 * that each response of the whole suite is checked.
 *
 * @returns what is wrong, or null.
 */
export function contractBreach({ path, method, status, text }: Answered, contentType: string): string | null {
  const bare = path.split("?")[0] ?? "";
  if (!bare.startsWith("/v1/")) return null;
  const what = `${method} ${bare} → ${status}`;
  const template = Object.keys(document.paths)
    .sort((a, b) => (a.includes("{") ? 1 : 0) - (b.includes("{") ? 1 : 0))
    .find((candidate) => new RegExp(`^${candidate.replace("{id}", "[^/]+")}$`).test(bare));
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  if (operation === undefined) {
    return UNDESCRIBED.includes(status) || status === 401 ? null : `${what}: no such operation is described`;
  }
  const described = operation.responses[String(status)];
  if (described === undefined) return `${what}: this status is not described`;
  const type = contentType.split(";")[0] ?? "";
  if (described.content[type] === undefined) return `${what}: ${type} is not described`;
  const validate = validatorOf(
    `${template ?? ""} ${method} ${status} ${type}`,
    described.content[type].schema,
  );
  if (validate(JSON.parse(text))) return null;
  return `${what}: ${ajv.errorsText(validate.errors)}`;
}

function validatorOf(key: string, schema: object): ValidateFunction {
  const known = validators.get(key);
  if (known !== undefined) return known;
  const validate = ajv.compile({ $ref: `openapi${(schema as { $ref: string }).$ref}` });
  validators.set(key, validate);
  return validate;
}
