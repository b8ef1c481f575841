package e2e

import (
	"regexp"
	"slices"
	"strings"

	"kefu/internal/fake/discord"
)

// buttonID finds a button by the command that it stands for.
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

// press clicks a button of a message as a member, and waits for the answer.
func (r *rig) press(m discord.Message, command, member string) (*discord.Interaction, discord.Outcome) {
	r.t.Helper()
	id := buttonID(m.Components, command)
	if id == "" {
		r.t.Fatalf("no button %s below:\n%s", command, visible(m))
	}
	x, err := r.guild.Press(m.ID, id, member)
	if err != nil {
		r.t.Fatal(err)
	}
	return x, r.answered(x)
}

// slash runs a command as Amy.
func (r *rig) slash(channel, command string, args map[string]any) discord.Outcome {
	r.t.Helper()
	r.registered(command)
	x, err := r.guild.Slash(channel, r.amy, command, args)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.answered(x)
}

// registered waits until Discord lists a command.
func (r *rig) registered(command string) {
	r.t.Helper()
	r.until("the command is registered", func() bool {
		return slices.ContainsFunc(r.guild.Commands(), func(c discord.Command) bool { return c.Name == command })
	})
}

func (r *rig) answered(x *discord.Interaction) discord.Outcome {
	r.t.Helper()
	out, err := x.Answer(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// fill fills in the form that a button or command opened.
func (r *rig) fill(shown *discord.Interaction, form discord.Outcome, text string) discord.Outcome {
	r.t.Helper()
	if form.Modal == nil {
		r.t.Fatal("the answer is not a form")
	}
	x, err := r.guild.SubmitModal(shown, map[string]string{textInput(form.Modal.Components): text})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.answered(x)
}

// textInput finds the form's field for text.
func textInput(list []discord.Component) string {
	for _, c := range list {
		if c.Component != nil {
			c.Components = append(slices.Clone(c.Components), *c.Component)
		}
		if c.Type == discord.ComponentTextInput {
			return c.CustomID
		}
		if id := textInput(c.Components); id != "" {
			return id
		}
	}
	return ""
}

var linkForm = regexp.MustCompile(`\]\((https?://[^)\s]+)\)`)

// transcript opens the first link of the post in the transcript channel that shows a text.
func (r *rig) transcript(text string) string {
	r.t.Helper()
	var link string
	for _, e := range r.posted(r.notes, text).Embeds {
		if found := linkForm.FindStringSubmatch(e.Description); found != nil && link == "" {
			link = found[1]
		}
	}
	if link == "" {
		r.t.Fatal("no link to the transcript")
	}
	page := fetch(link)
	if page.status != 200 {
		r.t.Fatalf("the transcript's link answers %d", page.status)
	}
	return page.body
}
