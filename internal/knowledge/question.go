package knowledge

import (
	"slices"
	"strings"

	"kefu/internal/lexis"
)

// maxQuestionWords is how many words of a question are looked for.
const maxQuestionWords = 64

// question is what of a question means something.
type question struct {
	query lexis.Query // what to mark in an excerpt
	words []string    // in their order, each once
	begin string      // the beginning of a word, when nothing else is there
}

// reader reads questions: it knows which words mean nothing.
type reader struct{ stop map[string]bool }

func newReader() reader {
	r := reader{stop: map[string]bool{}}
	for _, w := range lexis.Tokens(stopEnglish) {
		r.stop[w] = true
	}
	return r
}

// read takes what people say around what they want out of a question. When nothing is left, all of it counts.
func (r reader) read(text string) question {
	q := r.words(withoutPhrases(lexis.Fold(text)))
	if len(q.words) == 0 && q.begin == "" {
		return reader{}.words(text)
	}
	return q
}

func (r reader) words(text string) (q question) {
	loose := lexis.Parse(text).Loose()
	for _, t := range loose.Terms {
		switch w := t.Tokens[0]; {
		case r.stop[w] || len(q.words) >= maxQuestionWords || t.Prefix && len(loose.Terms) > 1 && slices.Contains(q.words, w):
			continue
		case t.Prefix:
			if q.begin == "" {
				q.begin = w
			}
		default:
			q.words = append(q.words, w)
		}
		q.query.Terms = append(q.query.Terms, t)
	}
	if len(q.words) > 0 {
		q.begin = ""
		q.query.Terms = slices.DeleteFunc(q.query.Terms, func(t lexis.Term) bool { return t.Prefix })
	}
	return q
}

// withoutPhrases puts a space for each phrase of Chinese that asks, greets or thanks, the longest first.
func withoutPhrases(folded string) string { return stopPhrases.Replace(folded) }

// stopPhrases are in their folded form: simplified characters, small letters. Of phrases that begin alike the longest stands first.
var stopPhrases = strings.NewReplacer(phrasePairs()...)

func phrasePairs() []string {
	var pairs []string
	for p := range strings.FieldsSeq(stopChinese) {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b string) int { return len(b) - len(a) })
	out := make([]string, 0, 2*len(pairs))
	for _, p := range pairs {
		out = append(out, p, " ")
	}
	return out
}

const stopChinese = `请问 请教 一下 你好 您好 哈啰 谢谢 感谢 麻烦 拜托 怎么样 怎么办 怎么做 怎么才能 怎么会 怎么 怎样 如何 为什么 为何 为啥 什么时候 什么是 是什么 什么 哪里 哪儿 哪个 哪些
在哪 多久 多少 几天 可不可以 能不能 是不是 有没有 会不会 要不要 可以 能够 能否 是否 我要 我想要 我想 我的 我们 我们的 你们 你们的 你的 您的 他们 他们的 它们 我该 我 想要 想问 想知道
需要 应该 必须 这个 那个 这样 那样 现在 已经 还是 还没有 还没 没有 如果 但是 因为 所以 然后 的话 有人 知道 告诉 帮我 帮忙 给我 了吗 了呢 吗 呢 吧 啊 呀 喔 哦 耶 啦 嘛 了 的`

const stopEnglish = `a an the and or but if then so of to in on at by for from with without about into as is are was were be been being am do does did
doing done have has had having i me my mine we us our you your yours he she it its they them their this that these those there here what which
who whom whose when where why how can could may might must shall should will would want wanted need needs please help hello hi hey thanks thank
get got getting go going know tell let like just also too very some any no not don t s m re ve ll d im dont cant wont doesn isn someone anyone
something anything still yet now again`
