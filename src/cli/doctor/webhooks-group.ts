import { type WebhookTrouble, listWebhookTroubles } from "../../store/webhook-troubles.js";
import { MINUTE_MS } from "../../verification/durations.js";
import { type FoundIn, group } from "./finding.js";
import { WEBHOOK_FINDINGS } from "./webhooks-findings.js";

type Seen = FoundIn<typeof WEBHOOK_FINDINGS>;

const LATE_MS = 5 * MINUTE_MS;

/** Whether clients are told of what happens. */
export const webhooksGroup = group(
  { ja: "Webhook", en: "Webhooks" },
  WEBHOOK_FINDINGS,
  async ({ store, now }) =>
    store === null ? [] : (await listWebhookTroubles(store.read)).flatMap((hook) => judge(hook, now)),
);

function judge(hook: WebhookTrouble, now: number): Seen[] {
  const { client, disabled, disabledWhy, pending, failed, oldest, lastError } = hook;
  const found: Seen[] = [];
  if (disabled) found.push({ id: "webhook-disabled", seen: `${client}: ${disabledWhy ?? "-"}` });
  if (lastError === "target_refused") {
    found.push({ id: "webhook-private", seen: `${client}: ${lastError}` });
  } else if (lastError !== null && !disabled) {
    found.push({ id: "webhook-failing", seen: `${client}: ${lastError}` });
  }
  if (failed > 0) found.push({ id: "webhook-given-up", seen: `${client}: ${String(failed)}` });
  if (oldest !== null && now - oldest > LATE_MS) {
    const seen = `${client}: ${String(pending)}, ${new Date(oldest).toISOString()}`;
    found.push({ id: "webhook-backlog", seen });
  }
  return found;
}
