package discord

// staffTexts holds what staff are told who work on tickets, and who are called.
var staffTexts = map[word][languages]string{}
