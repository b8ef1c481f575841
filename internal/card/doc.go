// Package card words content for people: orders, forms and their questions, choices, articles and answers, as Markdown, as plain text, and
// in the pieces of which connectors build their own cards (status name and emoji, money with its symbol, escaped text). Content renders
// whatever there is: the fallback of a medium that has nothing better.
//
// It owns the words in zh-TW, zh-CN and en, and nothing of where they are shown. It imports the nouns only.
//
// Invariants: what a shop or customer wrote is escaped for the medium (EscapeMarkdown) and cannot mention anybody or start a link of its
// own; nothing that a content holds is left out, but for attachments; the numbers of options are those that answers are counted by;
// amounts are decimal strings from end to end; a missing member never makes an empty line. Every function is pure and safe for
// concurrent use. The golden files in testdata hold each rendering in each language (go test -update).
package card
