import { expect } from "chai";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer } from "../support/https-client.js";

const NUMBER = "090-1234-5678";
const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
/** 東京 in Shift_JIS, which is no UTF-8. */
const TOKYO_SHIFT_JIS = Buffer.from([0x93, 0x8c, 0x8b, 0x9e]);
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

describe("the bodies of requests", () => {
  let fixture: ApiFixture;

  before(async () => {
    fixture = await startApi();
  });
  after(() => fixture.stop());

  const send = (type: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
    fixture.api.send("/v1/verifications", {
      method: "POST",
      body,
      headers: { "content-type": type, ...headers },
    });
  const stored = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("verifications").select("seq").execute()).length;
  const refusesUnstored = async (answer: () => Promise<Answer>, code: string): Promise<void> => {
    const before = await stored();
    expect((await answer()).json["code"]).to.equal(code);
    expect(await stored()).to.equal(before);
  };

  describe("in another character set", () => {
    const json = Buffer.concat([
      Buffer.from(`{"phone_number":"${NUMBER}","metadata":{"city":"`),
      TOKYO_SHIFT_JIS,
      Buffer.from('"}}'),
    ]);
    const form = Buffer.concat([Buffer.from(`phone_number=${NUMBER}&metadata[city]=`), TOKYO_SHIFT_JIS]);
    for (const [what, type, body] of [
      ["JSON in Shift_JIS that says nothing of it", JSON_TYPE, json],
      ["JSON in Shift_JIS that claims to be UTF-8", `${JSON_TYPE}; charset=utf-8`, json],
      ["a form in Shift_JIS", FORM_TYPE, form],
      [
        "a form that percent-encodes Shift_JIS",
        FORM_TYPE,
        `phone_number=${NUMBER}&metadata[city]=%93%8c%8b%9e`,
      ],
      ["a form whose names are Shift_JIS", FORM_TYPE, `phone_number=${NUMBER}&metadata[%93%8c]=x`],
      ["a form with half a percent-encoding", FORM_TYPE, `phone_number=${NUMBER}&metadata[rate]=100%`],
    ] as const) {
      it(`are refused before anything is stored: ${what}`, () =>
        refusesUnstored(() => send(type, body), "malformed_body"));
    }

    for (const charset of ["Shift_JIS", "utf-16", "iso-8859-1"]) {
      it(`are of a type that is not read, where they say ${charset}`, async () => {
        for (const type of [JSON_TYPE, FORM_TYPE]) {
          await refusesUnstored(() => send(`${type}; charset=${charset}`, json), "unsupported_media_type");
        }
      });
    }
  });

  for (const [what, type, body] of [
    ["JSON", JSON_TYPE, JSON.stringify({ phone_number: NUMBER, metadata: { city: "東京" } })],
    ["a form", FORM_TYPE, `phone_number=${NUMBER}&metadata[city]=${encodeURIComponent("東京")}`],
    ["a form whose text is not encoded", FORM_TYPE, `phone_number=${NUMBER}&metadata[city]=東京`],
  ] as const) {
    it(`are read as UTF-8, with or without the mark in front and the charset named: ${what}`, async () => {
      for (const bytes of [Buffer.from(body), Buffer.concat([BOM, Buffer.from(body)])]) {
        for (const charset of ["", "; charset=utf-8", '; charset="UTF-8"']) {
          const answer = await send(type + charset, bytes);
          expect(answer.status, answer.text).to.equal(201);
          expect(answer.json["metadata"]).to.deep.equal({ city: "東京" });
        }
      }
    });
  }

  it("keep every name of the metadata, also those that mean something to JavaScript", async () => {
    const metadata = '{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}';
    const form = ["__proto__=a", "constructor=b", "toString=c", "hasOwnProperty=d"]
      .map((pair) => `metadata[${pair.replace("=", "]=")}`)
      .join("&");
    for (const [type, body] of [
      [JSON_TYPE, `{"phone_number":"${NUMBER}","metadata":${metadata}}`],
      [FORM_TYPE, `phone_number=${NUMBER}&${form}`],
    ] as const) {
      const answer = await send(type, body);
      expect(answer.status, answer.text).to.equal(201);
      expect(answer.text).to.contain(`"metadata":${metadata}`);
      const read = await fixture.api.get(`/v1/verifications/${String(answer.json["id"])}`);
      expect(read.text).to.contain(`"metadata":${metadata}`);
    }
  });

  it("are refused where none is asked for, as the API's description says", async () => {
    const cancel = (type: string, body: string | Buffer): Promise<Answer> =>
      fixture.api.send("/v1/verifications/none/cancel", {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
    await refusesUnstored(() => cancel(`${JSON_TYPE}; charset=shift_jis`, "{}"), "unsupported_media_type");
    await refusesUnstored(() => cancel(JSON_TYPE, "x".repeat(20_000)), "body_too_large");
    await refusesUnstored(() => cancel(JSON_TYPE, TOKYO_SHIFT_JIS), "malformed_body");
  });

  it("are refused for an unknown field, whatever its name", async () => {
    for (const name of ["__proto__", "constructor", "toString", "prototype"]) {
      for (const [type, body] of [
        [JSON_TYPE, `{"phone_number":"${NUMBER}","${name}":{"method":"caller_id"}}`],
        [FORM_TYPE, `phone_number=${NUMBER}&${name}=x`],
        [FORM_TYPE, `phone_number=${NUMBER}&${name}[metadata]=x`],
      ] as const) {
        await refusesUnstored(() => send(type, body), "invalid_request");
      }
    }
  });

  it("are refused for a metadata value that is wrong, by its name, also where that is __proto__", async () => {
    const answer = await send(JSON_TYPE, `{"phone_number":"${NUMBER}","metadata":{"__proto__":1}}`);
    expect(answer.json["errors"]).to.have.length(1);
    expect(answer.text).to.contain('"field":"metadata.__proto__"');
  });

  describe("with an Idempotency-Key", () => {
    const withKey = (key: string, type: string, body: string): Promise<Answer> =>
      send(type, body, { "idempotency-key": key });

    it("are the same whatever the order of the fields, and as a form", async () => {
      const first = await withKey(
        "order",
        JSON_TYPE,
        `{"phone_number":"${NUMBER}","expires_in":60,"metadata":{"a":"1","b":"2"}}`,
      );
      expect(first.status).to.equal(201);
      for (const [type, body] of [
        [JSON_TYPE, `{"metadata":{"b":"2","a":"1"},"expires_in":60,"phone_number":"${NUMBER}"}`],
        [JSON_TYPE, `{ "expires_in": 6e1, "phone_number": "${NUMBER}", "metadata": {"b":"2", "a":"1"} }`],
        [FORM_TYPE, `metadata[b]=2&phone_number=${NUMBER}&metadata[a]=1&expires_in=60`],
      ] as const) {
        const again = await withKey("order", type, body);
        expect(again.status, again.text).to.equal(201);
        expect(again.json).to.deep.equal(first.json);
      }
    });

    it("are others when a value differs, or moves to another name", async () => {
      expect(
        (await withKey("other", JSON_TYPE, `{"phone_number":"${NUMBER}","metadata":{"a":"1","b":"2"}}`))
          .status,
      ).to.equal(201);
      for (const body of [
        `{"phone_number":"${NUMBER}","metadata":{"a":"2","b":"1"}}`,
        `{"phone_number":"${NUMBER}","metadata":{"a":"1"}}`,
        `{"phone_number":"${NUMBER}","metadata":{"a":"1","b":"2","__proto__":"3"}}`,
        `{"phone_number":"${NUMBER}","metadata":{"a":"1","b":"2"},"expires_in":60}`,
      ]) {
        await refusesUnstored(() => withKey("other", JSON_TYPE, body), "idempotency_key_reused");
      }
    });
  });
});
