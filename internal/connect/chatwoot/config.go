package chatwoot

import (
	"fmt"
	"regexp"
	"time"

	"encoding/json"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	"kefu/internal/secret"
)

// Values of the setting signatures.
const (
	signaturesRequired = "required"
	signaturesOptional = "optional"
	signaturesOff      = "off"
)

const (
	defaultSweep = "5m"
	// leastPathToken is how many characters make a path that nobody guesses.
	leastPathToken = 24
)

var pathToken = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// settings are an inbox's settings, checked.
type settings struct {
	url           string // without a slash at the end
	accountID     int64
	inboxID       int64
	apiToken      secret.Text
	botToken      secret.Text
	hookSecret    secret.Text
	hookPathToken secret.Text
	signatures    string
	sweepEvery    time.Duration
	bot           bool
	rich          bool
	lang          string
}

// Format writes nothing of the settings: fmt looks into unexported fields without asking their types, secrets too.
func (s settings) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "(settings of inbox %d of Chatwoot)", s.inboxID)
}

func fields() []connector.Field {
	return []connector.Field{
		required(field("url", "string", "", "Chatwoot 網址", "Chatwoot 网址", "Chatwoot address", "Address of the Chatwoot server, as in the browser, without /app.")),
		required(field("account_id", "string", "", "帳戶編號", "账户编号", "Account id", "Number of the account: what stands after /accounts/ in Chatwoot's address bar.")),
		required(field("inbox_id", "string", "", "收件匣編號", "收件箱编号", "Inbox id", "Number of Chatwoot's inbox: what stands after /inboxes/ or /inbox/ in the address bar. As a desk it must be one of the API channel.")),
		field("api_token", "secret", "", "存取權杖", "访问令牌", "Access token", "Access token of a Chatwoot user, from their profile page; needed but for a bot that only answers."),
		field("bot_token", "secret", "", "機器人權杖", "机器人令牌", "Bot token", "Access token of an agent bot: what Kefu's bot says goes out under its name. Alone it may not read messages."),
		field("hook_secret", "secret", "", "Webhook 密鑰", "Webhook 密钥", "Webhook secret", "Verifies Chatwoot's hooks: the secret that Chatwoot shows beside the webhook (4.12 or later)."),
		field("signatures", "string", signaturesRequired, "簽章", "签名", "Signatures", "required, optional or off: whether hooks must be signed. Other than required needs hook_path_token."),
		field("hook_path_token", "secret", "", "Webhook 路徑密鑰", "Webhook 路径密钥", "Webhook path token", "Random text of at least 24 letters and digits; with it the hook's address is /hooks/{inbox}/{hook_path_token}."),
		field("sweep_every", "duration", defaultSweep, "比對間隔", "比对间隔", "Compare every", "How often Chatwoot is asked what has changed, for hooks that were lost; 0 never."),
		field("bot", "bool", "false", "機器人先答", "机器人先答", "Bot answers first", "As a channel: Kefu's bot answers first; a conversation that goes from pending to open is handed to people."),
		field("rich", "bool", "true", "豐富內容", "富内容", "Rich content", "Send cards, forms and selects; false for Chatwoot inboxes on SMS, WhatsApp or mail, which show texts only."),
		field("lang", "string", card.LangTW, "語言", "语言", "Language", "zh-TW, zh-CN or en: what Kefu writes into Chatwoot for the staff there."),
	}
}

func field(name, kind, preset, tw, cn, en, doc string) connector.Field {
	return connector.Field{Name: name, Type: kind, Default: preset, Doc: doc, Label: map[string]string{card.LangTW: tw, card.LangCN: cn, card.LangEN: en}}
}

func required(f connector.Field) connector.Field {
	f.Required = true
	return f
}

// parseSettings names every wrong, missing and unknown setting in one error.
func parseSettings(raw json.RawMessage) (settings, error) {
	r, err := newReader(raw)
	if err != nil {
		return settings{}, err
	}
	s := settings{
		url:           r.address("url"),
		accountID:     r.number("account_id"),
		inboxID:       r.number("inbox_id"),
		apiToken:      secret.Text(r.text("api_token", "")),
		botToken:      secret.Text(r.text("bot_token", "")),
		hookSecret:    secret.Text(r.text("hook_secret", "")),
		hookPathToken: secret.Text(r.text("hook_path_token", "")),
		signatures:    r.word("signatures", signaturesRequired, signaturesOptional, signaturesOff),
		sweepEvery:    r.duration("sweep_every", defaultSweep),
		bot:           r.flag("bot", false),
		rich:          r.flag("rich", true),
		lang:          r.word("lang", card.LangTW, card.LangCN, card.LangEN),
	}
	r.together(s)
	return s, r.faults.Err("the settings of the Chatwoot inbox are wrong")
}

// together checks what settings mean beside each other.
func (r *reader) together(s settings) {
	for _, f := range fields() {
		if f.Required && !r.has(f.Name) {
			r.once(f.Name, "is missing")
		}
	}
	if s.apiToken == "" && s.botToken == "" {
		r.once("api_token", "is missing: copy the access token from the profile page of a Chatwoot user, or set bot_token to an agent bot's")
	}
	r.token("api_token", s.apiToken)
	r.token("bot_token", s.botToken)
	path := s.hookPathToken.Reveal()
	switch {
	case path != "" && (len(path) < leastPathToken || !pathToken.MatchString(path)):
		r.once("hook_path_token", fmt.Sprintf("must have at least %d letters, digits, _ or -", leastPathToken))
	case path == "" && s.signatures != signaturesRequired:
		r.once("hook_path_token", "is missing: hooks that need no signature must have a path that nobody guesses; openssl rand -hex 24 makes one")
	}
	if s.hookSecret == "" && s.signatures == signaturesRequired {
		r.once("hook_secret", "is missing: Chatwoot shows it beside the webhook (Settings, Integrations, Webhooks); a server before 4.12 has none, then set signatures to off")
	}
}

func (r *reader) token(name string, t secret.Text) {
	for _, c := range t.Reveal() {
		if c <= ' ' || c > '~' {
			r.once(name, "must be text without spaces, as Chatwoot shows it")
			return
		}
	}
}

// once adds a fault unless the setting has one already.
func (r *reader) once(name, words string) {
	for _, f := range r.faults {
		if f.Field == name {
			return
		}
	}
	r.faults = append(r.faults, kefu.Fault{Field: name, Msg: words})
}
