/** Where the verifications are listed of which a point tells. @param client its id; "": all. */
export function verificationsOf(
  { from, to }: { readonly from: string; readonly to: string },
  client: string,
  filter: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ from, to, ...filter, ...(client === "" ? {} : { client }) });
  return `/verifications?${query.toString()}`;
}
