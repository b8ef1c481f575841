package twilio

import (
	"slices"
	"strings"
)

// Consent is what a word of a customer says about text messages.
type Consent string

// What a word can say. Twilio acts on it by itself: after OptOut every text fails with CodeUnsubscribed until OptIn.
const (
	NoConsentWord Consent = ""
	OptOut        Consent = "STOP"
	OptIn         Consent = "START"
	AskHelp       Consent = "HELP"
)

// ConsentWord says whether a text is one of the words that Twilio knows unless an account has words of its own: alone, in any case, with
// white space around it and nothing else.
func ConsentWord(text string) Consent {
	word := strings.ToUpper(strings.TrimSpace(text))
	is := func(words ...string) bool { return slices.Contains(words, word) }
	switch {
	case is("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"):
		return OptOut
	case is("START", "YES", "UNSTOP"):
		return OptIn
	case is("HELP", "INFO"):
		return AskHelp
	}
	return NoConsentWord
}
