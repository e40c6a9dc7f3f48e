-- Video jobs: keys, uploads, jobs, the steps of their work, their money and usage.

-- Keys of the video API, found by a keyed hash. The first of an account is the one
-- in secrets, whose hash both tables have.
CREATE TABLE video_keys (
    id        {{.ID}},
    account   BIGINT NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    hash      {{.Bytes}} NOT NULL UNIQUE,
    note      TEXT NOT NULL DEFAULT '',
    is_first  BOOLEAN NOT NULL DEFAULT FALSE,
    disabled  BOOLEAN NOT NULL DEFAULT FALSE,
    created   BIGINT NOT NULL
);
CREATE INDEX video_keys_account ON video_keys (account, id);
CREATE UNIQUE INDEX video_keys_first ON video_keys (account) WHERE is_first;
INSERT INTO video_keys (account, client_id, hash, is_first, created) SELECT account, 'main', jobs_key_hash, TRUE, changed FROM secrets;

CREATE TABLE uploads (
    uid        TEXT PRIMARY KEY,
    account    BIGINT NOT NULL REFERENCES accounts (id),
    key_id     BIGINT NOT NULL REFERENCES video_keys (id),
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    blob_key   TEXT NOT NULL,              -- empty once the bytes are removed
    clip       TEXT NOT NULL,              -- JSON of mattebox.Clip; empty: nobody looked
    retired    BOOLEAN NOT NULL DEFAULT FALSE, -- its bytes are being removed
    created    BIGINT NOT NULL
);
CREATE INDEX uploads_created ON uploads (created) WHERE blob_key <> '';

CREATE TABLE jobs (
    id          {{.ID}},
    uid         TEXT NOT NULL UNIQUE,
    account     BIGINT NOT NULL REFERENCES accounts (id),
    key_id      BIGINT NOT NULL REFERENCES video_keys (id),
    spec        TEXT NOT NULL,             -- JSON of mattebox.JobOrder
    upload      TEXT REFERENCES uploads (uid), -- of the order
    behind      TEXT REFERENCES uploads (uid), -- of its background
    state       TEXT NOT NULL,
    stage       TEXT NOT NULL DEFAULT '',
    progress    INTEGER NOT NULL DEFAULT 0,
    run         INTEGER NOT NULL DEFAULT 0,
    fault_code  TEXT NOT NULL DEFAULT '',
    fault       TEXT NOT NULL DEFAULT '',
    warnings    TEXT NOT NULL DEFAULT '',  -- JSON
    clip        TEXT NOT NULL DEFAULT '',  -- JSON of mattebox.Clip
    folder      TEXT NOT NULL DEFAULT '',  -- of the blobs that its fetch stored
    output      TEXT NOT NULL DEFAULT '',  -- JSON of mattebox.Output
    credits     BIGINT NOT NULL DEFAULT 0, -- hundredths
    price_cents BIGINT NOT NULL DEFAULT 0,
    currency    TEXT NOT NULL,
    funding     TEXT NOT NULL DEFAULT 'free',
    billing     TEXT NOT NULL DEFAULT 'none',
    charged     BIGINT NOT NULL DEFAULT 0,
    invoice     BIGINT,                    -- number of the one that bills it
    paid        BOOLEAN NOT NULL DEFAULT FALSE,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    started     BIGINT NOT NULL DEFAULT 0,
    ended       BIGINT NOT NULL DEFAULT 0,
    kept        BIGINT,                    -- since when there is an output to be removed some day
    scraps      BIGINT                     -- since when what it was made of is to be removed
);
CREATE INDEX jobs_key ON jobs (key_id, id);
CREATE INDEX jobs_state ON jobs (key_id, state, id);
CREATE INDEX jobs_account ON jobs (account, id);
CREATE INDEX jobs_upload ON jobs (upload) WHERE upload IS NOT NULL AND state = 'processing';
CREATE INDEX jobs_behind ON jobs (behind) WHERE behind IS NOT NULL AND state = 'processing';
CREATE INDEX jobs_kept ON jobs (kept) WHERE kept IS NOT NULL;
CREATE INDEX jobs_scraps ON jobs (scraps) WHERE scraps IS NOT NULL;
CREATE INDEX jobs_unbilled ON jobs (account, charged) WHERE invoice IS NULL AND charged > 0 AND funding IN ('balance', 'credit');
CREATE INDEX jobs_invoice ON jobs (invoice) WHERE invoice IS NOT NULL;

-- What is to be done for the jobs that are processing; gone when they are not.
CREATE TABLE steps (
    id       {{.ID}},
    job      BIGINT NOT NULL REFERENCES jobs (id),
    account  BIGINT NOT NULL REFERENCES accounts (id),
    kind     INTEGER NOT NULL,            -- the queue that it waits in: 3 fetch, 4 segment, 5 join
    position INTEGER NOT NULL,            -- of a segment, from 1
    from_us  BIGINT NOT NULL DEFAULT 0,   -- of the clip
    to_us    BIGINT NOT NULL DEFAULT 0,
    frames   INTEGER NOT NULL DEFAULT 0,  -- about so many
    done     INTEGER NOT NULL DEFAULT 0,  -- of them; of a join thousandths
    due      BIGINT NOT NULL,             -- when the job was started: older ones go first
    result   TEXT NOT NULL DEFAULT '',    -- JSON of mattebox.Segment, of one that is finished
    tries    INTEGER NOT NULL DEFAULT 0,  -- begun
    failures INTEGER NOT NULL DEFAULT 0,  -- put off
    crashes  INTEGER NOT NULL DEFAULT 0,
    faults   INTEGER NOT NULL DEFAULT 0,
    queue    INTEGER,                     -- kind, while it waits for a worker
    wake_at  BIGINT,                      -- when it goes back into its queue: end of a lease or of a wait
    woken    BIGINT NOT NULL DEFAULT 0,   -- the time of its newest job; 0 once a worker has taken it
    fence    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX steps_job ON steps (job, kind, position);
CREATE INDEX steps_queue ON steps (queue, account, due, id) WHERE queue IS NOT NULL;
CREATE INDEX steps_woken ON steps (queue, woken) WHERE queue IS NOT NULL;
CREATE INDEX steps_wake ON steps (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE video_usage (
    id       {{.ID}},
    account  BIGINT NOT NULL REFERENCES accounts (id),
    key_id   BIGINT NOT NULL REFERENCES video_keys (id),
    at       BIGINT NOT NULL,
    event    TEXT NOT NULL,
    subject  TEXT NOT NULL,
    model    TEXT NOT NULL,
    duration BIGINT NOT NULL, -- of the clip, in microseconds
    credits  BIGINT NOT NULL,
    bytes    BIGINT NOT NULL
);
CREATE INDEX video_usage_key ON video_usage (key_id, id);
CREATE INDEX video_usage_at ON video_usage (key_id, at);

-- Answers to requests that were made under an idempotency key.
CREATE TABLE kept_answers (
    key_id      BIGINT NOT NULL REFERENCES video_keys (id),
    name        TEXT NOT NULL,         -- the customer's key
    fingerprint {{.Bytes}} NOT NULL,   -- of the request
    status      INTEGER NOT NULL,      -- 0: not answered yet
    header      TEXT NOT NULL,         -- JSON
    body        {{.Bytes}} NOT NULL,
    job         TEXT NOT NULL DEFAULT '', -- UID of the job that the request made
    created     BIGINT NOT NULL,
    PRIMARY KEY (key_id, name)
);
CREATE INDEX kept_answers_created ON kept_answers (created);

ALTER TABLE deliveries ADD COLUMN job BIGINT REFERENCES jobs (id); -- whose webhook_events it is among; NULL: none's
CREATE INDEX deliveries_job ON deliveries (job, id) WHERE job IS NOT NULL;

ALTER TABLE postings ADD COLUMN job BIGINT REFERENCES jobs (id);
ALTER TABLE postings ADD COLUMN run INTEGER NOT NULL DEFAULT 0; -- of the job
CREATE UNIQUE INDEX postings_job_reserve ON postings (job, run) WHERE job IS NOT NULL AND kind = 'reserve';
CREATE UNIQUE INDEX postings_job_settle ON postings (job, run) WHERE job IS NOT NULL AND kind IN ('charge', 'release');

-- Lines of invoices that are no template's.
CREATE TABLE invoice_extras (
    invoice  BIGINT NOT NULL REFERENCES invoices (number),
    position INTEGER NOT NULL,
    text     TEXT NOT NULL,
    count    INTEGER NOT NULL,
    cents    BIGINT NOT NULL,
    PRIMARY KEY (invoice, position)
);
{{call .Refuse "invoice_extras" ""}}
