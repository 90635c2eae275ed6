/**
 * The ways in which a trunk may spell a DID in the request line: E.164 with and without `+`, and the
 * national form. Carriers in Japan use all three. A number that is none of these (an extension of a PBX
 * before us) stays as it is.
 */
export function didSpellings(did: string): string[] {
  if (did.startsWith("+81")) return [did, did.slice(1), `0${did.slice(3)}`];
  if (did.startsWith("+")) return [did, did.slice(1)];
  // 0AB-J, 050 and mobile numbers have 10 or 11 digits; 0120 and its like are not reached from abroad,
  // but a trunk may spell them so all the same.
  if (/^0[1-9]\d{8,9}$/.test(did)) return [did, `+81${did.slice(1)}`, `81${did.slice(1)}`];
  return [did];
}
