package chatwoot

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

const (
	// tolerance is how far a hook's time may be from ours.
	tolerance = 5 * time.Minute
	// maxKey is how many bytes of a delivery's id are stored as they are.
	maxKey = 200
)

// answer is the body of the 200 answer.
type answer struct {
	Status string `json:"status"` // accepted or ignored
}

// Receive verifies a hook and says where to look. Without a token that may read messages it says what was written. Pure; errors are
// *kefu.Error.
func (c *Connector) Receive(ctx context.Context, r *connector.Request) (connector.Received, error) {
	if err := c.authenticate(r); err != nil {
		return connector.Received{}, err
	}
	list, understood := c.glimpse(r.Body)
	if !understood {
		e, err := api.ParseEvent(r.Body)
		if err != nil {
			return connector.Received{}, kefu.Wrap(kefu.KindMalformed, err, "the body is no hook of Chatwoot's")
		}
		list = c.events(ctx, e)
	}
	key := deliveryKey(r.Header)
	for i := range list {
		list[i].Key, list[i].OccurredAt = keyOr(list[i].Key, key), timeOr(list[i].OccurredAt, r.Now)
	}
	return connector.Received{Inbound: list, Respond: func([]connector.Result) any {
		if len(list) == 0 {
			return answer{"ignored"}
		}
		return answer{"accepted"}
	}}, nil
}

func keyOr(key, other string) string {
	if key != "" {
		return key
	}
	return other
}

func timeOr(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}

// authenticate believes the path that nobody guesses, where there is one, and the signature, where one is asked for or given.
func (c *Connector) authenticate(r *connector.Request) error {
	want := strings.Trim(c.set.hookPathToken.Reveal(), "/")
	if given := strings.Trim(r.Path, "/"); subtle.ConstantTimeCompare(digest(given), digest(want)) != 1 {
		return kefu.Errorf(kefu.KindUnauthorized, "this is not the address of the hook: see hook_path_token")
	}
	if r.Method != http.MethodPost {
		return kefu.Errorf(kefu.KindNotAllowed, "hooks are sent with POST, not %s", kefu.Excerpt(r.Method, 20))
	}
	signature := r.Header.Get(api.HeaderSignature)
	switch {
	case c.set.signatures == signaturesOff:
		return nil
	case c.set.signatures == signaturesOptional && (signature == "" || c.set.hookSecret == ""): // upgraded, and nobody has copied the secret yet
		return nil
	}
	err := api.VerifySignature(c.set.hookSecret.Reveal(), r.Header.Get(api.HeaderTimestamp), r.Body, signature, r.Now, tolerance)
	return kefu.Wrap(kefu.KindUnauthorized, err, "the hook cannot be believed: its signature is missing, wrong or too old")
}

func digest(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// deliveryKey settles doubled hooks; "" when the server gives none.
func deliveryKey(h http.Header) string {
	id := strings.TrimSpace(h.Get(api.HeaderDelivery))
	switch {
	case id == "":
		return ""
	case len(id) > maxKey || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' }):
		return "h:sha256:" + hex.EncodeToString(digest(id)[:16])
	}
	return "h:" + id
}

// events makes what a hook says of this inbox; nothing of others.
func (c *Connector) events(ctx context.Context, e *api.Event) []connector.Inbound {
	conv := e.Conversation
	if e.Account.ID != c.set.accountID || conv == nil || conv.ID <= 0 || strings.HasPrefix(e.Name, "conversation_typing") {
		return nil
	}
	if inbox := inboxOf(e); inbox != c.set.inboxID {
		return nil
	}
	switch {
	case e.Name == api.EventMessageCreated && e.Message != nil && tagOf(e.Message) != "":
		return nil // our own
	case c.user == nil && e.Message != nil:
		return c.told(ctx, e)
	}
	return []connector.Inbound{{Kind: connector.InLook, ThreadID: placeOf(conv).String()}}
}

func inboxOf(e *api.Event) int64 {
	switch {
	case e.Conversation.InboxID != 0:
		return e.Conversation.InboxID
	case e.Inbox != nil:
		return e.Inbox.ID
	case e.Message != nil:
		return e.Message.InboxID
	}
	return 0
}

// told makes of a hook what somebody wrote, where Chatwoot may not be asked. What is lost then stays lost.
func (c *Connector) told(ctx context.Context, e *api.Event) []connector.Inbound {
	t := talk{conv: e.Conversation, thread: connector.Thread{ExternalID: placeOf(e.Conversation).String()}, role: roleOf(connector.Thread{}, e.Conversation)}
	if b := e.Conversation.ContactInbox; b != nil {
		t.person = b.SourceID
	}
	var list []connector.Inbound
	switch {
	case e.Name == api.EventMessageCreated:
		list = c.written(ctx, &t, e.Message)
	case e.Message.Deleted():
		list = []connector.Inbound{t.removal(e.Message)}
	default:
		list = t.filled(e.Message)
	}
	for i := range list {
		list[i].Cursor, list[i].Title = "", titleOf(list[i].Content.Text, t.name())
	}
	return list
}
