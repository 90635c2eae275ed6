import { Carrier } from "../phones/carrier.js";
import { SHIPPED_SOUNDS } from "../phones/prompt-index.js";
import { sippProgram } from "../phones/programs.js";
import { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";

const NUMBER = "09012345678";
const CODE = "271828";

export interface Verified {
  readonly id: string;
  readonly status: string;
  /** What the telephone was told. */
  readonly heard: string;
}

/** Has somebody's telephone called by a service that runs with this carrier as its trunk, and the code keyed there. */
export async function verifiedCall(
  api: HttpsClient,
  carrier: Carrier,
  sounds = SHIPPED_SOUNDS,
): Promise<Verified> {
  const { id, heard } = await keyedCall(api, carrier, { sounds });
  const status = (): Promise<string> => statusOf(api, id);
  await poll(
    async () => !["pending", "in_progress"].includes(await status()),
    PATIENCE_MS,
    "the verification's end",
  );
  return { id, status: await status(), heard };
}

/** The same, with nothing asked of the service once it is called; `onAnswered` is done before a key is pressed. */
export async function keyedCall(
  api: HttpsClient,
  carrier: Carrier,
  {
    sounds = SHIPPED_SOUNDS,
    onAnswered,
  }: { sounds?: typeof SHIPPED_SOUNDS; onAnswered?: () => unknown } = {},
): Promise<Omit<Verified, "status">> {
  const phone = await SippPhone.answering("answers", { program: await sippProgram(), sounds });
  try {
    carrier.connect(NUMBER, phone.port);
    const { json } = await api.post("/v1/verifications", { phone_number: NUMBER, code: CODE });
    await phone.answered();
    await phone.heard.speech();
    await onAnswered?.();
    await phone.press(CODE);
    await phone.hungUpOn();
    await phone.done();
    return { id: String(json["id"]), heard: names(phone.prompts) };
  } finally {
    await phone.stop();
  }
}

export async function statusOf(api: HttpsClient, id: string): Promise<string> {
  return String((await api.get(`/v1/verifications/${id}`)).json["status"]);
}
