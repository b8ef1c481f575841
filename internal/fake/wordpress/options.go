package wordpress

import (
	"cmp"
	"log/slog"
	"time"
)

// Options configures New. The zero value is a site with the user "kefu" whose hooks go nowhere until SetHook.
type Options struct {
	Username string // default "kefu"
	Password string // application password, spaces do not count; default DefaultPassword

	HookURL     string        // Kefu's root or /hooks/{inbox} address; "/ticket/create" and so on are added. "" = no hooks
	HookSecret  string        // signs hooks when set (Standard Webhooks); else they are plain, as source 000 has them
	HookTimeout time.Duration // default 5 s, WordPress's own

	// Plugin makes the index say kefu: 1, as a site with Kefu's plugin does.
	Plugin bool
	// EscapeJSON answers with \uXXXX and \/, as PHP's json_encode does by itself.
	EscapeJSON bool
	// Echo pushes every reply that Kefu posts back to Kefu's update hook.
	Echo bool

	MaxTickets  int // beyond it an opening is refused; default 100,000
	MaxMessages int // of one ticket; beyond it 507; default 10,000
	LedgerSize  int // newest posts kept; default 100,000, negative = none

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default: discard
}

// DefaultPassword is the application password of a server that was given none.
const DefaultPassword = "abcd EFGH 1234 ijkl MNOP 5678"

func (o Options) withDefaults() Options {
	o.Username = cmp.Or(o.Username, "kefu")
	o.Password = cmp.Or(o.Password, DefaultPassword)
	o.HookTimeout = cmp.Or(o.HookTimeout, 5*time.Second)
	o.MaxTickets = cmp.Or(o.MaxTickets, 100_000)
	o.MaxMessages = cmp.Or(o.MaxMessages, 10_000)
	o.LedgerSize = cmp.Or(o.LedgerSize, 100_000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
