package receiver

import (
	"cmp"
	"time"
)

// Options configures New. The zero value takes everything unchecked, by plain HTTP.
type Options struct {
	// Secrets are those that may have signed, each alone: several while one is being replaced. Without any, nothing is checked.
	Secrets []string
	// TLS serves HTTPS (HTTP/1.1, so that every fault can strike) with a certificate of its own for 127.0.0.1, ::1 and localhost; CertPEM
	// is what a client must trust. It is good for 30 days from Now.
	TLS bool
	// Take does the work of an event: called once for each webhook-id, one at a time, before the answer. It must not
	// call the receiver.
	Take func(Event)

	// Brief keeps no headers, no bodies and no data, only what is counted and the bodies' hashes: for benchmarks.
	Brief       bool
	MaxRequests int   // newest requests kept; default 10,000, negative = none
	MaxIDs      int   // ids remembered at the least, twice as many at the most; default 1,000,000
	MaxBody     int64 // beyond it 413; default 1 MiB

	Now func() time.Time // default time.Now
}

func (o Options) withDefaults() Options {
	o.MaxRequests = cmp.Or(o.MaxRequests, 10_000)
	o.MaxIDs = cmp.Or(o.MaxIDs, 1_000_000)
	o.MaxBody = cmp.Or(o.MaxBody, 1<<20)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
