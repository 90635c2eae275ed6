import { FieldPhone } from "../phones/field-phone.js";
import { freeUdpPort } from "../phones/ports.js";
import type { CallService } from "./call-service.js";
import { withTrunks } from "./listed-trunks.js";

/** Plays with a service whose one trunk, `a`, is a telephone of the field itself: nothing stands between the two. */
export async function withFieldTrunk(
  trunk: Readonly<Record<string, unknown>>,
  play: (calls: CallService, phone: FieldPhone) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const sipPort = await freeUdpPort();
  const phone = await FieldPhone.open(sipPort);
  try {
    await withTrunks(
      [{ name: "a", uri: `sip:127.0.0.1:${String(phone.port)}`, ...trunk }],
      (calls) => play(calls, phone),
      { HONNIN_SIP_PORT: String(sipPort), ...env },
    );
  } finally {
    await phone.close();
  }
}
