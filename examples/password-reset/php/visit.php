<?php

declare(strict_types=1);

/** How long a visit lasts without a request, in seconds. */
const IDLE = 1800;
const NOBODY = ['member' => null, 'flow' => null];

/**
 * What the server remembers of this browser, in $_SESSION: `member`, `flow`, and `seen_at`, without which it is none. The
 * browser has a random token and nothing else. PHP locks the session, so there is one request of a visit at a time.
 *
 * Without a token that is known nothing is kept and no cookie is sent: one that came for a request that was overtaken by
 * `renew_visit` would take the place of the new one.
 */
function open_visit(): void
{
    $token = $_COOKIE['visit'] ?? null;
    if (is_string($token) && preg_match('/^[A-Za-z0-9,-]{22,256}$/D', $token)) {
        start_session($token, strict: true);
        $age = time() - ($_SESSION['seen_at'] ?? 0);
        if (session_id() === $token && $age <= IDLE) {
            $_SESSION['seen_at'] = time();
            return;
        }
        session_destroy();
    }
    $_SESSION = NOBODY;
}

/**
 * Gives the visit a new token, which takes the place of the one before: at its beginning, and where somebody logs in, lest
 * a token that was planted before (session fixation) be logged in with them.
 */
function renew_visit(): void
{
    $visit = $_SESSION;
    empty_session();
    start_session(session_create_id(), strict: false);
    $_SESSION = ['seen_at' => time()] + $visit;
    send_cookie(session_id(), 0);
}

function forget_visit(): void
{
    empty_session();
    $_SESSION = NOBODY;
    send_cookie('', 1);
}

/** Emptied and not deleted: a request that waits for its turn has the file open, and has to find that it is none now. */
function empty_session(): void
{
    if (session_status() === PHP_SESSION_ACTIVE) {
        $_SESSION = [];
        session_write_close();
    }
}

/** @param bool $strict whether an id that is not known is changed for another */
function start_session(string $id, bool $strict): void
{
    $folder = setting('SITE_SESSIONS', sys_get_temp_dir() . '/password-reset-visits');
    if (!is_dir($folder)) {
        @mkdir($folder, 0700);
    }
    session_id($id);
    session_start([
        'save_path' => $folder,
        'use_strict_mode' => $strict,
        // The cookie is sent by renew_visit alone.
        'use_cookies' => false,
        'cache_limiter' => '',
        // Debian cleans its own folder alone, and has switched this off.
        'gc_probability' => 1,
        'gc_divisor' => 100,
        'gc_maxlifetime' => IDLE,
    ]);
}

function send_cookie(string $token, int $expires): void
{
    setcookie('visit', $token, [
        'expires' => $expires,
        'path' => '/',
        'httponly' => true,
        'samesite' => 'Strict',
        'secure' => setting('SITE_HTTPS', 'false') === 'true',
    ]);
}
