import { randomInt } from "node:crypto";
import type { RequestHandler } from "express";
import { v7 as uuidv7 } from "uuid";
import { didsOfClient } from "../../store/client-dids.js";
import type { ClientSettings } from "../../clients/client-settings.js";
import { type DialLimits, limitsOfClient } from "../../clients/call-limits.js";
import { presentFirstAnswer, presentVerification } from "../../representation/verification.js";
import { findVerification, type NewVerification } from "../../store/verifications.js";
import { requestedVerification } from "../../acts/new-verification.js";
import { register } from "../../acts/register.js";
import { SECOND_MS } from "../../verification/durations.js";
import { issueCode } from "../../verification/code.js";
import type { PayeeSounds } from "../../prompts/payee-voice.js";
import { canonicalTransaction } from "../../verification/transaction.js";
import type { PhoneNumber } from "../../verification/phone-number.js";
import { clientOf, settingsOf } from "../authenticate.js";
import { blocked, type CallableParts, callableNumber } from "../callable-number.js";
import { asClientRequest, type ClientRequest } from "../client-request.js";
import { inboundTarget, refuseInboundFields } from "../inbound-request.js";
import { parseBody } from "../parse-body.js";
import { Creation, type CreationParts } from "../creation.js";
import { stopping } from "../problem.js";
import { barred } from "../limit-refusals.js";
import { refuseUnlessMobile, refuseWithoutGateway, type SmsAvailability } from "../sms-availability.js";
import { refuseUntellable } from "../transaction-request.js";
import { registerBody } from "../verification-schemas.js";

export interface RegisterParts extends CreationParts, CallableParts, SmsAvailability {
  readonly limits: DialLimits;
  /** Numbers at which calls arrive, as `canonicalDid` spells them. */
  readonly dids: readonly string[];
  /** False while the service drains. */
  readonly accepting: () => boolean;
  /** Undefined: no payee can be said. */
  readonly payees?: PayeeSounds | undefined;
}

/** `POST /v1/verifications` (認証データ登録API): stores durably, then answers 201. */
export function registerVerification(parts: RegisterParts): RequestHandler {
  const { store, clock } = parts;
  const creation = new Creation(parts);
  return async (request, response) => {
    const clientId = clientOf(request, response);
    if (!parts.accepting()) throw stopping();
    creation.refuseWithoutRoom();
    const settings = settingsOf(response);
    const sent = parseBody(registerBody, request);
    const body = asClientRequest(sent, settings);
    const usesSms =
      body.channel === "sms" || body.channels?.some(({ channel }) => channel === "sms") === true;
    if (usesSms) refuseWithoutGateway(parts);
    const target = await targetOf(body, clientId, settings, parts);
    if (usesSms) refuseUnlessMobile(target.number);
    const code = codeOf(body);
    const row = newRow(parts, clientId, body, target, code);
    const limits = { ...parts.limits, calls: limitsOfClient(parts.limits.calls, settings) };
    const registration = await creation.run(request, response, {
      // With what goes without saying, so that a request is the same whether or not it said it.
      sent: {
        ...sent,
        method: body.method,
        ...(sent.channels === undefined ? { channel: body.channel } : {}),
      },
      perMinute: limits.calls.registrationsPerMinute,
      exists: async () =>
        body.id !== undefined && (await findVerification(store.read, clientId, row.id)) !== undefined,
      create: async (idempotency) => {
        // Of what is registered already nothing has to be said, and each payee that is spoken takes a second of a core.
        const isNew =
          body.id === undefined || (await findVerification(store.read, clientId, row.id)) === undefined;
        if (isNew) await refuseUntellable(body, clientId, settings, parts.payees);
        return register(store, row, limits, idempotency);
      },
    });
    switch (registration.kind) {
      case "created":
        response
          .status(201)
          .location(`/v1/verifications/${row.id}`)
          .json(presentVerification(registration.stored, store.vault, code.told));
        return;
      case "repeated":
        response.status(200).json(presentVerification(registration.stored, store.vault));
        return;
      case "replayed":
        response
          .status(201)
          .location(`/v1/verifications/${registration.verification.id}`)
          .json(presentFirstAnswer(registration.verification, store.vault));
        return;
      case "barred":
        throw barred(response, registration.bar, clock());
      case "blocked":
        throw blocked(registration.block);
      case "conflict":
      case "key_reused":
      case "too_many_today":
      case "too_many_now":
        throw creation.problemOf(registration, response);
    }
  };
}

interface Code {
  readonly secret: string | null;
  /** To be told in the answer: only a code that was issued here and that the web page shows. */
  readonly told?: string;
  /** To be kept in a form that can be read again. */
  readonly kept: boolean;
}

function codeOf({ method, code }: ClientRequest): Code {
  if (method === "caller_id") return { secret: null, kept: false };
  if (code !== undefined) return { secret: code, kept: method === "spoken" };
  const issued = issueCode((max) => randomInt(max));
  return { secret: issued, kept: true, ...(method === "keypad" ? { told: issued } : {}) };
}

interface Target {
  readonly number: PhoneNumber;
  readonly did: string | null;
}

/** Whom to call, or whose call to await at which number. */
async function targetOf(
  body: ClientRequest,
  clientId: string,
  settings: ClientSettings,
  parts: RegisterParts,
): Promise<Target> {
  if (body.direction === "inbound") {
    return inboundTarget(body, await didsOfClient(parts.store.read, clientId, parts.dids));
  }
  refuseInboundFields(body);
  const byVoice =
    body.channel === "voice" || body.channels?.some(({ channel }) => channel === "voice") === true;
  const rules = byVoice ? parts : { ...parts, canCall: () => true };
  return { number: callableNumber(body.phone_number, settings, rules), did: null };
}

function newRow(
  { store, clock }: RegisterParts,
  clientId: string,
  body: ClientRequest,
  { number, did }: Target,
  { secret, kept }: Code,
): NewVerification {
  // What the client asked for, with defaults filled in and the number in one spelling; in the schema's
  // order, whether a value was sent or filled in.
  const said = JSON.stringify(
    {
      ...body,
      ...inOneSpelling(body),
      phone_number: number.e164,
      did: did ?? undefined,
      metadata: sorted(body.metadata),
      // As text: a list of names leaves out what stands deeper.
      transaction: body.transaction === undefined ? undefined : canonicalTransaction(body.transaction),
    },
    [...Object.keys(registerBody.shape), "seconds"],
  );
  return requestedVerification(
    store.vault,
    {
      clientId,
      id: body.id ?? `ver_${uuidv7()}`,
      said,
      number,
      did,
      direction: body.direction,
      channel: body.channel,
      chain: body.channels ?? null,
      method: body.method,
      locale: body.locale,
      code: secret,
      ownCode: body.code !== undefined,
      keepsCode: kept,
      maxCodeEntries: body.max_code_entries,
      maxCallAttempts: body.max_call_attempts,
      lifeMs: body.expires_in * SECOND_MS,
      metadata: body.metadata,
      transaction: body.transaction ?? null,
    },
    clock(),
  );
}

/** Of a chain its channels stand in it; without one it is as it was before there were chains. */
function inOneSpelling({ channels, channel }: ClientRequest): Partial<ClientRequest> {
  return channels === undefined ? { channel } : {};
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
