import type { EventUpgrade } from "../http/event-upgrade.js";

type Upgrade = EventUpgrade["upgrade"];

/** Every WebSocket of the console's listener: the telephones' have a path of their own, whatever else is asked for is the pages'. */
export function upgradesOf(
  live: { readonly upgrade: Upgrade },
  phones: { readonly upgrade: Upgrade } | undefined,
): Upgrade {
  return (request, socket, head) => {
    const isOfPhone = phones !== undefined && request.url?.startsWith("/phone/") === true;
    (isOfPhone ? phones : live).upgrade(request, socket, head);
  };
}
