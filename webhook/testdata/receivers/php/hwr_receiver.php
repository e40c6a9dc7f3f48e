<?php
// A webhook receiver around hwr.php, which is the seed's PHP sample for developers'
// webhooks with the lines restored that its copy has lost (contracts F30).
//
//   WEBHOOK_SECRET=... WEBHOOK_JOURNAL=FILE php -S 127.0.0.1:PORT hwr_receiver.php
//
// The sample itself answers 200 or 403. Where it says insert_your_secret_key_here
// the secret is inserted. One line of JSON goes to the journal:
// {"verified":true,"body":"..."}.
$code = file_get_contents(__DIR__ . '/hwr.php');
if (getenv('WEBHOOK_SECRET')) {
    $code = str_replace('"insert_your_secret_key_here"', var_export(getenv('WEBHOOK_SECRET'), true), $code);
}
eval('?>' . $code);

if (getenv('WEBHOOK_JOURNAL')) {
    $line = json_encode(['verified' => http_response_code() === 200, 'body' => $payload]) . "\n";
    file_put_contents(getenv('WEBHOOK_JOURNAL'), $line, FILE_APPEND | LOCK_EX);
}
