package twilio

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// DefaultMaxMedia is the most bytes of one file that are sent or read if the options do not say otherwise.
const DefaultMaxMedia = 16 << 20

// Options say how a Client talks. Account and Secret are needed.
type Options struct {
	// Account is the account's SID, AC….
	Account string
	// Key is the SID of an API key, SK…; without one Secret is the account's auth token.
	Key    string
	Secret Secret
	// Bases are the services' addresses.
	Bases Bases
	// HTTP carries the requests; redirects are never followed. A client of our own if nil.
	HTTP      *http.Client
	UserAgent string
	// Timeout bounds one call, 15 s if 0; a file has four times as long.
	Timeout time.Duration
	// MaxMedia bounds a file in bytes, DefaultMaxMedia if 0.
	MaxMedia int64
}

// Bases are the root addresses of Twilio's services, without a version. An empty one is Twilio's own in its US1 region.
type Bases struct {
	Conversations string
	Flex          string
	Media         string
	TaskRouter    string
	Studio        string
	API           string
}

// OneBase is the Bases of a server that plays all of Twilio.
func OneBase(url string) Bases { return Bases{url, url, url, url, url, url} }

func (b Bases) withDefaults() Bases {
	or := func(url, own string) string { return strings.TrimRight(cmp.Or(url, own), "/") }
	return Bases{
		Conversations: or(b.Conversations, "https://conversations.twilio.com"),
		Flex:          or(b.Flex, "https://flex-api.twilio.com"),
		Media:         or(b.Media, "https://mcs.us1.twilio.com"),
		TaskRouter:    or(b.TaskRouter, "https://taskrouter.twilio.com"),
		Studio:        or(b.Studio, "https://studio.twilio.com"),
		API:           or(b.API, "https://api.twilio.com"),
	}
}

func (o Options) withDefaults() Options {
	o.Bases = o.Bases.withDefaults()
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: newTransport()}
	}
	o.UserAgent = cmp.Or(o.UserAgent, "kefu")
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.MaxMedia <= 0 {
		o.MaxMedia = DefaultMaxMedia
	}
	return o
}

// user is the name in front of the secret.
func (o Options) user() string { return cmp.Or(o.Key, o.Account) }

func newTransport() *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second}
	t.MaxIdleConnsPerHost = 16
	return t
}
