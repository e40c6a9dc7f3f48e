<?php
// All functions take the secret, the request's headers by lower-case name and the
// raw body: array_change_key_case(getallheaders()) and file_get_contents('php://input').

// Standard Webhooks: sent with every webhook. One signature for each secret in force.
function verify_standard(string $secret, array $headers, string $body, int $tolerance = 300): bool
{
    $id = $headers['webhook-id'] ?? '';
    $time = $headers['webhook-timestamp'] ?? '';
    if (!ctype_digit($time) || abs(time() - (int) $time) > $tolerance) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $secret, true));
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $signature) {
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}

// Finished images. The role is customer or partner: whose secret it is.
function verify_rtb(string $secret, array $headers, string $body, string $role = 'customer'): bool
{
    $expected = base64_encode(hash_hmac('sha256', $body, $secret, true));
    return hash_equals($expected, $headers["x-rtb-$role-hmac-sha256"] ?? '');
}

// Developers' webhooks.
function verify_hwr(string $secret, array $headers, string $body): bool
{
    return hash_equals(hash_hmac('sha256', $body, $secret), $headers['x-hwr-signature'] ?? '');
}

// Video jobs.
function verify_video(string $secret, array $headers, string $body, int $tolerance = 300): bool
{
    $time = $headers['x-webhook-timestamp'] ?? '';
    if (abs(time() - (int) strtotime($time)) > $tolerance) {
        return false;
    }
    $expected = 'sha256=' . hash_hmac('sha256', "$time.$body", $secret);
    return hash_equals($expected, $headers['x-webhook-signature'] ?? '');
}
