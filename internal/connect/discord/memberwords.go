package discord

// memberTexts holds what members of the community are told who ask for help.
var memberTexts = map[word][languages]string{
	// Commands. A command's name is lower case and has no spaces.
	"name_helpme":  {"求助", "求助", "helpme"},
	"cmd_helpme":   {"向客服求助，對話會在私訊中進行", "向客服求助，对话会在私信中进行", "Ask for help; the talk goes on in direct messages"},
	"opt_question": {"你的問題；也可以留空，稍後在私訊中說明", "你的问题；也可以留空，稍后在私信中说明", "Your question; or leave it out and tell us in the direct message"},
}
