package main

// Help is printed below the flags of "mattebox account refund".
func (*AccountRefundCmd) Help() string {
	return `Only booked: send the money by the way that the note names.

Examples:

    mattebox account refund shop@example.com 12.50 --note "bank transfer of 4 October"
    mattebox account refund shop@example.com all --note "account closed, bank transfer"`
}

// Help is printed below the flags of "mattebox account top-up".
func (*AccountTopUpCmd) Help() string {
	return `Whoever has the address sees the balance and may pay in; send it to the customer alone.

Example:

    mattebox account top-up shop@example.com`
}

// Help is printed below the flags of "mattebox account trial".
func (*AccountTrialCmd) Help() string {
	return `Example:

    mattebox account trial shop@example.com 10`
}

// Help is printed below the flags of "mattebox account days-of-credit".
func (*AccountDaysOfCreditCmd) Help() string {
	return `Invoices that are made already keep their day.

Examples:

    mattebox account days-of-credit shop@example.com 30
    mattebox account days-of-credit shop@example.com 0`
}

// Help is printed below the commands of "mattebox ledger".
func (*LedgerCmd) Help() string {
	return `Examples:

    mattebox ledger check
    mattebox ledger show --account shop@example.com --since 720h`
}

// Help is printed below the flags of "mattebox ledger check".
func (*LedgerCheckCmd) Help() string {
	return `Every posting sums to zero, every balance is the sum of its entries, every image is charged or released once, every invoice is the sum of its images, numbers have no gap. Exit code 1 when something does not hold.

Examples:

    mattebox ledger check
    mattebox ledger check --json | jq -r '.faults[]'`
}

// Help is printed below the flags of "mattebox ledger show".
func (*LedgerShowCmd) Help() string {
	return `Examples:

    mattebox ledger show --account shop@example.com
    mattebox ledger show --ticket TICKET
    mattebox ledger show --invoice INV-1315 --json`
}

// Help is printed below the commands of "mattebox invoice".
func (*InvoiceCmd) Help() string {
	return `Examples:

    mattebox invoice run
    mattebox invoice list --unpaid
    mattebox invoice pay INV-1315 --reference "bank 2026-10-04/17"`
}

// Help is printed below the flags of "mattebox invoice run".
func (*InvoiceRunCmd) Help() string {
	return `A running server does this by itself (--invoice-on); nothing is invoiced twice. Give --seller and --vat-rate as the server has them.

Examples:

    mattebox invoice run --seller /etc/mattebox/seller.json
    mattebox invoice run --period 2026-10 --account shop@example.com`
}

// Help is printed below the flags of "mattebox invoice list".
func (*InvoiceListCmd) Help() string {
	return `Examples:

    mattebox invoice list
    mattebox invoice list --unpaid --json | jq -r '.[].id'`
}

// Help is printed below the flags of "mattebox invoice show".
func (*InvoiceShowCmd) Help() string {
	return `Example:

    mattebox invoice show INV-1315`
}

// Help is printed below the flags of "mattebox invoice pay".
func (*InvoicePayCmd) Help() string {
	return `Examples:

    mattebox invoice pay INV-1315
    mattebox invoice pay INV-1315 --reference "bank 2026-10-04/17"`
}

// Help is printed below the flags of "mattebox invoice credit".
func (*InvoiceCreditCmd) Help() string {
	return `The credit note has a number of its own. What was paid of the invoice goes back to the account's balance; see: mattebox account refund.

Example:

    mattebox invoice credit INV-1315 --note "wrong template"`
}

// Help is printed below the flags of "mattebox invoice pdf".
func (*InvoicePDFCmd) Help() string {
	return `Examples:

    mattebox invoice pdf INV-1315
    mattebox invoice pdf INV-1315 -o - | lp`
}

// Help is printed below the commands of "mattebox usage".
func (*UsageCmd) Help() string {
	return `Example:

    mattebox usage export --account shop@example.com --from 2026-10-01 --to 2026-10-31`
}

// Help is printed below the flags of "mattebox usage export".
func (*UsageExportCmd) Help() string {
	return `Images that were ordered on the days, in the account's time zone. Texts of customers that a spreadsheet would take for a formula get a ' in front in CSV.

Examples:

    mattebox usage export --account shop@example.com --from 2026-10-01 --to 2026-10-31 > october.csv
    mattebox usage export --account shop@example.com --format json | jq length`
}
