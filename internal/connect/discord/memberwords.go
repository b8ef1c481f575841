package discord

// memberTexts holds what members of the community are told who ask for help.
var memberTexts = map[word][languages]string{}
