package webhook

import (
	"bytes"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// The vectors of contracts.md C.
const (
	vectorSecret = "my_application_secret_code"
	vectorBody   = "imageTicket=33979dfe-5ea7-44ea-b3dd-7fde33bc37e9&processedImageURL=https%3A%2F%2Ffiles.example.test%2F1%2F2%2Ffinal%2Fa.jpg"
	vectorUTF8   = "6jJT0GH38DgqcFFnlT53J3qg8aCXlPqiyCnbmxymHDk="
	vectorUTF16  = "JEl9UJf5q6TfNfkVON0X3BtFOmsVK7ZWGu8tGVJ2l18="
)

func TestSignRTB(t *testing.T) {
	s := mattebox.Sending{Secrets: []string{vectorSecret, "the one before"}, PartnerSecrets: []string{vectorSecret, "the one before"}}
	s.Delivery.Body = []byte(vectorBody)
	want := map[string]string{
		"HTTP_X_RTB_PARTNER_HMAC_SHA256":  vectorUTF16,
		"HTTP_X_RTB_CUSTOMER_HMAC_SHA256": vectorUTF16,
		"X-RTB-PARTNER-HMAC-SHA256":       vectorUTF8,
		"X-RTB-CUSTOMER-HMAC-SHA256":      vectorUTF8,
	}
	if diff := cmp.Diff(want, RTB().Sign(s, time.Time{})); diff != "" {
		t.Error(diff)
	}
	s.PartnerSecrets = nil
	if diff := cmp.Diff(want, RTB().Sign(s, time.Time{})); diff != "" {
		t.Errorf("without a partner: %s", diff)
	}
	s.PartnerSecrets = []string{"other"}
	got := RTB().Sign(s, time.Time{})
	if got[headerPartner] == vectorUTF8 || got[headerPartnerWide] == vectorUTF16 || got[headerCustomer] != vectorUTF8 || got[headerCustomerWide] != vectorUTF16 {
		t.Errorf("with another partner: %v", got)
	}
}

func TestWide(t *testing.T) {
	for text, want := range map[string]string{"": "", "aZ": "a\x00Z\x00", "é€": "\xe9\x00\xac\x20", "😀": "\x3d\xd8\x00\xde"} {
		if got := wide(text); string(got) != want {
			t.Errorf("wide(%q) = %q, want %q", text, got, want)
		}
	}
}

// The vector is that of the Standard Webhooks specification's reference libraries:
// secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.
func TestStandardSignature(t *testing.T) {
	secret := "\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0"
	got := standardSignature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

// One signature stands for each secret in force, and no secret signs twice.
func TestStandardHeaders(t *testing.T) {
	at := time.Unix(1614265330, 0)
	for _, c := range []struct {
		dialect           Dialect
		secrets, partners []string
		signed            []string
	}{
		{RTB(), []string{"a"}, nil, []string{"a"}},
		{RTB(), []string{"a"}, []string{"a"}, []string{"a"}},
		{RTB(), []string{"a", "b"}, []string{"p", "q"}, []string{"a", "b", "p", "q"}},
		{RTB(), []string{"a", "b"}, []string{"b", ""}, []string{"a", "b"}},
		{HWR(), []string{"a", "b"}, []string{"p"}, []string{"a", "b"}},
		{Video(), []string{"a", "b"}, []string{"p"}, []string{"a", "b"}},
	} {
		s := mattebox.Sending{Secrets: c.secrets, PartnerSecrets: c.partners, Delivery: mattebox.Delivery{UID: "uid", Body: []byte("{}")}}
		var signatures []string
		for _, secret := range c.signed {
			signatures = append(signatures, standardSignature(secret, "uid", "1614265330", s.Delivery.Body))
		}
		want := map[string]string{"webhook-id": "uid", "webhook-timestamp": "1614265330", "webhook-signature": strings.Join(signatures, " ")}
		if diff := cmp.Diff(want, standardHeaders(c.dialect, s, at)); diff != "" {
			t.Errorf("%s with %v and %v: %s", c.dialect.Name, c.secrets, c.partners, diff)
		}
	}
}

func TestRTBBody(t *testing.T) {
	for _, c := range []struct {
		image mattebox.Image
		url   string
		want  string
	}{
		{
			mattebox.Image{Ticket: "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9", TemplateID: 2000045, Order: mattebox.Order{CustomerImageID: "12345"}},
			"https://files.example.test/1/2/final/a.jpg",
			vectorBody + "&templateId=2000045&customerImageId=12345",
		},
		{
			mattebox.Image{Ticket: "t", TemplateID: 2000001},
			"https://h/a%20b.jpg?sig=1.a_b-c",
			"imageTicket=t&processedImageURL=https%3A%2F%2Fh%2Fa%2520b.jpg%3Fsig%3D1.a_b-c&templateId=2000001&customerImageId=",
		},
		{
			mattebox.Image{Ticket: "t", TemplateID: 1, Order: mattebox.Order{CustomerImageID: "a b&c=d+ü\n\"'~*"}},
			"u",
			"imageTicket=t&processedImageURL=u&templateId=1&customerImageId=a+b%26c%3Dd%2B%C3%BC%0A%22%27~%2A",
		},
	} {
		got := RTBBody(&c.image, c.url)
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Error(diff)
		}
		values, err := url.ParseQuery(string(got))
		if err != nil || values.Get("processedImageURL") != c.url || values.Get("customerImageId") != c.image.CustomerImageID {
			t.Errorf("read back: %v, %v", values, err)
		}
	}
}

func TestNewRTB(t *testing.T) {
	image := &mattebox.Image{Ticket: "t", TemplateID: 7, Template: mattebox.Template{CallbackURL: "http://template.test/"}}
	got := NewRTB(image, "u", "uid")
	want := mattebox.NewDelivery{
		UID: "uid", Dialect: "rtb", Event: "image.finished", URL: "http://template.test/",
		ContentType: "application/x-www-form-urlencoded",
		Body:        []byte("imageTicket=t&processedImageURL=u&templateId=7&customerImageId="),
		Retries:     []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	image.CallbackURL = "http://image.test/"
	if got := NewRTB(image, "u", "uid").URL; got != "http://image.test/" {
		t.Errorf("URL %s; the image's callback beats the template's", got)
	}
}

// The receivers' samples are the seed's to the letter.
func TestSamplesAreTheSeeds(t *testing.T) {
	seed, err := os.ReadFile("../../shared/seeds/000_386066e07b5f93c4.txt")
	if err != nil {
		t.Skipf("the seed is not at hand: %v", err)
	}
	for path, first := range map[string]string{"php/sample.php": "<?php", "csharp/CallBack.cs": "public partial class CallBack"} {
		sample, err := os.ReadFile("testdata/receivers/" + path)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(sample), first)
		if !found || !bytes.Contains(seed, []byte(first+rest)) {
			t.Errorf("%s is not the seed's sample", path)
		}
	}
}
