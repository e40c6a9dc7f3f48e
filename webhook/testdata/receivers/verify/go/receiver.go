package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening (http://%s)\n", l.Addr())
	log.Fatal(http.Serve(l, http.HandlerFunc(answer)))
}

func answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		log.Fatal(err)
	}
	secret := os.Getenv("WEBHOOK_SECRET")
	var verdicts []string
	for _, check := range []struct {
		name  string
		holds bool
	}{
		{"standard", VerifyStandard(secret, r.Header, body)},
		{"rtb", VerifyRTB(secret, r.Header, body, "Customer")},
		{"hwr", VerifyHWR(secret, r.Header, body)},
		{"video", VerifyVideo(secret, r.Header, body)},
	} {
		if check.holds {
			verdicts = append(verdicts, check.name)
		}
	}
	if verdicts == nil {
		w.WriteHeader(http.StatusForbidden)
	}
	fmt.Fprint(w, strings.Join(verdicts, " "))
}
