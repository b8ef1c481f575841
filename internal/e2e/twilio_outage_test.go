package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/twilio"
)

// What waits while Twilio is down: 500 messages of many customers.
const (
	outageTickets = 50
	outageEach    = 10
)

// TestTwilioIsDownAndComesBack lets every call to Twilio fail, in each way in which Twilio fails, while 500 messages of customers come in.
// Nothing of an hour is waited for: what counts of it is that each line has failed again and again in between. Afterwards all are there, once
// and in order, and each customer has one conversation and one agent is asked.
func TestTwilioIsDownAndComesBack(t *testing.T) {
	eachFlex(t, func(f *flex) {
		for id := range int64(outageTickets / 2) { // the others begin while Twilio is down
			f.create(id + 1)
		}
		for id := range int64(outageTickets / 2) {
			f.talk(id+1, 1)
		}
		f.until("nothing waits", func() bool { return f.waiting() == 0 })
		heal := f.twilio.Inject(twilio.Fault{Kind: twilio.FaultError, Status: http.StatusServiceUnavailable})
		for id := range int64(outageTickets / 2) {
			f.create(outageTickets/2 + id + 1)
		}
		for n := range outageEach {
			for id := range int64(outageTickets) {
				f.write(id+1, outageText(id+1, n))
			}
		}
		f.until("staff are told", func() bool {
			return strings.Contains(fetch(f.base()+"/readyz").body, "degraded") || f.waiting() >= outageTickets*outageEach
		})
		if n := f.waiting(); n < outageTickets*outageEach {
			f.t.Errorf("%d wait, want %d and more", n, outageTickets*outageEach)
		}
		for _, fault := range []twilio.Fault{
			{Kind: twilio.FaultPage, Status: http.StatusBadGateway}, {Kind: twilio.FaultLimit, RetryAfter: time.Second}, {Kind: twilio.FaultReset},
			{Kind: twilio.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(`/Messages$`)}, // all has its effect, and nobody learns of it
		} {
			f.suffers(heal, fault, &heal)
		}
		heal()
		f.until("nothing waits any more", func() bool { return f.waiting() == 0 })
		for id := range int64(outageTickets) {
			f.arrived(id + 1)
		}
		if n := len(f.twilio.Interactions()); n != outageTickets {
			f.t.Errorf("agents were asked %d times, want %d", n, outageTickets)
		}
	})
}

func outageText(id int64, n int) string { return fmt.Sprintf("第 %02d 單 第 %02d 句", id, n) }

// suffers puts a fault in the place of another, and waits until calls have suffered from it.
func (f *flex) suffers(heal func(), fault twilio.Fault, next *func()) {
	f.t.Helper()
	*next = f.twilio.Inject(fault)
	heal()
	hit := func() (n int) {
		for _, q := range f.twilio.Requests() {
			if q.Fault == fault.Kind {
				n++
			}
		}
		return n
	}
	f.until("calls fail with "+string(fault.Kind), func() bool { return hit() >= 3 })
}

// arrived wants all that a customer wrote to be in their one conversation, once and in order.
func (f *flex) arrived(id int64) {
	f.t.Helper()
	talks := f.talks(id)
	if len(talks) != 1 {
		f.t.Errorf("ticket %d has %d conversations", id, len(talks))
		return
	}
	var got, want []string
	for n := range outageEach {
		want = append(want, outageText(id, n))
	}
	for _, m := range talks[0].Messages {
		if strings.HasPrefix(m.Body, "第 ") && strings.HasSuffix(m.Body, " 句") {
			got = append(got, m.Body)
		}
	}
	if !slices.Equal(got, want) {
		f.t.Errorf("ticket %d has %q", id, got)
	}
}
