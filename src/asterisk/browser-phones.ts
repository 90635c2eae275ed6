import type { TemplateValues } from "./template.js";
import { restrictsSockets } from "./version-differences.js";

/**
 * Where the relay of telephones in browsers calls from: Asterisk lets nobody else speak SIP by WebSocket, and a trunk
 * on this machine, which is known by its address, has another one.
 */
export const RELAY_ADDRESS = "127.0.0.87";

/** Where the relay finds Asterisk's WebSocket, and the address to call it from. */
export interface PhoneSocket {
  readonly url: string;
  readonly localAddress: string;
}

export function phoneSocketAt(httpPort: number): PhoneSocket {
  return { url: `ws://127.0.0.1:${String(httpPort)}/ws`, localAddress: RELAY_ADDRESS };
}

/** Whether browsers may be telephones: where there are test telephones, and their door can be kept to the relay. */
export function hasBrowserPhones({
  testPhones,
  version,
}: {
  readonly testPhones: readonly unknown[];
  readonly version: string;
}): boolean {
  return testPhones.length > 0 && restrictsSockets(version);
}

/** @param media the address of the voice; null: any. */
export function* browserPhoneSections(
  phones: readonly { readonly name: string }[],
  media: string | null,
  render: (name: string, values: TemplateValues) => string,
): Generator<string> {
  yield render("pjsip-websocket.conf", {});
  for (const { name } of phones) {
    yield render("pjsip-browser-phone.conf", { name });
    if (media !== null)
      yield render("pjsip-media.conf", { endpoint: `${name}-browser`, mediaAddress: media });
  }
}
