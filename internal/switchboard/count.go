package switchboard

import (
	"kefu/internal/connector"
	"kefu/internal/store"
)

// tally is what we have of a thread, by fingerprint: the basis of every comparison by counting.
type tally struct {
	received map[string][]store.Message
	sent     map[string]int
}

func (c *change) counted(link store.Link) (*tally, error) {
	messages, err := c.FromLink(link.ConversationID, link.ID)
	if err != nil {
		return nil, err
	}
	prints, err := c.SentFingerprints(link.ID)
	if err != nil {
		return nil, err
	}
	t := &tally{received: make(map[string][]store.Message, len(messages)), sent: make(map[string]int, len(prints))}
	for _, m := range messages {
		if !m.Meta.Duplicate {
			t.received[m.Fingerprint] = append(t.received[m.Fingerprint], m)
		}
	}
	for _, p := range prints {
		t.sent[p]++
	}
	return t, nil
}

// takes tells whether a message of the source is one of ours, and counts it off. Of equal messages the undoubted are counted first, so
// that what is left over are the doubted ones.
func (t *tally) takes(in connector.Inbound) bool {
	if n := t.sent[in.FingerprintSent]; in.FingerprintSent != "" && n > 0 {
		t.sent[in.FingerprintSent] = n - 1
		return true
	}
	equal := t.received[in.Fingerprint]
	if in.Fingerprint == "" || len(equal) == 0 {
		return false
	}
	pick := 0
	for i, m := range equal {
		if !m.Meta.PossibleDuplicate {
			pick = i
			break
		}
	}
	m := equal[pick]
	t.received[in.Fingerprint] = append(append([]store.Message{}, equal[:pick]...), equal[pick+1:]...)
	if m.Meta.PossibleDuplicate {
		t.received[confirmed] = append(t.received[confirmed], m)
	}
	return true
}

// confirmed keeps, among the received, doubted messages that the source has as well. It is no fingerprint.
const confirmed = "\x00confirmed"

// settle ends the doubt about messages marked as possible duplicates: the source has them, or it has them once.
func (c *change) settle(t *tally) (int, error) {
	settled := 0
	for fingerprint, messages := range t.received {
		for _, m := range messages {
			// A young one may be newer than what the source told: its doubt stays until the next comparison.
			if !m.Meta.PossibleDuplicate || fingerprint != confirmed && c.Now.Sub(m.CreatedAt) < duplicateWindow {
				continue
			}
			m.Meta.PossibleDuplicate = false
			m.Meta.Duplicate = fingerprint != confirmed
			if err := c.SetMeta(m.ID, m.Meta); err != nil {
				return settled, err
			}
			settled++
		}
	}
	return settled, nil
}
