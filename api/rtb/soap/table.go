package soap

import (
	"slices"
	"strings"

	"mattebox/api/rtb"
)

// row says how this binding calls one of rtb's operations.
type row struct {
	name string // of the SOAP operation
	of   string // rtb.Operation.Name
	does string // a sentence for the WSDL and the help pages

	// fields are those of the request in the vendor's order (contracts B). Those of
	// the REST binding that the vendor's page does not name follow, unless only.
	fields string
	only   bool

	// called gives the name of a field here for that of the REST binding.
	called map[string]string
}

// auth is how a customer's request begins.
const auth = "contactEmail contactAPIkey "

// rows is the table. CountImages and AddContact are named by us (contracts F21).
func rows() []row {
	return []row{
		{name: "AddTemplate", of: "POST Template", does: "Makes a template: how finished pictures shall look."},
		{name: "GetTemplateSpec", of: "GET Template", does: "Tells a template."},
		{name: "GetTemplates", of: "GET Templates", does: "Lists the account's templates."},
		{
			name: "AddImageToQueue", of: "POST Image", does: "Orders a picture.",
			fields: auth + "developerAPIkey templateId imageURL imageURL2 imageURL3 imageURL4 imageURL5 colorReferenceFileURL additionalResourceFileURL " +
				"additionalResourceFileURLs imageRequestedDeliveryTimeInHours imageCallbackURL customerImageId productId customerFolder imageDeadlineDateTimeUTC " +
				"instruction colorwayIds colorChangeRequests",
		},
		{
			name: "AddPartnerImageToQueue", of: "POST Image", does: "Orders a picture through a partner, whose API key is the applicationCode.",
			fields: auth + "developerAPIkey templateId imageURL imageURL2 imageURL3 imageURL4 imageURL5 additionalResourceFileURL " +
				"imageRequestedDeliveryTimeInHours imageCallbackURL customerImageId productId customerFolder imageDeadlineDateTimeUTC",
			only: true, called: map[string]string{"developerAPIkey": "applicationCode"},
		},
		{name: "DeleteImageFromQueue", of: "DELETE Image", does: "Takes an order back that no engine has begun with."},
		{name: "GetImageStatus", of: "GET Status", does: "Tells how far an image is, and where its result can be had."},
		{name: "GetImagesList", of: "GET Images List", does: "Lists the account's images."},
		{name: "CountImages", of: "GET Count Images", does: "Counts the account's images."},
		{name: "GetProductIdsList", of: "GET ProductIds List", does: "Lists the account's products."},
		{
			name: "RejectProcessedImage", of: "REJECT Image", does: "Sends a finished image back to be produced again.",
			fields: auth + "imageTicket comment customerImageId markupImageUrl",
		},
		{name: "AddContact", of: "POST Contact", does: "Opens an account for a developer's customer."},
		{name: "EditContact", of: "PUT Contact", does: "Changes what the account says of itself; what is absent or empty stays."},
		{name: "GetContactDetailed", of: "GET Contact", does: "Tells about the account: its balance, credit and free images."},
		{name: "GetInvoiceList", of: "GET Invoices", does: "Lists the account's invoices and credit notes, the newest first."},
	}
}

// operation is a row with what rtb has of it.
type operation struct {
	rtb.Operation // Name is the SOAP operation's

	does   string
	params []param
	result *complexType
}

// param is an element of a request: always text but where the vendor has an array.
type param struct {
	name     string
	field    string // the REST binding's name
	list     string // the type of an array, "ArrayOfInt"; empty for text
	required bool
}

// operationsOf joins the rows and rtb's table, and describes the results in types.
func operationsOf(table []rtb.Operation, types *schema) []*operation {
	var all []*operation
	for _, r := range rows() {
		i := slices.IndexFunc(table, func(o rtb.Operation) bool { return o.Name == r.of })
		o := &operation{Operation: table[i], does: r.does, params: r.params(table[i].Fields)}
		o.Name = r.name
		o.result = types.result(o.Element, o.Response)
		all = append(all, o)
	}
	return all
}

// params returns the elements of the request in their order.
func (r row) params(fields []rtb.Field) []param {
	given := map[string]rtb.Field{}
	order := strings.Fields(r.fields)
	for _, f := range fields {
		given[f.Name] = f
		if !r.only && !slices.Contains(order, f.Name) {
			order = append(order, f.Name)
		}
	}
	params := make([]param, 0, len(order))
	for _, name := range order {
		p := param{name: name, field: name, list: arrays()[name], required: given[name].Required}
		if other, renamed := r.called[name]; renamed {
			p.name = other
		}
		params = append(params, p)
	}
	return params
}

// arrays are the requests' fields that are no text, with their types.
func arrays() map[string]string {
	return map[string]string{
		"additionalResourceFileURLs": "ArrayOfString",
		"colorwayIds":                "ArrayOfInt",
		"colorChangeRequests":        "ArrayOfColorChangeRequest",
	}
}

// wrapper returns the name of the element that a response is wrapped in.
func (o *operation) wrapper() string { return o.Name + "Response" }

// returned returns the name of the element in the wrapper.
func (o *operation) returned() string { return o.Name + "Result" }
