<?php

declare(strict_types=1);

/** What a visitor sent does not fit; names the field. */
final class InputError extends InvalidArgumentException
{
    public function __construct(public readonly string $field)
    {
        parent::__construct($field);
    }
}

const FLOWS = ['reset', 'reset-inbound', 'login', 'transfer'];
const MOST_YEN = 1_000_000;
const FULL_WIDTH = [
    '０' => '0', '１' => '1', '２' => '2', '３' => '3', '４' => '4', '５' => '5', '６' => '6', '７' => '7',
    '８' => '8', '９' => '9', '＋' => '+', '（' => '(', '）' => ')', '，' => ',', '－' => '-', '　' => ' ',
];

function flow_of(array $input): string
{
    $flow = $input['flow'] ?? null;
    return in_array($flow, FLOWS, true) ? $flow : throw new InputError('flow');
}

function language_of(array $input): string
{
    return ($input['language'] ?? null) === 'en' ? 'en' : 'ja';
}

function user_of(array $input): string
{
    $user = strtolower(text_of($input, 'user', 64));
    return preg_match('/^[a-z0-9._-]{1,32}$/D', $user) ? $user : throw new InputError('user');
}

/** Full-width digits, hyphens, blanks and +81 are all fine. */
function number_of(array $input): string
{
    $digits = preg_replace('/[\s().\-‐-―−ーｰ]/u', '', text_of($input, 'number', 40));
    $digits = preg_replace('/^\+81/', '0', $digits);
    return preg_match('/^0\d{9,10}$/D', $digits) ? $digits : throw new InputError('number');
}

/** @return array{payee: string, amount: int} */
function transfer_of(array $input): array
{
    $payee = text_of($input, 'payee', 40);
    if ($payee === '' || preg_match('/\p{C}/u', $payee)) {
        throw new InputError('payee');
    }
    $digits = str_replace(',', '', text_of($input, 'amount', 12));
    $amount = preg_match('/^\d{1,7}$/D', $digits) ? (int) $digits : 0;
    if ($amount < 1 || $amount > MOST_YEN) {
        throw new InputError('amount');
    }
    return ['payee' => $payee, 'amount' => $amount];
}

function text_of(array $input, string $field, int $most): string
{
    $value = $input[$field] ?? null;
    // That it is UTF-8, json_decode has seen to.
    if (!is_string($value) || preg_match_all('/./su', $value) > $most) {
        throw new InputError($field);
    }
    return trim(strtr($value, FULL_WIDTH));
}
