-- The service's tables, in one text for both engines. Times are microseconds
-- since 1970; 0 in a time that is NOT NULL means never. What stands in double
-- braces differs between the engines (store.Words).

CREATE TABLE accounts (
    id               {{.ID}},
    email            TEXT NOT NULL,        -- as it was registered
    email_normal     TEXT NOT NULL UNIQUE, -- mattebox.NormalEmail of it
    name             TEXT NOT NULL DEFAULT '',
    company          TEXT NOT NULL DEFAULT '',
    address1         TEXT NOT NULL DEFAULT '',
    address2         TEXT NOT NULL DEFAULT '',
    zip_code         TEXT NOT NULL DEFAULT '',
    city             TEXT NOT NULL DEFAULT '',
    state            TEXT NOT NULL DEFAULT '',
    country          TEXT NOT NULL DEFAULT '',
    phone            TEXT NOT NULL DEFAULT '',
    timezone         TEXT NOT NULL DEFAULT '',
    billing_email    TEXT NOT NULL DEFAULT '',
    billing_address1 TEXT NOT NULL DEFAULT '',
    billing_address2 TEXT NOT NULL DEFAULT '',
    billing_zip_code TEXT NOT NULL DEFAULT '',
    billing_city     TEXT NOT NULL DEFAULT '',
    billing_state    TEXT NOT NULL DEFAULT '',
    vat_number       TEXT NOT NULL DEFAULT '',
    newsletter       BOOLEAN NOT NULL DEFAULT FALSE,
    developer        BOOLEAN NOT NULL DEFAULT FALSE,
    partner          BIGINT REFERENCES accounts (id), -- the developer that made the account
    balance_cents    BIGINT NOT NULL DEFAULT 0,
    currency         TEXT NOT NULL,
    days_of_credit   INTEGER NOT NULL DEFAULT 0,
    trial_images     INTEGER NOT NULL DEFAULT 0,
    review           TEXT NOT NULL,
    created          BIGINT NOT NULL
);

-- Secrets are sealed; the keys among them are found by a keyed hash.
CREATE TABLE secrets (
    account            BIGINT PRIMARY KEY REFERENCES accounts (id),
    api_key_hash       {{.Bytes}} NOT NULL UNIQUE,
    jobs_key_hash      {{.Bytes}} NOT NULL UNIQUE,
    api_key            {{.Bytes}} NOT NULL,
    application_secret {{.Bytes}} NOT NULL,
    jobs_key           {{.Bytes}} NOT NULL,
    changed            BIGINT NOT NULL
);

CREATE TABLE templates (
    id          {{.ID}},
    account     BIGINT NOT NULL REFERENCES accounts (id),
    template    TEXT NOT NULL, -- JSON, as mattebox.Template writes it
    price_cents BIGINT NOT NULL,
    currency    TEXT NOT NULL,
    is_default  BOOLEAN NOT NULL DEFAULT FALSE,
    deleted     BOOLEAN NOT NULL DEFAULT FALSE,
    created     BIGINT NOT NULL,
    modified    BIGINT NOT NULL
);
CREATE INDEX templates_account ON templates (account, id);

CREATE TABLE images (
    id                {{.ID}},
    ticket            TEXT NOT NULL UNIQUE,
    account           BIGINT NOT NULL REFERENCES accounts (id),
    partner           BIGINT REFERENCES accounts (id),
    template_id       BIGINT NOT NULL REFERENCES templates (id),
    template          TEXT NOT NULL, -- as it was when ordered
    customer_image_id TEXT,          -- NULL: none given
    product_id        TEXT,          -- NULL: none given
    callback_url      TEXT NOT NULL DEFAULT '',
    delivery_hours    INTEGER NOT NULL,
    instruction       TEXT NOT NULL DEFAULT '',
    folder            TEXT NOT NULL DEFAULT '',
    output_name       TEXT NOT NULL DEFAULT '',

    status      INTEGER NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    comment     TEXT NOT NULL DEFAULT '',
    rejections  INTEGER NOT NULL DEFAULT 0,
    production  INTEGER NOT NULL DEFAULT 0,
    crashes     INTEGER NOT NULL DEFAULT 0,
    failures    INTEGER NOT NULL DEFAULT 0, -- of its download, since it became new
    confidence  DOUBLE PRECISION NOT NULL DEFAULT 0,
    result      BIGINT, -- the newest of its results
    price_cents BIGINT NOT NULL,
    currency    TEXT NOT NULL,
    paid        BOOLEAN NOT NULL DEFAULT FALSE,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    due         BIGINT NOT NULL,
    finished    BIGINT NOT NULL DEFAULT 0,

    settled BIGINT,                     -- since when nothing more is to be done for it; NULL while there is
    queue   INTEGER,                    -- 1: waits for a fetcher, 2: for a producer; NULL: for neither
    wake_at BIGINT,                     -- when it goes back into its queue: end of a lease or of a wait
    woken   BIGINT NOT NULL DEFAULT 0,  -- the time of its newest job; 0 once a worker has taken it
    fence   BIGINT NOT NULL DEFAULT 0   -- raised whenever the image changes hands
);
CREATE INDEX images_account ON images (account, id);
CREATE INDEX images_created ON images (account, created, id);
CREATE INDEX images_status ON images (account, status, id);
CREATE INDEX images_customer ON images (account, customer_image_id, id) WHERE customer_image_id IS NOT NULL;
CREATE INDEX images_product ON images (account, product_id, id, status) WHERE product_id IS NOT NULL;
CREATE INDEX images_everybody ON images (status, id);
CREATE INDEX images_queue ON images (queue, account, due, id) WHERE queue IS NOT NULL;
CREATE INDEX images_woken ON images (queue, woken) WHERE queue IS NOT NULL;
CREATE INDEX images_wake ON images (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX images_settled ON images (status, settled) WHERE settled IS NOT NULL;

CREATE TABLE sources (
    image    BIGINT NOT NULL REFERENCES images (id),
    position INTEGER NOT NULL,
    url      TEXT NOT NULL,
    key      TEXT NOT NULL DEFAULT '',
    bytes    BIGINT NOT NULL DEFAULT 0,
    format   TEXT NOT NULL DEFAULT '',
    width    INTEGER NOT NULL DEFAULT 0,
    height   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (image, position)
);

-- One row for each finished production and each upload of an operator; images.result names the one that counts.
CREATE TABLE results (
    id              {{.ID}},
    image           BIGINT NOT NULL REFERENCES images (id),
    production      INTEGER NOT NULL,
    name            TEXT NOT NULL,
    key             TEXT NOT NULL,
    thumbnail_key   TEXT NOT NULL,
    bytes           BIGINT NOT NULL,
    thumbnail_bytes BIGINT NOT NULL,
    media_type      TEXT NOT NULL,
    width           INTEGER NOT NULL,
    height          INTEGER NOT NULL,
    created         BIGINT NOT NULL
);
CREATE INDEX results_image ON results (image);

-- Every change of an image's status.
CREATE TABLE moves (
    id          {{.ID}},
    image       BIGINT NOT NULL REFERENCES images (id),
    from_status INTEGER NOT NULL,
    to_status   INTEGER NOT NULL,
    at          BIGINT NOT NULL,
    by_whom     TEXT NOT NULL,
    why         TEXT NOT NULL
);
CREATE INDEX moves_image ON moves (image, id);

-- What the images of a product share under one template.
CREATE TABLE products (
    account     BIGINT NOT NULL REFERENCES accounts (id),
    product_id  TEXT NOT NULL,
    template_id BIGINT NOT NULL REFERENCES templates (id),
    scale       DOUBLE PRECISION NOT NULL DEFAULT 0, -- 0: not fixed yet
    first_ready BIGINT NOT NULL DEFAULT 0,           -- when the first of those waiting now was ready
    ready_at    BIGINT NOT NULL DEFAULT 0,           -- when those waiting now are produced
    PRIMARY KEY (account, product_id, template_id)
);

-- Whose turn it is: the account with the lowest turn was served longest ago.
CREATE TABLE lanes (
    queue   INTEGER NOT NULL,
    account BIGINT NOT NULL REFERENCES accounts (id),
    turn    BIGINT NOT NULL,
    PRIMARY KEY (queue, account)
);
CREATE INDEX lanes_turn ON lanes (queue, turn);

CREATE TABLE deliveries (
    id            {{.ID}},
    uid           TEXT NOT NULL UNIQUE,
    account       BIGINT NOT NULL REFERENCES accounts (id),
    partner       BIGINT REFERENCES accounts (id),
    image         BIGINT NOT NULL REFERENCES images (id),
    dialect       TEXT NOT NULL,
    event         TEXT NOT NULL,
    url           TEXT NOT NULL,
    host          TEXT NOT NULL, -- of the URL, in lower case and without port
    content_type  TEXT NOT NULL,
    body          {{.Bytes}} NOT NULL,
    retries       TEXT NOT NULL,    -- waits after failed tries, in microseconds
    tries         INTEGER NOT NULL, -- that the schedule has

    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0, -- of those tries, begun
    interruptions INTEGER NOT NULL DEFAULT 0, -- in a row
    logged        INTEGER NOT NULL DEFAULT 0, -- rows in attempts
    next_at       BIGINT NOT NULL,
    created       BIGINT NOT NULL,
    ended         BIGINT NOT NULL DEFAULT 0,
    superseded    BOOLEAN NOT NULL DEFAULT FALSE, -- by a rejection, while it was being sent
    resend_at     BIGINT,                         -- when a person asked for one more attempt; NULL: nobody did
    resending     BOOLEAN NOT NULL DEFAULT FALSE, -- the attempt under way is outside the schedule
    resume        TEXT NOT NULL DEFAULT '',       -- the state that such an attempt goes back to
    woken         BIGINT NOT NULL DEFAULT 0,      -- the time of its newest job
    fence         BIGINT NOT NULL DEFAULT 0,
    claimed       BIGINT NOT NULL DEFAULT 0,      -- when the attempt under way began
    lease_until   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX deliveries_image ON deliveries (image, id);
CREATE INDEX deliveries_account ON deliveries (account, id);
CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_host ON deliveries (host, state);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE ended = 0;
CREATE INDEX deliveries_resend ON deliveries (resend_at) WHERE resend_at IS NOT NULL;

CREATE TABLE attempts (
    delivery BIGINT NOT NULL REFERENCES deliveries (id),
    number   INTEGER NOT NULL,
    resend   BOOLEAN NOT NULL,
    started  BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    address  TEXT NOT NULL,
    status   INTEGER NOT NULL,
    class    TEXT NOT NULL,
    error    TEXT NOT NULL,
    response {{.Bytes}} NOT NULL,
    PRIMARY KEY (delivery, number)
);

{{call .Start "accounts" 1000001}};
{{call .Start "templates" 2000001}};
{{call .Start "images" 2000001}};
