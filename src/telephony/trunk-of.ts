/** What stands for a trunk where a call has none: telephones that are registered here, in place of people's. */
export const TEST_PHONES = "test-phones";

/** The trunk of a call from this endpoint of Asterisk's. */
export function trunkOf(endpoint: string): string {
  return /^\d{4}(-browser)?$/.test(endpoint) ? TEST_PHONES : endpoint;
}
