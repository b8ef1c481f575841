<?php
// Judges each case on standard input with the functions of docs/webhooks.md.
error_reporting(E_ALL);
set_error_handler(function (int $no, string $what) { throw new ErrorException($what); });
require __DIR__ . '/verify.php';

foreach (json_decode(file_get_contents('php://stdin'), true) as $c) {
    $headers = $c['headers'];
    echo json_encode([
        kefu_verify_standard($c['secret'], $headers, $c['body'], $c['now']),
        kefu_verify_header($c['secret'], $headers['signature'] ?? '', $c['body']),
        kefu_verify_member($c['secret'], $c['body']),
    ]), "\n";
}
