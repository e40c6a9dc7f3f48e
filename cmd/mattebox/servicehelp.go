package main

// Help is printed below the flags of "mattebox serve".
func (*ServeCmd) Help() string {
	return `Without flags the service runs on this machine alone: SQLite and pictures in one folder, engines in processes of their own, the API on 127.0.0.1:8080. The first start opens an account and prints its keys, once. Stdout gets lines "name: value" (email, apiKey, applicationSecret, jobsKey, metrics, address); the address comes last and when it can be used. Logs go to stderr.

SIGTERM or Ctrl-C ends it: /readyz says no, no more connections and no more work are taken, requests are answered, work in hand is finished or handed back, exit code 0. A second signal ends it at once; nothing that was acknowledged is lost.

Every setting, and running on many hosts: docs/operations.md.

Examples:

    mattebox serve
    mattebox serve --listen :443 --tls-cert chain.pem --tls-key key.pem --public-url https://cutouts.example.com
    mattebox serve --listen 127.0.0.1:8080 --trusted-proxy 127.0.0.1 --public-url https://cutouts.example.com
    mattebox serve --data /var/lib/mattebox --allow-network 10.0.0.0/8
    mattebox serve --database postgres://mattebox@db/mattebox --blobs 's3://cutouts?region=eu-central-1' --roles worker --public-url https://cutouts.example.com

Exit codes: 0 asked to end, and ended in time; 1 something broke; 2 settings that cannot be used, every one of them named; 3 something is not installed or the database needs mattebox migrate.`
}

// Help is printed below the commands of "mattebox account".
func (*AccountCmd) Help() string {
	return `Examples:

    mattebox account create --email shop@example.com --name "Jo Shop"
    mattebox account list
    mattebox account rotate-key shop@example.com
    mattebox account credit shop@example.com 100.00
    mattebox account days-of-credit shop@example.com 30`
}

// Help is printed below the flags of "mattebox account create".
func (*AccountCreateCmd) Help() string {
	return `The keys are printed once and kept sealed. apiKey goes into contactAPIkey, applicationSecret signs webhooks, jobsKey is for /v1.

Examples:

    mattebox account create --email shop@example.com --name "Jo Shop" --credit 100.00
    mattebox account create --email big@example.com --name "Big Shop" --days-of-credit 30 --timezone Europe/Copenhagen
    mattebox account create --email dev@example.com --name Dev --developer --json | jq -r .apiKey`
}

// Help is printed below the flags of "mattebox account list".
func (*AccountListCmd) Help() string {
	return `Examples:

    mattebox account list
    mattebox account list --json | jq -r '.[] | select(.developer) | .email'`
}

// Help is printed below the flags of "mattebox account rotate-key".
func (*AccountRotateKeyCmd) Help() string {
	return `Example:

    mattebox account rotate-key shop@example.com --json`
}

// Help is printed below the flags of "mattebox account jobs-key".
func (*AccountJobsKeyCmd) Help() string {
	return `A key sees the jobs that were made with it, and no others. The account's first key is the jobsKey that "account create" prints; "account rotate-key" puts another in its place, which keeps its jobs. A disabled key is refused; jobs in hand go on.

Examples:

    mattebox account jobs-key shop@example.com --add staging --note "the test shop"
    mattebox account jobs-key shop@example.com --list
    mattebox account jobs-key shop@example.com --disable 0123456789abcdef
    mattebox account jobs-key shop@example.com --add app --json | jq -r .apiKey`
}

// Help is printed below the flags of "mattebox account credit".
func (*AccountCreditCmd) Help() string {
	return `Examples:

    mattebox account credit shop@example.com 100.00 --reference "bank 2026-10-04/17"
    mattebox account credit shop@example.com --note "typed twice" -- -5.00`
}

// Help is printed below the flags of "mattebox account developer".
func (*AccountDeveloperCmd) Help() string {
	return `Examples:

    mattebox account developer dev@example.com
    mattebox account developer dev@example.com --off`
}

// Help is printed below the flags of "mattebox account review".
func (*AccountReviewCmd) Help() string {
	return `Pictures that are looked at wait with status 66; see: mattebox images list --waiting-for-operator

Examples:

    mattebox account review shop@example.com low-confidence
    mattebox account review shop@example.com none`
}

// Help is printed below the commands of "mattebox images".
func (*ImagesCmd) Help() string {
	return `Examples:

    mattebox images list --waiting-for-operator
    mattebox images show TICKET
    mattebox images approve TICKET
    mattebox images upload TICKET better.png
    mattebox images refuse TICKET --reason "The picture shows no product."`
}

// Help is printed below the flags of "mattebox images list".
func (*ImagesListCmd) Help() string {
	return `Examples:

    mattebox images list
    mattebox images list --status 12 --status 90 --account shop@example.com
    mattebox images list --waiting-for-operator --json | jq -r '.[].ticket'`
}

// Help is printed below the flags of "mattebox images show".
func (*ImagesShowCmd) Help() string {
	return `Sources, result, every status that the image had, and every attempt to deliver it.

Examples:

    mattebox images show 33979dfe-5ea7-44ea-b3dd-7fde33bc37e9
    mattebox images show TICKET --json | jq .history`
}

// Help is printed below the flags of "mattebox images approve".
func (*ImagesApproveCmd) Help() string {
	return `The image becomes 70 (Production Finished), and its callback is told.

Examples:

    mattebox images approve TICKET
    mattebox images approve $(mattebox images list --waiting-for-operator --json | jq -r '.[].ticket')`
}

// Help is printed below the flags of "mattebox images refuse".
func (*ImagesRefuseCmd) Help() string {
	return `Example:

    mattebox images refuse TICKET --reason "The picture shows no product."`
}

// Help is printed below the flags of "mattebox images ask".
func (*ImagesAskCmd) Help() string {
	return `Example:

    mattebox images ask TICKET --question "Shall the label stay?"`
}

// Help is printed below the flags of "mattebox images upload".
func (*ImagesUploadCmd) Help() string {
	return `The picture is checked, a thumbnail made, and the image approved. Sources lie under the keys that mattebox images show tells, below the folder of --blobs.

Example:

    mattebox images upload TICKET better.png`
}

// Help is printed below the flags of "mattebox migrate".
func (*MigrateCmd) Help() string {
	return `On PostgreSQL this is done once before the first host of a new version starts; several at once wait for each other. On SQLite serve does it by itself.

Examples:

    mattebox migrate --database postgres://mattebox@db/mattebox
    mattebox migrate --check`
}

// Help is printed below the flags of "mattebox backup".
func (*BackupCmd) Help() string {
	return `The copy is of one moment, whatever the service does meanwhile, and holds the database, the pictures (linked where it is on the same file system) and the master key: keep it as secret as the service itself. To restore, point serve at it.

Examples:

    mattebox backup --to /backup/$(date +%F)
    mattebox backup --to /backup/mattebox.tar
    mkdir new && tar -xf /backup/mattebox.tar -C new && mattebox serve --data new`
}
