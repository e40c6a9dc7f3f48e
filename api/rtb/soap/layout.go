package soap

import "strings"

// layout names an object of the results and gives the vendor's order of its elements
// (contracts B), where rtb has another: rtb's is alphabetical or the documentation's.
// Elements that the vendor's pages do not show come last.
type layout struct {
	name  string
	order string
}

// layouts has a layout for each of rtb's types that is no result.
func layouts() map[string]layout {
	return map[string]layout{
		"templateSpec": {"TemplateSpec", "Id Name Price CreatedDate ModifiedDate IsDeleted OutputFormat DeliveryTimeInHours BackgroundType BackgroundColor " +
			"BackgroundVerticalGradientColor ResizeType ResizeUnit ResizeWidth ResizeHeight ResizeMaxSize ResizeMinSize MarginType MarginTop MarginBottom MarginLeft " +
			"MarginRight VerticalAlignment ShadowType CallbackUrl CallbackFtp"},
		"templateEntry":    {"Template", "TemplateId ContactId TemplateName Prices IsCombinedImages"},
		"imageState":       {"ImageStatus", "ImageTicket CustomerImageId ProductId StatusName StatusId IsPaid ThumbnailImageURL FinalImagesURL"},
		"productStatistic": {"ProductIdStatistic", "ProductId DoneCount TodoCount"},
		"contactDetails":   {"Contact", "ContactPerson ContactCompany ContactEmail ContactDaysOfCredit ContactAccountBalance NumberOfTrialImages"},
		"invoiceEntry":     {"Invoice", "InvoiceId CreatedDate AmountDue IsPaid PaymentUrl InvoiceUrl"},
	}
}

// resultFirst is how every result begins: the vendor's base class.
func resultFirst() []string { return []string{"ErrorCode", "Message"} }

// position returns a function that tells where a layout has a name; names that it lacks
// come after all others.
func position(order []string) func(name string) int {
	at := make(map[string]int, len(order))
	for i, name := range order {
		at[name] = i
	}
	return func(name string) int {
		if i, found := at[name]; found {
			return i
		}
		return len(order)
	}
}

func (l layout) names() []string { return strings.Fields(l.order) }
