package twilio

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// Options configures New. The zero value is an account with one service and one workspace.
type Options struct {
	Account   string // default AC and 32 times 1
	AuthToken string // signs webhooks, and lets calls in; default fake-auth-token
	Key       string // default SK and 32 times 2
	KeySecret string // lets calls in with Key; default fake-key-secret

	Service   string // of conversations, default IS…
	Workspace string // of TaskRouter, default WS…
	Workflow  string // default WW…
	Flow      string // of Studio, default FW…

	// ServiceHook is told what happens in every conversation; ServiceFilters are the events, all if empty. ServiceMethod is what is shown of
	// how it is told, default POST; it is told by POST whatever that says.
	ServiceHook    string
	ServiceFilters []string
	ServiceMethod  string

	MaxParticipants int           // of a conversation, default 1,000
	MaxMedia        int64         // bytes of a file, default 16 MiB
	MediaLifetime   time.Duration // of a file's address, default 5 min
	HookTimeout     time.Duration // default 5 s
	HookWorkers     int           // send webhooks beside each other; default 1, and then they come in order
	RequestRing     int           // how many requests and hooks are kept each, default 10,000

	Now    func() time.Time // default time.Now
	Client *http.Client     // sends webhooks; one of its own if nil
}

// sid makes an id of a kind; n tells those of a kind apart.
func sid(kind, n string) string { return kind + strings.Repeat("0", max(32-len(n), 0)) + n }

func (o Options) withDefaults() Options {
	o.Account = cmp.Or(o.Account, "AC"+strings.Repeat("1", 32))
	o.AuthToken = cmp.Or(o.AuthToken, "fake-auth-token")
	o.Key = cmp.Or(o.Key, "SK"+strings.Repeat("2", 32))
	o.KeySecret = cmp.Or(o.KeySecret, "fake-key-secret")
	o.Service = cmp.Or(o.Service, sid("IS", "1"))
	o.Workspace = cmp.Or(o.Workspace, sid("WS", "1"))
	o.Workflow = cmp.Or(o.Workflow, sid("WW", "1"))
	o.Flow = cmp.Or(o.Flow, sid("FW", "1"))
	o.ServiceMethod = cmp.Or(o.ServiceMethod, http.MethodPost)
	o.MaxParticipants = cmp.Or(o.MaxParticipants, 1000)
	o.MaxMedia = cmp.Or(o.MaxMedia, 16<<20)
	o.MediaLifetime = cmp.Or(o.MediaLifetime, 5*time.Minute)
	o.HookTimeout = cmp.Or(o.HookTimeout, 5*time.Second)
	o.HookWorkers = max(o.HookWorkers, 1)
	o.RequestRing = cmp.Or(o.RequestRing, 10_000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	}
	return o
}
