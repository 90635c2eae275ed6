<?php

// The site: `php -S 127.0.0.1:8080 index.php`. Settings are in README.md.

declare(strict_types=1);

require __DIR__ . '/honnin.php';
require __DIR__ . '/input.php';
require __DIR__ . '/flow.php';

const FILES = [
    '/' => ['index.html', 'text/html; charset=utf-8'],
    '/app.js' => ['app.js', 'text/javascript; charset=utf-8'],
    '/text.js' => ['text.js', 'text/javascript; charset=utf-8'],
    '/style.css' => ['style.css', 'text/css; charset=utf-8'],
];
/** A start takes so long, in seconds, whether or not there is such a member: the time tells nobody. */
const START = 0.4;
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

function open_session(): void
{
    session_name('visit');
    session_set_cookie_params([
        'path' => '/',
        'httponly' => true,
        'samesite' => 'Strict',
        'secure' => setting('SITE_HTTPS', 'false') === 'true',
    ]);
    session_start([
        'save_path' => setting('SITE_SESSIONS', sys_get_temp_dir()),
        'use_strict_mode' => true,
        'gc_maxlifetime' => 1800,
    ]);
    $_SESSION += ['member' => null, 'flow' => null];
}

function start(HonninApi $api): never
{
    $began = microtime(true);
    $input = body_of_request();
    $kind = flow_of($input);
    $language = language_of($input);
    if (did() === null && in_array($kind, ['login', 'reset-inbound'], true)) {
        throw new InputError('flow');
    }
    $transfer = null;
    if ($kind === 'transfer') {
        $transfer = transfer_of($input);
        $member = $_SESSION['member'] ?? answer(403, ['error' => 'log_in_first']);
    } else {
        $found = member(user_of($input));
        // Whoever logs in by their number need not write it: it is the one they call from.
        $member = $kind === 'login' || ($found['number'] ?? null) === number_of($input) ? $found : null;
    }
    if ($_SESSION['flow'] !== null) {
        cancel_flow($api, $_SESSION['flow']);
    }
    $flow = new_flow($kind, $member, $transfer, did());
    begin_flow($api, $flow, $language);
    usleep(max(0, (int) (1e6 * (START - microtime(true) + $began))));
    session_regenerate_id(true);
    $_SESSION['flow'] = $flow;
    answer(201, []);
}

/** What a verified flow was for, done once. */
function settle(array &$flow): void
{
    if ($flow['settled'] || $flow['member'] === null) {
        return;
    }
    // A real site carries the transfer out here: once, and the one that is kept with the flow.
    $flow['settled'] = true;
    if (str_starts_with($flow['kind'], 'reset')) {
        $flow['password'] = issue_password();
    }
    if ($flow['kind'] !== 'transfer') {
        // A token that was planted before (session fixation) is not logged in.
        session_regenerate_id(true);
        $_SESSION['member'] = $flow['member'];
    }
}

function state(HonninApi $api): never
{
    $flow = &$_SESSION['flow'];
    $shown = null;
    if ($flow !== null) {
        $standing = look_at_flow($api, $flow);
        if ($standing['state'] === 'verified') {
            settle($flow);
        }
        $shown = ['kind' => $flow['kind'], ...$standing, 'code' => $flow['code'], 'call_to' => $flow['call_to'],
            'seconds_left' => seconds_left($flow), 'transfer' => $flow['transfer'], 'password' => $flow['password']];
    }
    $name = $_SESSION['member']['name'] ?? null;
    answer(200, ['inbound' => did() !== null, 'hint' => null, 'member' => $name, 'flow' => $shown]);
}

function forget_flow(HonninApi $api): void
{
    if ($_SESSION['flow'] !== null) {
        cancel_flow($api, $_SESSION['flow']);
    }
    $_SESSION['flow'] = null;
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
    if ($method === 'POST' && !from_own_page()) {
        answer(403, ['error' => 'foreign']);
    }
    $api = new HonninApi(
        setting('HONNIN_URL', 'https://127.0.0.1:8443'),
        setting('HONNIN_KEY'),
        setting('HONNIN_CERT'),
    );
    open_session();
    switch ("$method $path") {
        case 'GET /api/state':
            state($api);
        case 'POST /api/start':
            start($api);
        case 'POST /api/cancel':
            forget_flow($api);
            answer(200, []);
        case 'POST /api/log-out':
            forget_flow($api);
            session_regenerate_id(true);
            $_SESSION = [];
            answer(200, []);
        default:
            answer(404, ['error' => 'not_found']);
    }
} catch (InputError $error) {
    answer(400, ['error' => 'invalid', 'field' => $error->field]);
} catch (Throwable $error) {
    error_log('failed: ' . $error::class);
    answer(503, ['error' => 'unavailable']);
}
