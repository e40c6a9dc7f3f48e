<?php
// A webhook receiver around sample.php, which is the seed's PHP sample as printed.
//
//   RTB_SECRET=... RTB_JOURNAL=FILE php -S 127.0.0.1:PORT receiver.php
//
// It answers 200 when the sample says that the request is verified, else 403, and
// appends one line of JSON to the journal: {"verified":true,"body":"..."}.

// The sample defines its own code, which PHP refuses with a warning when it is
// defined already.
error_reporting(E_ALL & ~E_WARNING);
if (getenv('RTB_SECRET')) {
    define('APP_CODE', getenv('RTB_SECRET'));
}
ob_start();
require __DIR__ . '/sample.php';
ob_end_clean();

if (getenv('RTB_JOURNAL')) {
    $line = json_encode(['verified' => $verified, 'body' => $data]) . "\n";
    file_put_contents(getenv('RTB_JOURNAL'), $line, FILE_APPEND | LOCK_EX);
}
http_response_code($verified ? 200 : 403);
echo $verified ? 'verified' : 'refused';
