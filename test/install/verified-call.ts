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
  const phone = await SippPhone.answering("answers", { program: await sippProgram(), sounds });
  try {
    carrier.connect(NUMBER, phone.port);
    const { json } = await api.post("/v1/verifications", { phone_number: NUMBER, code: CODE });
    const id = String(json["id"]);
    await phone.answered();
    await phone.heard.speech();
    await phone.press(CODE);
    await phone.hungUpOn();
    const status = async (): Promise<string> =>
      String((await api.get(`/v1/verifications/${id}`)).json["status"]);
    await poll(
      async () => !["pending", "in_progress"].includes(await status()),
      PATIENCE_MS,
      "the verification's end",
    );
    await phone.done();
    return { id, status: await status(), heard: names(phone.prompts) };
  } finally {
    await phone.stop();
  }
}
