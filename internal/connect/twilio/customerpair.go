package twilio

import (
	"strings"

	api "kefu/internal/twilio"
)

// Kinds of customers' addresses besides those that Twilio names in front of them, as whatsapp.
const (
	kindSMS  = "sms"
	kindChat = "chat"
	whatsApp = "whatsapp"
)

// pair is who writes and to which address of ours. Twilio's closed is final, so that one person's conversations there come and go; the pair
// stays, and is the thread. Two numbers of ours that one person texts are two pairs.
type pair struct {
	kind   string // sms, whatsapp, …, or chat for a web chat
	theirs string // without the kind in front; of a chat the identity
	ours   string // "" of a chat
}

// pairOf reads the addresses of a participant; false when it is nobody whom we could answer.
func pairOf(p api.Participant) (pair, bool) {
	if p.Binding == nil || p.Binding.Address == "" {
		return pair{kind: kindChat, theirs: p.Identity}, p.Identity != ""
	}
	kind, theirs, named := strings.Cut(p.Binding.Address, ":")
	if !named {
		kind, theirs = kindSMS, p.Binding.Address
	}
	return pair{kind, theirs, strings.TrimPrefix(p.Binding.ProxyAddress, kind+":")}, p.Binding.ProxyAddress != ""
}

// parsePair reads the name of a thread.
func parsePair(thread string) (pair, bool) {
	kind, rest, ok := strings.Cut(thread, ":")
	if kind == kindChat {
		return pair{kind: kindChat, theirs: rest}, rest != ""
	}
	at := strings.LastIndex(rest, "|")
	if !ok || kind == "" || at <= 0 || at == len(rest)-1 {
		return pair{}, false
	}
	return pair{kind, rest[:at], rest[at+1:]}, true
}

// thread is the name of the thread: "sms:+886912345678|+12025550100", "chat:visitor-7".
func (p pair) thread() string {
	if p.kind == kindChat {
		return kindChat + ":" + p.theirs
	}
	return p.kind + ":" + p.theirs + "|" + p.ours
}

// address is theirs as Twilio writes it, and by which the inbox knows the person.
func (p pair) address() string { return p.named(p.theirs) }

// proxy is ours as Twilio writes it; "" of a chat.
func (p pair) proxy() string {
	if p.kind == kindChat {
		return ""
	}
	return p.named(p.ours)
}

func (p pair) named(address string) string {
	if p.kind == kindSMS || p.kind == kindChat {
		return address
	}
	return p.kind + ":" + address
}

// participant is the customer as they are added to a conversation.
func (p pair) participant() api.ParticipantCreate {
	if p.kind == kindChat {
		return api.ParticipantCreate{Identity: p.theirs}
	}
	return api.ParticipantCreate{Address: p.address(), ProxyAddress: p.proxy()}
}

// is tells whether somebody in a conversation is this customer.
func (p pair) is(binding *api.Binding, identity string) bool {
	if p.kind == kindChat {
		return identity == p.theirs
	}
	return binding != nil && binding.Address == p.address() && binding.ProxyAddress == p.proxy()
}

// files tells whether pictures and files reach them as such. A text message carries them within North America only (MMS); to others they go
// as links.
func (p pair) files() bool {
	return p.kind != kindSMS || strings.HasPrefix(p.theirs, "+1") && strings.HasPrefix(p.ours, "+1")
}

// mostFile is the largest file that reaches them as such, in bytes.
func (p pair) mostFile() int64 {
	if p.kind == kindSMS {
		return 5 << 20
	}
	return api.DefaultMaxMedia
}
