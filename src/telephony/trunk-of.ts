/** What stands for a trunk where a call has none: telephones that are registered here, in place of people's. */
export const TEST_PHONES = "test-phones";

/** The trunk of a call from this endpoint of Asterisk's. */
export function trunkOf(endpoint: string): string {
  return /^\d{4}(-browser)?$/.test(endpoint) ? TEST_PHONES : endpoint;
}

/** The trunk by which a dial string leads: `PJSIP/0312345678@trunk`. */
export function trunkDialled(dialString: string): string {
  return trunkOf(dialString.slice(Math.max(dialString.indexOf("/"), dialString.indexOf("@")) + 1));
}
