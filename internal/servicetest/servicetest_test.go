package servicetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAnswersOfBothFormatsAreEqual(t *testing.T) {
	bodies := map[Format]string{
		XML: `<ImageStatusResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorCode>NoError</ErrorCode><Message/>` +
			`<ImageStatus><FinalImagesURL><string>1/2/final/a.jpg</string></FinalImagesURL><StatusId>80</StatusId>` +
			`<StatusName>Delivered</StatusName><IsPaid>false</IsPaid><CustomerImageId i:nil="true"/></ImageStatus></ImageStatusResponse>`,
		JSON: `{"ErrorCode":"NoError","Message":"","ImageStatus":{"FinalImagesURL":["1/2/final/a.jpg"],"StatusId":80,` +
			`"StatusName":"Delivered","IsPaid":false,"CustomerImageId":null}}`,
	}
	want := &Answer{HTTP: 200, ErrorCode: "NoError", ImageStatus: &ImageStatus{
		FinalImagesURL: []string{"1/2/final/a.jpg"}, StatusId: 80, StatusName: "Delivered",
	}}
	for format, body := range bodies {
		a := &Answer{HTTP: 200, Format: format, Body: []byte(body)}
		if err := a.decode(); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if diff := cmp.Diff(want, a, cmpopts.IgnoreFields(Answer{}, "XMLName", "Body", "Format")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestMoneyOfBothFormats(t *testing.T) {
	want := &Money{Amount: "0.95", Currency: "USD", CurrencyId: 1}
	for format, body := range map[Format]string{
		XML:  `<R><ErrorCode>NoError</ErrorCode><Price><Amount>0.95</Amount><Currency>USD</Currency><CurrencyId>1</CurrencyId></Price></R>`,
		JSON: `{"Price":{"Amount":0.95,"Currency":"USD","CurrencyId":1}}`,
	} {
		a := &Answer{Format: format, Body: []byte(body)}
		if err := a.decode(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, a.Price); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestClientPutsCredentialsWhereTheyBelong(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body) // an empty body fails the test
		asked = append(asked, r.Method+" "+r.RequestURI+" "+body.String())
		_, _ = w.Write([]byte(`{"ErrorCode":"InvalidTemplate","Message":"Not found"}`))
	}))
	defer server.Close()
	c := Client{URL: server.URL, Email: "a@b.test", Key: "k", Format: JSON, Bare: true}
	if _, err := c.Do(t.Context(), http.MethodGet, "Images/Count", Fields{"page": 2}); err != nil {
		t.Fatal(err)
	}
	_, err := c.PostImage(t.Context(), Fields{"imageURL": "x"})
	if err == nil || !strings.Contains(err.Error(), "InvalidTemplate") {
		t.Errorf("an answer with an ErrorCode gave %v", err)
	}
	want := []string{
		"GET /REST.svc/JSON/Images/Count?contactAPIkey=k&contactEmail=a%40b.test&page=2 ",
		`POST /REST.svc/JSON/Image {"contactAPIkey":"k","contactEmail":"a@b.test","imageURL":"x"}`,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPicturesScaleAndFail(t *testing.T) {
	folder := t.TempDir()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "a.png"), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p := NewPictures(folder)
	defer p.Close()
	gone := p.Handle("gone.jpg", Status(http.StatusGone))
	for address, want := range map[string]string{
		p.At("a.png"): "png 40x20", p.At("10/a.jpg"): "jpeg 10x5", p.At("b.png"): "404", gone: "410",
	} {
		if got := describe(t, address); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	if n := p.Asked("gone.jpg"); n != 1 {
		t.Errorf("gone.jpg was asked for %d times, want 1", n)
	}
}

// describe says what a picture address answers.
func describe(t *testing.T, address string) string {
	t.Helper()
	response, body, err := Client{}.Download(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		return response.Status[:3]
	}
	header, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %dx%d", format, header.Width, header.Height)
}

func TestReceiverKeepsItsJournal(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "journal")
	r, err := NewReceiver(journal)
	if err != nil {
		t.Fatal(err)
	}
	failing := r.Answer("down", Status(http.StatusInternalServerError))
	for address, want := range map[string]int{failing: 500, r.At("up"): 200} {
		response, err := http.Post(address, "text/plain", strings.NewReader("a=1&b=2"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s answers %d, want %d", address, response.StatusCode, want)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := NewReceiver(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n := len(again.Posts("")); n != 2 {
		t.Errorf("the journal holds %d requests, want 2", n)
	}
	if posts := again.Posts("down"); len(posts) != 1 || posts[0].Form().Get("b") != "2" {
		t.Errorf("the failed request is journalled as %+v", posts)
	}
}

func TestDripEndsWithItsClient(t *testing.T) {
	p := NewPictures()
	defer p.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, _, err := Client{}.Download(ctx, p.Handle("slow", Drip(time.Millisecond)))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an endless body gave %v", err)
	}
}

func TestServiceThatDoesNotStartTellsWhy(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mattebox")
	script := "#!/bin/sh\necho the data folder is a lie >&2\nexit 3\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Launch(t.Context(), Config{Program: program, Data: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "the data folder is a lie") {
		t.Errorf("got %v, want an error with the program's own words", err)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Errorf("got the bare %v", exit)
	}
}

func TestLeaks(t *testing.T) {
	s := &Service{Config: Config{Log: filepath.Join(t.TempDir(), "log")}}
	if err := os.WriteFile(s.Log, []byte("all well\nkey=hunter2\nbye\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	leaks, err := s.Leaks(Account{APIKey: "hunter2"}.Secrets()...)
	if diff := cmp.Diff([]string{"key=hunter2\n"}, leaks); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
