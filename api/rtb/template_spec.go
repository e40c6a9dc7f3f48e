package rtb

import (
	"context"
	"math"
	"time"

	"mattebox"
)

// templateSpecRequest is contracts A2.
type templateSpecRequest struct {
	auth
	TemplateID string `rtb:"templateId,required"`
}

type templateSpecResponse struct {
	outcome
	Template *templateSpec `rtb:"Template"`
}

// templateSpec has other names than POST Template, in the vendor's order.
type templateSpec struct {
	BackgroundColor                 string  `rtb:"BackgroundColor"`
	BackgroundType                  int     `rtb:"BackgroundType"`
	BackgroundVerticalGradientColor string  `rtb:"BackgroundVerticalGradientColor"`
	CallbackFTP                     *string `rtb:"CallbackFtp"`
	CallbackURL                     string  `rtb:"CallbackUrl"`
	CreatedDate                     string  `rtb:"CreatedDate"`
	DeliveryTimeInHours             int     `rtb:"DeliveryTimeInHours"`
	ID                              int     `rtb:"Id"`
	IsDeleted                       bool    `rtb:"IsDeleted"`
	MarginBottom                    float64 `rtb:"MarginBottom"`
	MarginLeft                      float64 `rtb:"MarginLeft"`
	MarginRight                     float64 `rtb:"MarginRight"`
	MarginTop                       float64 `rtb:"MarginTop"`
	MarginType                      int     `rtb:"MarginType"`
	ModifiedDate                    string  `rtb:"ModifiedDate"`
	Name                            string  `rtb:"Name"`
	OutputFormat                    string  `rtb:"OutputFormat"`
	Price                           *amount `rtb:"Price,,prefixed"`
	ResizeHeight                    float64 `rtb:"ResizeHeight"`
	ResizeMaxSize                   float64 `rtb:"ResizeMaxSize"`
	ResizeMinSize                   float64 `rtb:"ResizeMinSize"`
	ResizeType                      int     `rtb:"ResizeType"`
	ResizeUnit                      int     `rtb:"ResizeUnit"`
	ResizeWidth                     float64 `rtb:"ResizeWidth"`
	ShadowType                      *int    `rtb:"ShadowType"`
	VerticalAlignment               *int    `rtb:"VerticalAlignment"`
}

func (s *Service) templateSpec(ctx context.Context, account *mattebox.Account, req *templateSpecRequest) (*templateSpecResponse, error) {
	id, err := templateID(req.TemplateID)
	if err != nil {
		return nil, err
	}
	stored, err := s.c.Templates.Template(ctx, account.ID, id)
	if err != nil {
		return nil, noTemplate(err)
	}
	if stored.Price, err = s.price(account, stored.Template); err != nil {
		return nil, err
	}
	answer := &templateSpecResponse{Template: specOf(stored)}
	answer.settle(NoError, "Success")
	return answer, nil
}

// templateID reads a template's number; blank text is 0. No template has a number
// below 1, and 0 must not pass for the default one.
func templateID(text string) (mattebox.TemplateID, error) {
	id, err := whole("templateId", text, 0, math.MinInt, math.MaxInt)
	if err == nil && text != "" && id < 1 {
		err = noTemplate(mattebox.Errorf(mattebox.CodeNotFound, "templates count from 1"))
	}
	return mattebox.TemplateID(id), err
}

// noTemplate turns the store's word for an unknown template into the API's.
func noTemplate(err error) error {
	return renamed(err, mattebox.CodeNotFound, Fault{Code: InvalidTemplate, Message: "Not found"})
}

func specOf(stored mattebox.StoredTemplate) *templateSpec {
	t := stored.Template
	return &templateSpec{
		BackgroundColor: colorText(t.BackgroundColor), BackgroundType: int(t.Background),
		BackgroundVerticalGradientColor: colorText(t.GradientColor), CallbackURL: t.CallbackURL,
		CreatedDate: date(stored.Created), DeliveryTimeInHours: t.DeliveryHours, ID: int(stored.ID), IsDeleted: stored.Deleted,
		MarginBottom: t.Margins.Bottom, MarginLeft: t.Margins.Left, MarginRight: t.Margins.Right, MarginTop: t.Margins.Top,
		MarginType: int(t.Margin), ModifiedDate: date(stored.Modified), Name: t.Name, OutputFormat: string(t.Format),
		Price:        amountOf(stored.Price),
		ResizeHeight: t.Height, ResizeMaxSize: t.MaxSize, ResizeMinSize: t.MinSize,
		ResizeType: int(t.Resize), ResizeUnit: int(t.Unit), ResizeWidth: t.Width,
		ShadowType: unless(int(t.Shadow), int(mattebox.ShadowNone)), VerticalAlignment: unless(int(t.Alignment), int(mattebox.AlignCentre)),
	}
}

func colorText(c *mattebox.Color) string {
	if c == nil {
		return ""
	}
	return c.String()
}

func date(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// unless returns nil for the value that the vendor reports as unset.
func unless(v, unset int) *int {
	if v == unset {
		return nil
	}
	return &v
}
