package main

// Help is printed below the commands of "mattebox webhook".
func (*WebhookCmd) Help() string {
	return `Examples:

    mattebox webhook log --failed
    mattebox webhook status
    mattebox webhook resend --failed --since 24h
    mattebox webhook replay --account dev@example.com --since 2h --event image.finished
    mattebox webhook resume https://shop.example.com/hook --account shop@example.com
    mattebox webhook test https://shop.example.com/hook --account shop@example.com
    mattebox webhook verify --secret SECRET --header 'X-RTB-CUSTOMER-HMAC-SHA256: ...' < body`
}

// Help is printed below the flags of "mattebox webhook log".
func (*WebhookLogCmd) Help() string {
	return `Examples:

    mattebox webhook log --ticket TICKET
    mattebox webhook log --failed --since 2026-01-31 --account shop@example.com --json
    mattebox webhook log --event image.finished,image.refused --receiver https://dev.example.com/events`
}

// Help is printed below the flags of "mattebox webhook show".
func (*WebhookShowCmd) Help() string {
	return `The body that is sent, and of every attempt what came back.

Examples:

    mattebox webhook show 17
    mattebox webhook show 17 --json | jq -r .body`
}

// Help is printed below the flags of "mattebox webhook resend".
func (*WebhookResendCmd) Help() string {
	return `A resend stands outside the schedule, and goes to receivers that rest, too. Body and delivery id are the first try's, byte by byte; signatures are made anew.

Examples:

    mattebox webhook resend 17 18
    mattebox webhook resend --failed --since 24h --account shop@example.com
    mattebox webhook resend --failed --since 24h --receiver https://dev.example.com/events --event invoice.paid`
}

// Help is printed below the flags of "mattebox webhook replay".
func (*WebhookReplayCmd) Help() string {
	return `For a receiver that has lost what it was sent. Each delivery goes once, with its own id, so that a receiver that remembers ids takes each only once.

Examples:

    mattebox webhook replay --account dev@example.com --since 2h
    mattebox webhook replay --account dev@example.com --since 2026-01-31 --until 2026-02-01 --event image.finished`
}

// Help is printed below the flags of "mattebox webhook status".
func (*WebhookStatusCmd) Help() string {
	return `A receiver is broken when attempts failed in a row: one delivery at a time is tried, the others wait. It is gone when it answered 410, and paused by an operator; then everything waits until: mattebox webhook resume. Nothing is dropped.

Examples:

    mattebox webhook status
    mattebox webhook status --account dev@example.com --json | jq -r '.receivers[].url'`
}

// Help is printed below the flags of "mattebox webhook pause".
func (*WebhookPauseCmd) Help() string {
	return `Example:

    mattebox webhook pause https://dev.example.com/events --account dev@example.com --why "they are moving"`
}

// Help is printed below the flags of "mattebox webhook resume".
func (*WebhookResumeCmd) Help() string {
	return `What waited is sent by its schedule, and at once where its time has come.

Example:

    mattebox webhook resume https://dev.example.com/events --account dev@example.com`
}

// Help is printed below the flags of "mattebox webhook test".
func (*WebhookTestCmd) Help() string {
	return `Shows every header and byte that is sent, and the answer. The sample is in no log. Exit code 1 when the receiver does not accept it.

Examples:

    mattebox webhook test https://shop.example.com/hook --account shop@example.com
    mattebox webhook test --dialect hwr --event invoice.paid --account dev@example.com
    mattebox webhook test http://127.0.0.1:3000/hook --dialect video --account shop@example.com --allow-network 127.0.0.0/8`
}

// Help is printed below the flags of "mattebox webhook verify".
func (*WebhookVerifyCmd) Help() string {
	return `Reads the raw body from stdin and says which signatures hold and, when none does, why that is likely so. Exit code 1 then.

Example:

    mattebox webhook verify --secret 0d5b... --header 'X-RTB-CUSTOMER-HMAC-SHA256: 6jJT0G...=' < body`
}

// Help is printed below the flags of "mattebox account webhook".
func (*AccountWebhookCmd) Help() string {
	return `Events of the account's own images and invoices, of those of the accounts that it has opened, and of images that were ordered with its key, are posted there as JSON, signed with the webhook secret: docs/api/webhooks.md. The first --url makes the secret; later ones keep it.

Examples:

    mattebox account webhook dev@example.com --url https://dev.example.com/events
    mattebox account webhook dev@example.com --url https://dev.example.com/events --events image.finished,image.refused
    mattebox account webhook dev@example.com --show --json
    mattebox account webhook dev@example.com --drop`
}

// Help is printed below the flags of "mattebox account rotate-secret".
func (*AccountRotateSecretCmd) Help() string {
	return `Until the overlap is over the Standard Webhooks headers carry a signature of either secret, so that a receiver can change over when it likes; the dialects' own headers have one signature, the new secret's.

Examples:

    mattebox account rotate-secret shop@example.com
    mattebox account rotate-secret dev@example.com --webhook --overlap 48h --json
    mattebox account rotate-secret dev@example.com --webhook --overlap 0s`
}
