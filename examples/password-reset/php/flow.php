<?php

declare(strict_types=1);

/** How long the visitor has, in seconds. */
const LIFE = 180;
/** Refusals that a member who is logged in can do something about; of the others they hear that we cannot call now. */
const TOLD = [
    'number_not_allowed',
    'too_many_calls_to_number',
    'too_many_calls_to_prefix',
    'too_many_registrations',
    'budget_exhausted',
];
/** Failures for which no telephone has rung. */
const UNRUNG = ['over_capacity', 'service_unavailable', 'invalid_number'];
const ENDS = ['verified', 'failed', 'expired', 'canceled'];

/**
 * One thing that a visitor wants, and the verification that it hangs on: plain data, since it lives in the session.
 *
 * @param array|null $member null where user and number are not those of a member: then nobody is called, and the page
 *     looks as it does for a call that nobody answers, or that does not come in. So it looks where Honnin refuses a
 *     member's, too.
 */
function new_flow(string $kind, ?array $member, ?array $transfer, ?string $did): array
{
    return [
        'kind' => $kind,
        'member' => $member,
        'transfer' => $transfer,
        // An id of our own: known before the request is sent, so that a repeated one places no second call.
        'id' => 'site-' . bin2hex(random_bytes(16)),
        // Made here and not by Honnin, so that there is one at once, and for a stranger too.
        'code' => sprintf('%06d', random_int(0, 999_999)),
        'call_to' => in_array($kind, ['login', 'reset-inbound'], true) ? $did : null,
        'started' => microtime(true),
        'final' => null,
        'settled' => false,
        'password' => null,
    ];
}

/** Registers the verification: outbound, the telephone rings a moment later. */
function begin_flow(HonninApi $api, array &$flow, string $language): void
{
    if ($flow['member'] === null) {
        return;
    }
    $body = [
        'id' => $flow['id'],
        'phone_number' => $flow['member']['number'],
        'code' => $flow['code'],
        'locale' => $language,
        'expires_in' => LIFE,
        'metadata' => ['flow' => $flow['kind']],
    ];
    if ($flow['call_to'] !== null) {
        // Not caller_id: that tells who calls, and not in which browser they are, so that a stranger who has begun to
        // log in as a member would be let in by the member's next call.
        $body += ['direction' => 'inbound', 'did' => $flow['call_to'], 'method' => 'keypad'];
    }
    try {
        $api->register($body);
    } catch (HonninError $error) {
        error_log('not registered: ' . $error->refusal);
        // Only members are refused: who is not logged in sees what a stranger would.
        if ($flow['kind'] === 'transfer') {
            $reason = in_array($error->refusal, TOLD, true) ? $error->refusal : 'service_unavailable';
            $flow['final'] = ['state' => 'failed', 'reason' => $reason, 'entries' => 0];
        }
    }
}

/** How things stand, as the visitor may know. @throws HonninError where it cannot be asked just now: ask again */
function look_at_flow(HonninApi $api, array &$flow): array
{
    if ($flow['final'] !== null) {
        return $flow['final'];
    }
    $standing = standing($api, $flow);
    if (in_array($standing['state'], ENDS, true)) {
        $flow['final'] = $standing;
    }
    return $standing;
}

function cancel_flow(HonninApi $api, array &$flow): void
{
    if ($flow['final'] !== null) {
        return;
    }
    $flow['final'] = ['state' => 'canceled', 'reason' => null, 'entries' => 0];
    try {
        $api->cancel($flow['id']);
    } catch (HonninError) {
        // One that has just ended cannot be canceled, and nobody waits for it any more.
    }
}

/** Honnin is asked for a stranger too, whom it does not know: so the answer takes as long, and fails as one. */
function standing(HonninApi $api, array $flow): array
{
    try {
        $standing = standing_of($api->result($flow['id']));
    } catch (HonninError $error) {
        return $error->refusal === 'verification_not_found' ? decoy($flow) : throw $error;
    }
    return $flow['kind'] !== 'transfer' && in_array($standing['reason'], UNRUNG, true) ? decoy($flow) : $standing;
}

function seconds_left(array $flow): int
{
    return max(0, (int) ceil($flow['started'] + LIFE - microtime(true)));
}

/** What a call that nobody answers looks like. */
function decoy(array $flow): array
{
    $after = microtime(true) - $flow['started'];
    $state = match (true) {
        $flow['call_to'] !== null => $after < LIFE ? 'waiting' : 'expired',
        $after < 0.5 => 'waiting',
        $after < 2 => 'calling',
        $after < 40 => 'ringing',
        default => 'failed',
    };
    return ['state' => $state, 'reason' => $state === 'failed' ? 'no_answer' : null, 'entries' => 0];
}

function standing_of(array $verification): array
{
    $call = end($verification['attempts']) ?: null;
    $state = match (true) {
        $verification['status'] === 'pending' => 'waiting',
        $verification['status'] !== 'in_progress' => $verification['status'],
        $call === null || $call['ended_at'] !== null => 'calling',
        $call['answered_at'] !== null => 'talking',
        $call['ringing_at'] !== null => 'ringing',
        default => 'calling',
    };
    return ['state' => $state, 'reason' => $verification['reason'], 'entries' => $verification['code_entries']];
}
