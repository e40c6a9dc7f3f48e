<?php
require __DIR__ . '/verify.php';

$headers = array_change_key_case(getallheaders());
$body = file_get_contents('php://input');
$verdicts = [];
foreach (['standard', 'rtb', 'hwr', 'video'] as $dialect) {
    if (('verify_' . $dialect)(getenv('WEBHOOK_SECRET'), $headers, $body)) {
        $verdicts[] = $dialect;
    }
}
http_response_code($verdicts ? 200 : 403);
echo implode(' ', $verdicts);
