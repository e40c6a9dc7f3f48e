package rtb

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// addImageRequest is contracts A4. instruction is the SOAP binding's name of comment.
type addImageRequest struct {
	auth
	DeveloperAPIKey                   string `rtb:"developerAPIkey"`
	TemplateID                        string `rtb:"templateId"`
	ImageURL                          string `rtb:"imageURL,required" max:"2048"`
	ImageURL2                         string `rtb:"imageURL2" max:"2048"`
	ImageURL3                         string `rtb:"imageURL3" max:"2048"`
	ImageURL4                         string `rtb:"imageURL4" max:"2048"`
	ImageURL5                         string `rtb:"imageURL5" max:"2048"`
	ImageRequestedDeliveryTimeInHours string `rtb:"imageRequestedDeliveryTimeInHours"`
	ImageCallbackURL                  string `rtb:"imageCallbackURL" max:"2048"`
	CustomerImageID                   string `rtb:"customerImageId"`
	ProductID                         string `rtb:"productId"`
	CustomerFolder                    string `rtb:"customerFolder"`
	ImageDeadlineDateTimeUTC          string `rtb:"imageDeadlineDateTimeUTC"`
	Instruction                       string `rtb:"instruction" max:"4000"`
	Comment                           string `rtb:"comment" max:"4000"`
	OutputFileName                    string `rtb:"outputFileName"`
	unreadImageFields
}

// unreadImageFields are what newer clients may send and no operation heeds:
// recolouring and reference pictures are work for people.
type unreadImageFields struct {
	ColorReferenceFileURL      string   `rtb:"colorReferenceFileURL,unread"`
	AdditionalResourceFileURL  string   `rtb:"additionalResourceFileURL,unread"`
	AdditionalResourceFileURLs []string `rtb:"additionalResourceFileURLs,unread"`
	ColorwayIDs                []string `rtb:"colorwayIds,unread"`
	ColorChangeRequests        []string `rtb:"colorChangeRequests,unread"`
	MarkupImageURL             string   `rtb:"markupImageUrl,unread"`
	SwatchImageURL             string   `rtb:"swatchImageURL,unread"`
	SwatchColorCode            string   `rtb:"swatchColorCode,unread"`
	MarkerX                    string   `rtb:"markerX,unread"`
	MarkerY                    string   `rtb:"markerY,unread"`
	CustomerImageColorID       string   `rtb:"customerImageColorID,unread"`
}

type addImageResponse struct {
	outcome
	ImageTicket     GUID    `rtb:"ImageTicket"`
	IsTrial         bool    `rtb:"IsTrial"`
	CustomerImageID *string `rtb:"CustomerImageId"`
}

func (s *Service) addImage(ctx context.Context, account *mattebox.Account, req *addImageRequest) (*addImageResponse, error) {
	submission, err := s.submission(account, req)
	if err != nil {
		return nil, err
	}
	if submission.Partner, err = s.partner(ctx, account, req); err != nil {
		return nil, err
	}
	if err := s.c.Intake.Admit(ctx); err != nil {
		return nil, err
	}
	image, err := s.c.Images.SubmitImage(ctx, submission)
	if err != nil {
		return nil, noTemplate(err)
	}
	return &addImageResponse{
		ImageTicket: GUID(image.Ticket), IsTrial: image.Funding == mattebox.FundingTrial, CustomerImageID: &image.CustomerImageID,
	}, nil
}

func (s *Service) submission(account *mattebox.Account, req *addImageRequest) (mattebox.Submission, error) {
	id, err := templateID(req.TemplateID)
	if err != nil {
		return mattebox.Submission{}, err
	}
	sources, err := s.sources(req)
	if err != nil {
		return mattebox.Submission{}, err
	}
	hours, err := s.deliveryHours(req)
	if err != nil {
		return mattebox.Submission{}, err
	}
	callback := strings.TrimSpace(req.ImageCallbackURL)
	if err := s.checkURL("imageCallbackURL", callback); err != nil {
		return mattebox.Submission{}, err
	}
	return mattebox.Submission{
		Account: account.ID, TemplateID: id, SourceURLs: sources,
		Order: mattebox.Order{
			CustomerImageID: req.CustomerImageID, ProductID: req.ProductID, CallbackURL: callback, DeliveryHours: hours,
			Instruction: joined(req.Instruction, req.Comment), Folder: req.CustomerFolder, OutputName: req.OutputFileName,
		},
	}, nil
}

// sources returns the addresses that are given, in their order.
func (s *Service) sources(req *addImageRequest) ([]string, error) {
	var given []string
	for i, address := range [mattebox.MaxSources]string{req.ImageURL, req.ImageURL2, req.ImageURL3, req.ImageURL4, req.ImageURL5} {
		field := "imageURL"
		if i > 0 {
			field += strconv.Itoa(i + 1)
		}
		address = strings.TrimSpace(address)
		if address == "" {
			continue
		}
		if err := s.checkURL(field, address); err != nil {
			return nil, err
		}
		given = append(given, address)
	}
	return given, nil
}

// partner returns the developer whose key the order carries: the order is then at
// the partner's price. A customer's own key in its place stands for no partner,
// developer or not, because tests are told to send it (contracts A4) and nobody is
// their own reseller; webhooks are then signed with the customer's own secret anyway
// (F2).
func (s *Service) partner(ctx context.Context, account *mattebox.Account, req *addImageRequest) (mattebox.AccountID, error) {
	key := strings.TrimSpace(req.DeveloperAPIKey)
	if key == "" || strings.EqualFold(key, strings.TrimSpace(req.ContactAPIKey)) {
		return 0, nil
	}
	id, err := s.c.Accounts.DeveloperByKey(ctx, key)
	if err != nil {
		return 0, renamed(err, mattebox.CodeUnauthenticated, Fault{Code: InvalidDeveloperKey, Message: "developerAPIkey is not the key of a developer."})
	}
	if id == account.ID {
		return 0, nil
	}
	return id, nil
}

// deadlineFormat is that of imageDeadlineDateTimeUTC; it is at least minDeadline ahead.
const (
	deadlineFormat = "2006-01-02 15:04:05"
	minDeadline    = 24 * time.Hour
)

// deliveryHours returns the delivery time that the order asks for: in hours, or by a
// deadline, which is kept by the longest of the delivery times that ends before it. 0
// leaves it to the template.
func (s *Service) deliveryHours(req *addImageRequest) (int, error) {
	hours, err := whole("imageRequestedDeliveryTimeInHours", req.ImageRequestedDeliveryTimeInHours, 0, 24, 168)
	if err != nil {
		return 0, err
	}
	if hours != 0 && hours != 24 && hours != 72 && hours != 168 {
		return 0, mattebox.Invalid("imageRequestedDeliveryTimeInHours", "is %d; use 24, 72 or 168", hours)
	}
	text := strings.TrimSpace(req.ImageDeadlineDateTimeUTC)
	if text == "" {
		return hours, nil
	}
	deadline, err := time.Parse(deadlineFormat, text)
	if err != nil {
		return 0, mattebox.Invalid("imageDeadlineDateTimeUTC", "is %.20q, not a time like 2013-01-31 18:00:00", text)
	}
	left := deadline.Sub(s.c.Now())
	if left < minDeadline {
		return 0, mattebox.Invalid("imageDeadlineDateTimeUTC", "is less than 24 hours ahead")
	}
	if hours != 0 {
		return hours, nil
	}
	for _, longest := range [...]int{168, 72} {
		if left >= time.Duration(longest)*time.Hour {
			return longest, nil
		}
	}
	return 24, nil
}

// joined returns the texts that are given, a line each.
func joined(given ...string) string {
	var lines []string
	for _, text := range given {
		if text != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// reason returns an error's text without the field that the error names.
func reason(err error) string {
	var e *mattebox.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
