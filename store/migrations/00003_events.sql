-- Where developers' webhooks go, and secrets that are being replaced.

-- An account has one endpoint or none.
CREATE TABLE endpoints (
    account BIGINT PRIMARY KEY REFERENCES accounts (id),
    url     TEXT NOT NULL,
    events  TEXT NOT NULL, -- names that are sent, separated by spaces; none: all
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

-- Sealed like the others. What was replaced signs on, beside its successor, until
-- then.
ALTER TABLE secrets ADD COLUMN webhook_secret {{.Bytes}}; -- NULL: there never was an endpoint
ALTER TABLE secrets ADD COLUMN previous_application_secret {{.Bytes}};
ALTER TABLE secrets ADD COLUMN previous_application_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE secrets ADD COLUMN previous_webhook_secret {{.Bytes}};
ALTER TABLE secrets ADD COLUMN previous_webhook_until BIGINT NOT NULL DEFAULT 0
