import type { Generated } from "kysely";
import type {
  AdminLinkTable,
  AdminPasskeyTable,
  AdminRecoveryCodeTable,
  AdminSessionTable,
  AdminTable,
  AuditTable,
  FailedLogInTable,
} from "./admin-schema.js";
import type { ClientDidTable, ClientSettingsTable } from "./client-schema.js";
import type { ClientWebhookTable, EventTable, WebhookDeliveryTable } from "./event-schema.js";
import type { CounterTable } from "./limit-schema.js";
import type { DutyTable, NodeTable, TrunkTurnTable } from "./node-schema.js";
import type { PromptDraftTable, PromptSoundTable, PromptVersionTable } from "./prompt-schema.js";
import type { ReceiptKeyTable } from "./receipt-key-schema.js";
import type { AttemptNote } from "../verification/attempt-note.js";
import type { TurnedAway } from "../verification/call-back.js";
import type { AttemptOutcome, FailureReason, VerificationStatus } from "../verification/status.js";
import type { LineType } from "../verification/phone-number.js";
import type { Locale } from "../verification/prompt-id.js";
import type { Channel, Direction, Method } from "../verification/request-terms.js";
import type { Currency } from "../verification/transaction.js";

/** The tables. Times are epoch milliseconds; numbers of telephones are ciphertext and keyed index only. */
export interface Schema {
  clients: ClientTable;
  client_settings: ClientSettingsTable;
  client_dids: ClientDidTable;
  api_keys: ApiKeyTable;
  verifications: VerificationTable;
  enrollments: EnrollmentTable;
  attempts: AttemptTable;
  number_guards: NumberGuardTable;
  idempotency_keys: IdempotencyKeyTable;
  meta: MetaTable;
  counters: CounterTable;
  events: EventTable;
  webhook_deliveries: WebhookDeliveryTable;
  client_webhooks: ClientWebhookTable;
  prompt_versions: PromptVersionTable;
  prompt_drafts: PromptDraftTable;
  prompt_sounds: PromptSoundTable;
  admins: AdminTable;
  admin_recovery_codes: AdminRecoveryCodeTable;
  admin_passkeys: AdminPasskeyTable;
  admin_sessions: AdminSessionTable;
  admin_links: AdminLinkTable;
  audit: AuditTable;
  failed_log_ins: FailedLogInTable;
  receipt_keys: ReceiptKeyTable;
  nodes: NodeTable;
  duties: DutyTable;
  trunk_turns: TrunkTurnTable;
}

export interface ClientTable {
  id: string;
  name: string;
  created_at: number;
}

export interface ApiKeyTable {
  id: string;
  client_id: string;
  /** SHA-256 of the key: it has 256 random bits, so a slow hash would buy nothing. */
  hash: Buffer;
  label: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface VerificationTable {
  /** Order of registration, and the key of everything that belongs to a verification. */
  seq: Generated<number>;
  client_id: string;
  id: string;
  /** Keyed hash of what was asked, so that a repeated own id can be told from a reused one. */
  request_hash: Buffer;
  status: VerificationStatus;
  reason: FailureReason | null;
  number_cipher: Buffer;
  number_index: Buffer;
  line_type: LineType;
  direction: Direction;
  channel: Channel;
  method: Method;
  locale: Locale;
  /** Keyed hash; null once the verification has ended. */
  code_hash: Buffer | null;
  /** The code itself, sealed, when it was issued here or is to be read aloud; null once ended. */
  code_cipher: Buffer | null;
  /** The code from before, sealed likewise, while nothing has told the new one. */
  former_code_cipher: Buffer | null;
  /** When reading the code aloud was begun first, on an answered call. */
  code_read_at: number | null;
  code_length: number;
  max_code_entries: number;
  code_entries: number;
  max_call_attempts: number;
  attempts_made: number;
  created_at: number;
  expires_at: number;
  completed_at: number | null;
  /** When the next call or message is due; null while none is (in progress, ended, inbound). */
  next_attempt_at: number | null;
  /** By which channel that one goes. */
  next_channel: Generated<Channel>;
  /** JSON of the channels in their order, each with its seconds; null: `channel` alone. */
  chain: string | null;
  /** Where in the chain it stands: which leg is due, in progress, or was the last. */
  leg: Generated<number>;
  /** 1: the client has chosen the code, which no other takes the place of. */
  own_code: Generated<0 | 1>;
  /** The channels by which the code may have been learnt, with commas; null: not verified, or by `channel` alone. */
  proved_by: string | null;
  /** Inbound: the number to call, as `canonicalDid` spells it. */
  did: string | null;
  /** Own id of the enrollment by which a call made this verification. */
  enrollment_id: string | null;
  /** JSON object of strings. */
  metadata: string;
  /** Of a transaction, as `canonicalAmount` spells it; null: the code is for none. */
  amount: string | null;
  currency: Currency | null;
  /** Payee and reference of a transaction, as JSON, sealed; null: for none, or forgotten. */
  transaction_cipher: Buffer | null;
}

/** A number whose calls are authenticated there and then. */
export interface EnrollmentTable {
  /** Order of registration: of two that match a call the later one is meant. */
  seq: Generated<number>;
  client_id: string;
  id: string;
  /** Keyed hash of what was asked, so that a repeated own id can be told from a reused one. */
  request_hash: Buffer;
  number_cipher: Buffer;
  number_index: Buffer;
  line_type: LineType;
  /** JSON array of DIDs as `canonicalDid` spells them; null: any that serves the client. */
  dids: string | null;
  /** Keyed hash; null: the call alone is enough. */
  pin_hash: Buffer | null;
  pin_length: number;
  /** Wrong PINs keyed by proved callers since the last right one. No time resets it; a new PIN does. */
  wrong_pins_proved: Generated<number>;
  /** Wrong PINs keyed by callers whose number nobody proved. Nothing but a new PIN resets it. */
  wrong_pins_unproved: Generated<number>;
  locale: Locale;
  created_at: number;
  expires_at: number | null;
  /** When a call of it was last verified. */
  last_used_at: number | null;
  /** JSON object of strings. */
  metadata: string;
}

export interface AttemptTable {
  /** Outbound: also the id of the channel in Asterisk. */
  id: string;
  verification_seq: number;
  direction: Direction;
  /** A call or a message. */
  channel: Generated<Channel>;
  started_at: number;
  ringing_at: number | null;
  answered_at: number | null;
  ended_at: number | null;
  /** By its name; null: a test telephone, or from before it was noted. */
  trunk: string | null;
  outcome: AttemptOutcome | null;
  sip_status: number | null;
  q850_cause: number | null;
  /** Inbound: what the network said of the caller; JSON, sealed by the vault because it names numbers. */
  caller_evidence: Buffer | null;
  /** Inbound: 1 where the network proved the caller's number, else 0. */
  caller_proved: 0 | 1 | null;
  /** Outbound: the most that it may cost, and once it has ended what it did; thousandths of a yen. */
  cost: number | null;
  /** Outbound: the price that it began at, as JSON. */
  price: string | null;
  /** Inbound: what became of a call without the evidence that its client demands; null: nothing lacked. */
  turned_away: TurnedAway | null;
  note: AttemptNote | null;
  /** Of a message: 1 while it waits for its turn, and has certainly not gone; null from when a gateway is given it. */
  waits: 1 | null;
  /** Which gateway took a message, or was the last that refused it. */
  gateway: string | null;
  /** What that gateway's reports name it by. */
  gateway_reference: string | null;
  /** The gateway's word, or ours, for what went wrong. */
  gateway_error: string | null;
  /** Parts of a message, which are what it costs by. */
  parts: number | null;
  /** When a report said that the telephone has it. */
  delivered_at: number | null;
  /** What was said, keyed and ruled on it, as `CallStory` keeps it; null while it lasts, and of calls from before. */
  story: string | null;
  /** Whose it is, see {@link NodeTable}; null: from before there were several. */
  node: string | null;
  node_epoch: number | null;
}

/** Facts about the database itself. */
interface MetaTable {
  key: string;
  value: string;
}

/** Which verification or enrollment an Idempotency-Key made. */
export interface IdempotencyKeyTable {
  client_id: string;
  key: string;
  request_hash: Buffer;
  verification_seq: number | null;
  enrollment_seq: number | null;
  created_at: number;
}

/** What is held against a number, over all verifications of a client. */
interface NumberGuardTable {
  client_id: string;
  number_index: Buffer;
  /** Wrong codes of those who have the number: on calls to it, on proved calls of it, and typed at the check. */
  consecutive_failures: number;
  last_failure_at: number | null;
  /** Wrong entries of callers who only say that they have it. */
  unproved_failures: Generated<number>;
  last_unproved_failure_at: number | null;
  /** No calls to it until then: the person reported that they did not ask for one. */
  fraud_blocked_until: number | null;
}
