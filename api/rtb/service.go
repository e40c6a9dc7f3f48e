package rtb

import (
	"log/slog"
	"net/http"
)

// Service has the operations.
type Service struct{ c Config }

// NewService returns a service on the config.
func NewService(c Config) *Service {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return &Service{c: c}
}

// Operations returns the table. Orders of fields are those of the vendor's
// documentation, with newer fields where its SOAP binding has them (contracts B).
func (s *Service) Operations() []Operation {
	return []Operation{
		operation(s, Operation{Name: "POST Template", Method: http.MethodPost, Path: "/Template", Element: "NewTemplateResponse"}, s.addTemplate),
		operation(s, Operation{Name: "GET Template", Method: http.MethodGet, Path: "/Template/{templateId}", Element: "TemplateSpecResponse"}, s.templateSpec),
		operation(s, Operation{Name: "GET Templates", Method: http.MethodGet, Path: "/Templates", Element: "TemplatesResponse"}, s.templates),
		operation(s, Operation{Name: "POST Image", Method: http.MethodPost, Path: "/Image", Element: "AddImageResponse"}, s.addImage),
		operation(s, Operation{Name: "DELETE Image", Method: http.MethodDelete, Path: "/Image/{imageTicket}", Element: "DeleteImageResponse"}, s.deleteImage),
		operation(s, Operation{Name: "GET Status", Method: http.MethodGet, Path: "/Image/{imageTicket}", Element: "ImageStatusResponse"}, s.imageStatus),
		operation(s, Operation{Name: "GET Images List", Method: http.MethodGet, Path: "/Images", Element: "ImagesListResponse"}, s.imagesList),
		operation(s, Operation{Name: "GET Count Images", Method: http.MethodGet, Path: "/Images/Count", Element: "ImagesCountResponse"}, s.imagesCount),
		operation(s, Operation{Name: "GET ProductIds List", Method: http.MethodGet, Path: "/ProductIds", Element: "ProductIdsListResponse"}, s.productIDs),
		operation(s, Operation{Name: "REJECT Image", Method: http.MethodPut, Path: "/Image/Reject/{imageTicket}", Element: "RejectImageResponse"}, s.rejectImage),
		operation(s, Operation{Name: "POST Contact", Method: http.MethodPost, Path: "/Contact", Element: "NewContactResponse"}, s.addContact),
		operation(s, Operation{Name: "PUT Contact", Method: http.MethodPut, Path: "/Contact", Element: "EditContactResponse"}, s.editContact),
		operation(s, Operation{Name: "GET Contact", Method: http.MethodGet, Path: "/Contact", Element: "ContactResponse"}, s.contact),
		operation(s, Operation{Name: "GET Invoices", Method: http.MethodGet, Path: "/Invoices", Element: "InvoiceListResponse"}, s.invoices),
	}
}
