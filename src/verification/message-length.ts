/** 3GPP TS 23.038 section 6.2.1: what takes one septet, and behind it what takes two. */
const ONE_SEPTET =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const TWO_SEPTETS = "\f^{}\\[~]|€";

/** Units of a message alone, and of each part of several, behind the header that joins them. */
const GSM = { alone: 160, joined: 153 } as const;
const UCS2 = { alone: 70, joined: 67 } as const;

/** How many parts carry a text, which is what gateways charge for: GSM 7 bit where it will do, else UCS-2. */
export function partsOfMessage(text: string): number {
  const characters = Array.from(text);
  const septets = characters.map((one) => (ONE_SEPTET.includes(one) ? 1 : TWO_SEPTETS.includes(one) ? 2 : 0));
  const isGsm = !septets.includes(0);
  const sizes = isGsm ? septets : characters.map(({ length }) => length);
  const { alone, joined } = isGsm ? GSM : UCS2;
  const units = sizes.reduce<number>((sum, size) => sum + size, 0);
  if (units <= alone) return 1;
  let parts = 1;
  let used = 0;
  // No part ends within a character.
  for (const size of sizes) {
    if (used + size > joined) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return parts;
}
