package lexis

import (
	"strings"
	"unicode"
)

// Script is how a text is written.
type Script int

// The scripts.
const (
	NoScript    Script = iota // there is no word in it
	OtherScript               // anything but Chinese
	Han                       // Chinese, in characters that both forms have
	Traditional
	Simplified
)

// shared are the characters that a simplified text has in place of others, and that a traditional one has as well: 后 is the empress too.
// sharedTraditional are simplified by the tables, and yet stand in simplified texts: 乾隆, 著名.
const (
	shared = "㐹万丑丰于云亘仆价伙余佛佣俊修僵克党冢冬准凌几凶出划刮制千升卜占即卷厂厘只台叶吁吃合吊同后向呆周咨咸咽哄唇喂噪回困埼夸奸姜娘家尸局岩岳巨布" +
		"帘席干幸广庵弦彩征御志念恤愈愿戚扇才扎托扣折抬抵拐拼挂挨挲挽捆捍据搜教斗旋旗既昆暗曲札朱朴杆杠杯杰松板极柜查栗核梁棋棱檐欲污沈沾泄泛注涂涌淀游溪溯漓" +
		"潨熏狸玩璇症痹皂真着睾矩确私秋种筑糊糖系累胄胜胡腊腌膻致舍芸苔苹范荐蒙蓑蔑虫蚝蜡蝎表谷跖踊辟适逾郁酸采里雕面飧床群峰粽灶痴秘么核"
	sharedTraditional = "乾剋劄吒夥徵扞昇氾祕脩蒐薹袷谿釐陞麽著"
)

// enough is how many characters tell how a text is written.
const enough = 100

// ScriptOf tells how a text is written, by the characters at its beginning that only one of the two forms of Chinese has. Addresses count for nothing, and a
// few foreign words among Chinese ones do not make it another language. A text with Japanese syllables is not Chinese.
func ScriptOf(text string) Script {
	var s scripts
	for word := range strings.FieldsSeq(text) {
		if s.seen > enough {
			break
		}
		if !strings.Contains(word, "://") {
			s.add(word)
		}
	}
	switch {
	case s.han+s.words+s.kana == 0:
		return NoScript
	case s.kana > 0 || s.han*2 < s.words:
		return OtherScript
	case s.traditional > s.simplified:
		return Traditional
	case s.simplified > s.traditional:
		return Simplified
	}
	return Han
}

// scripts counts what a text is made of: Chinese characters, and words of other letters.
type scripts struct{ seen, han, traditional, simplified, kana, words int }

func (s *scripts) add(word string) {
	inside := false
	for _, r := range word {
		if s.seen++; s.seen > enough {
			return
		}
		switch {
		case unicode.Is(unicode.Han, r):
			s.character(r)
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			s.kana++
		case unicode.IsLetter(r) && !inside:
			s.words++
			inside = true
			continue
		}
		inside = inside && (unicode.IsLetter(r) || unicode.IsMark(r) || r == '\'' || r == '’')
	}
}

func (s *scripts) character(r rune) {
	s.han++
	switch {
	case simplified(r) != r && !strings.ContainsRune(sharedTraditional, r):
		s.traditional++
	case simplifies(r) && !strings.ContainsRune(shared, r):
		s.simplified++
	}
}

// simplifies tells whether another character becomes r when it is simplified.
func simplifies(r rune) bool {
	for i := range number(0, 2) {
		if number(tableHead+i*charSize+3, 3) == int(r) {
			return true
		}
	}
	return false
}
