//nolint:tagalign // the key comes first: it is what one looks for
package config

import (
	"log/slog"
	"net/netip"
	"time"

	"kefu"
	"kefu/internal/secret"
)

// Config is the whole configuration. Its tags are the keys of the file, the defaults, the kinds of value and the words of the
// documentation; the name of a key's variable is made from the key.
type Config struct {
	Listen         string                   `yaml:"listen" default:"127.0.0.1:8000" type:"address" doc:"Address and port that Kefu answers on. Without a host (:8000) every address of the machine."`
	PublicURL      string                   `yaml:"public_url" type:"URL" defaultdoc:"made from listen and tls" doc:"What others see of Kefu, with scheme: links, and what Twilio signs. A path is allowed."`
	Database       secret.Text              `yaml:"database" default:"sqlite:kefu.db" type:"database URL" url:"password" doc:"sqlite:path or postgres://user:password@host/database."`
	DataDir        string                   `yaml:"data_dir" default:"kefu-data" type:"folder" doc:"Attachments and the generated secret key. Several nodes need one shared folder."`
	SecretKey      secret.Text              `yaml:"secret_key" defaultdoc:"generated into data_dir" doc:"Seals stored secrets: 32 bytes in base64 or hex, or a random text of 16 characters or more. Required when there is more than one node."`
	NATSURL        secret.Text              `yaml:"nats_url" type:"URL" url:"token" doc:"NATS servers, separated by commas. Without it several nodes signal each other through PostgreSQL. Taken, but not used by this version yet."`
	TLS            TLS                      `yaml:"tls"`
	Pacing         map[kefu.InboxID]float64 `yaml:"pacing" type:"map" doc:"The most calls a second to the remote of an inbox, by inbox id ({guild: 5}), on top of the limits that its answers state. By environment: guild=5,shop=2."`
	TrustedProxies []netip.Prefix           `yaml:"trusted_proxies" type:"networks" doc:"Proxies whose X-Forwarded-For is believed."`
	Log            Log                      `yaml:"log"`
	Egress         Egress                   `yaml:"egress"`
	Webhooks       Webhooks                 `yaml:"webhooks"`
	Alerts         Alerts                   `yaml:"alerts"`
	Bot            Bot                      `yaml:"bot"`
	Inboxes        []Inbox                  `yaml:"inboxes"`
	Routes         []Route                  `yaml:"routes"`
}

// TLS makes Kefu speak https by itself. Both are set, or neither.
type TLS struct {
	Cert string `yaml:"cert" type:"file" doc:"Certificate chain in PEM; empty when a proxy in front speaks https."`
	Key  string `yaml:"key" type:"file" doc:"Private key of the certificate, in PEM."`
}

// Log is how the program's log looks.
type Log struct {
	Level  slog.Level `yaml:"level" default:"info" type:"debug, info, warn or error" doc:"The least important lines that are written."`
	Format string     `yaml:"format" default:"text" type:"text or json" doc:"How a line is written."`
}

// Egress opens networks to outgoing calls whose address a user gave.
type Egress struct {
	Allow []netip.Prefix `yaml:"allow" type:"networks" doc:"Networks that user-given URLs may reach besides public ones."`
}

// Webhooks is what the operator allows to outgoing webhooks, and how long what they leave is kept.
type Webhooks struct {
	AllowHTTP   bool `yaml:"allow_http" default:"false" doc:"Whether webhook endpoints may have http addresses. What is sent to them can be read on the way."`
	PayloadDays int  `yaml:"payload_days" default:"30" type:"days" doc:"How long events are kept: what a webhook that failed can be sent again from, and how far back a replay, GET /events and a WebSocket's since reach. 1 to 3650."`
	AttemptDays int  `yaml:"attempt_days" default:"90" type:"days" doc:"How long the log of webhook deliveries and their attempts is kept, after they are final. 1 to 3650."`
}

// Alerts is when the operator is told.
type Alerts struct {
	RemoteDown time.Duration `yaml:"remote_down" default:"2m" type:"duration" doc:"How long an inbox's remote may take nothing, or its connection be lost, before the alert remote_down is raised. 10s to 24h."`
	QueueAge   time.Duration `yaml:"queue_age" default:"5m" type:"duration" doc:"How long a message may wait for its inbox, or a webhook be late, before the alert queue_age is raised. 10s to 24h."`
}

// Bot is how the bot answers. Without a writer it says excerpts of the articles.
type Bot struct {
	WriterURL          string        `yaml:"writer_url" type:"URL" doc:"A service that speaks OpenAI's chat completions and writes the bot's answers from the articles, up to its version: https://api.openai.com/v1. Questions and articles are sent to it. Empty: the bot says excerpts."`
	WriterModel        string        `yaml:"writer_model" type:"text" defaultdoc:"required with writer_url" doc:"Model that writes."`
	WriterKey          secret.Text   `yaml:"writer_key" doc:"Key of the service, sent as a bearer token; empty sends none."`
	WriterTimeout      time.Duration `yaml:"writer_timeout" default:"8s" type:"duration" doc:"How long the writer may take; after that the bot says excerpts. 1s to 1m."`
	WriterTokensPerDay int           `yaml:"writer_tokens_per_day" default:"200000" type:"number" doc:"The most tokens of a day (UTC), of all nodes together; after that the bot says excerpts. At least 1."`
	WriterMaxAnswer    int           `yaml:"writer_max_answer" default:"600" type:"number" doc:"The most characters of an answer of the writer. 100 to 2000."`
}

// Inbox is one configured instance of a channel.
type Inbox struct {
	ID       kefu.InboxID `yaml:"id" defaultdoc:"required" doc:"Stable name, used in URLs (/hooks/ID/…): lower case letters, digits, - and _, at most 63."`
	Channel  string       `yaml:"channel" defaultdoc:"required" doc:"Kind of the medium; each kind has its own settings, below."`
	Name     string       `yaml:"name" defaultdoc:"the id" doc:"What people read."`
	Hours    Hours        `yaml:"hours" type:"map" defaultdoc:"always open" doc:"When people answer; see Business hours."`
	Settings Settings     `yaml:"settings" type:"map" doc:"What the channel needs."`
}

// Route says which desks the conversations of an inbox are mirrored to.
type Route struct {
	From kefu.InboxID   `yaml:"from" defaultdoc:"required" doc:"Inbox that customers write in."`
	To   []kefu.InboxID `yaml:"to" type:"list" doc:"Inboxes whose staff answer; empty: the console only."`
}
