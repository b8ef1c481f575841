package demo

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kefu/internal/fake/discord"
)

var errNoButton = errors.New("the message has no such button")

// claims is staff at the card's buttons.
func (s *stage) claims(ctx context.Context) (string, error) {
	claim, err := s.press(ctx, "claim", "認領")
	if err != nil {
		return "", err
	}
	if _, err := claim.Answer(ctx); err != nil {
		return "", expect(ctx, s.say("want_button", "認領"), err)
	}
	if err := s.posted(ctx, s.played.channel, s.say("want_owner", s.cast.agentName), "🙋", s.cast.agentName); err != nil {
		return "", err
	}
	if err := s.fillIn(ctx, answer2); err != nil {
		return "", err
	}
	if err := s.onSite(ctx, s.say("want_reply", oneLine(answer2)), func() bool { return s.replied(ticket, answer2) > 0 }); err != nil {
		return "", err
	}
	// Colleagues must see in the channel what the form sent, and that it arrived.
	if err := s.posted(ctx, s.played.channel, s.say("want_post", oneLine(answer2)), answer2); err != nil {
		return "", err
	}
	err = s.inDiscord(ctx, s.say("want_mark", "✅"), func() bool {
		return slices.ContainsFunc(s.guild.Messages(s.played.channel), func(m discord.Message) bool { return shows(m, answer2) && s.bears(m.ID, "✅") })
	})
	return s.say("did_claim", s.cast.agentName), err
}

// press clicks a button of the opening card: command is what it stands for, label what people read on it.
func (s *stage) press(ctx context.Context, command, label string) (*discord.Interaction, error) {
	card, _ := s.guild.Message(s.played.card)
	id := buttonID(card.Components, command)
	if id == "" {
		return nil, expect(ctx, s.say("want_button", label), errNoButton)
	}
	s.line.note(event("INTERACTION_CREATE", map[string]string{"member": s.cast.agentName, "button": label}))
	x, err := s.guild.Press(s.played.card, id, s.cast.agent)
	return x, expect(ctx, s.say("want_button", label), err)
}

func buttonID(list []discord.Component, command string) string {
	for _, c := range list {
		if c.Type == discord.ComponentButton && strings.HasPrefix(c.CustomID, "kefu:"+command+":") {
			return c.CustomID
		}
		if id := buttonID(c.Components, command); id != "" {
			return id
		}
	}
	return ""
}

// fillIn answers the customer through the Reply button's form.
func (s *stage) fillIn(ctx context.Context, text string) error {
	want := s.say("want_form")
	shown, err := s.press(ctx, "reply", "回覆")
	if err != nil {
		return err
	}
	form, err := shown.Answer(ctx)
	if err == nil && form.Modal == nil {
		err = errors.New("the answer is not a form")
	}
	if err != nil {
		return expect(ctx, want, err)
	}
	s.line.note(event("INTERACTION_CREATE", map[string]string{"member": s.cast.agentName, "modal": form.Modal.Title, "text": text}))
	sent, err := s.guild.SubmitModal(shown, map[string]string{form.Modal.TextInput(): text})
	s.played.said = append(s.played.said, text)
	if err == nil {
		_, err = sent.Answer(ctx)
	}
	return expect(ctx, want, err)
}

// slash runs a command and waits for its answer. A command that closes takes the channel away, and the answer with it: what it must
// have led to is then asked for by the caller.
func (s *stage) slash(ctx context.Context, channel, command string, options map[string]any) error {
	s.line.note(event("INTERACTION_CREATE", map[string]any{"member": s.cast.agentName, "command": "/" + command, "options": options}))
	x, err := s.guild.Slash(channel, s.cast.agent, command, options)
	if err == nil {
		_, err = x.Callback(ctx)
	}
	return expect(ctx, s.say("want_command", s.cast.agentName, command), err)
}

// shows tells whether a message has a text anywhere that people read.
func shows(m discord.Message, text string) bool {
	if strings.Contains(m.Content, text) {
		return true
	}
	return slices.ContainsFunc(m.Embeds, func(e discord.Embed) bool {
		return strings.Contains(e.Title, text) || strings.Contains(e.Description, text) ||
			slices.ContainsFunc(e.Fields, func(f discord.EmbedField) bool { return strings.Contains(f.Value, text) })
	})
}

// pictured tells whether a message shows the customer's picture: uploaded, by its address, or at least as a link where the machine has
// no way to the Internet.
func pictured(m discord.Message) bool {
	return shows(m, picture) || slices.ContainsFunc(m.Embeds, func(e discord.Embed) bool { return e.Image != nil })
}
