-- The ledger, invoices and payments. Amounts are hundredths of the currency's
-- unit. What is refused to be changed here is what the law wants kept.

ALTER TABLE accounts ADD COLUMN trials_given INTEGER NOT NULL DEFAULT 0; -- trial images that the account ever had
UPDATE accounts SET trials_given = trial_images;

ALTER TABLE images ADD COLUMN funding TEXT NOT NULL DEFAULT 'free';
ALTER TABLE images ADD COLUMN charged BIGINT NOT NULL DEFAULT 0;  -- when it first was finished, for what it costs
ALTER TABLE images ADD COLUMN released BIGINT NOT NULL DEFAULT 0; -- when its funding was given back
ALTER TABLE images ADD COLUMN invoice BIGINT;                     -- number of the one that bills it
UPDATE images SET price_cents = 0; -- what was ordered before there was a ledger costs nothing
CREATE INDEX images_unbilled ON images (account, charged) WHERE invoice IS NULL AND charged > 0 AND funding IN ('balance', 'credit');
CREATE INDEX images_invoice ON images (invoice) WHERE invoice IS NOT NULL;

CREATE TABLE postings (
    id      {{.ID}},
    kind    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    note    TEXT NOT NULL DEFAULT '',
    image   BIGINT REFERENCES images (id),
    invoice BIGINT NOT NULL DEFAULT 0, -- 0: none
    payment TEXT NOT NULL DEFAULT ''   -- the provider's identity of it
);
-- One reserve for an image, and one charge or release: never both, never twice.
CREATE UNIQUE INDEX postings_reserve ON postings (image) WHERE image IS NOT NULL AND kind = 'reserve';
CREATE UNIQUE INDEX postings_settle ON postings (image) WHERE image IS NOT NULL AND kind IN ('charge', 'release');
CREATE UNIQUE INDEX postings_payment ON postings (payment, invoice) WHERE payment <> '' AND kind IN ('top-up', 'payment');
CREATE UNIQUE INDEX postings_tax ON postings (invoice) WHERE invoice <> 0 AND kind = 'tax';
CREATE UNIQUE INDEX postings_paid ON postings (invoice) WHERE invoice <> 0 AND kind = 'payment';
CREATE UNIQUE INDEX postings_credit ON postings (invoice) WHERE invoice <> 0 AND kind = 'credit';
CREATE INDEX postings_at ON postings (at);
CREATE INDEX postings_image ON postings (image) WHERE image IS NOT NULL;
CREATE INDEX postings_invoice ON postings (invoice) WHERE invoice <> 0;

CREATE TABLE entries (
    posting  BIGINT NOT NULL REFERENCES postings (id),
    position INTEGER NOT NULL,
    account  BIGINT REFERENCES accounts (id), -- NULL: the house's
    book     TEXT NOT NULL,
    cents    BIGINT NOT NULL CHECK (cents <> 0),
    currency TEXT NOT NULL,
    PRIMARY KEY (posting, position)
);
CREATE INDEX entries_account ON entries (account, book, posting);

-- What was on the balances before there was a ledger.
INSERT INTO postings (kind, at, by_whom, note, payment)
    SELECT 'adjust', created, 'operator', 'balance before the ledger', 'account ' || id FROM accounts WHERE balance_cents <> 0;
INSERT INTO entries (posting, position, account, book, cents, currency)
    SELECT p.id, 1, NULL, 'cash', -a.balance_cents, a.currency FROM accounts a JOIN postings p ON p.payment = 'account ' || a.id;
INSERT INTO entries (posting, position, account, book, cents, currency)
    SELECT p.id, 2, a.id, 'balance', a.balance_cents, a.currency FROM accounts a JOIN postings p ON p.payment = 'account ' || a.id;

-- The number of the newest invoice. Its row is held until the invoice is
-- committed, so that no number is lost and none is given twice.
CREATE TABLE invoice_number (newest BIGINT NOT NULL);
INSERT INTO invoice_number (newest) VALUES (1000);

CREATE TABLE invoices (
    number        BIGINT PRIMARY KEY,
    account       BIGINT NOT NULL REFERENCES accounts (id),
    credited      BIGINT REFERENCES invoices (number), -- the invoice that this credit note takes back
    reason        TEXT NOT NULL,                       -- of a credit note
    period_from   BIGINT NOT NULL,
    period_to     BIGINT NOT NULL,
    created       BIGINT NOT NULL,
    due_by        BIGINT NOT NULL,
    seller        TEXT NOT NULL, -- JSON of mattebox.Party
    buyer         TEXT NOT NULL,
    vat_rate      INTEGER NOT NULL,
    vat_note      TEXT NOT NULL,
    currency      TEXT NOT NULL,
    net_cents     BIGINT NOT NULL,
    vat_cents     BIGINT NOT NULL,
    prepaid_cents BIGINT NOT NULL,

    paid    BIGINT NOT NULL DEFAULT 0,
    payment TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX invoices_period ON invoices (account, period_from, period_to) WHERE credited IS NULL;
CREATE UNIQUE INDEX invoices_credited ON invoices (credited) WHERE credited IS NOT NULL;
CREATE INDEX invoices_created ON invoices (account, created);
CREATE INDEX invoices_unpaid ON invoices (account, due_by) WHERE paid = 0;

CREATE TABLE invoice_lines (
    invoice     BIGINT NOT NULL REFERENCES invoices (number),
    position    INTEGER NOT NULL,
    template_id BIGINT NOT NULL REFERENCES templates (id),
    text        TEXT NOT NULL,
    images      INTEGER NOT NULL,
    cents       BIGINT NOT NULL,
    PRIMARY KEY (invoice, position)
);

CREATE TABLE payments (
    id       TEXT PRIMARY KEY,
    account  BIGINT NOT NULL REFERENCES accounts (id),
    invoice  BIGINT REFERENCES invoices (number), -- NULL: a top-up
    cents    BIGINT NOT NULL,
    currency TEXT NOT NULL,
    provider TEXT NOT NULL,
    ref      TEXT, -- NULL: the provider has not named it yet
    state    TEXT NOT NULL,
    created  BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX payments_ref ON payments (provider, ref) WHERE ref IS NOT NULL;
CREATE UNIQUE INDEX payments_invoice ON payments (invoice, provider) WHERE invoice IS NOT NULL AND state = 'open';
CREATE INDEX payments_account ON payments (account, created);

{{call .Refuse "postings" ""}};
{{call .Refuse "entries" ""}};
{{call .Refuse "invoice_lines" ""}};
{{call .Refuse "invoices" "number, account, credited, reason, period_from, period_to, created, due_by, seller, buyer, vat_rate, vat_note, currency, net_cents, vat_cents, prepaid_cents"}}
