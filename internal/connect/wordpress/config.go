package wordpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the default zone must be known on machines that have no zone files (containers, Windows)

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/secret"
	"kefu/internal/websig"
)

const (
	defaultUnsigned = "127.0.0.1/32, ::1/128"
	defaultSweep    = "5m"
	defaultCurrency = "TWD"
	defaultZone     = "Asia/Taipei"
	orderIDMark     = "{order_id}"
)

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// settings are an inbox's settings, checked.
type settings struct {
	inbox      kefu.InboxID
	site       string // without a trailing slash; "" when nothing can be sent
	username   string
	password   secret.Text
	hookSecret secret.Text
	unsigned   []netip.Prefix
	orderURL   string
	sweepEvery time.Duration
	currency   string
	zone       *time.Location
}

// Format writes nothing of the settings: fmt looks into unexported fields without asking their types, secrets too.
func (s settings) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "(settings of inbox %s)", s.inbox)
}

func fields() []connector.Field {
	return []connector.Field{
		field("site_url", "string", "", "網站網址", "网站网址", "Site address", "Address of the WordPress site, without /wp-json; without it Kefu takes hooks but cannot answer."),
		field("username", "string", "", "使用者名稱", "用户名", "User name", "WordPress user that the application password belongs to."),
		field("application_password", "secret", "", "應用程式密碼", "应用程序密码", "Application password", "Made in WordPress under Users, Profile, Application Passwords."),
		field("hook_secret", "secret", "", "Hook 簽章密鑰", "Hook 签名密钥", "Hook secret", "Verifies the site's hooks (Standard Webhooks); the site must have the same."),
		field("allow_unsigned_from", "list", defaultUnsigned, "允許未簽章的來源", "允许未签名的来源", "Unsigned hooks from", "Networks whose unsigned hooks are taken; an empty list takes signed ones only."),
		field("default", "bool", "false", "預設收件匣", "默认收件箱", "Default", "Also answers /ticket/* at the root."),
		field("order_url", "string", "", "訂單網址", "订单网址", "Order address", "Address of an order for staff, with {order_id} in it; used when the site tells none."),
		field("sweep_every", "duration", defaultSweep, "比對間隔", "比对间隔", "Compare every", "How often open tickets are compared with the site; 0 never."),
		field("currency", "string", defaultCurrency, "幣別", "币种", "Currency", "ISO 4217 code of orders that name none."),
		field("time_zone", "string", defaultZone, "時區", "时区", "Time zone", "Zone of times that the site writes without one."),
	}
}

func field(name, kind, preset, tw, cn, en, doc string) connector.Field {
	return connector.Field{Name: name, Type: kind, Default: preset, Doc: doc, Label: map[string]string{"zh-TW": tw, "zh-CN": cn, "en": en}}
}

// parseSettings names every wrong, missing and unknown setting in one error.
func parseSettings(raw json.RawMessage) (settings, error) {
	r := reader{given: map[string]json.RawMessage{}}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &r.given); err != nil {
			return settings{}, kefu.Wrap(kefu.KindInvalid, err, "the settings are not a JSON object")
		}
	}
	r.unknown()
	s := settings{
		site:       r.site("site_url"),
		username:   r.text("username", ""),
		password:   secret.Text(r.text("application_password", "")),
		hookSecret: secret.Text(r.text("hook_secret", "")),
		unsigned:   r.prefixes("allow_unsigned_from", defaultUnsigned),
		orderURL:   r.orderURL("order_url"),
		sweepEvery: r.duration("sweep_every", defaultSweep),
		currency:   strings.ToUpper(r.text("currency", defaultCurrency)),
		zone:       r.zone("time_zone", defaultZone),
	}
	r.flag("default")
	r.together(s)
	return s, r.faults.Err("the settings of the WordPress inbox are wrong")
}

// together checks what settings mean beside each other.
func (r *reader) together(s settings) {
	if s.username != "" && s.password == "" {
		r.faults.Add("application_password", "is missing: username is set; make one in WordPress under Users, Profile, Application Passwords")
	}
	if s.password != "" && s.username == "" {
		r.faults.Add("username", "is missing: application_password is set; name the WordPress user that it belongs to")
	}
	if strings.Contains(s.username, ":") {
		r.faults.Add("username", "must not contain a colon")
	}
	if s.username != "" && s.site == "" && !r.has("site_url") {
		r.faults.Add("site_url", "is missing: there is a username, but no site to use it at")
	}
	if s.hookSecret != "" {
		if err := websig.CheckSecret(s.hookSecret.Reveal()); err != nil {
			r.faults.Add("hook_secret", "%s", err)
		}
	}
	if !currencyCode.MatchString(s.currency) {
		r.faults.Add("currency", "must be an ISO 4217 code, such as TWD")
	}
}

// reader takes settings as configuration files, the console and environment variables give them: typed, or all as text.
type reader struct {
	given  map[string]json.RawMessage
	faults kefu.Faults
}

func (r *reader) unknown() {
	var known []string
	for _, f := range fields() {
		known = append(known, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		if !slices.Contains(known, name) {
			r.faults.Add(name, "is not a setting; there are %s", strings.Join(known, ", "))
		}
	}
}

func (r *reader) has(name string) bool {
	raw, ok := r.given[name]
	return ok && string(raw) != "null"
}

// text reads a text. No fault repeats a value: it may be a secret in the wrong place.
func (r *reader) text(name, preset string) string {
	if !r.has(name) {
		return preset
	}
	var s string
	if err := json.Unmarshal(r.given[name], &s); err != nil {
		r.faults.Add(name, "must be text")
		return preset
	}
	if s = strings.TrimSpace(s); s == "" {
		return preset
	}
	return s
}

func (r *reader) site(name string) string {
	s := r.text(name, "")
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		r.faults.Add(name, "must be the site's address, such as https://shop.example")
	case u.User != nil:
		r.faults.Add(name, "must not hold a password: use username and application_password")
	case u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "/wp-json"):
		r.faults.Add(name, "must be the site's own address, without /wp-json, ? and #")
	default:
		return strings.TrimRight(u.String(), "/")
	}
	return ""
}

func (r *reader) orderURL(name string) string {
	s := r.text(name, "")
	if s == "" {
		return ""
	}
	u, err := url.Parse(strings.ReplaceAll(s, orderIDMark, "1"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || !strings.Contains(s, orderIDMark) {
		r.faults.Add(name, "must be an address with %s in it, such as https://shop.example/order?id=%s", orderIDMark, orderIDMark)
		return ""
	}
	return s
}

func (r *reader) duration(name, preset string) time.Duration {
	d, err := time.ParseDuration(r.text(name, preset))
	if err != nil || d < 0 || d > 0 && d < time.Second {
		r.faults.Add(name, "must be a duration of at least 1s, such as 5m; 0 is never")
	}
	return d
}

func (r *reader) zone(name, preset string) *time.Location {
	loc, err := time.LoadLocation(r.text(name, preset))
	if err != nil {
		r.faults.Add(name, "must be a zone of the IANA list, such as Asia/Taipei")
		return time.UTC
	}
	return loc
}

func (r *reader) flag(name string) {
	if !r.has(name) {
		return
	}
	switch strings.Trim(string(r.given[name]), `"`) {
	case "true", "false", "":
	default:
		r.faults.Add(name, "must be true or false")
	}
}

func (r *reader) prefixes(name, preset string) []netip.Prefix {
	texts := strings.FieldsFunc(preset, isSeparator)
	if r.has(name) {
		var one string
		texts = nil
		if err := json.Unmarshal(r.given[name], &texts); err != nil {
			if err := json.Unmarshal(r.given[name], &one); err != nil {
				r.faults.Add(name, "must be a list of networks")
				return nil
			}
			texts = strings.FieldsFunc(one, isSeparator)
		}
	}
	var list []netip.Prefix
	for _, s := range texts {
		p, err := parsePrefix(strings.TrimSpace(s))
		if err != nil {
			r.faults.Add(name, "holds %q, which is neither an address nor a network such as 10.0.0.0/8", kefu.Excerpt(s, 50))
			continue
		}
		list = append(list, p)
	}
	return list
}

func isSeparator(r rune) bool { return r == ',' || r == ' ' }

// parsePrefix takes a network, or a single address as one. IPv4 in IPv6's clothes is IPv4, as the addresses that it is compared with are.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, err
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(a.Unmap(), p.Bits()-96).Masked(), nil
	}
	return p.Masked(), nil
}
