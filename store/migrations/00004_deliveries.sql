-- Deliveries that tell of no image, receivers that rest, and claims of many
-- deliveries at once.

ALTER TABLE deliveries ADD COLUMN told_image BIGINT REFERENCES images (id); -- whose status follows; NULL: none
UPDATE deliveries SET told_image = image;
DROP INDEX deliveries_image;
DROP INDEX deliveries_account;
DROP INDEX deliveries_state;
DROP INDEX deliveries_host;
DROP INDEX deliveries_due;
DROP INDEX deliveries_resend;
ALTER TABLE deliveries DROP COLUMN image;
ALTER TABLE deliveries RENAME COLUMN told_image TO image;
ALTER TABLE deliveries DROP COLUMN woken;

ALTER TABLE deliveries ADD COLUMN subject TEXT NOT NULL DEFAULT '';      -- the object's name for people
ALTER TABLE deliveries ADD COLUMN receiver TEXT NOT NULL DEFAULT '';     -- the URL without query and fragment
ALTER TABLE deliveries ADD COLUMN ready_at BIGINT;                       -- when it may be claimed; NULL: it is being sent, held back, or ended
ALTER TABLE deliveries ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;   -- back, until its receiver is open again
UPDATE deliveries SET receiver = {{call .Before (call .Before "url" "#") "?"}},
    subject = COALESCE((SELECT ticket FROM images WHERE images.id = deliveries.image), ''),
    ready_at = CASE WHEN state = 'sending' THEN NULL WHEN resend_at IS NOT NULL THEN resend_at WHEN state = 'pending' THEN next_at END;

CREATE INDEX deliveries_image ON deliveries (image, id) WHERE image IS NOT NULL;
CREATE INDEX deliveries_account ON deliveries (account, created, id);
CREATE INDEX deliveries_created ON deliveries (created, id);
CREATE INDEX deliveries_failed ON deliveries (account, created, id) WHERE state = 'failed';
CREATE INDEX deliveries_failures ON deliveries (created, id) WHERE state = 'failed';
CREATE INDEX deliveries_open ON deliveries (created, id) WHERE ended = 0;
CREATE INDEX deliveries_ready ON deliveries (ready_at, host) WHERE ready_at IS NOT NULL;
CREATE INDEX deliveries_host ON deliveries (host, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX deliveries_held ON deliveries (account, receiver, next_at) WHERE held;
CREATE INDEX deliveries_lease ON deliveries (lease_until) WHERE state = 'sending';

-- What is to be remembered of an address; most have no row.
CREATE TABLE receivers (
    account  BIGINT NOT NULL REFERENCES accounts (id),
    url      TEXT NOT NULL, -- deliveries.receiver
    state    TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    since    BIGINT NOT NULL,
    why      TEXT NOT NULL,
    wait     BIGINT NOT NULL DEFAULT 0, -- between two probes, in microseconds
    probe_at BIGINT NOT NULL DEFAULT 0, -- when the next probe is allowed
    probing  BIGINT,                    -- the delivery that is the probe under way
    wake_at  BIGINT,                    -- when a claim has something to do for it: a probe, or to let go what is held back
    told     BOOLEAN NOT NULL DEFAULT FALSE, -- the owner knows that it rests
    PRIMARY KEY (account, url)
);
CREATE INDEX receivers_wake ON receivers (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE notices (
    id      {{.ID}},
    account BIGINT NOT NULL REFERENCES accounts (id),
    at      BIGINT NOT NULL,
    text    TEXT NOT NULL,
    read    BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX notices_account ON notices (account, id)
