// Command driver judges each case on standard input with the functions of docs/webhooks.md.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	var cases []struct {
		Secret, Body string
		Headers      map[string]string
		Now          int64
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	for _, c := range cases {
		h := http.Header{}
		for name, value := range c.Headers {
			h.Set(name, value)
		}
		body := []byte(c.Body)
		fmt.Printf("[%t,%t,%t]\n", verifyStandard(c.Secret, h, body, time.Unix(c.Now, 0)), verifyHeader(c.Secret, h.Get("Signature"), body),
			verifyMember(c.Secret, body))
	}
}
