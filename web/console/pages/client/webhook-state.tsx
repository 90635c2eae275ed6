import type { VNode } from "preact";
import type { MadeClient } from "../../../../src/console/contract/clients.js";
import { clientsText } from "../../text/clients-text.js";

export function WebhookState({ state }: { readonly state: MadeClient["webhook"] }): VNode {
  const t = clientsText.value;
  switch (state) {
    case "none":
      return <span class="muted">{t.webhookNone}</span>;
    case "enabled":
      return <span class="tag">{t.webhookOn}</span>;
    case "disabled":
      return <span class="tag bad">{t.webhookOff}</span>;
  }
}
