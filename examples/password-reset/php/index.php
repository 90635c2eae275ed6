<?php

// The site: `php -S 127.0.0.1:8080 index.php`. Settings are in README.md.

declare(strict_types=1);

require __DIR__ . '/honnin.php';
require __DIR__ . '/input.php';
require __DIR__ . '/flow.php';
require __DIR__ . '/visit.php';

const FILES = [
    '/' => ['index.html', 'text/html; charset=utf-8'],
    '/app.js' => ['app.js', 'text/javascript; charset=utf-8'],
    '/text.js' => ['text.js', 'text/javascript; charset=utf-8'],
    '/style.css' => ['style.css', 'text/css; charset=utf-8'],
];
/**
 * What the page may ask for, and how long that takes at least, in seconds, whether or not there is such a member: the time
 * tells nobody. Counted from when it is a request's turn and its body is there, or a slow sender could wait it out.
 */
const ROUTES = [
    'GET /api/state' => ['state', 0.1],
    'POST /api/start' => ['start', 0.4],
    'POST /api/cancel' => ['cancel', 0.4],
    'POST /api/log-out' => ['log_out', 0.4],
];
const LONGEST_BODY = 4_096;
/** No letter that is taken for another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

function setting(string $name, ?string $default = null): string
{
    $value = getenv($name);
    if ($value !== false && $value !== '') {
        return $value;
    }
    return $default ?? throw new RuntimeException("$name is not set (README.md)");
}

/** The number that visitors call; null: the site offers only that they are called. */
function did(): ?string
{
    return setting('SITE_DID', '') ?: null;
}

/** The company's own user table. FOR DEMONSTRATION: made up. */
function member(string $user): ?array
{
    $file = setting('SITE_MEMBERS', dirname(__DIR__) . '/members.json');
    $members = json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
    foreach ($members as $member) {
        if ($member['user'] === $user) {
            return $member;
        }
    }
    return null;
}

/** A temporary password, to be shown once. A real site keeps its hash (password_hash) and has it changed soon. */
function issue_password(): string
{
    $password = '';
    while (strlen($password) < 12) {
        $password .= LETTERS[random_int(0, strlen(LETTERS) - 1)];
    }
    return $password;
}

function answer(int $status, array $body): never
{
    // Before the visitor can come again.
    session_write_close();
    http_response_code($status);
    header('Content-Type: application/json; charset=utf-8');
    echo json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
    exit;
}

/**
 * No other site can have a browser send this: a page elsewhere may send a form, but JSON only after having asked, which
 * nobody allows here; browsers say where a request comes from; and the cookie is SameSite.
 */
function from_own_page(): bool
{
    if (($_SERVER['CONTENT_TYPE'] ?? '') !== 'application/json') {
        return false;
    }
    if (isset($_SERVER['HTTP_SEC_FETCH_SITE'])) {
        return $_SERVER['HTTP_SEC_FETCH_SITE'] === 'same-origin';
    }
    if (!isset($_SERVER['HTTP_ORIGIN'])) {
        return true;
    }
    $origin = parse_url($_SERVER['HTTP_ORIGIN']);
    $port = isset($origin['port']) ? ':' . $origin['port'] : '';
    return ($origin['host'] ?? '') . $port === $_SERVER['HTTP_HOST'];
}

function body_of_request(): array
{
    $text = file_get_contents('php://input', length: LONGEST_BODY + 1);
    $body = strlen($text) > LONGEST_BODY ? null : json_decode($text, true);
    return is_array($body) ? $body : throw new InputError('body');
}

// Each of these gives the status and the body of the answer, and what becomes of the visit's token.

function start(HonninApi $api, array $input): array
{
    $kind = flow_of($input);
    $language = language_of($input);
    if (did() === null && in_array($kind, ['login', 'reset-inbound'], true)) {
        throw new InputError('flow');
    }
    $transfer = null;
    if ($kind === 'transfer') {
        $transfer = transfer_of($input);
        $member = $_SESSION['member'];
        if ($member === null) {
            return [403, ['error' => 'log_in_first'], null];
        }
    } else {
        $found = member(user_of($input));
        // Whoever logs in by calling need not write their number: it is the one they call from.
        $member = $kind === 'login' || ($found['number'] ?? null) === number_of($input) ? $found : null;
    }
    cancel($api);
    $flow = new_flow($kind, $member, $transfer, did());
    begin_flow($api, $flow, $language);
    $_SESSION['flow'] = $flow;
    return [201, [], 'renew_visit'];
}

function state(HonninApi $api): array
{
    $flow = $_SESSION['flow'];
    $shown = null;
    $token = null;
    if ($flow !== null) {
        $standing = look_at_flow($api, $flow);
        if ($standing['state'] === 'verified' && settle($flow)) {
            $_SESSION['member'] = $flow['member'];
            $token = 'renew_visit';
        }
        $_SESSION['flow'] = $flow;
        $shown = ['kind' => $flow['kind'], ...$standing, 'code' => $flow['code'], 'call_to' => $flow['call_to'],
            'seconds_left' => seconds_left($flow), 'transfer' => $flow['transfer'], 'password' => $flow['password']];
    }
    $name = $_SESSION['member']['name'] ?? null;
    return [200, ['inbound' => did() !== null, 'hint' => null, 'member' => $name, 'flow' => $shown], $token];
}

/** What a verified flow was for, done once. Tells whether somebody is logged in by it. */
function settle(array &$flow): bool
{
    if ($flow['settled'] || $flow['member'] === null) {
        return false;
    }
    // A real site carries the transfer out here: once, and the one that is kept with the flow.
    $flow['settled'] = true;
    if (str_starts_with($flow['kind'], 'reset')) {
        $flow['password'] = issue_password();
    }
    return $flow['kind'] !== 'transfer';
}

function cancel(HonninApi $api): array
{
    if ($_SESSION['flow'] !== null) {
        cancel_flow($api, $_SESSION['flow']);
    }
    $_SESSION['flow'] = null;
    return [200, [], null];
}

function log_out(HonninApi $api): array
{
    cancel($api);
    return [200, [], 'forget_visit'];
}

header("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    . "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    . "require-trusted-types-for 'script'");
header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: no-referrer');
header('Cache-Control: no-store');
header_remove('X-Powered-By');
ini_set('display_errors', '0');

try {
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/';
    $method = $_SERVER['REQUEST_METHOD'];
    if ($method === 'GET' && isset(FILES[$path])) {
        [$name, $type] = FILES[$path];
        header("Content-Type: $type");
        readfile(dirname(__DIR__) . "/front/$name");
        exit;
    }
    [$route, $least] = ROUTES["$method $path"] ?? answer(404, ['error' => 'not_found']);
    if ($method === 'POST' && !from_own_page()) {
        answer(403, ['error' => 'foreign']);
    }
    $api = new HonninApi(
        setting('HONNIN_URL', 'https://127.0.0.1:8443'),
        setting('HONNIN_KEY'),
        setting('HONNIN_CERT'),
    );
    $input = $method === 'POST' ? body_of_request() : [];
    open_visit();
    $began = microtime(true);
    try {
        [$status, $body, $token] = $route($api, $input);
    } finally {
        usleep(max(0, (int) (1e6 * ($least - microtime(true) + $began))));
    }
    if ($token !== null) {
        $token();
    }
    answer($status, $body);
} catch (InputError $error) {
    answer(400, ['error' => 'invalid', 'field' => $error->field]);
} catch (Throwable $error) {
    error_log('failed: ' . $error::class);
    answer(503, ['error' => 'unavailable']);
}
