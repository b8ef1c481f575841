package twilio

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// The hooks there are. The first two are named as source 002 has them.
const (
	pathForward = "/forward-to-discord" // what happens in a desk's conversation
	pathChatbot = "/chatbot-to-discord" // a step of a Studio flow
	pathService = "/"                   // what happens in any conversation of the service
)

const formType = "application/x-www-form-urlencoded"

// Receive verifies and parses a hook. Who sent it is settled before anything else is looked at. Pure; errors are *kefu.Error.
func (c *Connector) Receive(ctx context.Context, r *connector.Request) (connector.Received, error) {
	if !slices.Contains([]string{pathForward, pathChatbot, pathService}, r.Path) {
		return connector.Received{}, kefu.Errorf(kefu.KindNotFound, "there is no such hook; there are %s, %s and the inbox's own address", pathForward, pathChatbot)
	}
	if r.Method != http.MethodPost {
		return connector.Received{}, kefu.Errorf(kefu.KindNotAllowed, "hooks are sent with POST, not %s", kefu.Excerpt(r.Method, 20))
	}
	if err := c.authenticate(r); err != nil {
		return connector.Received{}, err
	}
	if r.Path == pathChatbot {
		return c.receiveStudio(ctx, r)
	}
	form, err := parseForm(r)
	if err != nil {
		return connector.Received{}, err
	}
	return c.receiveEvent(form, r)
}

// authenticate checks the signature over our public address: what the Host header says proves nothing.
func (c *Connector) authenticate(r *connector.Request) error {
	signature := r.Header.Get(api.SignatureHeader)
	if signature == "" {
		return kefu.Errorf(kefu.KindUnauthorized, "the hook is not signed: Twilio signs every hook in the header %s", api.SignatureHeader)
	}
	err := api.Verify(api.Secret(c.set.token.Reveal()), api.Webhook{URL: c.deps.PublicURL + r.Target, Body: r.Body, Signature: signature})
	if err == nil {
		return nil
	}
	if !errors.Is(err, api.ErrSignature) {
		err = api.ErrSignature
	}
	return kefu.Wrap(kefu.KindUnauthorized, err, "the hook is wrongly signed: auth_token must be the account's primary one, and public_url what Twilio calls, now "+c.deps.PublicURL)
}

func parseForm(r *connector.Request) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != formType {
		return nil, kefu.Errorf(kefu.KindUnsupported, "hooks of Conversations are forms: Content-Type is %s", formType)
	}
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return nil, kefu.Wrap(kefu.KindMalformed, err, "the body is no form")
	}
	return form, nil
}

// receiveEvent says where to look. What the hook says of the event is not taken from it: hooks come twice, late, in any order or not at
// all, and their bodies are older than what can be read.
func (c *Connector) receiveEvent(form url.Values, r *connector.Request) (connector.Received, error) {
	conversation := form.Get("ConversationSid")
	if !isSID("CH", conversation) {
		var faults kefu.Faults
		faults.Add("ConversationSid", "must be the conversation, CH…")
		return connector.Received{}, faults.Err("the hook cannot be taken")
	}
	got := connector.Received{Respond: taken}
	if service := form.Get("ChatServiceSid"); c.set.service != "" && service != "" && service != c.set.service {
		return got, nil // of another program on this account
	}
	if form.Get("EventType") == "onDeliveryUpdated" && !slices.Contains([]string{"failed", "undelivered"}, form.Get("Status")) {
		return got, nil // what arrives is no news
	}
	if _, ours := sentMarkOf(api.Message{Attributes: form.Get("Attributes")}); ours && form.Get("EventType") != "onDeliveryUpdated" {
		return got, nil // our own, coming back
	}
	written := form.Get("EventType") == "onMessageAdded"
	if _, known := c.taken.get(form.Get("MessageSid")); known && written {
		return got, nil // a look at an earlier one has read this one as well
	}
	got.Inbound = []connector.Inbound{{Kind: connector.InLook, Key: eventKey(form), ThreadID: conversation, OccurredAt: r.Now,
		Written: written}}
	return got, nil
}

// taken is the body of the 200 answer. Twilio reads nothing in it.
func taken([]connector.Result) any {
	return struct {
		Status string `json:"status"`
	}{"accepted"}
}
