package discord

import (
	"strings"

	"kefu"
	api "kefu/internal/discord"
)

// Fields of the forms that members fill in.
const (
	fieldTitle = "title"
	fieldText  = "text"
	fieldMore  = "more"
	fieldRank  = "rank"
	fieldFiles = "files"

	maxReportTitle = 100
	maxComment     = 1000
)

// ranks are how severe a bug may be, or how important a feature.
func ranks() []kefu.Priority {
	return []kefu.Priority{kefu.PriorityLow, kefu.PriorityMedium, kefu.PriorityHigh, kefu.PriorityUrgent}
}

// reportForm asks for a bug or a feature.
func reportForm(l lang, name string) api.Modal {
	rank := api.Component{Type: api.ComponentStringSelect, CustomID: fieldRank}
	for _, p := range ranks() {
		rank.Options = append(rank.Options, api.SelectOption{Label: l.term(string(p)), Value: string(p), Default: p == kefu.PriorityMedium})
	}
	return api.Modal{
		CustomID: memberID(name, ""),
		Title:    cut(l.say(word("form_"+name)), api.MaxModalTitle),
		Components: []api.Component{
			api.Labelled(l.say("ask_title"), "", textField(fieldTitle, api.InputShort, maxReportTitle, true)),
			api.Labelled(l.say(word("ask_"+name)), "", textField(fieldText, api.InputParagraph, maxModalText, true)),
			api.Labelled(l.say(word("more_"+name)), "", textField(fieldMore, api.InputParagraph, maxModalText, false)),
			api.Labelled(l.say(word("rank_"+name)), "", rank),
			filesField(l),
		},
	}
}

// answerForm asks for an answer to what staff wrote about a report.
func answerForm(l lang, thread string) api.Modal {
	return api.Modal{
		CustomID: memberID(pressSay, thread),
		Title:    cut(l.say("form_answer"), api.MaxModalTitle),
		Components: []api.Component{
			api.Labelled(l.say("form_text"), "", textField(fieldText, api.InputParagraph, maxModalText, false)),
			filesField(l),
		},
	}
}

// commentForm asks for a word about a rating.
func commentForm(l lang, rating string) api.Modal {
	return api.Modal{
		CustomID:   memberID(pressComment, rating),
		Title:      cut(l.say("form_comment"), api.MaxModalTitle),
		Components: []api.Component{api.Labelled(l.say("form_comment"), "", textField(fieldText, api.InputParagraph, maxComment, true))},
	}
}

func textField(id string, style api.Style, most int, required bool) api.Component {
	return api.Component{Type: api.ComponentTextInput, CustomID: id, Style: style, MaxLength: &most, Required: &required}
}

func filesField(l lang) api.Component {
	least, most := 0, api.MaxAttachments
	return api.Labelled(l.say("ask_files"), "", api.Component{
		Type: api.ComponentFileUpload, CustomID: fieldFiles, MinValues: &least, MaxValues: &most, Required: new(bool),
	})
}

// typed gives what a member wrote into a field.
func typed(r memberRequest, field string) string {
	f, _ := r.i.Data.Field(field)
	text, _ := kefu.CleanText(strings.TrimSpace(f.Value))
	return text
}

func chosenFiles(r memberRequest) []api.Attachment {
	f, _ := r.i.Data.Field(fieldFiles)
	return chosen(r.i.Data, f.Values...)
}
