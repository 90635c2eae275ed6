import { asteriskGroup } from "./asterisk-group.js";
import { callsGroup } from "./calls-group.js";
import { certificateGroup } from "./certificate-group.js";
import { databaseGroup } from "./database-group.js";
import { dataGroup } from "./data-group.js";
import type { FindingGroup } from "./finding.js";
import { machineGroup } from "./machine-group.js";
import { portsGroup } from "./ports-group.js";
import { promptsGroup } from "./prompts-group.js";
import { receiptsGroup } from "./receipts-group.js";
import { serviceGroup } from "./service-group.js";
import { settingsGroup } from "./settings-group.js";
import { smsGroup } from "./sms-group.js";
import { trunkGroup } from "./trunk-group.js";
import { usageGroup } from "./usage-group.js";
import { webhooksGroup } from "./webhooks-group.js";

/** Everything that is looked at, in this order. A new group is a file with its findings beside it, and a line here. */
export const GROUPS: readonly FindingGroup[] = [
  settingsGroup,
  machineGroup,
  dataGroup,
  certificateGroup,
  databaseGroup,
  serviceGroup,
  portsGroup,
  asteriskGroup,
  trunkGroup,
  smsGroup,
  callsGroup,
  promptsGroup,
  webhooksGroup,
  receiptsGroup,
  usageGroup,
];
