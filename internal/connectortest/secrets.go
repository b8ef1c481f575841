package connectortest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"kefu/internal/connector"
)

// secrets watches that what the settings keep secret is told to nobody.
type secrets struct {
	log   Log
	words []string

	mu   sync.Mutex
	said []string // the errors there were, in every form that somebody may print them in
}

// newSecrets takes the secret values of the settings, and what HTTP Basic makes of them.
func newSecrets(about connector.Descriptor, settings ...map[string]any) *secrets {
	s := &secrets{}
	for _, set := range settings {
		for _, f := range about.Fields {
			value, _ := set[f.Name].(string)
			if !f.Secret() || value == "" {
				continue
			}
			s.words = append(s.words, value)
			for _, other := range set {
				if user, ok := other.(string); ok {
					s.words = append(s.words, base64.StdEncoding.EncodeToString([]byte(user+":"+value)))
				}
			}
		}
	}
	return s
}

// note keeps an error's words.
func (s *secrets) note(err error) {
	if err == nil {
		return
	}
	said := []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)}
	var se *connector.SendError
	if errors.As(err, &se) {
		said = append(said, se.Reason, fmt.Sprintf("%+v %#v", *se, *se))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, said...)
}

// in finds a secret in text. It gives where it begins, never the secret.
func (s *secrets) in(text string) (around string, found bool) {
	for _, w := range s.words {
		if at := strings.Index(text, w); at >= 0 {
			return text[max(0, at-40):at] + "[SECRET]", true
		}
	}
	return "", false
}

// stay fails the test when a secret was told.
func (s *secrets) stay(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range s.said {
		if around, found := s.in(text); found {
			t.Errorf("a secret is in an error: …%s", around)
		}
	}
	if around, found := s.in(s.log.String()); found {
		t.Errorf("a secret is in the log: …%s", around)
	}
}
