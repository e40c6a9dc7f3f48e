package soap

import "net/http"

const (
	noTicket = "00000000-0000-0000-0000-000000000000" // what an answer has that names no image
	noKey    = "00000000-0000-4000-8000-000000000000" // nobody's
)

// step is a call of the clients' road: the ErrorCode that is due and, where the REST
// binding can still say the same after the walk, the request that it is asked with.
type step struct {
	name, code   string
	method, path string // "{step/member}" stands for what an answer had
	given        fieldsText
	developer    bool // asked by the developer; else by the contact
}

type fieldsText map[string]string

// fact is what an answer has to have at a path.
type fact struct {
	step   string
	path   []string
	length int    // of a list
	text   string // of a scalar
}

func lengths() []fact {
	return []fact{
		{step: "GetTemplates one", path: []string{"Templates"}, length: 1},
		{step: "GetTemplates", path: []string{"Templates"}, length: 2},
		{step: "GetImagesList empty", path: []string{"Images"}},
		{step: "GetImagesList one", path: []string{"Images"}, length: 1},
		{step: "GetProductIdsList empty", path: []string{"ProductIds"}},
		{step: "GetProductIdsList one", path: []string{"ProductIds"}, length: 1},
		{step: "GetProductIdsList", path: []string{"ProductIds"}, length: 2},
		{step: "GetInvoiceList empty", path: []string{"Invoices"}},
		{step: "GetInvoiceList", path: []string{"Invoices"}, length: 1},
		{step: "GetImageStatus", path: []string{"ImageStatus", "FinalImagesURL"}, length: 1},
		{step: "GetImageStatus missing", path: []string{"ImageStatus", "FinalImagesURL"}},
	}
}

func texts() []fact {
	return []fact{
		{step: "AddContact again", path: []string{"ContactAPIkey"}, text: noTicket},
		{step: "AddTemplate", path: []string{"Message"}, text: "Success"},
		{step: "AddTemplate refused", path: []string{"TemplateId"}, text: "0"},
		{step: "AddTemplate refused", path: []string{"Price"}},
		{step: "AddImageToQueue", path: []string{"CustomerImageId"}, text: "SKU 1/ä"},
		{step: "AddImageToQueue", path: []string{"IsTrial"}, text: "true"},
		{step: "AddImageToQueue plain", path: []string{"CustomerImageId"}},
		{step: "AddImageToQueue refused", path: []string{"ImageTicket"}, text: noTicket},
		{step: "AddImageToQueue refused", path: []string{"IsTrial"}, text: "false"},
		{step: "GetContactDetailed", path: []string{"Contact", "ContactPerson"}, text: "Zoë Ångström"},
		{step: "GetContactDetailed", path: []string{"Contact", "ContactCompany"}, text: "Käse & Söhne <A/S>"},
		{step: "GetImageStatus", path: []string{"ImageStatus", "CustomerImageId"}, text: "SKU 1/ä"},
		{step: "DeleteImageFromQueue", path: []string{"Message"}, text: "Image was deleted"},
		{step: "RejectProcessedImage", path: []string{"Message"}, text: "Image was rejected."},
		{step: "CountImages none", path: []string{"ImagesCount"}, text: "0"},
	}
}

// steps are all calls of the samples in testdata. The first word of a name is the
// operation.
func steps() []step {
	const (
		get, post, put, remove = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

		ok, missing, invalid = "NoError", "MissingRequiredInformation", "InvalidParameter"
		who, which           = "AuthenticationFailed", "ImageNotFound"
	)
	wrong := fieldsText{"contactAPIkey": noKey}
	return []step{
		{name: "AddContact", code: ok},
		{name: "AddContact again", code: "ContactAlreadyExists"},
		{name: "EditContact", code: ok},
		{name: "EditContact refused", code: who, method: put, path: "Contact", given: wrong},
		{name: "GetContactDetailed refused", code: who, method: get, path: "Contact", given: wrong},
		{name: "GetContactDetailed", code: ok, method: get, path: "Contact"},

		{name: "AddTemplate", code: ok},
		{name: "AddTemplate refused", code: missing, method: post, path: "Template", given: fieldsText{"templateOutputFormat": "JPG", "deliveryTimeInHour": "24", "backgroundType": "0"}},
		{name: "GetTemplateSpec", code: ok, method: get, path: "Template/{AddTemplate/TemplateId}"},
		{name: "GetTemplateSpec refused", code: "InvalidTemplate", method: get, path: "Template/1"},
		{name: "GetTemplates one", code: ok},
		{name: "GetTemplates", code: ok, method: get, path: "Templates"},
		{name: "GetTemplates refused", code: who, method: get, path: "Templates", given: wrong},

		{name: "AddImageToQueue", code: ok},
		{name: "AddImageToQueue plain", code: ok},
		{name: "AddImageToQueue missing", code: ok},
		{name: "AddImageToQueue refused", code: missing, method: post, path: "Image"},
		{name: "AddPartnerImageToQueue", code: ok},
		{name: "AddPartnerImageToQueue refused", code: "InvalidDeveloperKey", method: post, path: "Image", given: fieldsText{"developerAPIkey": noKey, "imageURL": "https://shop.example/a.jpg"}},
		{name: "GetImageStatus", code: ok, method: get, path: "Image/{AddImageToQueue/ImageTicket}"},
		{name: "GetImageStatus missing", code: ok, method: get, path: "Image/{AddImageToQueue missing/ImageTicket}"},
		{name: "GetImageStatus nonticket", code: ok, method: get, path: "Image/nonticket", given: fieldsText{"customerImageId": "missing"}},
		{name: "GetImageStatus refused", code: which, method: get, path: "Image/" + noKey},
		{name: "GetImagesList empty", code: ok, method: get, path: "Images", given: fieldsText{"productId": "none"}},
		{name: "GetImagesList one", code: ok, method: get, path: "Images", given: fieldsText{"productId": "P-1"}},
		{name: "GetImagesList", code: ok, method: get, path: "Images", given: fieldsText{"sortBy": "id", "isDescending": "false"}},
		{name: "GetImagesList refused", code: invalid, method: get, path: "Images", given: fieldsText{"sortBy": "beauty"}},
		{name: "CountImages none", code: ok},
		{name: "CountImages", code: ok, method: get, path: "Images/Count"},
		{name: "CountImages refused", code: invalid, method: get, path: "Images/Count", given: fieldsText{"fromDate": "yesterday"}},
		{name: "GetProductIdsList empty", code: ok, method: get, path: "ProductIds", given: fieldsText{"page": "9"}},
		{name: "GetProductIdsList one", code: ok, method: get, path: "ProductIds", given: fieldsText{"page": "2", "productIdsPerPage": "1"}},
		{name: "GetProductIdsList", code: ok, method: get, path: "ProductIds"},
		{name: "GetProductIdsList refused", code: who, method: get, path: "ProductIds", given: wrong},
		{name: "RejectProcessedImage", code: ok},
		{name: "RejectProcessedImage refused", code: "InvalidImageStatus", method: put, path: "Image/Reject/{AddImageToQueue missing/ImageTicket}", given: fieldsText{"comment": "Too early."}},
		{name: "DeleteImageFromQueue", code: ok},
		{name: "DeleteImageFromQueue refused", code: "InvalidImageStatus", method: remove, path: "Image/{AddImageToQueue/ImageTicket}"},

		{name: "GetInvoiceList empty", code: ok, method: get, path: "Invoices"},
		{name: "GetInvoiceList", code: ok, method: get, path: "Invoices", developer: true},
		{name: "GetInvoiceList refused", code: invalid, method: get, path: "Invoices", given: fieldsText{"page": "last"}, developer: true},
	}
}
