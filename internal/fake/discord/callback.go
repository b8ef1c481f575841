package discord

import (
	"fmt"
	"slices"
)

// callback takes the first answer to an interaction.
func (s *Server) callback(c *call) (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	f := newForm()
	kind := take[int](o, "type", f).value
	data := take[object](o, "data", f).value
	s.mu.Lock()
	defer s.mu.Unlock()
	x, err := s.w.waiting(c.r.PathValue("interaction"), c.r.PathValue("token"))
	if err != nil {
		return reply{}, err
	}
	x.checkKind(kind, f)
	var d draft
	var modal *Modal
	var choices []CommandChoice
	switch kind {
	case CallbackMessage, CallbackUpdate:
		d = readDraft(data, c.files, f.under("data"))
	case CallbackDefer:
		d.flags = take[int](data, "flags", f.under("data")).value
	case CallbackModal:
		modal = readModal(data, f.under("data"))
	case CallbackAutocomplete:
		choices = readOffer(data, f.under("data"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if kind == CallbackMessage && d.empty() {
		return reply{}, errEmptyMessage
	}
	x.choices = choices
	s.w.answer(x, kind, d, modal)
	return s.callbackReply(c, x)
}

// waiting is an interaction that may still be answered for the first time.
func (w *world) waiting(id, token string) (*interaction, error) {
	x := w.interactions[id]
	switch {
	case x == nil || x.public.Token != token:
		return nil, errUnknownInteraction
	case x.callback != 0:
		w.violate("interaction-twice", fmt.Sprintf("interaction %s was answered a second time", id))
		return nil, errAcknowledged
	case x.late:
		return nil, errUnknownInteraction
	}
	return x, nil
}

// checkKind notes a callback type that this interaction does not take.
func (x *interaction) checkKind(kind int, f *form) {
	allowed := []int{CallbackMessage, CallbackDefer}
	if x.public.Type == InteractionAutocomplete {
		allowed = []int{CallbackAutocomplete}
	}
	if x.source != nil {
		allowed = append(allowed, CallbackDeferUpdate, CallbackUpdate)
	}
	if x.public.Type != InteractionModal && x.public.Type != InteractionAutocomplete {
		allowed = append(allowed, CallbackModal)
	}
	if !slices.Contains(allowed, kind) {
		f.add("type", "BASE_TYPE_CHOICES", fmt.Sprintf("Value must be one of %v.", allowed))
	}
}

func readModal(o object, f *form) *Modal {
	m := Modal{
		CustomID:   take[string](o, "custom_id", f).value,
		Title:      take[string](o, "title", f).value,
		Components: take[[]Component](o, "components", f).value,
	}
	checkModal(m, f)
	return &m
}

// answer applies a checked callback.
func (w *world) answer(x *interaction, kind int, d draft, modal *Modal) {
	x.callback, x.modal = kind, modal
	x.deadline.Stop()
	x.ephemeral = d.flags&FlagEphemeral != 0
	switch kind {
	case CallbackMessage:
		x.original = w.answered(x, d)
	case CallbackDefer:
		x.original, x.loading = w.answered(x, d), true
		x.original.Flags |= FlagLoading
	case CallbackDeferUpdate:
		x.original = x.source
	case CallbackUpdate:
		x.original = x.source
		w.amend(x.channel, x.source, d)
	}
	w.announce()
}

func (s *Server) callbackReply(c *call, x *interaction) (reply, error) {
	if c.r.URL.Query().Get("with_response") != "true" {
		return noContent()
	}
	i := map[string]any{"id": x.public.ID, "type": x.public.Type,
		"response_message_loading": x.loading, "response_message_ephemeral": x.ephemeral}
	out := map[string]any{"interaction": i}
	if x.original != nil {
		i["response_message_id"] = x.original.ID
		out["resource"] = map[string]any{"type": x.callback, "message": s.rendered(x.original)}
	}
	return ok(out)
}
