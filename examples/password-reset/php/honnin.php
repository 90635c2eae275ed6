<?php

declare(strict_types=1);

/** A refusal of Honnin, by its stable code; "unreachable" where there was no answer at all. */
final class HonninError extends RuntimeException
{
    public function __construct(public readonly string $refusal)
    {
        parent::__construct($refusal);
    }
}

/** The calls to Honnin that this site needs. The key stays here: no browser ever sees it. */
final class HonninApi
{
    /** @param string $certificate file of the certificate to trust */
    public function __construct(
        private readonly string $url,
        private readonly string $key,
        private readonly string $certificate,
    ) {
    }

    public function register(array $body): array
    {
        return $this->ask('/v1/verifications', $body);
    }

    public function result(string $id): array
    {
        return $this->ask('/v1/verifications/result', ['id' => $id]);
    }

    public function cancel(string $id): array
    {
        return $this->ask('/v1/verifications/' . rawurlencode($id) . '/cancel', new stdClass());
    }

    private function ask(string $path, array|object $body): array
    {
        $curl = curl_init($this->url . $path);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => json_encode($body, JSON_THROW_ON_ERROR),
            CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . $this->key, 'Content-Type: application/json'],
            CURLOPT_CAINFO => $this->certificate,
            CURLOPT_PROTOCOLS_STR => 'https',
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 10,
        ]);
        $text = curl_exec($curl);
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        $answer = is_string($text) ? json_decode($text, true) : null;
        if (!is_array($answer)) {
            throw new HonninError('unreachable');
        }
        if ($status >= 400) {
            throw new HonninError(is_string($answer['code'] ?? null) ? $answer['code'] : 'unreachable');
        }
        return $answer;
    }
}
