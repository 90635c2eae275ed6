import path from "node:path";
import { type Config, loadConfig } from "../../config.js";
import { type ServiceSettings, serviceSettings } from "../../service/service-settings.js";
import { Store } from "../../store/store.js";
import { keyFileOf } from "../../vault/key-file.js";
import type { Both } from "../both.js";
import { askStanding, servicePid } from "../service-link.js";
import type { FindingGroup, FindingWords, Patient } from "./finding.js";
import { GROUPS } from "./groups.js";

/** Something that is not as it should be, with the words for it. */
export interface Finding extends FindingWords {
  readonly id: string;
  readonly group: Both;
  readonly seen: string;
}

/**
 * Looks at everything, of a service that runs or is down. Nothing is changed: the database is opened to be read, and a
 * trunk is asked in ways that cost nothing.
 *
 * @param tell which group is looked at now.
 */
export async function examine(
  env: NodeJS.ProcessEnv,
  cwd: string,
  tell: (group: FindingGroup) => void = () => undefined,
  groups: readonly FindingGroup[] = GROUPS,
): Promise<readonly Finding[]> {
  const patient = await admit(env, cwd);
  try {
    const found: Finding[] = [];
    for (const group of groups) {
      tell(group);
      for (const { id, seen } of await group.look(patient)) {
        const words = group.findings[id];
        if (words !== undefined) found.push({ id, seen, group: group.title, ...words });
      }
    }
    return found;
  } finally {
    await patient.store?.close();
  }
}

async function admit(env: NodeJS.ProcessEnv, cwd: string): Promise<Patient> {
  const config = orNull(() => loadConfig(env, cwd));
  // A tariff that cannot be read is told of with the settings.
  const settings = config === null ? null : orNull(() => serviceSettings(config));
  const dataDir = config?.dataDir ?? path.resolve(cwd, env["HONNIN_DATA_DIR"] ?? "./var");
  const standing = await askStanding(dataDir);
  return {
    ...{ env, cwd, dataDir, config, settings, standing },
    keyFile: keyFileOf({ dataDir, keyFile: config?.keyFile ?? keyFileByName(env, cwd) }),
    ...(await openStore(dataDir, config)),
    pid: standing?.pid ?? (await servicePid(dataDir)),
    now: Date.now(),
  };
}

function keyFileByName(env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  const name = env["HONNIN_KEY_FILE"] ?? "";
  return name === "" ? undefined : path.resolve(cwd, name);
}

async function openStore(
  dataDir: string,
  config: Config | null,
): Promise<{ readonly store: Store | null; readonly storeError: unknown }> {
  try {
    return { store: await Store.openToRead(dataDir, config?.databaseUrl, config?.keyFile), storeError: null };
  } catch (error) {
    return { store: null, storeError: error };
  }
}

function orNull<T extends Config | ServiceSettings>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
