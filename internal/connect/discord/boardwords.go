package discord

// boardTexts holds what customers and the boards are told of tickets: notices, reports, ratings.
var boardTexts = map[word][languages]string{}
