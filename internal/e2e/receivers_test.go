package e2e

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"mattebox/internal/webhooktest"
)

// publishedReceivers delivers to the vendor's own samples, PHP's under php -S and
// C#'s under mono, which answer 200 only to what they verified.
func publishedReceivers(t *testing.T, h *house) {
	partner := h.customer(t, "--developer")
	for name, start := range map[string]func(testing.TB, string) *webhooktest.Receiver{
		"php": webhooktest.PHP, "mono": webhooktest.Mono,
	} {
		t.Run(name, func(t *testing.T) {
			c := h.customer(t)
			template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
			// The samples read the partner's header: the customer's own secret
			// signs it, unless a partner's key came with the order (F2).
			for _, tt := range []struct{ secret, developer string }{
				{c.account.ApplicationSecret, ""}, {partner.account.ApplicationSecret, partner.Key},
			} {
				r := start(t, tt.secret)
				f := fields{"templateId": template, "imageCallbackURL": r.URL, "developerAPIkey": tt.developer}
				ticket := c.order(f)
				c.wait(ticket, 80)
				verdicts := r.Verdicts(t)
				if len(verdicts) != 1 || !verdicts[0].Verified || !strings.Contains(verdicts[0].Body, ticket) {
					t.Errorf("the sample says %+v", verdicts)
				}
			}
			wrong := start(t, zeroTicket)
			c.wait(c.order(fields{"templateId": template, "imageCallbackURL": wrong.URL}), 72)
		})
	}
	t.Run("verify", func(t *testing.T) { verifyCommand(t, h) })
}

// verifyCommand has "mattebox webhook verify" judge a request as it came, and with
// another body.
func verifyCommand(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	path := "verify/" + c.Email
	c.wait(c.order(fields{"templateId": template, "imageCallbackURL": h.receiver.At(path)}), 80)
	post := h.receiver.Posts(path)[0]
	args := []string{"webhook", "verify", "--secret", c.account.ApplicationSecret}
	for name, values := range post.Header {
		for _, value := range values {
			args = append(args, "--header", name+": "+value)
		}
	}
	for body, want := range map[string]int{string(post.Body): 0, string(post.Body) + "&x=1": 1} {
		cmd := exec.CommandContext(t.Context(), h.Program, args...)
		cmd.Stdin, cmd.Env = strings.NewReader(body), os.Environ()
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		_ = cmd.Run() // its exit code is what is looked at
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("mattebox webhook verify ends with %d, want %d:\n%s", code, want, out.Bytes())
		}
	}
	signed, err := url.Parse(post.Form().Get("processedImageURL"))
	if err != nil || !slices.Contains([]string{"http", "https"}, signed.Scheme) {
		t.Errorf("processedImageURL is %q, %v", post.Form().Get("processedImageURL"), err)
	}
	c.download(signed.String(), http.StatusOK)
}
