package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kefu/internal/secret"
)

// maxQuoted bounds what a fault repeats of the file, in bytes.
const maxQuoted = 64

// isText tells whether a value of type t is written as one word or text.
func isText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return false
	case reflect.Struct:
		return t == reflect.TypeFor[netip.Prefix]()
	default:
		return true
	}
}

func isSecret(t reflect.Type) bool { return t == reflect.TypeFor[secret.Text]() }

// setText sets v from text as the file or a variable holds it. No error repeats a secret.
func setText(v reflect.Value, text string) error {
	if err := clean(text); err != nil {
		return err
	}
	switch dst := v.Addr().Interface().(type) {
	case *netip.Prefix:
		return assign(dst, text, parseNetwork)
	case *slog.Level:
		return assign(dst, text, parseLevel)
	case *bool:
		return assign(dst, text, parseBool)
	case *float64:
		return assign(dst, text, parseRate)
	case *int:
		return assign(dst, text, parseWhole)
	case *time.Duration:
		return assign(dst, text, parseSpan)
	default:
		v.SetString(text) // every other leaf is a kind of string
		return nil
	}
}

func assign[T any](dst *T, text string, parse func(string) (T, error)) error {
	value, err := parse(text)
	if err == nil {
		*dst = value
	}
	return err
}

// clean refuses what PostgreSQL cannot keep.
func clean(text string) error {
	if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return errors.New("must be UTF-8 text without zero bytes")
	}
	return nil
}

// parseNetwork reads a network, or an address, which is a network of one.
func parseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return own(netip.PrefixFrom(addr, addr.BitLen()))
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%s is not a network; write 10.0.0.0/8, ::1/128 or one address", quote(text))
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%s has bits behind its length; write %s for the network or %s for the one address", p, p.Masked(),
			netip.PrefixFrom(p.Addr(), p.Addr().BitLen()))
	}
	return own(p)
}

// own refuses IPv4 written as IPv6, which would contain no address that a connection has.
func own(p netip.Prefix) (netip.Prefix, error) {
	if p.Addr().Is4In6() {
		return p, fmt.Errorf("%s is IPv4 written as IPv6; write it as IPv4", p)
	}
	return p, nil
}

func parseLevel(text string) (slog.Level, error) {
	switch text {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("%s is not debug, info, warn or error", quote(text))
}

func parseRate(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0 && n <= 1e6) { // written so that NaN is refused too
		return 0, fmt.Errorf("%s is not a number of calls a second above 0", quote(text))
	}
	return n, nil
}

func parseWhole(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s is not a whole number", quote(text))
	}
	return n, nil
}

func parseSpan(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%s is not a duration; write 30s, 5m or 1h30m", quote(text))
	}
	return d, nil
}

// durationText writes a duration as a person does: 2m, not 2m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if cut, ok := strings.CutSuffix(text, "m0s"); ok {
		text = cut + "m"
	}
	if cut, ok := strings.CutSuffix(text, "h0m"); ok {
		text = cut + "h"
	}
	return text
}

// quote shows a piece of the file in a fault, bounded and on one line.
func quote(text string) string {
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	return strconv.Quote(text)
}

// firstLine gives the first of joined errors.
func firstLine(err error) string {
	words, _, _ := strings.Cut(err.Error(), "\n")
	return words
}

// typeWord names a connector field's type in a sentence.
func typeWord(kind string) string {
	switch kind {
	case "bool":
		return "true or false"
	case "duration":
		return "a duration"
	default:
		return "text"
	}
}
