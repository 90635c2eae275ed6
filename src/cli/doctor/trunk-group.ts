import { lookup } from "node:dns/promises";
import { registrationState } from "../../asterisk/trunk-registration.js";
import { parseTrunkUri } from "../../asterisk/trunk-uri.js";
import type { TrunkSettings } from "../../asterisk/trunk-settings.js";
import { errorText } from "../../log.js";
import { askBundledAsterisk, type SeenSip } from "../service-link.js";
import { askByOptions } from "../sip-options.js";
import { probeTrunk } from "../trunk-probe.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { TRUNK_FINDINGS } from "./trunk-findings.js";

type Seen = FoundIn<typeof TRUNK_FINDINGS>;
type Answer = Pick<SeenSip, "status" | "date" | "codecs">;

/** More, and verifications live too long or too short; a certificate or a one-time password may be refused. */
const MOST_OFF_MS = 60_000;

/** The way to the telephone network: its name, its answer, our registration. It is asked by OPTIONS, which costs nothing. */
export const trunkGroup = group({ ja: "トランク", en: "Trunk" }, TRUNK_FINDINGS, async (patient) => {
  const { settings } = patient;
  // With an Asterisk of the user's own SIP is that one's business.
  if (settings?.ownAsterisk !== null) return [];
  return (await Promise.all(settings.trunks.map((trunk) => look(trunk, patient)))).flat();
});

async function look(trunk: TrunkSettings, patient: Patient): Promise<Seen[]> {
  const { host, hostPort } = parseTrunkUri(trunk.uri);
  try {
    await lookup(host, 4);
  } catch (error) {
    return [{ id: "trunk-unresolved", seen: `${trunk.name}: ${host}: ${errorText(error)}` }];
  }
  const answer = await ask(trunk, patient);
  const found: Seen[] = [];
  if (answer === null) found.push({ id: "trunk-silent", seen: `${trunk.name}: ${hostPort}, OPTIONS` });
  else {
    const off = answer.date === null ? NaN : Date.parse(answer.date) - Date.now();
    if (Math.abs(off) > MOST_OFF_MS) {
      found.push({
        id: "clock-off",
        seen: `${trunk.name}: ${String(Math.round(off / 1000))} s, Date: ${answer.date ?? ""}`,
      });
    }
    const { codecs } = answer;
    if (codecs !== null && !codecs.some((codec) => /^PCM[UA]$/i.test(codec))) {
      found.push({ id: "trunk-without-codec", seen: `${trunk.name}: ${codecs.join(", ")}` });
    }
  }
  if (trunk.register === true && patient.standing !== null)
    found.push(...(await registration(trunk, patient)));
  return found;
}

/** By the Asterisk that runs, as it asks from the address that the trunk knows; else by ourselves, from the same. */
async function ask(trunk: TrunkSettings, { standing, dataDir, settings }: Patient): Promise<Answer | null> {
  try {
    if (standing !== null) return (await probeTrunk(dataDir, { name: trunk.name })).options;
    if (settings === null) return null;
    return await askByOptions(parseTrunkUri(trunk.uri), settings.sip);
  } catch {
    return null;
  }
}

async function registration({ name }: TrunkSettings, { dataDir }: Patient): Promise<Seen[]> {
  const table = await askBundledAsterisk(dataDir, "pjsip show registrations").catch(() => "");
  const state = registrationState(table, name);
  if (state === "Registered") return [];
  const { register } = await probeTrunk(dataDir, { name, register: "where_lost" });
  if (register === "stands") return [];
  if (register === null)
    return [{ id: "registration-unanswered", seen: `${name}: ${state ?? "?"}, REGISTER` }];
  if (register.status === 200) return [{ id: "registration-was-lost", seen: `${name}: ${state ?? "?"}` }];
  return [{ id: "registration-refused", seen: `${name}: ${register.firstLine}` }];
}
