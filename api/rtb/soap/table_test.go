package soap

import (
	"slices"
	"strings"
	"testing"

	"mattebox/api/rtb"
)

func table(t testing.TB) ([]*operation, *schema) {
	t.Helper()
	types := &schema{}
	return operationsOf(rtb.NewService(rtb.Config{}).Operations(), types), types
}

// Every operation of the REST binding is here with all of its fields, and none has a
// field that its operation does not know.
func TestTableIsWhole(t *testing.T) {
	for _, rest := range rtb.NewService(rtb.Config{}).Operations() {
		i := slices.IndexFunc(rows(), func(r row) bool { return r.of == rest.Name && !r.only })
		if i < 0 {
			t.Errorf("%s has no SOAP operation", rest.Name)
			continue
		}
		for _, f := range rest.Fields {
			if !slices.ContainsFunc(rows()[i].params(rest.Fields), func(p param) bool { return p.field == f.Name }) {
				t.Errorf("%s lacks %s", rows()[i].name, f.Name)
			}
		}
	}
	operations, _ := table(t)
	for _, o := range operations {
		for _, p := range o.params {
			if !slices.ContainsFunc(o.Fields, func(f rtb.Field) bool { return f.Name == p.field && f.List == (p.list != "") }) {
				t.Errorf("%s: nobody knows %s", o.Name, p.name)
			}
		}
	}
}

// The fields that the vendor's pages show stand in their order (contracts B).
func TestRequestOrder(t *testing.T) {
	want := map[string]string{
		"AddTemplate": "templateName templateOutputFormat deliveryTimeInHour backgroundType backgroundColor backgroundVerticalGradientColor resizeType resizeUnit resizeHeight " +
			"resizeWidth resizeMinSize resizeMaxSize marginType marginTop marginBottom marginLeft marginRight marginVerticalAlignment shadowType isCombinedImages callbackUrl comment " +
			"isKeptMannequin isKeptModel",
		"GetTemplateSpec": "templateId",
		"GetTemplates":    "",
		"AddImageToQueue": "developerAPIkey templateId imageURL imageURL2 imageURL3 imageURL4 imageURL5 colorReferenceFileURL additionalResourceFileURL additionalResourceFileURLs " +
			"imageRequestedDeliveryTimeInHours imageCallbackURL customerImageId productId customerFolder imageDeadlineDateTimeUTC instruction colorwayIds colorChangeRequests",
		"AddPartnerImageToQueue": "applicationCode templateId imageURL imageURL2 imageURL3 imageURL4 imageURL5 additionalResourceFileURL imageRequestedDeliveryTimeInHours imageCallbackURL " +
			"customerImageId productId customerFolder imageDeadlineDateTimeUTC",
		"DeleteImageFromQueue": "imageTicket customerImageId",
		"GetImageStatus":       "imageTicket customerImageId",
		"GetImagesList":        "imageStatus excludeImageStatus productId fromDate toDate page imagesPerPage sortBy isDescending",
		"CountImages":          "imageStatus fromDate toDate",
		"GetProductIdsList":    "page productIdsPerPage",
		"RejectProcessedImage": "imageTicket comment customerImageId markupImageUrl",
		"EditContact": "contactName contactCompany contactAddress1 contactAddress2 contactZipCode contactCity contactState contactPhone timezoneIndex billingEmail billingAddress1 " +
			"billingAddress2 billingZipCode billingCity billingState euVatNumber isReceivedNewslater",
		"GetContactDetailed": "",
		"GetInvoiceList":     "fromDate toDate page returnUrl",
	}
	operations, _ := table(t)
	for _, o := range operations {
		order, known := want[o.Name]
		if o.Name == "AddContact" {
			order = "developerEmail developerAPIkey contactEmail contactName countryCode contactAddress1 contactAddress2 contactPhone contactCity contactState contactZipCode"
		} else {
			order = strings.TrimSpace(auth + order)
		}
		if !known && o.Name != "AddContact" {
			t.Errorf("%s is not in contracts B", o.Name)
		}
		var names []string
		for _, p := range o.params {
			names = append(names, p.name)
		}
		if got := strings.Join(names, " "); got != order && !strings.HasPrefix(got, order+" ") {
			t.Errorf("%s:\n got %s\nwant %s", o.Name, got, order)
		}
	}
}

// A layout says where every element of its object stands, and there is no other.
func TestLayoutsAreWhole(t *testing.T) {
	_, types := table(t)
	used := map[string]bool{}
	for _, l := range layouts() {
		object := types.find(l.name)
		if object == nil {
			t.Errorf("no result has a %s", l.name)
			continue
		}
		used[l.name] = true
		var names []string
		for _, m := range object.Members {
			names = append(names, m.Name)
		}
		if got := strings.Join(names, " "); got != l.order {
			t.Errorf("%s:\n got %s\nwant %s", l.name, got, l.order)
		}
	}
	for _, known := range types.types {
		if !known.Array && !strings.HasSuffix(known.Name, "Result") && !used[known.Name] {
			t.Errorf("%q has no layout", known.Name)
		}
	}
}

func TestResultsBeginWithErrorCodeAndMessage(t *testing.T) {
	operations, _ := table(t)
	for _, o := range operations {
		if m := o.result.Members; m[0].Name != "ErrorCode" || m[1].Name != "Message" {
			t.Errorf("%s begins with %s, %s", o.result.Name, m[0].Name, m[1].Name)
		}
	}
}
