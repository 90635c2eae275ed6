import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect } from "chai";
import { document, schemaBreach } from "../support/document-schemas.js";

/** Objects anywhere in the document, with the place of each as a JSON pointer (RFC 6901). */
function* objectsIn(value: unknown, pointer = ""): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [pointer, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) {
    yield* objectsIn(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }
}

describe("the OpenAPI document", () => {
  it("has nothing that a strict linter objects to, but that a WebSocket answers 101 and no 2XX", async () => {
    const config = await createConfig({ extends: ["recommended-strict"] });
    const objections = await lintFromString({
      source: JSON.stringify(document),
      absoluteRef: "/openapi.json",
      config,
    });
    const found = objections.map(({ ruleId, message, location }) => [
      ruleId,
      ruleId === "operation-2xx-response" ? "" : message,
      location[0]?.pointer,
    ]);
    expect(found).to.deep.equal([["operation-2xx-response", "", "#/paths/~1v1~1events/get/responses"]]);
  }).timeout(240_000);

  it("is valid JSON Schema 2020-12 throughout, by ajv's strict rules", () => {
    const schemas = Object.keys(document.components.schemas).map((name) => ({
      $ref: `#/components/schemas/${name}`,
    }));
    const inline = [...objectsIn({ ...document, components: { headers: document.components.headers } })]
      .map(([, { schema }]) => schema)
      .filter((schema): schema is object => typeof schema === "object");
    expect(schemas.length + inline.length).to.be.greaterThan(60);
    // To hold a value against a schema compiles it, and throws where it is not one.
    for (const schema of [...schemas, ...inline]) schemaBreach(schema, null);
  });

  it("has only examples that its own schemas accept", () => {
    const examples = [...objectsIn(document)].flatMap(([place, { schema, example, examples }]) => {
      if (typeof schema !== "object" || schema === null) return [];
      const several = Object.values((examples ?? {}) as Record<string, { readonly value: unknown }>);
      const values = [...(example === undefined ? [] : [example]), ...several.map(({ value }) => value)];
      return values.map((value) => ({ place, schema, value }));
    });
    expect(examples.length).to.be.greaterThan(20);
    for (const { place, schema, value } of examples)
      expect(schemaBreach(schema, value), place).to.equal(null);
  });

  it("says which ids a path cannot name", () => {
    const requests = ["RegisterRequest", "EnrollmentRequest", "ResultRequest"].map((name) => ({
      $ref: `#/components/schemas/${name}`,
    }));
    for (const [index, schema] of requests.entries()) {
      const number = index === 2 ? {} : { phone_number: "090-1234-5678" };
      for (const id of [".", "..", "result"]) {
        expect(schemaBreach(schema, { ...number, id }), `${schema.$ref} ${id}`).to.not.equal(null);
      }
      expect(schemaBreach(schema, { ...number, id: "results" })).to.equal(null);
    }
  });

  it("says each operation and webhook in English and Japanese", () => {
    for (const [place, { operationId, summary }] of objectsIn(document)) {
      if (operationId !== undefined) expect(summary, place).to.match(/[A-Za-z].* \/ .*[ぁ-んァ-ヶ一-龠]/);
    }
  });

  it("has the code of a verification in the 201 alone", () => {
    const withCode = Object.entries(document.components.schemas)
      .filter(([, schema]) => "properties" in schema && "code_entries" in (schema.properties as object))
      .map(([name, schema]) => [name, "code" in (schema as { properties: object }).properties]);
    expect(withCode).to.deep.equal([
      ["Verification", false],
      ["RegisteredVerification", true],
    ]);
  });
});
