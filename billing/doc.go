// Package billing holds what is particular to money at the house's edges: the
// prices and terms that an operator writes down, invoices as PDF, and the
// providers that take payments.
//
// Data comes in from two JSON files, LoadPrices and LoadTerms, and from an invoice
// that the store has made; it goes out as a mattebox.PriceTable, as the VAT of a
// buyer, as pages, and as a payment begun at a provider, whose signed events
// become mattebox.PaymentEvent. Nothing here knows how money is booked: that is
// the ledger's business, in the store.
package billing
