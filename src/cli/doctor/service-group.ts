import { VERSION } from "../../project-dir.js";
import { type FoundIn, group } from "./finding.js";
import { SERVICE_FINDINGS } from "./service-findings.js";

type Seen = FoundIn<typeof SERVICE_FINDINGS>;

const BY_TROUBLE = {
  starting: "service-starting",
  draining: "service-draining",
  asterisk: "asterisk-away",
  application_replaced: "application-taken",
  disk: "registrations-stopped",
  fenced: "node-given-up",
  database: "commits-refused",
} as const;

/** Whether a service runs, and why it is not ready. */
export const serviceGroup = group(
  { ja: "サービス", en: "Service" },
  SERVICE_FINDINGS,
  ({ standing, pid, dataDir }) => {
    const found: Seen[] = [];
    if (standing === null) {
      found.push(
        pid === null
          ? { id: "service-down", seen: dataDir }
          : { id: "service-silent", seen: `pid ${String(pid)}` },
      );
      return Promise.resolve(found);
    }
    for (const trouble of standing.troubles) found.push({ id: BY_TROUBLE[trouble], seen: trouble });
    if (standing.version !== VERSION) {
      found.push({ id: "service-of-another-version", seen: `${standing.version}, ${VERSION}` });
    }
    return Promise.resolve(found);
  },
);
