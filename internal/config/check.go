package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu/internal/secret"
)

// check judges what was read, key by key, and fills in what follows from other keys.
func (l *loader) check() {
	c := l.cfg
	l.judge("listen", checkListen(c.Listen))
	l.judge("database", checkDatabase(c.Database.Reveal()))
	l.judge("nats_url", checkNATS(c.NATSURL.Reveal()))
	l.judge("secret_key", checkKey(c.SecretKey))
	l.judge("log.format", oneOf(c.Log.Format, "text", "json"))
	if c.DataDir == "" {
		l.fault("data_dir", "is empty; name a folder")
	}
	l.judge("webhooks.payload_days", checkDays(c.Webhooks.PayloadDays))
	l.judge("webhooks.attempt_days", checkDays(c.Webhooks.AttemptDays))
	l.judge("alerts.remote_down", checkPatience(c.Alerts.RemoteDown))
	l.judge("alerts.queue_age", checkPatience(c.Alerts.QueueAge))
	l.checkBot()
	l.checkTLS()
	l.checkPublicURL()
	l.checkInboxes()
	l.checkRoutes()
	l.checkPacing()
}

// judge notes err, unless the value could not even be read.
func (l *loader) judge(path string, err error) {
	if err != nil && !l.faulty(path) {
		l.fault(path, "%s", err)
	}
}

func oneOf(word string, known ...string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("%s is not %s", quote(word), strings.Join(known, " or "))
}

func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s is not an address with a port; write 127.0.0.1:8000, or :8000 for every address", quote(address))
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%s has no port between 0 and 65535", quote(address))
	}
	return nil
}

// checkDatabase judges the form; whether the database answers is for the doctor. The error never repeats the URL: it holds a password.
func checkDatabase(text string) error {
	scheme, rest, _ := strings.Cut(text, ":")
	path, _, _ := strings.Cut(rest, "?")
	switch {
	case scheme == "sqlite" && (path == "" || strings.Contains(path, ":memory:")):
		return errors.New("names no file; write sqlite:kefu.db")
	case scheme == "sqlite":
		return nil
	case scheme == "postgres" || scheme == "postgresql":
		if !strings.HasPrefix(rest, "//") || !parses(text) {
			return errors.New("is not a URL; write postgres://user:password@host/database, with what is special in the password as %XX")
		}
		return nil
	}
	return errors.New("is neither sqlite:path nor postgres://user@host/database")
}

// parses tells whether text is a URL. Of several hosts (host1,host2:5433) each is judged alone: net/url knows one only. An @ behind the
// hosts is what is left of a password with a / or # or ? in it, which a URL would take for a path, and print as one.
func parses(text string) bool {
	scheme, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if strings.Contains(rest[end:], "@") {
		return false
	}
	user, hosts := "", rest[:end]
	if at := strings.LastIndex(hosts, "@"); at >= 0 {
		user, hosts = hosts[:at+1], hosts[at+1:]
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if _, err := url.Parse(scheme + "://" + user + host + rest[end:]); err != nil {
			return false
		}
	}
	return true
}

func checkNATS(text string) error {
	for _, server := range words(text) {
		u, err := url.Parse(server)
		if err != nil || !parses(server) || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return errors.New("is not a NATS address; write nats://host:4222, several separated by commas")
		}
	}
	return nil
}

func checkKey(key secret.Text) error {
	if key == "" || key == mask {
		return nil
	}
	_, err := secret.ParseKey(key.Reveal())
	return err
}

const mostDays = 3650

func checkDays(days int) error {
	if days < 1 || days > mostDays {
		return fmt.Errorf("%d is not a number of days from 1 to %d", days, mostDays)
	}
	return nil
}

// Bounds of how long something may be wrong before it is told: less is noise, more is no alert.
const (
	leastPatience = 10 * time.Second
	mostPatience  = 24 * time.Hour
)

func checkPatience(d time.Duration) error {
	if d < leastPatience || d > mostPatience {
		return fmt.Errorf("%s is not between %s and %s", durationText(d), durationText(leastPatience), durationText(mostPatience))
	}
	return nil
}

func (l *loader) checkTLS() {
	const words = "is set without %s; https needs both"
	switch t := l.cfg.TLS; {
	case t.Cert != "" && t.Key == "":
		l.judge("tls.cert", fmt.Errorf(words, "tls.key"))
	case t.Cert == "" && t.Key != "":
		l.judge("tls.key", fmt.Errorf(words, "tls.cert"))
	}
}

func (l *loader) checkPublicURL() {
	c := l.cfg
	if c.PublicURL == "" {
		c.PublicURL = publicURL(c)
		return
	}
	l.judge("public_url", checkPublicURL(c.PublicURL))
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
}

func checkPublicURL(text string) error {
	if !strings.Contains(text, "://") {
		return fmt.Errorf("%s has no scheme; write https://kefu.example.com", quote(maskURLs(text)))
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s is not an http or https URL", quote(maskURLs(text)))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s must be scheme, host and at most a path", quote(maskURLs(text)))
	}
	return nil
}

// publicURL is how the machine itself reaches Kefu: the best guess when nobody says more.
func publicURL(c *Config) string {
	scheme := "http"
	if c.TLS.Cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "" // a fault of listen
	}
	if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
