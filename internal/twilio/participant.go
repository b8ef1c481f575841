package twilio

import (
	"context"
	"time"
)

// Participant is somebody in a conversation: an identity of a chat, or an address of a phone.
type Participant struct {
	SID        string    `json:"sid"`
	Identity   string    `json:"identity"`
	Attributes string    `json:"attributes"`
	Binding    *Binding  `json:"messaging_binding"`
	Created    time.Time `json:"date_created"`
}

// Binding ties a participant to an address outside.
type Binding struct {
	Type         string `json:"type"`          // sms, whatsapp
	Address      string `json:"address"`       // theirs
	ProxyAddress string `json:"proxy_address"` // ours
}

// ParticipantCreate is somebody to be added: by Identity, or by Address and ProxyAddress.
type ParticipantCreate struct {
	Identity string
	// Address is a number such as +886912345678, or whatsapp: and a number.
	Address      string
	ProxyAddress string
	Attributes   string
	TellHooks    bool
}

// AddParticipant adds somebody. Who is there already fails with CodeParticipantExists or CodeBindingTaken.
func (c *Client) AddParticipant(ctx context.Context, conversation string, n ParticipantCreate) (Participant, error) {
	form := fields("Identity", n.Identity, "MessagingBinding.Address", n.Address, "MessagingBinding.ProxyAddress", n.ProxyAddress, "Attributes", n.Attributes)
	k := post(form, c.o.Bases.Conversations, conversations+"/{}/Participants", conversation)
	if err := wantObject(k, n.Attributes); err != nil {
		return Participant{}, err
	}
	return fetch[Participant](ctx, c, k.tellHooks(n.TellHooks))
}

// EnsureParticipant gives the participant, and adds them if they are not there; see EnsureConversation.
func (c *Client) EnsureParticipant(ctx context.Context, conversation string, n ParticipantCreate) (Participant, error) {
	made, err := c.AddParticipant(ctx, conversation, n)
	if err == nil || !mayExist(err) {
		return made, err
	}
	for after, more := "", true; more; more = after != "" {
		var list []Participant
		var listErr error
		if list, after, listErr = c.Participants(ctx, conversation, after); listErr != nil {
			return Participant{}, err // what went wrong first tells more
		}
		for _, p := range list {
			if p.is(n) {
				return p, nil
			}
		}
	}
	return Participant{}, err
}

func (p Participant) is(n ParticipantCreate) bool {
	if n.Identity != "" {
		return p.Identity == n.Identity
	}
	return p.Binding != nil && p.Binding.Address == n.Address && p.Binding.ProxyAddress == n.ProxyAddress
}

// Participants gives a page of a conversation's participants, and the mark of the next page, "" after the last.
func (c *Client) Participants(ctx context.Context, conversation, after string) ([]Participant, string, error) {
	var out struct {
		Participants []Participant `json:"participants"`
		Meta         meta          `json:"meta"`
	}
	k := get(c.o.Bases.Conversations, conversations+"/{}/Participants", conversation).asking(pageQuery(after, MaxPage))
	err := c.do(ctx, k, &out)
	return out.Participants, out.Meta.next(), err
}

// RemoveParticipant takes somebody out.
func (c *Client) RemoveParticipant(ctx context.Context, conversation, participant string) error {
	return c.do(ctx, remove(c.o.Bases.Conversations, conversations+"/{}/Participants/{}", conversation, participant), nil)
}
