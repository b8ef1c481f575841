package discord

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"kefu"
	api "kefu/internal/discord"
)

// returnForm gives back what a member filled in and why it was not taken, with a button that opens the form again as they left it.
func (l *listener) returnForm(ctx context.Context, r memberRequest, q question, why string, names []string, values map[string]string) {
	fields, whole := l.givenBack(ctx, r, q, names, values)
	again := []api.Component{api.Row(api.Button(api.ButtonPrimary, memberID(pressFill, r.arg), r.l.say("button_fill")))}
	content := cut(why, api.MaxContent)
	err := untilSure(ctx, func() error {
		edit := api.MessageEdit{Content: &content, Components: &again}
		if len(fields) > 0 {
			edit.Embeds = &[]api.Embed{{Fields: fields, Color: colourNote}}
		}
		if whole != "" {
			edit.Files = []api.File{{Name: "form.txt", ContentType: "text/plain; charset=utf-8", Size: int64(len(whole)), Body: strings.NewReader(whole)}}
		}
		_, err := l.c.api.EditOriginalResponse(ctx, r.i.ApplicationID, r.i.Token, edit)
		return err
	})
	if err != nil && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: what a member filled in could not be given back", "err", err)
	}
}

// givenBack makes the fields of what was filled in, by their labels, and the whole as a text when a field cannot hold it.
func (l *listener) givenBack(ctx context.Context, r memberRequest, q question, names []string, values map[string]string) (fields []api.EmbedField, whole string) {
	labels := map[string]string{}
	if f, err := l.formIn(ctx, r, q); err == nil && f != nil {
		for _, field := range f.Fields {
			labels[field.Name] = inputName(field)
		}
	}
	var lines []string
	long := false
	for _, name := range names {
		label := name
		if s := labels[name]; s != "" {
			label = s
		}
		lines = append(lines, label+": "+values[name])
		if values[name] == "" {
			continue
		}
		long = long || width(values[name]) > maxFieldValue
		fields = append(fields, api.EmbedField{Name: cut(label, maxTitle), Value: cut(values[name], maxFieldValue)})
	}
	if long {
		whole = strings.Join(lines, "\n")
	}
	return fields, whole
}

// typedBefore reads what returnForm gave back to a member, who alone sees it. What was cut is not there any more.
func typedBefore(m *api.Message) map[string]string {
	if m == nil || m.Flags&api.MessageEphemeral == 0 || len(m.Embeds) == 0 {
		return nil
	}
	typed := map[string]string{}
	for _, f := range m.Embeds[0].Fields {
		if width(f.Value) < maxFieldValue {
			typed[f.Name] = f.Value
		}
	}
	return typed
}

// changeButtons changes what can be pressed below a message; what a member alone sees is left as it is.
func (l *listener) changeButtons(ctx context.Context, m *api.Message, change func(*api.Component)) {
	if m == nil || m.Flags&api.MessageEphemeral != 0 {
		return
	}
	rows := changed(m.Components, change)
	err := untilSure(ctx, func() error {
		_, err := l.c.api.EditMessage(ctx, m.ChannelID, m.ID, api.MessageEdit{Components: &rows})
		return err
	})
	if err != nil && !vanished(err) && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: what was pressed could not be shown", "err", err)
	}
}

func changed(list []api.Component, change func(*api.Component)) []api.Component {
	out := slices.Clone(list)
	for i := range out {
		out[i].Components = changed(out[i].Components, change)
		change(&out[i])
	}
	return out
}

// refill lets a form that was filled in be filled in again, and says that it was.
func refill(l lang) func(*api.Component) {
	return func(b *api.Component) {
		if strings.HasPrefix(b.CustomID, memberID(pressFill, "")) {
			b.Style, b.Label = api.ButtonSecondary, l.say("button_refill")
		}
	}
}

// picked ends what a message asks, and shows what was picked.
func picked(q question) func(*api.Component) {
	mine := memberID(pressPick, string(q.message)+":")
	n := strconv.Itoa(q.option)
	return func(b *api.Component) {
		if !strings.HasPrefix(b.CustomID, mine) {
			return
		}
		b.Disabled = true
		if b.Type == api.ComponentStringSelect {
			b.Options = slices.Clone(b.Options)
			for i := range b.Options {
				b.Options[i].Default = b.Options[i].Value == n
			}
			return
		}
		if number, _, _ := strings.Cut(strings.TrimPrefix(b.CustomID, mine), ":"); number == n {
			b.Style = api.ButtonSuccess
			b.Label = cut("✓ "+b.Label, maxButtonLabel)
		}
	}
}

// history of a desk shows what could be chosen as words: it is not to be chosen now.
func withoutChoices(m kefu.Message) kefu.Message {
	for _, ch := range m.Content.Choices {
		m.Content.Text = strings.TrimSpace(m.Content.Text + "\n• " + clean(ch.Label) + " " + webLink(ch.URL))
	}
	m.Content.Choices = nil
	return m
}
