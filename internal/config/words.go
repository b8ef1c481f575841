package config

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"kefu"
	"kefu/internal/connector"
)

// Check loads the configuration as Load does and writes in words what is wrong with it, one fault a line, or what it holds. It returns
// Load's error, which the words have told already.
func Check(w io.Writer, path string, environ []string, kinds []connector.Descriptor) error {
	cfg, err := Load(path, environ, kinds)
	var text string
	if err == nil {
		text = cfg.summary()
	} else {
		text = Explain(err)
	}
	_, werr := io.WriteString(w, text)
	return errors.Join(err, werr)
}

// Explain words an error of Load for a person: what it is, and one fault a line. It ends with a newline.
func Explain(err error) string {
	var e *kefu.Error
	if !errors.As(err, &e) {
		return err.Error() + "\n"
	}
	var b strings.Builder
	b.WriteString(e.Msg)
	if len(e.Faults) > 0 {
		b.WriteString(":")
	}
	b.WriteString("\n")
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "  %s: %s\n", f.Field, f.Msg)
	}
	return b.String()
}

// summary tells what the configuration holds, and what in it is allowed and perhaps not meant.
func (c *Config) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the configuration is well: %s, seen as %s, %d inboxes\n", c.Listen, c.PublicURL, len(c.Inboxes))
	for _, in := range c.Inboxes {
		fmt.Fprintf(&b, "  %s (%s) goes to %s\n", in.ID, in.Channel, c.deskWords(in.ID))
	}
	for _, words := range c.Warnings() {
		fmt.Fprintf(&b, "  warning: %s\n", words)
	}
	return b.String()
}

func (c *Config) deskWords(id kefu.InboxID) string {
	all := []string{"the console"}
	for _, desk := range c.Desks(id) {
		all = append(all, string(desk))
	}
	return strings.Join(all, ", ")
}

// Warnings tells what is allowed and perhaps not meant, in words.
func (c *Config) Warnings() []string {
	var all []string
	if !strings.HasPrefix(c.Database.Reveal(), "sqlite:") && c.SecretKey == "" {
		all = append(all, "secret_key is empty: one node generates it into data_dir, several nodes need it set")
	}
	for _, p := range c.TrustedProxies {
		if everyone(p) {
			all = append(all, "trusted_proxies holds every address: anybody can claim to be anybody")
		}
	}
	for _, p := range c.Egress.Allow {
		if everyone(p) {
			all = append(all, "egress.allow holds every address: URLs that users give reach the whole inner network")
		}
	}
	if c.Webhooks.AllowHTTP {
		all = append(all, "webhooks.allow_http is on: what is sent to an http endpoint can be read on the way")
	}
	for _, in := range c.Inboxes {
		if in.Settings.values["community"] != nil && len(c.Desks(in.ID)) == 0 {
			all = append(all, fmt.Sprintf("inbox %s helps members, and no desk answers them: only the console and programs see who waits for a person; "+
				"for staff in the same server add to routes: {from: %s, to: [%s]}", in.ID, in.ID, in.ID))
		}
	}
	if err := c.Masked(); err != nil {
		all = append(all, strings.TrimSpace(Explain(err)))
	}
	return all
}

func everyone(p netip.Prefix) bool { return p.IsValid() && p.Bits() == 0 }
