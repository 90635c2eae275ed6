import type { VNode } from "preact";
import type { LiveHealth } from "../../../src/console/contract/live.js";
import { nowText } from "../text/now-text.js";

/** The certificate is renewed in good time where somebody is told a month before. */
const RENEW_DAYS = 30;

type Look = "" | "wait" | "bad" | "plain";

interface Line {
  readonly label: string;
  readonly said: string;
  readonly look: Look;
}

/** Trunk, Asterisk, database and the rest, each with a word and a colour. */
export function HealthCard({ health }: { readonly health: LiveHealth | null }): VNode | null {
  const own = nowText.value;
  if (health === null) return null;
  return (
    <section class="card" aria-labelledby="health">
      <h2 id="health">{own.health}</h2>
      <dl class="health">
        {linesOf(health).map(({ label, said, look }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <span class={`tag ${look}`}>{said}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function linesOf({
  service,
  asterisk,
  trunk,
  database,
  certificate_days_left: days,
  disk,
  webhooks,
}: LiveHealth): Line[] {
  const own = nowText.value;
  const looks = {
    service: { starting: "wait", running: "", stopping: "wait" },
    asterisk: { up: "", down: "bad", replaced: "bad" },
    trunk: { none: "plain", unregistered: "", registered: "", refused: "bad", unknown: "wait" },
    database: { ok: "", failing: "bad", unknown: "wait" },
  } as const;
  const free = disk.free_bytes === null ? own.diskUnknown : own.diskFree((disk.free_bytes / 1e9).toFixed(1));
  const isGivenUp = webhooks.given_up > 0;
  return [
    { label: own.service, said: own[`service_${service}`], look: looks.service[service] },
    { label: own.asterisk, said: own[`asterisk_${asterisk}`], look: looks.asterisk[asterisk] },
    { label: own.trunk, said: own[`trunk_${trunk}`], look: looks.trunk[trunk] },
    { label: own.database, said: own[`database_${database}`], look: looks.database[database] },
    {
      label: own.certificate,
      said: days < 0 ? own.certificateOver : own.certificateLeft(days),
      look: days < 0 ? "bad" : days < RENEW_DAYS ? "wait" : "",
    },
    { label: own.disk, said: disk.has_room ? free : own.diskFull(free), look: disk.has_room ? "" : "bad" },
    {
      label: own.webhooks,
      said: isGivenUp
        ? `${own.webhooksWaiting(webhooks.waiting)} · ${own.webhooksGivenUp(webhooks.given_up)}`
        : own.webhooksWaiting(webhooks.waiting),
      look: isGivenUp ? "bad" : "",
    },
  ];
}
