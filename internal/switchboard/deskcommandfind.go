package switchboard

import (
	"cmp"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

// Bounds of what is looked through for one key that somebody presses, and of what is offered.
const (
	mostCanned  = 2000
	mostTeams   = 1000
	mostOffered = 25
	labelRoom   = 100
)

// find offers what an option may be: canned responses, teams or desks that fit what was typed, the best first. From a thread it answers
// those at the desk only: anybody who sees a channel can type in it.
func (b *Switchboard) find(tx *store.Tx, inbox kefu.InboxID, in connector.Inbound, v *connector.View) error {
	link, found, err := tx.Thread(inbox, in.ThreadID)
	if err != nil || in.ThreadID != "" && (!found || link.Role != kefu.RoleDesk) {
		return err
	}
	q := lexis.Fold(strings.TrimSpace(in.Command.Args["q"]))
	switch in.Command.Args["what"] {
	case "canned":
		reads, err := readers(tx, link.ConversationID, in.Sender.Locale)
		if err != nil {
			return err
		}
		all, err := tx.CannedChoices(mostCanned)
		v.Choices = cannedChoices(all, q, reads)
		return err
	case "team":
		all, err := tx.TeamNames(mostTeams)
		f := fitting{q: q}
		for _, t := range all {
			f.offer(kefu.Choice{Label: t.Name, Value: string(t.ID)}, 0, t.Name, "")
		}
		v.Choices = f.best()
		return err
	case "desk":
		v.Choices = b.deskChoices(q)
	}
	return nil
}

// readers are the languages that matter in a conversation: of its customer, then of who asks.
func readers(tx *store.Tx, id kefu.ConversationID, asks kefu.Locale) ([]string, error) {
	reads := []string{string(asks)}
	if id == "" {
		return reads, nil
	}
	conv, err := tx.Conversation(id)
	if err != nil {
		return nil, err
	}
	who, err := tx.Contact(conv.ContactID)
	if err != nil || who.Locale == "" {
		return reads, err
	}
	return []string{string(who.Locale), string(asks)}, nil
}

// foreign tells how far a text in a language is from those who read it: their own first, then what is for every language.
func foreign(reads []string, locale string) int {
	if locale == "" {
		return len(reads)
	}
	if i := slices.IndexFunc(reads, func(r string) bool { return strings.EqualFold(r, locale) }); i >= 0 {
		return i
	}
	return len(reads) + 1
}

func cannedChoices(all []kefu.CannedResponse, q string, reads []string) []kefu.Choice {
	f := fitting{q: q}
	for _, r := range all {
		label := r.Shortcut
		if r.Locale != "" {
			label += " (" + r.Locale + ")"
		}
		label += " — " + strings.Join(strings.Fields(r.Content), " ")
		f.offer(kefu.Choice{Label: label, Value: string(r.ID)}, foreign(reads, r.Locale), r.Shortcut, r.Content)
	}
	return f.best()
}

func (b *Switchboard) deskChoices(q string) []kefu.Choice {
	f := fitting{q: q}
	for _, in := range b.inboxes {
		if in.Desk {
			f.offer(kefu.Choice{Label: cmp.Or(in.Name, string(in.ID)), Value: string(in.ID)}, 0, in.Name+" "+string(in.ID), "")
		}
	}
	return f.best()
}

// fitting collects what fits a folded question, and how well.
type fitting struct {
	q    string
	list []fit
}

type fit struct {
	choice     kefu.Choice
	grade, far int
}

// offer takes a choice whose name, else whose text, has what was typed. far parts those that fit alike.
func (f *fitting) offer(ch kefu.Choice, far int, name, text string) {
	name = lexis.Fold(name)
	grade := 3
	switch {
	case name == f.q:
		grade = 0
	case strings.HasPrefix(name, f.q):
		grade = 1
	case strings.Contains(name, f.q):
		grade = 2
	case text == "" || !strings.Contains(lexis.Fold(text), f.q):
		return
	}
	ch.Label = kefu.Excerpt(ch.Label, labelRoom)
	f.list = append(f.list, fit{ch, grade, far})
}

func (f *fitting) best() []kefu.Choice {
	slices.SortStableFunc(f.list, func(a, b fit) int {
		return cmp.Or(a.grade-b.grade, a.far-b.far, strings.Compare(a.choice.Label, b.choice.Label), strings.Compare(a.choice.Value, b.choice.Value))
	})
	out := make([]kefu.Choice, 0, min(len(f.list), mostOffered))
	for _, x := range f.list[:min(len(f.list), mostOffered)] {
		out = append(out, x.choice)
	}
	return out
}
