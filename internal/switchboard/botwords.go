package switchboard

import "kefu"

// botSays words what the bot says by itself, in the customer's language; of one whose language is not known, in Taiwan's.
func botSays(l kefu.Locale, word string) string {
	texts := map[string][3]string{
		"helped":     {"有幫助", "有帮助", "This helped"},
		"not_helped": {"沒有幫助", "没有帮助", "This did not help"},
		"person":     {"找真人客服", "找人工客服", "Talk to a person"},
		"unsure": {"我不太確定您的意思。可以換個說法，或多描述一點嗎？也可以直接找真人客服。",
			"我不太确定您的意思。可以换个说法，或多描述一点吗？也可以直接找人工客服。",
			"I am not sure that I understood. Could you say it in other words, or tell me more? You can also talk to a person."},
		"perhaps": {"也許這些文章有幫助：", "也许这些文章有帮助：", "Perhaps one of these helps:"},
		"sorry": {"很抱歉沒有幫上忙。請再多描述一點，或直接找真人客服。", "很抱歉没有帮上忙。请再多描述一点，或直接找人工客服。",
			"Sorry that this did not help. Tell me more, or talk to a person."},
	}
	return texts[word][localeAt(l)]
}

// localeAt is the place of a language in such tables.
func localeAt(l kefu.Locale) int {
	switch l {
	case kefu.LocaleChina:
		return 1
	case kefu.LocaleEnglish:
		return 2
	case kefu.LocaleTaiwan:
	}
	return 0
}
