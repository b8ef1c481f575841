package discord

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Press clicks a button. The answer arrives on the returned Interaction.
func (s *Server) Press(messageID, customID, memberID string) (*Interaction, error) {
	return s.use(messageID, customID, memberID, nil)
}

// Select chooses values in a select of a message.
func (s *Server) Select(messageID, customID, memberID string, values ...string) (*Interaction, error) {
	return s.use(messageID, customID, memberID, append([]string{}, values...))
}

// use works a component; values nil means a button.
func (s *Server) use(messageID, customID, memberID string, values []string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.w
	m := w.messages[messageID]
	if m == nil || m.Deleted {
		return nil, errUnknownMessage
	}
	c, err := w.find(m.ChannelID)
	if err != nil {
		return nil, err
	}
	if err := w.maySee(memberID, c, m); err != nil {
		return nil, err
	}
	part := findComponent(m.Components, customID)
	if part == nil || (part.Type == ComponentButton) != (values == nil) {
		return nil, fmt.Errorf("message %s has no such component: %q", messageID, customID)
	}
	if part.Disabled {
		return nil, fmt.Errorf("component %q is disabled", customID)
	}
	data := map[string]any{"custom_id": customID, "component_type": part.Type, "id": part.ID}
	if values != nil {
		data["values"] = values
	}
	return s.begin(InteractionComponent, c, memberID, data, m), nil
}

// maySee says whether a member sees a message: an ephemeral one only if it
// was for them.
func (w *world) maySee(memberID string, c *channel, m *Message) error {
	if w.members[memberID] == nil {
		return errUnknownMember
	}
	if m.Ephemeral {
		if x := w.interactions[m.InteractionID]; x == nil || x.public.MemberID != memberID {
			return errUnknownMessage
		}
	}
	return w.may(memberID, c, 0)
}

// findComponent searches rows, labels and containers.
func findComponent(list []Component, customID string) *Component {
	for i := range list {
		c := &list[i]
		if c.CustomID == customID && customID != "" {
			return c
		}
		if found := findComponent(c.Components, customID); found != nil {
			return found
		}
		if c.Component != nil && c.Component.CustomID == customID {
			return c.Component
		}
	}
	return nil
}

// SubmitModal fills and sends the modal that answered the interaction; values
// are by custom id, and inputs left out keep the value they were shown with.
func (s *Server) SubmitModal(shown *Interaction, values map[string]string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.w.interactions[shown.ID]
	if x.modal == nil {
		return nil, fmt.Errorf("interaction %s was not answered with a modal", shown.ID)
	}
	if x.channel.Deleted {
		return nil, errUnknownChannel
	}
	for id := range values {
		if findComponent(x.modal.Components, id) == nil {
			return nil, fmt.Errorf("the modal has no input %q", id)
		}
	}
	filled := []map[string]any{}
	for _, c := range x.modal.Components {
		part, err := fill(c, values)
		if err != nil {
			return nil, err
		}
		filled = append(filled, part)
	}
	data := map[string]any{"custom_id": x.modal.CustomID, "components": filled}
	return s.begin(InteractionModal, x.channel, shown.MemberID, data, x.source), nil
}

// fill is a modal's component as the submission carries it.
func fill(c Component, values map[string]string) (map[string]any, error) {
	out := map[string]any{"type": c.Type, "id": c.ID}
	switch {
	case c.Component != nil:
		inner, err := fill(*c.Component, values)
		out["component"] = inner
		return out, err
	case len(c.Components) > 0:
		inner := []map[string]any{}
		for _, x := range c.Components {
			part, err := fill(x, values)
			if err != nil {
				return nil, err
			}
			inner = append(inner, part)
		}
		out["components"] = inner
		return out, nil
	case c.CustomID == "":
		return out, nil
	}
	value, given := values[c.CustomID]
	if !given {
		value = c.Value
	}
	out["custom_id"] = c.CustomID
	if c.Type == ComponentSelect {
		chosen := c.chosen(value, given)
		out["values"] = chosen
		return out, c.checkChosen(chosen)
	}
	if c.Type != ComponentTextInput {
		out["values"] = strings.Fields(value)
		return out, nil
	}
	out["value"] = value
	return out, c.checkValue(value)
}

// checkValue is what Discord's form refuses to send.
func (c Component) checkValue(value string) error {
	n := utf8.RuneCountInString(value)
	switch {
	case n == 0 && (c.Required == nil || *c.Required):
		return fmt.Errorf("input %q is required", c.CustomID)
	case c.MinLength != nil && n > 0 && n < *c.MinLength:
		return fmt.Errorf("input %q needs %d characters", c.CustomID, *c.MinLength)
	case n > 4000 || c.MaxLength != nil && n > *c.MaxLength:
		return fmt.Errorf("input %q is too long", c.CustomID)
	}
	return nil
}
