import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect } from "chai";
import { Passkeys, type Challenge } from "../../src/console/passkeys.js";
import type { AdminPasskeyRow } from "../../src/store/admin-passkeys.js";
import { openStore } from "../support/test-database.js";
import { StoreFixture } from "../support/store-fixture.js";

const HOST = "console.example.jp";
const ORIGIN = `https://${HOST}`;
const ID = Buffer.from("a passkey").toString("base64url");
const VERIFIED_BY_THE_PERSON = 0x05;

const hash = (bytes: Buffer | string): Buffer => createHash("sha256").update(bytes).digest();

/** An authenticator with one key (ES256), as a browser answers with it: WebAuthn sections 6.1, 6.3.3, RFC 9052. */
class Authenticator {
  readonly #key: KeyObject;
  readonly row: AdminPasskeyRow;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const part = (name: number, value: string): Buffer =>
      Buffer.concat([Buffer.from([name, 0x58, 0x20]), Buffer.from(value, "base64url")]);
    const cose = Buffer.concat([Buffer.from("a5010203262001", "hex"), part(0x21, x), part(0x22, y)]);
    this.row = { id: ID, public_key: cose, counter: 0, transports: "[]" } as unknown as AdminPasskeyRow;
  }

  answer({ options }: Challenge): object {
    const { challenge } = options as { challenge: string };
    const said = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin: ORIGIN }));
    const about = Buffer.concat([hash(HOST), Buffer.from([VERIFIED_BY_THE_PERSON, 0, 0, 0, 0])]);
    const signature = sign("sha256", Buffer.concat([about, hash(said)]), this.#key);
    const response = {
      clientDataJSON: said.toString("base64url"),
      authenticatorData: about.toString("base64url"),
      signature: signature.toString("base64url"),
    };
    return { id: ID, rawId: ID, type: "public-key", clientExtensionResults: {}, response };
  }
}

describe("passkeys at a console of several nodes", () => {
  let fixture: StoreFixture;
  let second: Awaited<ReturnType<typeof openStore>>;
  let now: number;
  let nodes: [Passkeys, Passkeys];
  const authenticator = new Authenticator();

  beforeEach(async () => {
    now = 1_800_000_000_000;
    fixture = await StoreFixture.open([], now);
    second = await openStore(fixture.dir);
    const at = (store: typeof second): Passkeys =>
      new Passkeys(
        store,
        () => now,
        () => new URL(ORIGIN),
      );
    nodes = [at(fixture.store), at(second)];
  });
  afterEach(async () => {
    await second.close();
    await fixture.close();
  });

  const logIn = (
    node: Passkeys,
    challenge: Challenge,
    answer = authenticator.answer(challenge),
  ): Promise<unknown> =>
    node
      .logIn(challenge.ticket, authenticator.row, answer)
      .catch((error: unknown) => (error as { code: string }).code);

  it("let a log-in that begins on one end on another", async () => {
    const challenge = await nodes[0].logInChallenge();
    expect(await logIn(nodes[1], challenge)).to.equal(0);
  });

  it("take one answer to a challenge, whichever of them it is given to", async () => {
    const challenge = await nodes[0].logInChallenge();
    const answer = authenticator.answer(challenge);
    const taken = await Promise.all([0, 1, 0, 1].map((nth) => logIn(nodes[nth]!, challenge, answer)));
    expect(taken.filter((one) => one === 0)).to.have.lengthOf(1);
    expect(taken.filter((one) => one === "passkey_refused")).to.have.lengthOf(3);
  });

  it("take none that comes late, or is another's, and store nothing of it", async () => {
    const challenge = await nodes[0].logInChallenge();
    expect(await logIn(nodes[0], challenge, new Authenticator().answer(challenge))).to.equal(
      "passkey_refused",
    );
    now += 6 * 60_000;
    expect(await logIn(nodes[0], challenge)).to.equal("passkey_refused");
    const kept = await fixture.store.read.selectFrom("counters").selectAll().execute();
    expect(kept).to.deep.equal([]);
  });
});
